import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renderers.errors import InputRefused
from renderers.sanitise import MAX_CHARS, clean_text, sanitise

DATA = Path(__file__).parents[1] / "data"
HEADER = "X:1\nL:1/8\nM:4/4\nK:C\n"


def load_tune(name):
    return (DATA / name).read_text(encoding="utf-8")


def tune(music, header=HEADER):
    return f"{header}{music}\n"


@pytest.mark.parametrize("name", ["waltz.abc", "quartet.abc"])
def test_a_clean_tune_passes_unchanged(name):
    assert sanitise(load_tune(name)) == load_tune(name)


def test_prompt_lines_remarks_and_comments_are_dropped():
    abc = "%Romantic\n%Chopin, Frederic\n%Keyboard\nL:1/8\nM:4/4\nK:C\n[r:0/1][V:1]C8|% a comment\n[r:1/0][V:1]C8|]\n"
    assert sanitise(abc) == "X:1\nL:1/8\nM:4/4\nK:C\n[V:1]C8|\n[V:1]C8|]\n"


@pytest.mark.parametrize(
    "line",
    ["%%abc-include other.abc", "I:abc-include other.abc", "%%MIDI program 5", "U:T=!x!", "%%pagewidth 1cm", "N:x"],
)
def test_a_directive_that_is_not_on_the_list_is_dropped(line):
    assert sanitise(f"X:1\n{line}\nK:C\nC8|\n{line}\n") == "X:1\nK:C\nC8|\n"


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\x85"])
def test_no_line_can_be_smuggled_in_behind_a_character_that_also_ends_lines(separator):
    clean = sanitise(tune(f"C8|{separator}%%abc-include other.abc{separator}M:4/5"))
    assert len(clean.splitlines()) == 5
    assert "abc-include" not in clean


@pytest.mark.parametrize(
    "metre",
    ["4/3", "4/5", "65/4", "33+32/4", "9999/1", "7", "-4/4", "4/4/4", "2*2/4", "four/4", "4/٤", "(4)/4"],
)
def test_an_impossible_metre_is_refused_wherever_it_stands(metre):
    for abc in (
        f"X:1\nM:{metre}\nK:C\nC8|\n",
        tune(f"C8|[M:{metre}]C8|"),
        tune(f"C8|[ M :{metre}]C8|"),
        tune(f"C8|[\nM:{metre}]C8|"),
        tune(f"C8|[[r:1]M:{metre}]C8|"),
    ):
        with pytest.raises(InputRefused, match=r"M:4/4"):
            sanitise(abc)


@pytest.mark.parametrize("metre", ["C", "C|", "none", "2+3/8", "12/8", "4/4"])
def test_a_real_metre_passes(metre):
    assert f"M:{metre}\n" in sanitise(f"X:1\nM:{metre}\nK:C\nC8|\n")
    assert f"[M:{metre}]" in sanitise(tune(f"C8|[M:{metre}]C8|"))


@pytest.mark.parametrize(
    "music",
    [
        "C0|", "z0|", "[CE]0|", "C513|", "C/513|", "[CE]513|", "C" + "/" * 7 + "|",  # durations
        "(1CC|", "(65:1:65CC|", "(3:65:3CCC|", "(3:2:0CCC|",  # tuplets
        "c''''''|", "C,,,,,,|",  # octaves
        "[" + "C" * 33 + "]8|", "{" + "c" * 65 + "}C8|", "(" * 65 + "C8|",  # crowds
        "C8|" * 2001, "Z2001|", "Z1001|Z1000|",  # bars
        "C8|%" + "x" * 20_000,  # a line that is too long
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused(music):
    with pytest.raises(InputRefused):
        sanitise(tune(music))


@pytest.mark.parametrize(
    "music", ["[1 C8:|[2 C8|]", "|:C8::C8:|", "{/cde}C3/2D/ E//F3/4|", "[CEG]3/2 c'''|", '"C,,,,,,,,0"C8|']
)
def test_ordinary_music_is_left_alone(music):
    assert sanitise(tune(music)) == tune(music)


@pytest.mark.parametrize("score", ["( 1 2", "1 2 )", "( 1 ] 2", "{ " * 7 + "1" + " }" * 7, "1 ? 2"])
def test_a_score_line_that_does_not_nest_is_refused(score):
    with pytest.raises(InputRefused, match="%%score"):
        sanitise(f"X:1\n%%score {score}\nK:C\nC8|\n")


def test_more_voices_than_a_page_holds_are_refused():
    with pytest.raises(InputRefused, match="voices"):
        sanitise(tune("".join(f"[V:{voice}]C8|" for voice in range(31))))


def test_voices_hidden_in_quoted_text_are_not_voices():
    assert "[V:" not in sanitise(tune('"^[V:7]x[M:4/5]"C8|'))


def test_too_much_text_is_refused_before_it_is_read():
    with pytest.raises(InputRefused, match="fewer bars"):
        sanitise("C" * (MAX_CHARS + 1))


@pytest.mark.parametrize("abc", ["", "\n\n", "X:1\n", "X:1\nK:C\n", "%Romantic\n", "\x00\x01"])
def test_no_music_is_refused(abc):
    with pytest.raises(InputRefused, match="no music"):
        sanitise(abc)


def test_only_the_first_tune_of_a_book_is_taken():
    assert sanitise("A book of tunes\n\nX:1\nK:C\nC8|\n\nSome words.\n\nX:2\nK:D\nD8|\n") == "X:1\nK:C\nC8|\n"


def test_an_empty_line_between_interleaved_bars_does_not_end_the_tune():
    assert sanitise("X:1\nK:C\n[V:1]C8|\n\n[V:1]D8|]\n") == "X:1\nK:C\n[V:1]C8|\n[V:1]D8|]\n"


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
def test_whatever_comes_in_it_is_made_safe_or_refused(abc):
    try:
        clean = sanitise(abc)
    except InputRefused:
        return
    assert clean.startswith("X:1\n")
    assert not any(line.startswith(("%%abc-include", "I:abc-include")) for line in clean.splitlines())
    for metre in re.findall(r"(?:\[\s*|^)M\s*:([^\]\n]*)", clean, re.MULTILINE):
        assert re.fullmatch(r"C\|?|none|[1-9]\d*(\+\d+)*/\d+", metre)


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ('"^con sordino^a"', '"^con sordino a"'),
        ('"_cresc._cresc."', '"_cresc. cresc."'),
        ('"^Allegretto.^"', '"^Allegretto."'),
        ('"F#m7b5"', '"F#m7b5"'),
        ('"<2"', '"<2"'),
    ],
)
def test_stray_signs_in_an_annotation_are_not_printed(written, clean):
    assert f"{clean}C8|" in sanitise(tune(f"{written}C8|"))
