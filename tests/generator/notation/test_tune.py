"""Reading and printing tunes."""

from fractions import Fraction
from pathlib import Path

import pytest

from generator.errors import NotationError
from generator.notation import (
    Bar,
    Header,
    Metre,
    TokenKind,
    lex_music,
    parse_bar,
    parse_header,
    parse_tune,
)

QUARTET = (Path(__file__).parents[2] / "data" / "quartet_with_rests.abc").read_text()


def kinds(text):
    return [(token.kind.name, token.text) for token in lex_music(text)]


def test_a_tune_prints_as_it_was_read():
    assert str(parse_tune(QUARTET)) == QUARTET
    broken_off = QUARTET.rstrip("\n")
    assert str(parse_tune(broken_off)) == broken_off


def test_an_empty_line_is_a_bar_in_which_all_voices_rest():
    tune = parse_tune(QUARTET)
    assert len(tune.bars) == 7
    assert tune.bars[2] == tune.bars[5] == Bar()


def test_empty_lines_at_the_end_are_bars_only_where_rests_are_left_out():
    header = "L:1/8\nM:4/4\nK:C\nV:1\nV:2\n"
    assert len(parse_tune(f"{header}[V:1]c8|\n\n\n").bars) == 3
    assert len(parse_tune(f"{header}[V:1]c8|[V:2]z8|\n\n\n").bars) == 1
    for text in (f"{header}[V:1]c8|\n\n\n", f"{header}[V:1]c8|[V:2]z8|\n\n\n", f"{header}\n[V:1]c8|\n"):
        assert str(parse_tune(text)) == text


def test_quoted_text_may_hold_barlines_and_brackets():
    bar = parse_bar('[V:1]"^a | [b] [V:2]"c4|[V:2]C4|')
    assert [voice.voice for voice in bar.voices] == ["1", "2"]
    assert kinds('"a|[b"c|') == [("QUOTED", '"a|[b"'), ("NOTE", "c"), ("BAR", "|")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[CEG]3/2", [("CHORD", "[CEG]3/2")]),
        ("[C2E2]", [("CHORD", "[C2E2]")]),
        ("[M:3/4][K:Bb]", [("FIELD", "[M:3/4]"), ("FIELD", "[K:Bb]")]),
        ("c:|2", [("NOTE", "c"), ("BAR", ":|2")]),
        ("c|][1", [("NOTE", "c"), ("BAR", "|]"), ("BAR", "[1")]),
        ("[|]", [("BAR", "[|]")]),
        ("{/ag}.c", [("GRACE", "{/ag}"), ("DECORATION", "."), ("NOTE", "c")]),
        ("(3:2:2c(d)", [("TUPLET", "(3:2:2"), ("NOTE", "c"), ("SLUR_OPEN", "("), ("NOTE", "d"), ("SLUR_CLOSE", ")")]),
        ("c>>d-", [("NOTE", "c"), ("BROKEN", ">>"), ("NOTE", "d"), ("TIE", "-")]),
        ("!8va(!^^C,,//", [("DECORATION", "!8va(!"), ("NOTE", "^^C,,//")]),
        ("x4&Z", [("REST", "x4"), ("OVERLAY", "&"), ("REST", "Z")]),
        ('"c!d', [("OTHER", '"'), ("NOTE", "c"), ("OTHER", "!"), ("NOTE", "d")]),
    ],
)
def test_music_is_cut_where_a_musician_would_cut_it(text, expected):
    assert kinds(text) == expected


def test_the_lexer_loses_nothing_and_refuses_nothing():
    text = '[V:1]é\\%{[(3"!|&\x00😀 c[ }'
    assert "".join(token.text for token in lex_music(text)) == text
    assert TokenKind.OTHER in {token.kind for token in lex_music(text)}


def test_the_header_says_what_the_music_begins_with():
    header = parse_tune(QUARTET).header
    assert (header.metre, header.unit, header.key, header.tempo) == (Metre(3, 4), Fraction(1, 8), "G", "1/4=96")
    assert [(voice.id, voice.clef, voice.name) for voice in header.voices] == [
        ("1", "treble", "Violin I"),
        ("3", "alto", "Viola"),
        ("2", "treble", ""),
        ("4", "bass", "Violoncello"),
    ]


def test_a_field_is_replaced_or_put_where_notagen_has_it():
    header = Header(("%%score 1", "L:1/8", "K:C", "V:1 treble"))
    assert header.with_field("K", "Amin").lines == ("%%score 1", "L:1/8", "K:Amin", "V:1 treble")
    assert header.with_field("M", "3/4").lines == ("%%score 1", "L:1/8", "M:3/4", "K:C", "V:1 treble")


def test_text_that_is_no_interleaved_tune_is_refused_with_its_line():
    with pytest.raises(NotationError):
        parse_tune("X:1\nK:C\nV:1\ncdef|\n")
    with pytest.raises(NotationError) as caught:
        parse_header(["L:1/8", "la la la"])
    assert caught.value.line == 2
