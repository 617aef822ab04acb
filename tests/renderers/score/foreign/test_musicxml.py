"""MusicXML of other programs: what it says, and what it forgets to say."""

from fractions import Fraction
from pathlib import Path

import pytest

from renderers.errors import InputRefused
from renderers.score.abc.abc_writer import write_abc
from renderers.score.abc.model import ClefChange, DynamicMark, Grace, Jump, LineEnd, StaffChange, Words
from renderers.score.abc.tempos import Tempo
from renderers.score.files import read_file
from tests.renderers.score.foreign.building import document, events, lengths, note, pitches, read

DATA = Path(__file__).parents[3] / "data" / "scores"
BAR = note("C4", 16, "whole")
TRIPLET = "<time-modification><actual-notes>3</actual-notes><normal-notes>2</normal-notes></time-modification>"


def test_a_whole_score_is_read_with_title_composer_staves_and_keys():
    tune = read_file((DATA / "prelude.musicxml").read_bytes())
    assert (tune.titles, tune.composers) == (["Prelude on Nothing"], ["Jane Doe"])
    assert [part.staves for part in tune.layout.parts] == [[["1"], ["2"]]]
    right, left = tune.voices
    assert (right.name, right.clef.sign, left.clef.sign, right.key.fifths) == ("Piano", "G", "F", 2)
    assert len(right.bars) == len(left.bars) == 6
    assert [pitches(event) for event in events(tune, 1, 0)] == [["D3"], ["F#3"]]


def test_timewise_is_read_as_partwise():
    """The four quarters of the score are there, at 0, 1, 2 and 3."""
    bar = "".join(note(pitch) for pitch in ("C4", "D4", "E4", "F4"))
    partwise = document(bar, bar).decode()
    measures = partwise.split('<part id="P1">')[1].split("</part>")[0]
    timewise = measures.replace('">', '"><part id="P1">', 2).replace("</measure>", "</part></measure>")
    head = partwise.split("<part id")[0].replace("partwise", "timewise")
    tune = read_file(f"{head}{timewise}</score-timewise>".encode())
    assert [pitches(event) for event in events(tune)] == [["C4"], ["D4"], ["E4"], ["F4"]]
    assert tune.voices[0].name == "Flute"
    assert len(tune.voices[0].bars) == 2


@pytest.mark.parametrize("more", [TRIPLET, ""])
@pytest.mark.parametrize("type_", ["eighth", ""])
def test_tuplets_without_tuplet_signs_are_tuplets(more, type_):
    """Three eighths in the time of two, said by <time-modification>, by the durations, or by both."""
    bar = "".join(note("C4", 2, type_, more=more) for _ in range(3)) + note("D4", 18, "half" if type_ else "")
    tune = read(bar, divisions=6)
    first = events(tune)[:3]
    assert [event.length * 4 for event in first] == [Fraction(1, 3)] * 3
    assert [event.nominal for event in first] == [Fraction(1, 8)] * 3
    assert len({tuplet.id for event in first for tuplet in event.tuplets}) == 1
    assert {(t.actual, t.normal) for event in first for t in event.tuplets} == {(3, 2)}


def test_tuplets_end_where_they_add_up():
    """Quarter and eighth, then three eighths: two triplets; six sixteenths in the time of four: one."""
    six = TRIPLET.replace(">3<", ">6<").replace(">2<", ">4<")
    bar = note("C4", 8, "quarter", more=TRIPLET) + note("D4", 4, "eighth", more=TRIPLET)
    bar += "".join(note("E4", 4, "eighth", more=TRIPLET) for _ in range(3))
    bar += "".join(note("F4", 2, "16th", more=six) for _ in range(6))
    notes = events(read(bar, divisions=12, beats=3))
    ids = [event.tuplets[0].id for event in notes]
    assert [ids.count(each) for each in dict.fromkeys(ids)] == [2, 3, 6]


def test_durations_that_were_rounded_are_what_their_signs_show():
    """157 of 2520 divisions is a 64th: 16 of them are a quarter."""
    bar = "".join(note("C4", 157, "64th") for _ in range(16)) + note("D4", 7560, "half", more="<dot/>")
    assert sum(lengths(read(bar, divisions=2520))) == 4


def test_where_signs_and_durations_contradict_the_one_that_fills_the_bar_counts():
    signs_right = "".join(note("C4", 3, "quarter") for _ in range(4))
    durations_right = "".join(note("C4", 4, "eighth") for _ in range(4))
    for bar in (signs_right, durations_right):
        tune = read(bar)
        assert lengths(tune) == [1, 1, 1, 1]
        assert [(remark.reason, remark.line) for remark in tune.remarks] == [("lengths", 1)]


def test_a_pickup_stays_short_and_what_rests_below_it_too():
    tune = read(note("G4", 4, "quarter"), BAR)
    assert [voice.bars[0].length() * 4 for voice in tune.voices] == [1]


def test_a_number_that_is_a_voice_on_each_of_two_staves_is_two_voices():
    bar = note("C5", 16, "whole", staff=1) + "<backup><duration>16</duration></backup>" + note("C3", 16, staff=2)
    tune = read(bar, more="<staves>2</staves>")
    assert [part.staves for part in tune.layout.parts] == [[["1"], ["2"]]]
    assert [pitches(events(tune, voice)[0]) for voice in (0, 1)] == [["C5"], ["C3"]]


def test_a_voice_that_crosses_to_the_other_staff_stays_one_voice():
    bar = note("C5", 4, staff=1) + note("C4", 4, staff=2) + note("C5", 4, staff=1) * 2
    bar += "<backup><duration>16</duration></backup>" + note("C3", 16, voice=2, staff=2)
    tune = read(bar, more="<staves>2</staves>")
    moves = [item.offset for item in tune.voices[0].bars[0].layers[0] if isinstance(item, StaffChange)]
    assert (moves, len(events(tune))) == ([1, -1], 4)


def test_notes_of_a_voice_that_overlap_are_layers_and_gaps_are_rests_nobody_sees():
    bar = note("C5", 16) + "<backup><duration>16</duration></backup><forward><duration>8</duration></forward>"
    tune = read(bar + note("E4", 8))
    first, second = events(tune), events(tune, layer=1)
    assert [pitches(event) for event in first] == [["C5"]]
    assert [(event.is_visible, event.length * 4) for event in second] == [(False, 2), (True, 2)]


def test_chords_whose_sign_stands_in_the_wrong_notes_are_chords():
    """Some converters put <chord/> into every note but the last."""
    bar = note("C4", 8, chord=True) + note("E4", 8) + note("D4", 8, chord=True) + note("F4", 8)
    assert [pitches(event) for event in events(read(bar))] == [["C4", "E4"], ["D4", "F4"]]


@pytest.mark.parametrize("root", ["", "<root><root-step text=''>C</root-step></root>"])
def test_where_no_chord_is_played_the_score_still_says_so(root):
    tune = read(f"<harmony>{root}<kind text='N.C.'>none</kind></harmony>" + note("C4", 16, "whole"))
    assert '"N.C."C' in write_abc(tune)


def test_a_tie_leads_to_an_equal_note_or_nowhere():
    start, stop = "<tie type='start'/>", "<tie type='stop'/>"
    tune = read(
        note("C4", 8, more=start) + note("D4", 8, more=stop), note("E4", 16, more=start), note("E4", 16, more=stop)
    )
    assert [event.heads[0].is_tied_on for event in (*events(tune), *events(tune, bar=1))] == [False, False, True]
    assert events(tune, bar=2)[0].heads[0].is_tied_back


def test_a_tie_to_another_voice_is_kept_and_spoken_of():
    back = "<backup><duration>16</duration></backup>"
    bar = note("C4", 8, more="<tie type='start'/>") + note("E4", 8) + back
    bar += "<forward><duration>8</duration></forward>" + note("C4", 8, voice=2, more="<tie type='stop'/>")
    tune = read(bar)
    assert events(tune, 0)[0].heads[0].is_tied_on
    assert events(tune, 1)[-1].heads[0].is_tied_back
    assert [remark.reason for remark in tune.remarks] == ["voice_tie"]


def test_grace_notes_stand_before_their_note_or_at_the_end_of_the_bar():
    grace = "<note><grace slash='yes'/><pitch><step>B</step><octave>4</octave></pitch><voice>1</voice></note>"
    tune = read(grace * 2 + note("C5", 16) + grace)
    items = tune.voices[0].bars[0].layers[0]
    assert [len(item.events) if isinstance(item, Grace) else "note" for item in items] == [2, "note", 1]


def test_words_of_all_verses_and_held_syllables_are_kept():
    lyric = "<lyric number='{}'><syllabic>{}</syllabic><text>{}</text>{}</lyric>"
    bar = note(
        "C4", 8, more="<notations/>" + lyric.format(1, "begin", "Ro", "") + lyric.format(2, "single", "ah", "<extend/>")
    )
    first, second = events(read(bar + note("D4", 8, more="<notations/>" + lyric.format(1, "end", "se", ""))))
    assert [(s.text, s.syllabic, s.is_held) for s in first.syllables.values()] == [
        ("Ro", "begin", False),
        ("ah", "single", True),
    ]
    assert second.syllables[1].text == "se"


def test_drums_are_on_the_channel_for_drums_with_the_sound_the_file_names():
    parts = """<score-part id="P1"><part-name>Drums</part-name><score-instrument id="X1"/><score-instrument id="X2"/>
        <midi-instrument id="X1"><midi-channel>10</midi-channel><midi-unpitched>37</midi-unpitched></midi-instrument>
        <midi-instrument id="X2"><midi-channel>10</midi-channel><midi-unpitched>43</midi-unpitched></midi-instrument>
        </score-part>"""
    drum = """<note><unpitched><display-step>{}</display-step><display-octave>{}</display-octave></unpitched>
        <duration>8</duration><instrument id="{}"/><voice>1</voice></note>"""
    tune = read(drum.format("F", 4, "X1") + drum.format("G", 5, "X2"), parts=parts)
    sound = tune.voices[0].sound
    assert (sound.channel, sound.drums) == (10, {65: 36, 79: 42})


def test_a_transposing_part_sounds_where_the_file_says():
    transpose = "<transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose>"
    tune = read(BAR, more=f"<key><fifths>2</fifths></key>{transpose}")
    assert (tune.voices[0].transpose, tune.voices[0].key.fifths, pitches(events(tune)[0])) == (-2, 2, ["C4"])


def test_repeats_and_endings_stand_in_every_voice():
    def barline(side, inside):
        return f'<barline location="{side}">{inside}</barline>'

    forward, backward = '<repeat direction="forward"/>', '<repeat direction="backward"/>'
    start, stop = '<ending number="{}" type="start"/>', '<ending number="{}" type="stop"/>'
    tune = read(
        barline("left", forward) + BAR,
        barline("left", start.format("1")) + BAR + barline("right", stop.format("1") + backward),
        barline("left", start.format("2")) + BAR + barline("right", stop.format("2")),
        BAR,
    )
    signs = tune.voices[0].signs
    assert [(sign.starts, sign.ends, sign.ending) for sign in signs[:3]] == [(2, 0, ""), (0, 0, "1"), (0, 2, "2")]


def test_directions_become_marks_where_they_stand():
    direction = '<direction placement="{}"><direction-type>{}</direction-type>{}</direction>'
    bar = direction.format("above", "<words>Allegro</words>", '<sound tempo="132"/>')
    bar += direction.format("below", "<dynamics><sfz/></dynamics>", "") + note("C4", 8)
    bar += direction.format("below", "<words>dolce</words>", "")
    bar += direction.format("below", '<wedge type="crescendo"/>', "") + note("D4", 8)
    bar += direction.format("below", '<wedge type="stop"/>', "")
    bar += direction.format("above", "<words>D.C. al Fine</words>", '<sound dacapo="yes"/>')
    items = [item for item in read(bar).voices[0].bars[0].layers[0] if not hasattr(item, "heads")]
    assert items == [
        Tempo("Allegro", Fraction(1, 4), 132.0),
        DynamicMark("sfz"),
        Words("dolce", is_above=False),
        LineEnd("wedge", "crescendo", "start"),
        LineEnd("wedge", "crescendo", "stop"),
        Jump("D.C.alfine"),
    ]


def test_a_clef_inside_a_bar_holds_for_the_bars_that_follow():
    clef = "<attributes><clef><sign>F</sign><line>4</line></clef></attributes>"
    tune = read(note("C4", 8) + clef + note("C3", 8), BAR)
    assert [type(item).__name__ for item in tune.voices[0].bars[0].layers[0]] == ["Event", "ClefChange", "Event"]
    assert [bar.clef.sign for bar in tune.voices[0].bars] == ["G", "F"]
    assert isinstance(tune.voices[0].bars[0].layers[0][1], ClefChange)


def test_accidentals_that_the_file_forgets_are_shown():
    heads = [event.heads[0] for event in events(read(note("F#4", 4) * 2 + note("F4", 4) * 2))]
    assert [head.is_accidental_written for head in heads] == [True, False, True, False]


def test_short_notes_of_a_file_without_beams_are_beamed_by_the_beat():
    joined = [event.is_joined for event in events(read(note("C4", 2, "eighth") * 8))]
    assert joined == [True, False] * 4


def test_what_cannot_be_kept_is_counted_and_named_once():
    bend = "<notations><technical><bend/></technical></notations>"
    tune = read(note("C4", 8, more=bend) * 2, "<figured-bass/>" + note("C4", 16, more=bend))
    found = {remark.values["text"]: (remark.line, remark.values["n"]) for remark in tune.remarks}
    assert found == {"bend": (1, 3), "figured bass": (2, 1)}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<html/>", "no_score"),
        (b"<score-partwise><part-list/></score-partwise>", "file_no_music"),
        (document(*[BAR] * 2001), "bars"),
        (document(note("C4", 4_000_000)), "file_duration"),
        (document("".join(note("C4", 4, chord=place > 0) for place in range(3)) * 2000 * 11), "file_notes"),
    ],
)
def test_what_is_no_score_or_too_much_is_refused(content, reason):
    with pytest.raises(InputRefused) as refused:
        read_file(content)
    assert refused.value.reason == reason


def test_a_metre_that_nobody_can_draw_is_named():
    metre = "<attributes><time><beats>5</beats><beat-type>3</beat-type></time></attributes>"
    tune = read(metre + note(duration=16))
    assert [(remark.reason, remark.values["text"]) for remark in tune.remarks] == [("left_out", "5/3")]


def test_a_range_of_tempos_is_kept_and_played_in_its_middle():
    mark = "<metronome><beat-unit>half</beat-unit><per-minute>60 - 66</per-minute></metronome>"
    tune = read(f"<direction><direction-type>{mark}</direction-type></direction>{note(duration=16)}")
    (tempo,) = [item for layer in tune.voices[0].bars[0].layers for item in layer if isinstance(item, Tempo)]
    assert (tempo.number(), tempo.quarters_per_minute) == ("60-66", 126)
    assert "Q:1/2=60-66" in write_abc(tune)
