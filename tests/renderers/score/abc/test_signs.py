"""Keys, metres, tempos, decorations, chord symbols, words: what stands beside the notes."""

import pytest

from tests.renderers.score.abc.reading import heard, letters, pitches, read, remarks, score, tempo, texts

EVERY_NOTE = "C D E F|G A B c|"


@pytest.mark.parametrize(
    ("key", "fifths", "mode"),
    [
        ("A aeolian", 0, "minor"), ("Aaeo", 0, "minor"), ("A Aeolian", 0, "minor"), ("Am", 0, "minor"),
        ("A min", 0, "minor"), ("Amin", 0, "minor"), ("A minor", 0, "minor"), ("D dorian", 0, "dorian"),
        ("Ddor", 0, "dorian"), ("E phr", 0, "phrygian"), ("F lydian", 0, "lydian"), ("G Mix", 0, "mixolydian"),
        ("B loc", 0, "locrian"), ("C ionian", 0, "major"), ("C maj", 0, "major"), ("F#m", 3, "minor"),
        ("Bb", -2, "major"), ("Eb Dor", -5, "dorian"), ("EM", 1, "minor"),
    ],
)  # fmt: skip
def test_every_mode_has_its_signature(key, fifths, mode):
    written = score(f"X:1\nM:4/4\nL:1/4\nK:{key}\nC4|\n").find("part/measure/attributes/key")
    assert (int(written.findtext("fifths")), written.findtext("mode")) == (fifths, mode)


@pytest.mark.parametrize(
    ("key", "sounding"),
    [
        ("D exp _b ^f", [60, 62, 64, 66, 67, 69, 70, 72]),
        ("exp ^c", [61, 62, 64, 65, 67, 69, 71, 73]),
        ("D Phr ^f", [60, 62, 63, 66, 67, 69, 70, 72]),
        ("D =c", [60, 62, 64, 66, 67, 69, 71, 72]),
        ("HP", [61, 62, 64, 66, 67, 69, 71, 73]),
        ("Hp", [61, 62, 64, 66, 67, 69, 71, 73]),
        ("none", [60, 62, 64, 65, 67, 69, 71, 72]),
        ("", [60, 62, 64, 65, 67, 69, 71, 72]),
    ],
)
def test_explicit_and_bagpipe_keys_sound_as_they_say(key, sounding):
    assert pitches(f"X:1\nM:4/4\nL:1/4\nK:{key}\n{EVERY_NOTE}\n") == sounding


def test_the_pipes_key_shows_no_signature_and_the_other_one_shows_it():
    assert texts("[K:HP]c4|", "attributes/key/fifths") == ["0"]
    assert texts("[K:Hp]c4|", "attributes/key/key-step") == ["F", "C", "G"]


@pytest.mark.parametrize(
    ("directive", "second", "third"),
    [("", 73, 61), ("%%propagate-accidentals octave\n", 73, 60), ("%%propagate-accidentals not\n", 72, 60)],
)
def test_accidentals_reach_as_far_as_the_standard_or_the_tune_says(directive, second, third):
    """All octaves, where nobody says (11.3)."""
    assert pitches(f"X:1\nM:4/4\nL:1/4\n{directive}K:C\n^cc C z|\n") == [73, second, third]


def test_an_overlay_has_accidentals_of_its_own_and_the_page_shows_it():
    assert heard("^C2C2 & C4|C4|") == [(0, 60), (0, 61), (2, 61), (4, 60)]
    assert texts("^C2C2 & C4|", "note/accidental") == ["sharp", "natural"]


def test_no_key_is_a_key_in_the_middle_of_a_tune():
    assert pitches("X:1\nM:4/4\nL:1/4\nK:D\nF4|[K:none]F4|\n") == [66, 65]


def test_in_interleaved_abc_an_accidental_holds_for_its_octave():
    assert pitches("X:1\nM:4/4\nL:1/4\nK:C\nV:1\nV:2\n[V:1]^cC z2|[V:2]z4|\n") == [73, 60]


def test_a_tie_carries_its_accidental_over_the_barline():
    assert heard("^C4-|C2 C2|") == [(0, 61), (6, 60)]


@pytest.mark.parametrize(
    ("written", "quarters"),
    [
        ("1/4=90", 90), ("3/8=80", 120), ("1/2=60", 120), ('"Slowly" 1/4=52', 52), ("1/4 3/8 1/4 3/8=40", 200),
        ("C3=40", 60), ("C=120", 60), ("120", 120), ('1/4=100 "Andante"', 100), ("1/4=ca. 96", 96),
        ("1/4=120-132", 126), ("3/8=60–80", 105), ("1/4=132-120", 132), ("1/4=120-9999", 120),
    ],
)  # fmt: skip
def test_tempos_old_and_new(written, quarters):
    assert tempo(f"X:1\nM:4/4\nL:1/8\nQ:{written}\nK:D\nD8|\n") == quarters


def test_a_range_of_tempos_is_printed():
    (number,) = score("X:1\nM:4/4\nL:1/4\nQ:1/4=120-132\nK:C\nC4|\n").iter("per-minute")
    assert number.text == "120-132"


def test_a_tempo_word_invents_no_number():
    abc = 'X:1\nM:4/4\nL:1/8\nQ:"Grave"\nK:D\nD8|\n'
    assert texts(abc, "direction/direction-type/words") == ["Grave"]
    assert score(abc).find(".//sound[@tempo]") is None
    assert tempo(abc) == 100


@pytest.mark.parametrize(("metre", "beats"), [("", None), ("none", None), ("M:", None)])
def test_where_there_is_no_metre_none_is_drawn(metre, beats):
    abc = f"X:1\n{metre if metre.startswith('M') else f'M:{metre}' if metre else 'L:1/8'}\nK:C\nCDEFGAB|C|\n"
    assert score(abc).findtext("part/measure/attributes/time/beats") == beats


def test_user_symbols_mean_what_they_are_given():
    abc = "X:1\nU:W=!trill!\nU:n=!fermata!\nM:4/4\nL:1/4\nK:G\nWGA nBc|\n"
    notes = score(abc).findall("part/measure/note")
    assert notes[0].find("notations/ornaments/trill-mark") is not None
    assert notes[2].find("notations/fermata") is not None


def test_the_roll_of_irish_music_is_drawn():
    assert score("~E3 z|").find(".//ornaments/turn") is not None


@pytest.mark.parametrize("sign", ["!trill!", "+trill+", "T"])
def test_a_decoration_may_be_written_in_three_ways(sign):
    assert score(f"{sign}C4|").find(".//trill-mark") is not None


def test_a_chord_may_be_written_as_long_ago():
    assert heard("+CEG+4|") == [(0, 60), (0, 64), (0, 67)]


def test_an_unknown_sign_is_spoken_of_with_its_line():
    assert remarks("!wobble!C4|") == ["Line 6: the sign !wobble! is not known and is left out."]


@pytest.mark.parametrize(
    ("written", "root", "kind", "shown"),
    [
        ("Am7", "A", "minor-seventh", "m7"), ("G7b9", "G", "dominant", "7b9"), ("D7#5", "D", "dominant", "7#5"),
        ("Cmaj7", "C", "major-seventh", "maj7"), ("F#m7b5", "F", "half-diminished", "m7b5"), ("Bb/D", "B", "major", ""),
        ("Esus4", "E", "suspended-fourth", "sus4"), ("Bdim7", "B", "diminished-seventh", "dim7"),
        ("C+", "C", "augmented", "+"), ("A7sus4", "A", "suspended-fourth", "7sus4"),
        ("Cm(maj7)", "C", "major-minor", "m(maj7)"),
        ("G13#11", "G", "dominant-13th", "13#11"), ("Dm6", "D", "minor-sixth", "m6"), ("Eadd9", "E", "major", "add9"),
    ],
)  # fmt: skip
def test_chord_symbols_are_printed_as_they_are_written(written, root, kind, shown):
    harmony = score(f'"{written}"C4|').find("part/measure/harmony")
    assert harmony.findtext("root/root-step") == root
    assert (harmony.findtext("kind"), harmony.find("kind").get("text")) == (kind, shown)


@pytest.mark.parametrize("written", ["N.C.", "N. C.", "NC", "n.c."])
def test_where_no_chord_is_played_a_chord_symbol_says_so(written):
    harmony = score(f'"{written}"C4|').find("part/measure/harmony")
    assert (harmony.findtext("kind"), harmony.find("kind").get("text")) == ("none", "N.C.")
    assert harmony.find("root/root-step").get("text") == ""  # what stands there is not to be shown


@pytest.mark.parametrize("words", ["Fine", "N.C.B.", "Chorus", "Dolce", "Coda", "A tempo", "Bridge", "Em?"])
def test_words_that_are_no_chord_stand_above_the_notes(words):
    assert texts(f'"{words}"C4|', "direction/direction-type/words") == [words]


def test_a_symbol_line_belongs_to_the_notes_above_it():
    notes = score('CDEF|\ns: "^slow" !f! * !fermata!').find("part/measure")
    assert [child.tag for child in notes][1:6] == ["direction", "note", "direction", "note", "note"]
    assert notes.findall("note")[3].find("notations/fermata") is not None


@pytest.mark.parametrize(
    "line", ["r:a remark", "N:a note", "% a comment", "%%pagewidth 10cm", "I:linebreak $", "r: CDEF|"]
)
def test_what_is_no_music_is_not_played(line):
    assert letters(f"C4|\n{line}\nD4|") == "CD"


def test_macros_are_written_out():
    assert pitches("m:~G2=G{A}G\n~G2 CC|")[-2:] == [60, 60]
    assert pitches("m:~n2=(3o/n/m/ n\n~G2 z2|")[:3] == [69, 67, 65]


def test_grace_notes_before_a_barline_and_slurred_ones_are_kept():
    assert score("C4{d}|({e}D4)|").findall(".//grace") != []
    assert len(score("C4{d}|({e}D4)|").findall(".//grace")) == 2


def test_a_fermata_may_stand_on_a_barline():
    assert score("C4 H|]").find("part/measure/barline/fermata") is not None


def test_text_that_is_not_printed_is_spoken_of():
    assert remarks("X:1\nT:One\nM:4/4\nL:1/4\n%%footer Hello\nK:C\nC4|\n") == ["Line 5: the text is not printed."]


def test_a_composer_has_all_names_and_the_origin():
    assert read("X:1\nC:Anna\nC:Otto\nO:Bergen\nK:C\nC4|\n").composer == "Anna, Otto (Bergen)"


@pytest.mark.parametrize(
    ("metre", "beats"),
    [("FREI4/4", ["4"]), ("4/4 (march)", ["4"]), ('"3/4"', ["3"]), ("6/8,9/8", ["6"]), ("C/", ["2"]), ("free", [])],
)
def test_a_metre_among_other_words_is_found(metre, beats):
    assert texts(f"X:1\nM:{metre}\nL:1/4\nK:C\nCDEF|\n", "attributes/time/beats") == beats


@pytest.mark.parametrize("metre", ["5/3", "4/0", "0/4", "99/4", "4/4/4", "-3/4", "1.5/4", "O", "waltz"])
def test_a_metre_that_cannot_be_drawn_refuses_no_tune(metre):
    abc = f"X:1\nM:{metre}\nL:1/4\nK:C\nCDE|\n"
    assert pitches(abc) == [60, 62, 64]
    assert texts(abc, "attributes/time/beats") == []
    assert f"M:{metre} is no metre" in remarks(abc)[0]


@pytest.mark.parametrize(
    ("key", "sounding", "said"),
    [
        ("G#", [65, 67, 68, 70], "more than seven"),
        ("Ger", [66, 67, 69, 71], "a major key is read"),
        ("Dmix=c", [66, 67, 69, 71], ""),
        ("gmin", [65, 67, 69, 70], ""),
        ("bb", [65, 67, 69, 70], ""),
    ],
)
def test_a_key_in_other_letters_is_read(key, sounding, said):
    assert pitches(f"X:1\nL:1/4\nK:{key}\nFGAB|\n") == sounding
    assert [said in remark for remark in remarks(f"X:1\nL:1/4\nK:{key}\nFGAB|\n")] == ([True] if said else [])


@pytest.mark.parametrize("said", ["sound=B", "shift=CD", "instrument=Bb/C"])
def test_what_would_move_notes_and_is_not_followed_is_spoken_of(said):
    assert f"{said} is not followed" in remarks(f"X:1\nL:1/4\nK:C {said}\nFGAB|\n")[0]


def test_a_sign_that_is_given_no_meaning_is_silent():
    assert remarks("X:1\nU:~=!nil!\nU:T=!none!\nK:C\n~CTD|\n") == []


def test_a_plus_is_a_sign_too():
    assert texts("!+!C D|", "note/notations/technical/stopped") == [None]


def test_text_that_another_program_puts_anywhere_is_printed_without_its_place():
    assert texts('"@-12,5.5 rit."C D|', "direction/direction-type/words") == ["rit."]


def test_quotation_marks_of_a_word_processor_hold_chord_symbols():
    assert pitches("“Am”C “G”D|") == [60, 62]
    assert texts("“Am”C D|", "harmony/root/root-step") == ["A"]


def test_a_chord_symbol_in_brackets_is_printed_with_them():
    assert texts('"(Am)"C D|', "direction/direction-type/words") == ["(Am)"]


def test_a_metre_that_ends_in_the_middle_of_several_parts_is_played():
    """The engraver died of it; nothing of it is printed."""
    abc = "X:1\nM:3/4\nL:1/4\nK:C\n[V:1]CDE|[V:2]CDE|\n[V:1][M:none]FG|[V:2]FG|\n[V:1][M:2/4]AB|[V:2]AB|\n"
    assert pitches(abc) == [60, 60, 62, 62, 64, 64, 65, 65, 67, 67, 69, 69, 71, 71]
    assert texts(abc, "attributes/time/beats") == ["3", "2", "3", "2"]


def test_a_metre_in_the_middle_that_is_none_leaves_the_one_before():
    assert texts("M:3/4\nCDE|[M:D]FGA|[M:2/4]BA|", "attributes/time/beats") == ["3", "2"]
