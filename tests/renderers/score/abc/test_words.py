"""Words under and below the music; letters of all scripts; files in old encodings; books."""

import pytest

from renderers.pages.engraving import engrave
from renderers.score.abc.letters import decode_bytes, read_letters
from tests.renderers.score.abc.reading import HEAD, heard, letters, read, remarks, score, texts


def sung(abc):
    return texts(abc, "note/lyric/text")


def test_words_go_on_in_a_continued_line():
    assert sung("C D E F|G2 A2|\nw: Al-le-lu-ia,\n+: a-men") == ["Al", "le", "lu", "ia,", "a", "men"]


def test_a_backslash_at_the_end_of_words_continues_them_in_the_next_line():
    assert sung("C D E F|G2 A2|\nw: Al-le-lu-ia,\\\nw: a-men") == ["Al", "le", "lu", "ia,", "a", "men"]


def test_syllables_know_their_place_in_the_word():
    assert texts("C D E F|\nw: Al-le-lu ia", "note/lyric/syllabic") == ["begin", "middle", "end", "single"]


@pytest.mark.parametrize(
    ("words", "under"),
    [
        ("a * b c", {0: "a", 2: "b", 3: "c"}),
        ("a _ b c", {0: "a", 2: "b", 3: "c"}),
        ("a-b~c d", {0: "a", 1: "b c", 2: "d"}),
        ("a\\-b c", {0: "a-b", 1: "c"}),
        ("a | b", {0: "a", 4: "b"}),
        ("a- -b c", {0: "a", 2: "b", 3: "c"}),
        ("a--b c", {0: "a", 2: "b", 3: "c"}),
        ("a - b c", {0: "a", 2: "b", 3: "c"}),
        ("a -b c", {0: "a", 2: "b", 3: "c"}),
        ("1. a b", {0: "1.", 1: "a", 2: "b"}),
    ],
)
def test_every_sign_of_a_word_line_is_understood(words, under):
    notes = score(f"CDEF|G4|\nw: {words}").findall("part/measure/note")
    assert {place: text for place, note in enumerate(notes) if (text := note.findtext("lyric/text"))} == under


def test_a_second_verse_is_a_second_line():
    assert [lyric.get("number") for lyric in score("CD z2|\nw: a b\nw: c d").iter("lyric")] == ["1", "2", "1", "2"]


def test_words_without_a_note_are_named_by_their_line():
    assert remarks("C2 D2|\nw: one two three") == ["Line 7: some of the words stand under no note."]


def test_words_below_the_music_are_in_the_score():
    assert score("CDEF|\nW:First verse\nW:\nW:Second verse").findtext("credit[credit-type='lyrics']/credit-words") == (
        "First verse\n\nSecond verse"
    )


@pytest.mark.parametrize(("num_bars", "num_pages"), [(2, 1), (300, 4)])
def test_words_below_the_music_are_printed_below_it_or_on_a_page_behind_it(num_bars, num_pages):
    musicxml = read("CDEF|" * num_bars + "\nW:Farewell and adieu\nW:Ladies of Spain").musicxml
    pages = engrave(musicxml, title="Test", composer="")
    assert ["adieu" in page for page in pages] == [False] * (len(pages) - 1) + [True]
    assert len(pages) >= num_pages


@pytest.mark.parametrize(
    "text",
    [
        "茉莉花",
        "荒城の月",
        "아리랑",
        "שיר השירים",
        "أغنية",
        "เพลง",
        "Việt Nam quê hương",
        "Ἄειδε θεά",
        "Chrząszcz",
        "Ёлка",
        "हिन्दी",
    ],
)
def test_words_in_every_script_reach_the_score(text):
    converted = read(f'X:1\nT:{text}\nM:4/4\nL:1/4\nK:C\nV:1 nm="{text}"\n"^{text}"C4|\nw: {text.split()[0]}\n')
    assert converted.title == text
    assert converted.musicxml.count(text.split()[0]) >= 4


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"Fran\c{c}ois", "François"), (r"\'Eire", "Éire"), (r"\"o", "ö"), (r"\~n", "ñ"), (r"\ss", "ß"), (r"\AA", "Å"),
        (r"\/o", "ø"), ("&eacute;", "é"), ("&#233;", "é"), (r"\u00e9", "é"), (r"100 \%", "100 %"), (r"\vS", "Š"),
        ("Fish & chips", "Fish & chips"), (r"a\b", r"a\b"),
    ],
)  # fmt: skip
def test_letters_in_tex_and_html_are_letters(written, meant):
    assert read_letters(written) == meant


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_files_are_read_in_the_encodings_of_the_last_thirty_years(encoding):
    assert decode_bytes("X:1\nT:Café\n".encode(encoding)) == "X:1\nT:Café\n"


BOOK = """%abc-2.1
M:3/4
L:1/8
C:Everybody

X:4
T:First of the book
M:4/4
L:1/4
K:C
CDEF|G4|]

X:7
T:Second of the book
K:D
DFA|d3|]
"""


def test_what_stands_above_a_book_holds_for_all_its_tunes():
    assert read(BOOK).composer == "Everybody"
    from renderers.score.musicxml import convert

    second = convert(BOOK, tune="7")
    assert second.title == "Second of the book"
    assert "<beats>3</beats>" in second.musicxml


def test_a_book_says_how_many_tunes_it_holds():
    assert remarks(BOOK) == [
        "This file holds 2 tunes. This is number 4, “First of the book”; name another by its number or title."
    ]


@pytest.mark.parametrize("gap", ["\n", "\n\n", "   \n"])
def test_an_empty_line_behind_the_key_loses_nothing(gap):
    assert letters(HEAD + gap + "CDEF|\n") == "CDEF"


def test_an_empty_line_in_the_middle_of_the_music_loses_nothing_and_is_spoken_of():
    abc = HEAD + "CDEF|\n\nGABc|]\n"
    assert letters(abc) == "CDEFGABc"
    assert remarks(abc) == ["Line 7: an empty line in the middle of the tune is passed over."]


def test_mail_around_a_tune_is_left_out():
    assert letters(f"Dear all,\n\nhere is one:\n\n{HEAD}CDEF|\n\nRegards, Otto\n") == "CDEF"


@pytest.mark.parametrize("ends", ["\r\n", "\r", "\n"])
def test_lines_may_end_as_they_like(ends):
    assert letters((HEAD + "CDEF|\nGABc|\n").replace("\n", ends)) == "CDEFGABc"


def test_a_line_that_ends_in_a_backslash_goes_on():
    assert heard("CD\\\n%%newpage\nEF|") == [(0, 60), (1, 62), (2, 64), (3, 65)]
    assert letters("|:C4|\\\n1 D4:|2 E4|]") == "CDCE"


def test_further_titles_and_text_of_the_header_are_printed_below_the_title():
    tune = read("X:1\nT:One\nT:Two\nC:Anna\n%%text Slowly, with a light bow\nL:1/4\nK:C\nC4|\n")
    assert tune.title == "One"
    assert not tune.remarks
    (page,) = engrave(tune.musicxml, title=tune.title, composer=tune.composer)
    places = [page.index(text) for text in ("One", "Two", "Slowly, with a light bow", "Anna")]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "line", ["%%text Trio", "%%center Trio", "T:Trio", "%%begintext\nTrio\n%%endtext", "I:text Trio"]
)
def test_text_between_two_lines_of_music_stands_over_the_second(line):
    parts = read(f"CDEF|\n{line}\nGABc|]\n").musicxml.split("<measure ")
    assert ["<words>Trio</words>" in part for part in parts] == [False, False, True]


def test_text_goes_to_the_voice_that_follows():
    musicxml = read("X:1\nL:1/4\nK:C\nV:1\nV:2\n[V:1]C4|\n%%text below\n[V:2]E4|\n").musicxml
    assert ["below" in part for part in musicxml.split("<part id")] == [False, False, True]


def test_text_behind_all_music_is_printed_below_it():
    assert score("CDEF|]\n%%text Farewell\nW:adieu").findtext("credit[credit-type='lyrics']/credit-words") == (
        "Farewell\nadieu"
    )


def test_text_behind_the_music_is_no_music():
    assert letters(HEAD + "CDEF|]\n%%begintext\nGABc|\n%%endtext\n") == "CDEF"


def test_every_remark_that_is_lost_among_others_has_its_line():
    assert [sentence[:7] for sentence in remarks("CDEF|?\n!wobble!C4|\nw: a b c")] == ["Line 6:", "Line 7:", "Line 8:"]
