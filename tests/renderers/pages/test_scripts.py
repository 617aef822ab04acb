from io import BytesIO
from itertools import pairwise

import pytest
from fontTools.pens.boundsPen import BoundsPen
from fontTools.svgLib.path import parse_path
from lxml import etree
from PIL import Image

from renderers.pages.engraving import engrave
from renderers.pages.painting import paint
from renderers.pages.paper import A4
from renderers.pages.pdf import bind_pages
from renderers.pages.scripts import OtherScripts
from renderers.score.musicxml import convert_abc
from tests.renderers.pages.test_pdf import text
from tests.renderers.test_sanitise import tune

EXAMPLES = {
    "Chinese": ("茉莉花", "高山流"),
    "Japanese": ("さくら", "荒城の"),
    "Korean": ("아리랑", "고향의"),
    "Hebrew": ("שלום", "שבלי"),
    "Hebrew with points": ("שָׁלוֹם", "חָנֻכָּה"),
    "Arabic": ("سلام", "حبيب"),
    "Thai": ("เพลงช้าง", "ลอยกระทง"),
    "Vietnamese": ("Việt", "Huế"),
    "Greek with breathings": ("ἄνδρα", "ἔννεπε"),
    "Georgian": ("სულიკო", "მრავალ"),
    "Armenian": ("Կռունկ", "Սարերի"),
    "Hindi": ("वन्दे", "सारे"),
    "Tamil": ("தமிழ்", "வாழ்க"),
    "Ethiopic": ("ሰላም", "ትዝታ"),
}


def outlines(text, *, anchor="start"):
    """The paths that stand for a text of 1,000 units an em, without an engraver."""
    document = etree.fromstring(f"<rend>{text}</rend>")
    scripts = OtherScripts()
    scripts.stand_in(document)
    line = f'<text x="0" y="0" font-size="1000px" text-anchor="{anchor}">{document.text}</text>'
    page = scripts.draw(f'<svg xmlns="http://www.w3.org/2000/svg"><g>{line}</g></svg>')
    return etree.fromstring(page.encode()).findall(".//{*}path")


def bounds(path):
    pen = BoundsPen(None)
    parse_path(path.get("d"), pen)
    return pen.bounds


def contours(path):
    return path.get("d").count("M")


@pytest.mark.parametrize("script", EXAMPLES)
def test_each_script_has_signs_of_its_own(script):
    """Boxes for missing letters would be the same for two texts."""
    one, other = (outlines(text) for text in EXAMPLES[script])
    assert len(one) == len(other) == 1
    assert one[0].get("d") != other[0].get("d")
    left, _, right, _ = bounds(one[0])
    assert right - left > 500, "more than half an em of ink"


def test_text_that_our_own_font_has_is_left_alone():
    for said in ("Für Élise", "Полонез", "Łódź", "Ελλάδα"):
        document = etree.fromstring(f"<rend>{said}</rend>")
        OtherScripts().stand_in(document)
        assert document.text == said


def test_letters_that_no_font_has_are_left_out():
    assert outlines("𐎀𐎁") == []
    (with_letter,) = outlines("𐎀花")
    (alone,) = outlines("花")
    assert contours(with_letter) == contours(alone)


def test_hebrew_runs_from_right_to_left():
    """A figure written behind the word stands to its left; in Latin letters to its right."""
    (word,) = outlines("שלום")
    (numbered,) = outlines("שלום 3")
    shift = bounds(numbered)[2] - bounds(word)[2]
    assert shift == pytest.approx(500 + 250, abs=60), "the whole word has moved to the right by a figure and a space"


def test_letters_of_arabic_join():
    """Alone, each of these stands on a tail of its own; joined, they are much narrower."""
    (joined,) = outlines("ببب")
    (apart,) = outlines("ب\u200cب\u200cب")
    joined_width, apart_width = (right - left for left, _, right, _ in map(bounds, (joined, apart)))
    assert joined_width < 0.8 * apart_width


def test_marks_of_thai_stand_above_their_letter():
    (bare,), (marked,) = outlines("กก"), outlines("ก้ก้")
    assert bounds(marked)[2] == pytest.approx(bounds(bare)[2], abs=40), "no wider"
    assert bounds(marked)[1] < bounds(bare)[1] - 100, "but higher"


def test_a_word_is_not_torn_between_two_fonts():
    """Beside a letter that only Noto Serif has, the others come from there, too."""
    (mixed,) = outlines("neệ")
    (plain,) = outlines("neế")
    head = mixed.get("d")[:60]
    assert head == plain.get("d")[:60]
    (one_font,) = outlines("nẹ")
    assert one_font.get("d").startswith(head[:40])


def test_text_is_set_around_its_middle_or_up_to_its_end():
    left, middle, right = (bounds(outlines("茉莉花", anchor=anchor)[0]) for anchor in ("start", "middle", "end"))
    assert middle[0] == pytest.approx(left[0] - 1500, abs=2)
    assert right[0] == pytest.approx(left[0] - 3000, abs=2)


def test_every_text_of_a_tune_is_on_the_page_and_in_the_pdf(fonts):
    abc = 'X:1\nT:t\nM:2/4\nL:1/8\nQ:"慢板" 1/4=60\nK:G\nV:1 nm="二胡"\n"^慢"B2 Bd|\nw:好 一 朵\n'
    musicxml = convert_abc(abc)
    (page,) = engrave(musicxml, title="茉莉花", composer="佚名")
    drawn = etree.fromstring(page.encode()).findall(".//{*}path[@style='stroke:none']")
    assert len([path for path in drawn if path.get("transform") is None]) == 8, "title, composer, name, tempo, words"
    (latin,) = engrave(musicxml, title="", composer="")
    with_title, without = (Image.open(BytesIO(paint(svg, fonts=fonts))).convert("L") for svg in (page, latin))
    top = with_title.crop((300, 0, 800, 90))
    assert top.getextrema()[0] < 64, "the title is there, in black"
    assert with_title.height > without.height
    (a4,) = engrave(musicxml, title="茉莉花", composer="佚名", paper=A4)
    said = text(bind_pages([a4], title="茉莉花", composer="佚名"))
    assert all(letter in said for letter in "茉莉花佚名慢板二胡好一朵")


def test_words_of_a_song_get_the_room_they_need():
    """Verovio counts an unknown letter as half as wide as it is, so that four of them ran into the next syllable."""
    abc = tune("BBBB|").rstrip() + "\nw:一二三四 一二三四 一二三四 一二三四\n"
    (page,) = engrave(convert_abc(abc), title="", composer="")
    syllables = [
        bounds(path)
        for syllable in etree.fromstring(page.encode()).iterfind(".//{*}g[@class='syl']")
        for path in syllable.iterfind(".//{*}path")
    ]
    assert len(syllables) == 4
    for before, after in pairwise(syllables):
        assert before[2] < after[0]
