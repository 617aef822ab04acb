import re
from io import BytesIO

import pytest
from lxml import etree
from PIL import Image

from renderers.pages import engraving, reading
from renderers.pages.engraving import Engraver, choose_scale, engrave
from renderers.pages.painting import paint
from renderers.pages.paper import A4, PHONE
from renderers.pages.text_runs import TextStyle, collect_text
from renderers.score.musicxml import convert_abc
from tests.renderers.test_sanitise import load_tune


def engrave_tune(name, *, title="", composer=""):
    return engrave(convert_abc(load_tune(name)), title=title, composer=composer)


def open_page(svg, fonts):
    return Image.open(BytesIO(paint(svg, fonts=fonts)))


def words(svg):
    return " ".join(" ".join(etree.fromstring(svg.encode()).itertext()).split())


def test_the_first_page_does_not_wait_for_the_others(monkeypatch):
    drawn, tidy = [], engraving._tidy
    monkeypatch.setattr(engraving, "_tidy", lambda svg: drawn.append(svg) or tidy(svg))
    pages = Engraver(convert_abc("X:1\nL:1/4\nM:4/4\nK:C\n" + "CDEF|" * 150)).pages(title="", composer="")
    next(pages)
    assert len(drawn) == 1
    assert len(list(pages)) == len(drawn) - 1 > 0


def test_a_score_is_read_once_for_all_papers_and_drawn_as_though_it_were_read_for_each(monkeypatch):
    musicxml = convert_abc(load_tune("quartet.abc"))
    apart = [engrave(musicxml, title="Quartet", composer="", paper=paper) for paper in (PHONE, A4)]
    read, legible = [], reading.make_legible
    monkeypatch.setattr(reading, "make_legible", lambda score: read.append(score) or legible(score))
    score = Engraver(musicxml)
    assert [list(score.pages(title="Quartet", composer="", paper=paper)) for paper in (PHONE, A4)] == apart
    assert len(read) == 1


def test_title_and_composer_stand_on_the_first_page():
    (page,) = engrave_tune("quartet.abc", title="Quartet in D", composer="Notabot, after Haydn")
    assert "Quartet in D" in words(page)
    assert "Notabot, after Haydn" in words(page)


def test_a_long_title_is_broken_into_lines_that_fit(fonts):
    title = "Grand Variations on a Theme nobody knows, with Introduction, Fugue, Interlude and a Finale alla Turca"
    (page,) = engrave_tune("quartet.abc", title=title)
    assert all(word in words(page) for word in title.split())
    image = open_page(page, fonts).convert("L")
    for edge in (0, image.width - PHONE.margin // 2):
        column = image.crop((edge, 0, edge + PHONE.margin // 2, image.height))
        assert column.getextrema() == (255, 255), "nothing may touch the edges"


@pytest.mark.parametrize("num_staves", [1, 4, 12])
def test_the_lines_of_a_long_title_stand_below_each_other(num_staves):
    """Above smaller music they were printed into each other."""
    voices = "".join(f"V:{n}\nCDEF|GABc|\n" for n in range(1, num_staves + 1))
    title = "Concerto di mandolino a solo con Violini e Basso (Gimo 58): Allegro ma non troppo"
    (page,) = engrave(convert_abc(f"X:1\nT:t\nM:4/4\nL:1/4\nK:C\n{voices}"), title=title, composer="")
    lines = title_lines(page)
    assert len(lines) == 2
    (upper, size), (lower, _) = (place for _, place in lines)
    assert lower - upper >= 0.9 * size


def test_no_line_of_a_title_is_a_lone_word():
    title = "3b Geistliches Lied (4-part) (6 Lieder von Novalis, Op.4)"
    (page,) = engrave_tune("quartet.abc", title=title)
    upper, lower = (len(line) for line, _ in title_lines(page))
    assert lower > upper / 2


def title_lines(page):
    """Each with how far down it stands, and how large its letters are."""
    chunks = []
    head = etree.fromstring(page.encode()).find(".//{*}g[@class='pgHead']")
    collect_text(head, TextStyle(), chunks)
    lines = {}
    for chunk in chunks:
        for text, style in chunk.runs:
            if text.strip():
                line, _ = lines.get(chunk.y, ("", None))
                lines[chunk.y] = line + text, (chunk.y, style.size)
    return list(lines.values())


def test_a_page_is_white_opaque_as_wide_as_a_phone_shows_and_no_longer_than_its_music(fonts):
    (page,) = engrave_tune("quartet.abc")
    image = open_page(page, fonts).convert("RGBA")
    assert 1075 <= image.width <= 1080
    assert image.height < 700
    assert image.getpixel((2, 2)) == (255, 255, 255, 255)
    assert image.getextrema()[3] == (255, 255)
    last_lines = image.convert("L").crop((0, image.height - 2 * PHONE.margin - 10, image.width, image.height))
    assert last_lines.getextrema()[0] < 128, "music reaches down to the margin"


def test_verovio_s_hidden_titles_are_not_drawn():
    (page,) = engrave_tune("quartet.abc")
    assert "labelAttr" not in page


def test_a_name_in_two_languages_takes_two_lines():
    (page,) = engrave_tune("song.abc")
    assert "SingstimmeVoice" not in words(page)
    assert "Singstimme" in words(page)
    assert "Voice" in words(page)


def test_more_staves_are_drawn_smaller():
    scales = [choose_scale(num_staves) for num_staves in (1, 2, 4, 8, 16, 30)]
    assert scales == sorted(scales, reverse=True)
    assert scales[-1] >= 26


@pytest.mark.parametrize("num_staves", [1, 2, 4, 9, 14, 20, 24, 28, 30])
def test_staves_can_be_read_where_a_page_is_shown_400_pixels_wide(num_staves):
    """Those of an orchestra were 9 pixels high, the lines two pixels apart."""
    voices = "".join(f"V:{n}\nCDEF|GABc|cdef|gabc'|\n" for n in range(1, num_staves + 1))
    pages = engrave(convert_abc(f"X:1\nT:t\nM:4/4\nL:1/4\nK:C\n{voices}"), title="Title", composer="Notabot")
    for page in pages:
        width, height = map(int, re.search(r'viewBox="0 0 (\d+) (\d+)"', page).groups())
        lines = [int(y) for y in re.findall(r'<path d="M\d+ (\d+) L\d+ \1"', page)]
        assert (lines[4] - lines[0]) * 400 / width >= 12.9
        assert max(lines) < height, "no staff is cut off"
        assert height / width < 2.3, "it fits the screen of a phone"


def test_text_is_drawn_without_any_system_font(fonts):
    with_title, without = (open_page(engrave_tune("quartet.abc", title=title)[0], fonts) for title in ("Title", ""))
    assert with_title.height > without.height + 30
    title = with_title.convert("L").crop((0, 0, with_title.width, PHONE.margin + 40))
    assert title.getextrema()[0] < 128, "there is ink where the title stands"


def test_a_page_may_be_painted_wider_and_what_is_no_page_is_refused(fonts):
    (page,) = engrave_tune("quartet.abc")
    own = open_page(page, fonts)
    with Image.open(BytesIO(paint(page, fonts=fonts, width=2 * own.width))) as wider:
        assert wider.size == (2 * own.width, 2 * own.height)
        assert wider.convert("L").crop((0, wider.height // 2, *wider.size)).getextrema()[0] < 128
    with pytest.raises(ValueError, match="no SVG"):
        paint("<svg", fonts=fonts)
