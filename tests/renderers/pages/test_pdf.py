import re
import zlib

import pytest

from renderers.pages.engraving import A4, engrave
from renderers.pages.pdf import bind_pages
from renderers.score.musicxml import convert_abc
from tests.renderers.test_sanitise import load_tune, tune


def bind(abc, fonts, *, title="Wältz", composer="Notabot"):
    pages = engrave(convert_abc(abc), title=title, composer=composer, paper=A4)
    return bind_pages(pages, title=title, composer=composer, fonts=fonts)


def streams(pdf):
    return [zlib.decompress(packed).decode() for packed in re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL)]


def test_the_table_at_the_end_says_where_each_object_begins(fonts):
    pdf = bind(load_tune("waltz.abc"), fonts)
    table = int(re.search(rb"startxref\n(\d+)", pdf)[1])
    assert pdf[table:].startswith(b"xref")
    offsets = [int(offset) for offset in re.findall(rb"(\d{10}) 00000 n ", pdf[table:])]
    assert offsets
    for number, offset in enumerate(offsets, 1):
        assert pdf[offset:].startswith(b"%d 0 obj" % number)


def test_pages_are_a4_and_carry_title_and_composer(fonts):
    pdf = bind(load_tune("waltz.abc"), fonts)
    assert b"/Count 1 " in pdf
    width, height = map(float, re.search(rb"/MediaBox \[0 0 (\S+) (\S+)\]", pdf).groups())
    assert (width, height) == pytest.approx((595.28, 841.89), abs=0.5)
    assert "Wältz".encode("utf-16-be").hex().encode() in pdf
    assert "Notabot".encode("utf-16-be").hex().encode() in pdf


def test_everything_is_an_outline_and_nothing_a_picture(fonts):
    """Pages were grey pictures at 150 dpi: blurred in print, and ten times as large."""
    pdf = bind(load_tune("waltz.abc"), fonts)
    assert b"/Image" not in pdf
    assert len(pdf) < 60_000


def test_every_form_that_a_page_uses_is_there_and_every_state_is_restored(fonts):
    pdf = bind(load_tune("quartet.abc"), fonts)
    forms = set(re.findall(r"/(F\d+) (?=\d+ 0 R)", pdf.decode("latin-1")))
    for operators in streams(pdf):
        words = operators.split()
        assert words.count("q") == words.count("Q")
        assert {word[1:] for word in words if word.startswith("/")} <= forms


def test_a_letter_is_stored_once_however_often_it_is_used(fonts):
    once, often = (bind(load_tune("quartet.abc"), fonts, title=title) for title in ("a", "a" * 30))
    assert once.count(b"/Subtype /Form") == often.count(b"/Subtype /Form")


def test_letters_that_no_font_has_are_left_out(fonts):
    assert bind(tune("C8|"), fonts, title="夜曲").startswith(b"%PDF")


def test_two_pdfs_of_the_same_piece_are_the_same(fonts):
    assert bind(load_tune("song.abc"), fonts) == bind(load_tune("song.abc"), fonts)
