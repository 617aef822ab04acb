import io
import re
import zlib

import pypdf
import pytest
from lxml import etree

from renderers.errors import InputRefused
from renderers.pages import outlines
from renderers.pages.colophon import write_colophon
from renderers.pages.engraving import engrave
from renderers.pages.paper import A4, MM, POINTS, PRINT_DPI, paper_for
from renderers.pages.pdf import bind_pages
from renderers.pages.printing import Printing, Size
from renderers.pages.text_runs import TextStyle, collect_text
from renderers.score.musicxml import convert_abc
from tests.renderers.test_sanitise import load_tune, tune

STAFF_LINE = re.compile(r" (\d+) (\d+) m (\d+) (\d+) l B")
SCRIPTS = "夜曲 Nächte Huế سلام ἄνδρα"


def bind(abc, *, title="Wältz", composer="Notabot", printing=None, colophon=""):
    paper = paper_for(printing or Printing())
    pages = engrave(convert_abc(abc), title=title, composer=composer, paper=paper)
    pages[-1] = write_colophon(pages[-1], colophon, paper=paper)
    return bind_pages(pages, title=title, composer=composer, paper=paper)


def test_each_sign_of_music_is_outlined_once_however_often_it_stands_on_the_pages(monkeypatch):
    outlined, outline = [], outlines._sign_outline
    monkeypatch.setattr(outlines, "_sign_outline", lambda sign: outlined.append(sign) or outline(sign))
    bind(tune("CDEF|" * 40))
    heads = [sign for sign in outlined if sign.get("id").startswith("E0A4")]
    assert len(heads) == 1
    assert len(outlined) < 10


def streams(pdf):
    """What pages and forms say, without the programs of fonts."""
    packed = re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL)
    found = (zlib.decompress(stream) for stream in packed)
    return [stream.decode() for stream in found if stream[:4] not in (b"\0\1\0\0", b"OTTO")]


def read(pdf):
    return pypdf.PdfReader(io.BytesIO(pdf), strict=True)


def text(pdf):
    return "\n".join(page.extract_text() for page in read(pdf).pages)


def staff_heights_mm(pdf):
    """How high the staves are printed, by the lines that another reader finds on the pages."""
    heights = []
    for page in read(pdf).pages:
        content = page.get_contents().get_data().decode()
        scale = float(content.split(maxsplit=1)[0])
        lines = [tuple(map(int, line)) for line in STAFF_LINE.findall(content)]
        for start in range(len(lines) - 4):
            staff = lines[start : start + 5]
            is_staff = len({(x, other_x) for x, _, other_x, _ in staff}) == 1 and all(
                y == to_y for _, y, _, to_y in staff
            )
            heights += [(staff[-1][1] - staff[0][1]) * scale / POINTS * MM] if is_staff else []
    return heights


def test_the_table_at_the_end_says_where_each_object_begins():
    pdf = bind(load_tune("waltz.abc"))
    table = int(re.search(rb"startxref\n(\d+)", pdf)[1])
    assert pdf[table:].startswith(b"xref")
    offsets = [int(offset) for offset in re.findall(rb"(\d{10}) 00000 n ", pdf[table:])]
    assert offsets
    for number, offset in enumerate(offsets, 1):
        assert pdf[offset:].startswith(b"%d 0 obj" % number)


@pytest.mark.parametrize(("size", "wide_mm", "high_mm"), [(Size.A4, 210, 297), (Size.LETTER, 215.9, 279.4)])
def test_pages_are_as_large_as_the_paper_and_carry_title_and_composer(size, wide_mm, high_mm):
    pdf = read(bind(load_tune("waltz.abc"), printing=Printing(size=size)))
    (page,) = pdf.pages
    sides_mm = [float(side) / POINTS * MM for side in (page.mediabox.width, page.mediabox.height)]
    assert sides_mm == pytest.approx([wide_mm, high_mm], abs=0.3)
    assert (pdf.metadata.title, pdf.metadata.author) == ("Wältz", "Notabot")


def test_everything_is_an_outline_or_text_and_nothing_a_picture():
    """Pages were grey pictures at 150 dpi: blurred in print, and ten times as large."""
    pdf = bind(load_tune("waltz.abc"))
    assert b"/Image" not in pdf
    assert len(pdf) < 60_000


def test_every_form_and_font_that_a_page_uses_is_there_and_every_state_is_restored():
    pdf = bind(load_tune("quartet.abc"))
    named = set(re.findall(r"/([FT]\d+) (?=\d+ 0 R)", pdf.decode("latin-1")))
    for operators in streams(pdf):
        words = operators.split()
        assert words.count("q") == words.count("Q")
        assert {word[1:] for word in words if re.fullmatch(r"/[FT]\d+", word)} <= named


def test_every_font_is_embedded_and_holds_only_the_signs_that_are_used():
    pdf = bind(load_tune("quartet.abc"), title=SCRIPTS)
    fonts = read(pdf).pages[0]["/Resources"]["/Font"].values()
    names = set()
    for font in (one.get_object() for one in fonts):
        (inner,) = font["/DescendantFonts"]
        described = inner.get_object()["/FontDescriptor"]
        program = described.get("/FontFile2") or described["/FontFile3"]
        assert 100 < len(program.get_object().get_data()) < 60_000, "the whole fonts have 300 kB to 30 MB"
        assert "/ToUnicode" in font
        names.add(font["/BaseFont"].partition("+")[2])
    assert {"LiberationSerif-Regular", "NotoSansArabic-Regular"} <= names
    assert any(name.startswith("NotoSansCJK") for name in names)


def test_text_can_be_searched_in_every_script():
    """Letters were outlines: a title could be seen, and not found."""
    found = text(bind(load_tune("song.abc"), title=SCRIPTS, composer="Somebody"))
    assert all(word in found for word in (*SCRIPTS.split(), "Somebody", "Singstimme"))


def test_a_letter_is_stored_once_however_often_it_is_used():
    once, often = (bind(load_tune("quartet.abc"), title=title) for title in ("a", "a" * 30))
    assert len(often) - len(once) < 200


def test_letters_that_no_font_has_are_left_out():
    assert "song" in text(bind(tune("C8|"), title="𐎀𐎁 song"))


def test_several_blanks_are_one_as_everywhere_in_svg():
    """A metronome mark stood a bar behind its words: what lay between them was verovio's indentation."""
    chunks = []
    first, second = (f'<tspan font-size="9px">{words}</tspan>' for words in ("Andante. \n     ", "= \xa076"))
    written = f'<text x="1" font-size="0">{first}\n     {second}</text>'
    collect_text(etree.fromstring(written), TextStyle(), chunks)
    assert "".join(words for words, _ in chunks[0].runs) == "Andante. = \xa076"


def test_two_pdfs_of_the_same_piece_are_the_same():
    assert bind(load_tune("song.abc"), title=SCRIPTS) == bind(load_tune("song.abc"), title=SCRIPTS)


@pytest.mark.parametrize("name", ["quartet.abc", "song.abc", "waltz.abc"])
@pytest.mark.parametrize("size", Size)
def test_staves_are_at_least_ten_millimetres_high_in_large_print(name, size):
    large = staff_heights_mm(bind(load_tune(name), printing=Printing(size=size, large=True)))
    assert large
    assert all(10 <= height < 10.5 for height in large)
    usual = staff_heights_mm(bind(load_tune(name), printing=Printing(size=size)))
    assert all(5 <= height < 9.5 for height in usual)


def test_a_score_too_high_for_large_print_is_refused_with_what_to_do():
    voices = "".join(f"V:{n}\nC4|\n" for n in range(1, 15))
    with pytest.raises(InputRefused) as refused:
        bind(f"X:1\nT:t\nM:4/4\nL:1/4\nK:C\n{voices}", printing=Printing(large=True))
    assert refused.value.reason == "large_print"


@pytest.mark.parametrize("printing", [Printing(), Printing(size=Size.LETTER, large=True)])
def test_the_colophon_stands_in_the_margin_below_the_music_of_the_last_page(printing):
    words = "Composed by 程序 · seed 7 · weights notabot.safetensors 0123456789ab · " + "a rather long name " * 5
    pdf = read(bind(load_tune("waltz.abc"), colophon=words, printing=printing))
    heights = []
    pdf.pages[-1].extract_text(
        visitor_text=lambda said, cm, tm, *_: heights.append(tm[5] * cm[3] + cm[5]) if "seed" in said else None
    )
    assert heights
    assert all(0 < height < A4.margin * POINTS / PRINT_DPI for height in heights)
    whole = " ".join(pdf.pages[-1].extract_text().split())
    assert all(word in whole for word in ("程序", "seed 7", "0123456789ab"))
