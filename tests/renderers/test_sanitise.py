from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from renderers.errors import InputRefused
from renderers.limits import MAX_CHARS
from renderers.sanitise import clean_text, sanitise
from renderers.score.musicxml import convert, convert_abc
from tests.refusals import refuses

DATA = Path(__file__).parents[1] / "data"
HEADER = "X:1\nL:1/8\nM:4/4\nK:C\n"


def load_tune(name):
    return (DATA / name).read_text(encoding="utf-8")


def tune(music, header=HEADER):
    return f"{header}{music}\n"


def notes_of_score(musicxml):
    return etree.fromstring(musicxml.encode()).findall("part/measure/note")


@pytest.mark.parametrize("name", ["waltz.abc", "quartet.abc"])
def test_a_clean_tune_passes_unchanged(name):
    assert sanitise(load_tune(name)) == load_tune(name)


def test_prompt_lines_countdowns_and_comments_are_no_music():
    abc = "%Romantic\n%Chopin, Frederic\n%Keyboard\nL:1/8\nM:4/4\nK:C\n[r:0/1][V:1]C8|% a comment\n[r:1/0][V:1]C8|]\n"
    converted = convert(abc)
    assert len(notes_of_score(converted.musicxml)) == 2
    assert not converted.remarks


@pytest.mark.parametrize("line", ["%%pagewidth 1cm", "N:x", "%%MIDI gchord fzczfzcz"])
def test_what_does_not_show_in_a_score_changes_nothing(line):
    assert convert_abc(f"X:1\n{line}\nK:C\nC8|\n{line}\n") == convert_abc("X:1\nK:C\nC8|\n")


@pytest.mark.parametrize("line", ["%%abc-include other.abc", "I:abc-include other.abc"])
def test_no_file_is_read_and_the_line_is_named(line):
    (remark,) = convert(f"X:1\nK:C\n{line}\nC8|\n").remarks
    assert (remark.line, remark.reason) == (3, "include")


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\x85"])
def test_no_line_can_be_smuggled_in_behind_a_character_that_also_ends_lines(separator):
    clean = sanitise(tune(f"C8|{separator}%%abc-include other.abc{separator}M:4/5"))
    assert len(clean.splitlines()) == 5


@pytest.mark.parametrize(
    "metre",
    ["4/3", "4/5", "65/4", "33+32/4", "9999/1", "7", "-4/4", "4/4/4", "2*2/4", "four/4", "4/٤"],
)
def test_an_impossible_metre_is_not_drawn_wherever_it_stands(metre):
    for abc in (
        f"X:1\nM:{metre}\nK:C\nC8|\n",
        tune(f"C8|[M:{metre}]C8|"),
        tune(f"C8|[ M :{metre}]C8|"),
        tune(f"C8|[\nM:{metre}]C8|"),
    ):
        converted = convert(abc)
        assert "metre" in {remark.reason for remark in converted.remarks}
        assert converted.musicxml.count("<beat-type>") == abc.count("M:4/4\n")


@pytest.mark.parametrize(
    ("metre", "beats", "beat_type"),
    [("C", "4", "4"), ("C|", "2", "2"), ("2+3/8", "2+3", "8"), ("(2+3)/8", "2+3", "8"), ("3/4+3/8", "6+3", "8")],
)
def test_a_real_metre_is_written(metre, beats, beat_type):
    for abc in (f"X:1\nM:{metre}\nK:C\nC8|\n", tune(f"[M:{metre}]C8|")):
        time = etree.fromstring(convert_abc(abc).encode()).find("part/measure/attributes/time")
        assert (time.findtext("beats"), time.findtext("beat-type")) == (beats, beat_type)


@pytest.mark.parametrize(
    "music",
    [
        "C513|", "C/513|", "[CE]513|", "C" + "/" * 7 + "|",  # durations
        "(65:1:65CC|", "(3:65:3CCC|", "(3:2:0CCC|",  # tuplets
        "c''''''|", "C,,,,,,|",  # octaves
        "[" + "C" * 33 + "]8|", "{" + "c" * 65 + "}C8|", "(" * 65 + "C8|",  # crowds
        "C8|" * 2001, "Z2001|", "Z1001|Z1000|",  # bars
        "C8|%" + "x" * 20_000,  # a line that is too long
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused(music):
    with pytest.raises(InputRefused):
        convert_abc(tune(music))


@pytest.mark.parametrize(
    "music", ["[1 C8:|[2 C8|]", "|:C8::C8:|", "{/cde}C3/2D/ E//F3/4|", "[CEG]3/2 c'''|", '"C,,,,,,,,0"C8|']
)
def test_ordinary_music_is_read_without_a_remark(music):
    assert not convert(tune(music)).remarks


@pytest.mark.parametrize("score", ["( 1 2", "1 2 )", "( 1 ] 2", "{ " * 7 + "1" + " }" * 7])
def test_a_score_line_that_does_not_nest_is_refused(score):
    with refuses(InputRefused, match="%%score"):
        convert_abc(f"X:1\n%%score {score}\nK:C\nC8|\n")


def test_more_voices_than_a_page_holds_are_refused():
    with refuses(InputRefused, match="voices"):
        convert_abc(tune("".join(f"[V:{voice}]C8|" for voice in range(31))))


def test_voices_hidden_in_quoted_text_are_not_voices():
    score = etree.fromstring(convert_abc(tune('"^[V:7]x[M:4/5]"C8|')).encode())
    assert len(score.findall("part")) == 1
    assert score.findtext("part/measure/direction/direction-type/words") == "[V:7]x[M:4/5]"


def test_too_much_text_is_refused_before_it_is_read():
    with refuses(InputRefused, match="fewer bars"):
        sanitise("C" * (MAX_CHARS + 1))


@pytest.mark.parametrize("abc", ["", "\n\n", "X:1\n", "X:1\nK:C\n", "%Romantic\n", "\x00\x01"])
def test_no_music_is_refused(abc):
    with refuses(InputRefused, match="no music"):
        convert_abc(abc)


BOOK = "A book of tunes\n\nX:1\nT:One\nK:C\nC8|\n\nSome words.\n\nX:2\nT:Two\nK:D\nD8|\n"


def test_of_a_book_the_first_tune_is_taken_and_the_others_are_spoken_of():
    converted = convert(BOOK)
    assert converted.title == "One"
    (remark,) = converted.remarks
    assert (remark.reason, remark.values) == ("book", {"n": 2, "number": "1", "title": "One"})


@pytest.mark.parametrize("wish", ["2", "two", "Tw"])
def test_another_tune_of_a_book_is_chosen_by_its_number_or_title(wish):
    assert convert(BOOK, tune=wish).title == "Two"


def test_a_tune_that_is_not_in_the_book_is_answered_with_what_is():
    with refuses(InputRefused, match="It holds 2: 1 One, 2 Two"):
        convert(BOOK, tune="three")


def test_an_empty_line_between_interleaved_bars_does_not_end_the_tune():
    assert len(notes_of_score(convert_abc("X:1\nK:C\n[V:1]C8|\n\n[V:1]D8|]\n"))) == 2


def test_a_long_title_is_cut_where_it_can_still_be_drawn():
    assert clean_text(" a\tb\n\x00c\u202e ") == "a b c"
    assert len(clean_text("x" * 5000)) == 200


ABC_PIECES = st.sampled_from(
    ["X:1\n", "K:C\n", "M:", "[M:", "]", "[", "4/", "0", "C", "|", ":|", "(3", "{", "}", '"', "!p!", "\n", " ", "%",
     "%%score ", "V:1", "[V:2]", "I:abc-include other.abc\n",
     "\u2028", "\\", "L:1/", "Q:", "z", ",", "'", "&", "9", "+", "\x00"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=300), st.lists(ABC_PIECES, max_size=60).map("".join)))
def test_whatever_comes_in_it_becomes_a_score_or_is_refused(abc):
    try:
        score = etree.fromstring(convert_abc(abc).encode())
    except InputRefused:
        return
    for beats in score.iter("beats"):
        assert 1 <= sum(map(int, beats.text.split("+"))) <= 64
    for duration in score.iter("duration"):
        assert int(duration.text) > 0


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('"^con sordino^a"', "con sordino a"),
        ('"_cresc._cresc."', "cresc. cresc."),
        ('"^Allegretto.^"', "Allegretto."),
        ('"<2"', "2"),
    ],
)
def test_stray_signs_in_an_annotation_are_not_printed(written, said):
    score = etree.fromstring(convert_abc(tune(f"{written}C8|")).encode())
    assert score.findtext("part/measure/direction/direction-type/words") == said
