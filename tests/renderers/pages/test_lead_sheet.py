import re
from io import BytesIO

import pytest
from pypdf import PdfReader

from renderers.pages.engraving import engrave
from renderers.pages.lead_sheet import write_lead_sheet
from renderers.pages.paper import A4
from renderers.pages.pdf import bind_pages
from renderers.score.moments import read_moments, written_pitch
from renderers.score.musicxml import convert_abc
from renderers.score.parts import parse_score
from tests.renderers.test_sanitise import load_tune

HEAD = "X:1\nT:t\nM:4/4\nL:1/4\n%%score {1 2}\nV:1\nV:2 clef=bass\nK:C\n"
SONG = HEAD + "[V:1][Gce]2 [FAd]2|[GBd]4|c4|]\n[V:2][C,E,]2 [D,F,]2|[G,,F,]4|[A,,E,]4|]\n"


def lead(abc):
    return parse_score(write_lead_sheet(convert_abc(abc)))


def names(score):
    """The symbols of each measure: root, alteration, what stands behind, bass."""
    found = []
    for measure in score.iter("measure"):
        found.append([])
        for harmony in measure.iter("harmony"):
            alter = {"-1": "b", "1": "#"}.get(harmony.findtext("root/root-alter"), "")
            bass = harmony.findtext("bass/bass-step")
            suffix = harmony.find("kind").get("text")
            found[-1].append(harmony.findtext("root/root-step") + alter + suffix + (f"/{bass}" if bass else ""))
    return found


def pitches(score):
    return [written_pitch(note) for note in score.iter("note")]


def test_chords_are_told_from_what_sounds_in_all_parts():
    assert names(lead(SONG)) == [["C", "Dm"], ["G7"], ["Am"]]


def test_of_a_chord_the_highest_note_is_the_melody_on_one_staff():
    score = lead(SONG)
    assert pitches(score) == [76, 74, 74, 72]
    assert len(score.findall("part")) == 1
    assert score.find(".//staves") is None
    assert [clef.findtext("sign") for clef in score.iter("clef")] == ["G"]


def test_the_highest_note_keeps_its_ties_and_accidentals():
    score = lead("X:1\nM:4/4\nL:1/4\nK:C\n[C^F]2-[CF]2-|[CF]4|]\n")
    assert pitches(score) == [66, 66, 66]
    assert [len(note.findall("tie")) for note in score.iter("note")] == [1, 2, 1]
    assert [len(note.findall("notations/tied")) for note in score.iter("note")] == [1, 2, 1]
    assert next(note.findtext("accidental") for note in score.iter("note")) == "sharp"
    assert len(lead("X:1\nM:4/4\nL:1/4\nK:C\n[C-E]2[CG]2|]\n").findall(".//tie")) == 0


@pytest.mark.parametrize(
    ("key", "notes", "name"),
    [("Ab", "[_DF_A]4", "Db"), ("B", "[^C^E^G]4", "C#"), ("Gm", "[DFA]4", "Dm"), ("C", "[B,DFA]4", "Bm7b5")],
)
def test_chords_are_spelt_as_the_key_has_them(key, notes, name):
    assert names(lead(f"X:1\nM:4/4\nL:1/4\nK:{key}\n{notes}|]\n")) == [[name]]


def test_another_note_of_the_chord_in_the_bass_stands_behind_a_stroke():
    assert names(lead(HEAD + "[V:1]c4|]\n[V:2][E,G,C]4|]\n")) == [["C/E"]]


@pytest.mark.parametrize(
    ("key", "bass", "notes", "name"),
    [("Dm", "^C,", "[EGA]", "A7/C#"), ("Em", "^D,", "[FAB]", "B7/D#"), ("Fm", "=E,", "[CG_B]", "C7/E")],
)
def test_the_bass_is_spelt_as_a_note_of_its_chord(key, bass, notes, name):
    """In D minor the third of A7 was called D flat."""
    head = HEAD.replace("K:C", f"K:{key}")
    score = lead(f"{head}[V:1]{notes}4|]\n[V:2]{bass}4|]\n")
    (harmony,) = score.iter("harmony")
    alter = {"-1": "b", "1": "#"}.get(harmony.findtext("bass/bass-alter"), "")
    suffix = harmony.find("kind").get("text")
    assert f"{harmony.findtext('root/root-step')}{suffix}/{harmony.findtext('bass/bass-step')}{alter}" == name


def test_notes_that_pass_change_no_chord_and_a_chord_is_named_where_it_changes():
    abc = HEAD + "[V:1]cdef|gfed|cBcd|]\n[V:2][C,E,G,]4|[C,E,G,]4|[C,E,G,]4|]\n"
    assert names(lead(abc)) == [["C"], [], []]


def test_chords_that_the_score_names_stay_as_they_are():
    abc = HEAD + '[V:1]"Fmaj7"c2 "E7"c2|]\n[V:2][C,E,G,]4|]\n'
    assert names(lead(abc)) == [["Fmaj7", "E7"]]


def test_a_chord_that_changes_within_a_note_stands_where_it_changes():
    abc = HEAD + "[V:1]c4|]\n[V:2][C,E,G,]2 [F,,F,A,]2|]\n"
    score = lead(abc)
    assert names(score) == [["C", "F"]]
    (page,) = engrave(write_lead_sheet(convert_abc(abc)), title="", composer="", paper=A4, player="")
    places = [int(x) for x in re.findall(r'class="harm".*?<text x="(\d+)"', page, re.DOTALL)]
    assert len(places) == 2
    assert places[1] - places[0] > 300


def test_the_singer_has_the_melody_and_the_words():
    score = lead(load_tune("song.abc"))
    assert score.findtext("part-list/score-part/part-name").startswith("Singstimme")
    assert [text.text for text in score.iter("text")][:2] == ["Soft", "ly"]
    assert any(names(score))


@pytest.mark.parametrize("name", ["quartet.abc", "song.abc", "waltz.abc"])
def test_measures_keep_their_lengths(name):
    whole = parse_score(convert_abc(load_tune(name)))
    score = lead(load_tune(name))

    def ends(part):
        reached = {}
        for moment in read_moments(part):
            reached[moment.measure] = max(reached.get(moment.measure, 0), moment.at + moment.length)
        return reached

    expected = ends(whole.find("part"))
    assert all(length <= expected[measure] for measure, length in ends(score.find("part")).items())
    assert len(score.findall("part/measure")) == len(whole.find("part").findall("measure"))


def test_what_a_clarinet_reads_is_named_as_it_reads_it():
    abc = "X:1\nM:4/4\nL:1/4\nV:1 nm=Clarinet transpose=-2\nK:D\n[V:1]DFAd|]\n"
    assert names(lead(abc)) == [["D"]]


def printed_text(musicxml):
    """What another program reads in the PDF."""
    pages = engrave(musicxml, title="t", composer="", paper=A4, player="")
    return PdfReader(BytesIO(bind_pages(pages, title="t", composer=""))).pages[0].extract_text()


def test_altered_notes_of_chords_are_printed_once_with_musical_signs():
    """Verovio set the b of Cm7b5 as a letter, and the altered note of F#7(b9) a second time."""
    chords = '"Cm7b5"c2 "F#7(b9)/C#"c2|"Eb7#11"c2 "C7b13"c2|"Absus4"c4|]'
    text = printed_text(convert_abc(f"X:1\nT:t\nM:4/4\nL:1/4\nK:C\n{chords}\n"))
    assert [word for word in text.split() if word[:1] in "ABCDEFG"] == [
        "Cm7♭5",
        "F♯7(♭9)/C♯",
        "E♭7♯11",
        "C7♭13",
        "A♭sus4",
    ]


def test_where_no_chord_is_played_no_root_is_printed():
    text = printed_text(write_lead_sheet(convert_abc('X:1\nT:t\nM:4/4\nL:1/4\nK:C\n"Am"c2 "N.C."c2|]\n')))
    assert [word for word in text.split() if "N" in word or word[:1] in "ABCDEFG"] == ["Am", "N.C."]


def test_chords_of_a_lead_sheet_have_musical_signs():
    abc = HEAD + "[V:1]c4|]\n[V:2][_E,_G,_B,C,]4|]\n"
    assert "Cm7♭5" in printed_text(write_lead_sheet(convert_abc(abc)))
