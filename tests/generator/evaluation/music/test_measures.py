"""The measures hear what a musician would: each on a few bars made for it."""

import pytest

from generator.critic import chords, lines
from generator.critic.chords import Tonic
from generator.critic.note_table import tabulate
from generator.evaluation.music import prints
from generator.evaluation.music.measures import MEASURES, NOTHING, Heard, measure
from generator.notation import Tune, parse_tune

PIANO = '%%score { 1 | 2 }\nL:1/4\nQ:1/4=100\nM:4/4\nK:{key}\nV:1 treble nm="Piano"\nV:2 bass\n'
CHOIR = (
    '%%score 1 2 3 4\nL:1/4\nM:4/4\nK:C\nV:1 treble nm="Soprano"\nV:2 treble nm="Alto"\nV:3 bass nm="Tenor"\n'
    'V:4 bass nm="Bass"\n'
)
C_MAJOR, A_MINOR = Tonic(0, is_minor=False), Tonic(9, is_minor=True)


def piano(*bars: str, key: str = "C") -> Tune:
    return parse_tune(PIANO.replace("{key}", key) + "\n".join(bars) + "\n")


def choir(*bars: str) -> Tune:
    return parse_tune(CHOIR + "\n".join(bars) + "\n")


@pytest.mark.parametrize(
    ("notes", "root", "kind"),
    [
        ("[V:1][ce]4|[V:2][C,G,]4|", 0, "major"),
        ("[V:1][Bf]4|[V:2][G,D]4|", 7, "dominant seventh"),
        ("[V:1][ce]4|[V:2][A,,E,]4|", 9, "minor"),
        ("[V:1][fa]4|[V:2][B,D]4|", 11, "half-diminished"),
        ("[V:1][ce]4|[V:2]E,4|", 0, "major"),  # two notes: the triad that misses least
    ],
)
def test_a_beat_has_the_chord_whose_template_fits_best(notes: str, root: int, kind: str) -> None:
    found = chords.chords_of(tabulate(piano(notes)))
    assert len(found) == 4
    assert {(chord.root, chord.kind) for chord in found} == {(root, kind)}


def test_a_passing_note_does_not_change_the_chord_of_its_beat() -> None:
    found = chords.chords_of(tabulate(piano("[V:1][ceg]3/4 d/4 [ceg]3|[V:2]C,4|")))
    assert [(chord.root, chord.kind) for chord in found] == [(0, "major")] * 4


@pytest.mark.parametrize(
    ("bar", "count"),
    [
        ("[V:1][Bd]2 [ce]2|[V:2]G,2 C,2|", 1),
        ("[V:1][df]2 [ce]2|[V:2][G,B,]2 C,2|", 1),
        ("[V:1][dg]2 [ce]2|[V:2]B,2 C,2|", 0),  # the leading note in the bass
        ("[V:1][Bd]2 [ce]2|[V:2]G,2 G,2|", 0),  # the tonic over the fifth
        ("[V:1][ce]2 [cf]2|[V:2]C,2 F,2|", 0),  # I to IV falls a fifth, too
    ],
)
def test_a_cadence_is_the_dominant_and_the_tonic_with_their_roots_in_the_bass(bar: str, count: int) -> None:
    assert chords.cadences(chords.chords_of(tabulate(piano(bar))), C_MAJOR) == count


def test_in_minor_the_dominant_of_a_cadence_is_major() -> None:
    raised, natural = piano("[V:1][^GB]2 [ce]2|[V:2]E,2 A,,2|"), piano("[V:1][GB]2 [ce]2|[V:2]E,2 A,,2|")
    assert chords.cadences(chords.chords_of(tabulate(raised)), A_MINOR) == 1
    assert chords.cadences(chords.chords_of(tabulate(natural)), A_MINOR) == 0


def test_a_piece_ends_after_its_dominant_whatever_stands_on_the_tonic_for_long() -> None:
    after = chords.chords_of(tabulate(piano("[V:1][Bd]2 [ce]2|[V:2]G,2 C,2|", "[V:1][ce]4|[V:2]C,4|")))
    plagal = chords.chords_of(tabulate(piano("[V:1][cf]2 [ce]2|[V:2]F,2 C,2|")))
    assert chords.ends_after_dominant(after, C_MAJOR)
    assert not chords.ends_after_dominant(plagal, C_MAJOR)
    assert not chords.ends_after_dominant(after[:2], C_MAJOR)
    assert not chords.ends_after_dominant([], C_MAJOR)


@pytest.mark.parametrize(
    ("bar", "key"), [("[V:1]cdef|[V:2]C,E,G,C|", C_MAJOR), ("[V:1]ABcE|[V:2]A,,E,A,^G,|", A_MINOR)]
)
def test_the_key_is_heard_by_krumhansls_profiles(bar: str, key: Tonic) -> None:
    assert chords.heard_key(tabulate(piano(bar))) == key


def test_no_key_is_heard_in_one_note() -> None:
    assert chords.heard_key(tabulate(piano("[V:1]c4|[V:2]C,4|"))) is None


THEME = ("[V:1]cdef|[V:2]C,4|", "[V:1]g2 e2|[V:2]C,4|")
HIGHER = ("[V:1]defg|[V:2]G,,4|", "[V:1]a2 ^f2|[V:2]G,,4|")
SUSPENSE = ("[V:1]c4|[V:2]F,4|",) * 5


def test_a_theme_returns_at_any_pitch_six_or_more_bars_later() -> None:
    exact = ("[V:1]fgab|[V:2]F,4|".replace("b", "_b"), "[V:1]c'2 a2|[V:2]F,4|")
    assert lines.theme_returns(tabulate(piano(*THEME, *SUSPENSE, *exact)))
    assert not lines.theme_returns(tabulate(piano(*THEME, *SUSPENSE[:3], *exact))), "too soon"
    assert not lines.theme_returns(tabulate(piano(*THEME, *SUSPENSE, *HIGHER))), "other intervals"
    assert not lines.theme_returns(tabulate(piano(*SUSPENSE, *SUSPENSE))), "two long notes are no theme"


def test_bars_equal_an_earlier_one_only_in_all_their_voices() -> None:
    tune = piano(*THEME, THEME[0], "[V:1]cdef|[V:2]G,,4|")
    assert lines.equal_bars(tune) == (1, 4)


def test_sevenths_are_counted_in_minor_only() -> None:
    notes = tabulate(piano("[V:1]A^GA=G|[V:2]A,,^G,A,,z|", key="Am"))
    assert lines.raised_sevenths(notes, A_MINOR) == (2, 3)
    assert lines.raised_sevenths(notes, C_MAJOR) == NOTHING


def test_a_clash_counts_where_it_sounds_on_a_beat() -> None:
    tune = piano("[V:1]c B/c/ d2|[V:2]C, C, ^C,2|")
    assert lines.clashing_beats(tabulate(tune)) == (3, 4)


def test_parallels_are_fifths_and_octaves_that_move_together() -> None:
    fifths = choir("[V:1]gagg|[V:2]e2 ee|[V:3]B,2 B,2|[V:4]CDCC|")
    assert lines.parallels(tabulate(fifths), outer_only=False) == (2, 4)
    contrary = choir("[V:1]g d2 z|[V:2]e4|[V:3]z4|[V:4]C G,2 z|")
    assert lines.parallels(tabulate(contrary), outer_only=False) == (1, 2)
    held = choir("[V:1]g2 g2|[V:2]e2 e2|[V:3]z4|[V:4]C2 C2|")
    assert lines.parallels(tabulate(held), outer_only=False) == (0, 2)


def test_between_outer_lines_only_the_inner_ones_may_go_in_fifths() -> None:
    inner = choir("[V:1]g f2 z|[V:2]e d2 z|[V:3]A G2 z|[V:4]C D2 z|")
    assert lines.parallels(tabulate(inner), outer_only=False)[0] == 1
    assert lines.parallels(tabulate(inner), outer_only=True)[0] == 0


def test_notes_and_chords_that_nobody_can_play_are_counted() -> None:
    tune = choir("[V:1]g [eg] A,,, z|[V:2]e4|[V:3]z4|[V:4]C4|")
    assert prints.notes_outside(tune) == (1, 6)
    assert prints.chords_in_single_lines(tune) == (1, 5)
    assert prints.chords_in_single_lines(piano("[V:1][ce]4|[V:2]C,4|")) == (0, 0)


def test_flags_and_lost_staves_are_counted() -> None:
    tune = piano("[V:1]c/ d/ e/f/ g2|[V:2]C,2 [I:staff -1] c2|", "[V:1]c4|[V:2]C,4|", "[V:1]c4|[V:2][I:staff +1]C,4|")
    assert prints.unbeamed(tune) == (1, 2)
    assert prints.on_wrong_staff(tune) == (1, 6)


def test_tempo_words_are_held_against_the_number_that_holds_where_they_stand() -> None:
    tune = piano('[V:1]"^Andante"c4|[V:2]C,4|', '[V:1]"^Lento"[Q:1/4=170]c4|[V:2]"^dolce"C,4|')
    assert prints.contradicting_tempos(tune) == (1, 2)


def test_a_key_without_a_mode_is_the_minor_that_the_piece_ends_in_but_is_right_so_only_in_peoples_scores() -> None:
    tune = piano("[V:1]ABcE|[V:2]A,,E,A,^G,|", "[V:1]c4|[V:2]A,,4|")
    people, ours = Heard(tune=tune, vague=True), Heard(tune=tune)
    assert people.tonic == ours.tonic == A_MINOR
    assert measure(people)["key_heard"] == (1, 1)
    assert measure(ours)["key_heard"] == (0, 1)
    assert Heard(tune=piano("[V:1]c4|[V:2]C,4|")).tonic == C_MAJOR


def test_a_piece_that_cannot_say_anything_counts_nothing() -> None:
    found = measure(Heard(tune=piano("[V:1]z4|[V:2]z4|")))
    assert found == dict.fromkeys(MEASURES, NOTHING) | {"cadences": found["cadences"]}
    assert found["cadences"] == NOTHING
