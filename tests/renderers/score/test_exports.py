"""Files for other programs: they are read back by programs of others, and hold every note."""

import zipfile
from io import BytesIO

import pytest
from lxml import etree

from renderers.errors import NotInBraille
from renderers.formats import BRAILLE, ENCODED, MUSICXML, PACKED
from renderers.recipe import Recipe
from renderers.score.braille import write_braille
from renderers.score.musicxml import convert_abc
from tests.measure.exports import count_braille_notes, count_notes, read_back
from tests.refusals import refuses
from tests.renderers.test_sanitise import load_tune, tune

MELODY = "Q:\"Allegro\" 1/4=96\n!p!c2 d2 (3efg [ac'e']2|\"^dolce für\"(cdef) .g2 z2|z8|z8|c8|c8|^F=F_B,,2 c''4|"


@pytest.fixture(scope="module")
def quartet():
    return Recipe(load_tune("quartet.abc"), title="Vier", composer="Niemand")


@pytest.mark.parametrize("row", [PACKED, ENCODED])
def test_another_program_reads_as_many_notes_as_in_the_musicxml(quartet, row):
    wanted = count_notes(read_back(quartet.make(MUSICXML)[MUSICXML.ending], MUSICXML))
    assert count_notes(read_back(quartet.make(row)[row.ending], row)) == wanted > 0


@pytest.mark.parametrize("row", [PACKED, ENCODED, BRAILLE])
def test_the_same_piece_gives_the_same_bytes(monkeypatch, row):
    once = Recipe(tune("C8|")).make(row)
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    again = Recipe(tune("C8|")).make(row)
    assert once == again
    assert b"isodate" not in once[row.ending]


def test_the_archive_names_its_type_first_and_where_the_score_is(quartet):
    content = quartet.make(PACKED)[PACKED.ending]
    with zipfile.ZipFile(BytesIO(content)) as archive:
        first, contents, score = archive.infolist()
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert {member.date_time[0] for member in (first, contents, score)} == {1980}
        named = etree.fromstring(archive.read("META-INF/container.xml")).find(".//rootfile").get("full-path")
        assert archive.read(named) == quartet.make(MUSICXML)[MUSICXML.ending]
    assert content[38:72] == b"application/vnd.recordare.musicxml"


@pytest.mark.parametrize("row", [PACKED, ENCODED])
def test_we_read_them_ourselves(row):
    first = Recipe(tune("C2 E2 [Gc]4|", "X:1\nT:Lied\nL:1/8\nM:4/4\nK:D\n"))
    again = Recipe(first.make(row)[row.ending])
    again.prepare()
    assert again.describe()["title"] == "Lied"
    assert len(etree.fromstring(again.make(MUSICXML)[MUSICXML.ending]).findall(".//note")) == 4


def test_braille_holds_every_note_within_its_lines():
    brf = write_braille(convert_abc(tune(MELODY)), title="Lied für Ö", composer="好")
    assert count_braille_notes(brf) == 19
    assert brf.isascii()
    assert max(len(line) for line in brf.splitlines()) <= 40
    assert brf.startswith(" " * 13 + ",LIED F@UR ,@O\r\n")


@pytest.mark.parametrize("words", [">V3 S3>", ">ALLEGRO\r\n\f  ASSAI>", ">LENTO'"])
def test_words_in_braille_are_counted_as_no_notes_wherever_a_page_ends(words):
    assert count_braille_notes(f'    #A#D\r\n#A "?:$] {words} (<K\r\n') == 5


def test_bars_that_come_again_in_braille_are_counted_as_often_as_they_come():
    brf = write_braille(convert_abc(tune("c8|d8|d8|d8|d8|e8|e8|]")))
    assert "7#C" in brf
    assert count_braille_notes(brf) == 7


def test_braille_of_known_notes_is_as_in_the_textbook():
    """Octave mark 4, quarters C to F; eighths are written as D to J, a final double bar at the end."""
    assert write_braille(convert_abc(tune("C2D2E2F2|G8|]"))).splitlines()[1] == '#A "?:$] (<K'


def test_repeats_are_written_out_in_braille():
    brf = write_braille(convert_abc(tune("|:c8|d8|[1e8:|[2f8|]")))
    assert count_braille_notes(brf) == 6


def test_a_long_piece_has_pages_of_25_lines():
    brf = write_braille(convert_abc(tune("cdefgabc'|c'bagfedc|^cdefgabc'|" * 30)))
    pages = brf.split("\f")
    assert len(pages) > 1
    assert max(len(page.splitlines()) for page in pages) == 25


@pytest.mark.parametrize(
    ("abc", "reason"),
    [
        (load_tune("quartet.abc"), "parts"),
        ("X:1\nL:1/4\nM:4/4\n%%score { 1 | 2 }\nK:C\nV:1\nCDEF|\nV:2 bass\nCDEF|\n", "parts"),
        (tune("C8&E8|"), "voices"),
        (tune("{d}C8|"), "graces"),
        (tune("(3C2D2E2 F4|"), "tuplets"),
    ],
)
def test_what_would_come_out_wrong_in_braille_is_refused(abc, reason):
    with refuses(NotInBraille, match="[Bb]raille") as refused:
        write_braille(convert_abc(abc))
    assert refused.value.reason == reason


def test_chord_symbols_are_no_notes():
    assert count_braille_notes(write_braille(convert_abc(tune('"Am"c4 "N.C."d4|')))) == 2
