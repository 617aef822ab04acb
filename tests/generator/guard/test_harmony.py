"""Notes beside the chords that are wished for, and parallels between voices."""

from dataclasses import replace
from fractions import Fraction

import pytest

from generator.guard.harmony import Harmony, is_heard, keeps
from generator.guard.parallels import follows_bass, has_parallels, leads_into_parallel, makes_parallel
from generator.guard.place import pitch_of, read_place
from generator.notation.keys import signature
from generator.planning.chords import Tonality
from generator.planning.spans import Span

C_MAJOR, A_MINOR = Tonality(tonic=0, is_minor=False), Tonality(tonic=9, is_minor=True)
EIGHTH, BEAT = Fraction(1, 8), Fraction(1, 4)
HOME = signature(0)


def place(line):
    found = read_place(line, signature=HOME, unit=EIGHTH, metre=None)
    assert found is not None
    return found


def agrees(line, letter, *, chord="V7", tonality=C_MAJOR, strict=False):
    half = Fraction(1, 2)
    spans = [Span(start=Fraction(0), end=half, chord=tonality.chord(chord), strict=strict)] if chord else []
    harmony = Harmony(tonality=tonality, spans=spans, beat=BEAT, basses=frozenset("2"))
    return harmony.agrees(place(line), pitch_of(letter, line, HOME))


@pytest.mark.parametrize(
    ("line", "letter", "fits"),
    [
        ("[V:1]", "d", True),
        ("[V:1]", "c", False),
        ("[V:1]d", "c", True),  # passes between beats
        ("[V:1]d2", "e", False),
        ("[V:1]d4", "e", True),  # the span is over
        ("[V:1]d4|[V:2]", "G", True),
        ("[V:1]d4|[V:2]", "B", False),  # in the chord, but the bass has to say which chord it is
        ("[V:1]d4|[V:2]G2 ", "B", True),
        ("[V:1]d4|[V:2][G,", "B", True),
    ],
)
def test_on_beats_only_notes_of_the_chord_begin(line, letter, fits):
    assert agrees(line, letter) is fits


def test_the_bass_of_a_chord_is_no_choice_where_the_chord_begins():
    spans = [Span(start=Fraction(0), end=Fraction(1, 2), chord=C_MAJOR.chord("V7"))]
    harmony = Harmony(tonality=C_MAJOR, spans=spans, beat=BEAT, basses=frozenset("2"))
    assert harmony.dictates(place("[V:1]d4|[V:2]"))
    for free in ("[V:1]", "[V:1]d4|[V:2]G,2", "[V:1]d4|[V:2][G,", "[V:1]d4|[V:2]G,4"):
        assert not harmony.dictates(place(free)), free


def test_the_lowest_part_does_not_rest_into_the_dominant_of_a_close():
    span = Span(start=Fraction(1, 2), end=Fraction(1), chord=C_MAJOR.chord("V7"), firm=True)
    harmony = Harmony(tonality=C_MAJOR, spans=[span], beat=BEAT, basses=frozenset("2"), always_bass="2")
    assert harmony.wants_bass(place("[V:1]d8|[V:2]"))
    assert harmony.wants_bass(place("[V:1]d8|[V:2]C4"))
    assert not harmony.wants_bass(place("[V:1]d8|[V:2]C4 G,2"))
    assert not harmony.wants_bass(place("[V:1]"))
    free = replace(harmony, spans=[replace(span, firm=False)])
    assert not free.wants_bass(place("[V:1]d8|[V:2]"))
    assert free.wants_bass(place("[V:1]d8|[V:2]C4"))


def test_at_the_end_nothing_else_may_begin_between_beats_either():
    assert not agrees("[V:1]d", "c", strict=True)


def test_over_the_dominant_in_minor_the_seventh_is_raised_also_between_beats():
    assert agrees("[V:1]^", "g", tonality=A_MINOR)
    assert not agrees("[V:1]", "g", tonality=A_MINOR)
    assert not agrees("[V:1]e", "g", tonality=A_MINOR)


def test_under_a_leading_note_the_other_voices_keep_to_the_dominant():
    assert agrees("[V:1]^g2|[V:2]", "E", chord=None, tonality=A_MINOR)
    assert not agrees("[V:1]^g2|[V:2]", "C", chord=None, tonality=A_MINOR)
    assert agrees("[V:1]^g2|[V:2]", "C", chord=None)


def test_a_chord_is_heard_by_its_bass_and_most_of_its_notes():
    span = Span(start=Fraction(0), end=Fraction(1), chord=C_MAJOR.chord("V7"))
    assert is_heard(span, [-5, 2, 11])
    assert is_heard(span, [-5, 2, 12])
    assert not is_heard(span, [2, 7, 11])
    assert not is_heard(span, [-5, 0, 4])
    assert not is_heard(span, [])


def parallel(line, letter, **before):
    pairs = {"2": ("1",)}
    pitch = pitch_of(letter, line, HOME)
    return makes_parallel(place(line), pitch, pairs=pairs, before=before, beat=BEAT)


@pytest.mark.parametrize(
    ("line", "letter", "is_parallel"),
    [
        ("[V:1]c2 d2|[V:2]F2 ", "G", True),  # fifths
        ("[V:1]c2 d2|[V:2]C2 ", "D", True),  # octaves
        ("[V:1]c2 d2|[V:2]C2 ", "B", False),
        ("[V:1]c2 c2|[V:2]C2 ", "C", False),  # nobody moves
        ("[V:1]c2 d2|[V:2]A2 ", "B", False),  # thirds
        ("[V:1]ce d2|[V:2]FA ", "G", True),  # fifths from beat to beat
        ("[V:1]c4 d2|[V:2]F2 ", "G", False),  # the upper voice stays
    ],
)
def test_fifths_and_octaves_in_a_row_are_found(line, letter, is_parallel):
    assert parallel(line, letter) is is_parallel


def test_they_are_found_over_the_barline():
    assert parallel("[V:1]d2|[V:2]", "D", **{"1": 12, "2": 0})
    assert not parallel("[V:1]d2|[V:2]", "D", **{"1": 12, "2": 4})


def test_a_chord_stays_while_nothing_strange_sounds_and_its_root_does():
    span = Span(start=Fraction(1, 2), end=Fraction(1), chord=C_MAJOR.chord("V7"))
    harmony = Harmony(tonality=C_MAJOR, spans=[span], beat=BEAT, basses=frozenset("2"))
    assert harmony.beats_in(span) == [Fraction(3, 4)]
    assert keeps(span, [-5, 2, 11])
    assert keeps(span, [])
    assert not keeps(span, [-5, 4, 11]), "a strange note"
    assert not keeps(span, [2, 5, 11]), "without its root it is another chord"


def test_parallels_are_found_in_finished_voices_too():
    def parallel(upper, lower, before=None):
        voices = {
            "1": [(Fraction(place, 4), Fraction(place + 1, 4), pitch) for place, pitch in enumerate(upper)],
            "2": [(Fraction(place, 4), Fraction(place + 1, 4), pitch) for place, pitch in enumerate(lower)],
        }
        return has_parallels(voices, pairs={"1": (), "2": ("1",)}, before=before or {}, beat=BEAT)

    assert parallel([12, 14], [5, 7])
    assert not parallel([12, 14], [5, 5])
    assert not parallel([12, 14], [5, 10])
    assert parallel([14], [7], before={"1": 12, "2": 5}), "over the barline"
    assert not parallel([], [7])


CLOSE = (
    Span(start=Fraction(0), end=Fraction(1, 2), chord=C_MAJOR.chord("V7"), firm=True),
    Span(start=Fraction(1, 2), end=Fraction(1), chord=C_MAJOR.chord("I")),
)
CADENCE = Harmony(tonality=C_MAJOR, spans=CLOSE, beat=BEAT, basses=frozenset("2"), always_bass="2")


def test_upper_voices_hear_the_bass_that_is_to_come():
    def parallel(line, letter, **before):
        where = place(line)
        step = CADENCE.bass_step(where, {"2": -7, **before})
        return step is not None and follows_bass(where, pitch_of(letter, line, HOME), before=before, bass=step)

    assert parallel("[V:1]g4", "c"), "octaves with G, C"
    assert parallel("[V:1]d4", "g"), "fifths with G, C"
    assert not parallel("[V:1]d4", "c")
    assert not parallel("[V:1]g4", "g")
    assert not parallel("[V:1]d2", "g"), "there the bass is not known"
    assert parallel("[V:1]", "G", **{"1": 5}), "from F, as the bass before the bar"
    assert not parallel("[V:1]", "D", **{"1": 4})


def test_the_bass_keeps_away_from_notes_that_lead_into_parallels():
    late = Harmony(tonality=C_MAJOR, spans=CLOSE[1:], beat=BEAT, basses=frozenset("2"), always_bass="2")

    def parallel(line, letter):
        where, span = place(line), late.next_bass(place(line))
        pitch = pitch_of(letter, line, HOME)
        return span is not None and leads_into_parallel(
            where, pitch, others=("1",), then=span.start, bass=span.chord.bass
        )

    assert parallel("[V:1]c2 B2 c4|[V:2]F2 ", "B")
    assert not parallel("[V:1]c2 B2 c4|[V:2]F2 ", "G")
    assert not parallel("[V:1]c2 c2 c4|[V:2]F2 ", "B")
    assert not parallel("[V:1]B4 c4|[V:2]", "B"), "too far away"
