"""What a file is, by what is in it."""

import zipfile
from io import BytesIO

import pytest
from lxml import etree

from renderers.errors import InputRefused
from renderers.limits import MAX_CHARS
from renderers.sanitise import sanitise
from renderers.score.files import KINDS, kind_of, read_all, read_file
from renderers.score.foreign.archive import unpack_score
from renderers.score.foreign.safe_xml import parse_xml
from tests.refusals import refuses

PAYLOADS = {
    "entities": '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><score-partwise>&e;</score-partwise>',
    "nested": "<a>" * 100 + "</a>" * 100,
    "notes": f"<score-partwise>{'<note/>' * 60_001}</score-partwise>",
    "damaged": "<score-partwise><part",
}
ABC = "X:1\nT:Tune\nM:4/4\nL:1/4\nK:C\nCDEF|\n"
XML = '<?xml version="1.0"?>\n<!-- <mei> -->\n<!DOCTYPE score-partwise PUBLIC "x" "y">\n<score-partwise/>'
KERN = "!!!COM: Nobody\n**kern\n4c\n*-\n"


def packed(name="score.xml"):
    held = BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(name, XML)
    return held.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (ABC.encode(), "abc"),
        (ABC.replace("Tune", "Blåmärke").encode("cp1252"), "abc"),
        (ABC.encode("utf-16"), "abc"),
        (b"\xef\xbb\xbf" + ABC.encode(), "abc"),
        (b"Dear all,\n<see below>\n\n" + ABC.encode(), "abc"),
        (XML.encode(), "musicxml"),
        (XML.encode("utf-16"), "musicxml"),
        (b"\n  <score-timewise/>", "musicxml"),
        (b'<mei xmlns="http://www.music-encoding.org/ns/mei"/>', "mei"),
        (b"<m:mei xmlns:m='http://www.music-encoding.org/ns/mei'/>", "mei"),
        (KERN.encode(), "humdrum"),
        (b"**dynam\t**kern\n", "humdrum"),
        (packed(), "mxl"),
        (b"MThd\0\0\0\6", "midi"),
    ],
)
def test_a_file_is_known_by_what_is_in_it(content, kind):
    assert kind_of(content).name == kind


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "file_empty"),
        (b"\r\n \t", "file_empty"),
        (b"Dear Jane, no music here.", "file_kind"),
        (b"%PDF-1.7 ...", "file_other"),
        (b"\x89PNG\r\n\x1a\n", "file_other"),
        (b" " * 8_000_001, "file_size"),
    ],
)
def test_what_is_no_notation_is_refused_before_anybody_reads_it(content, reason):
    with pytest.raises(InputRefused) as refused:
        kind_of(content)
    assert refused.value.reason == reason


def test_every_kind_has_a_name_and_endings_of_its_own():
    endings = [ending for kind in KINDS for ending in kind.endings]
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    assert len(set(endings)) == len(endings)


def test_abc_in_a_file_is_read_as_abc():
    tune = read_file(ABC.encode("utf-16"))
    assert (tune.titles, len(tune.voices[0].bars)) == (["Tune"], 1)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [("entities", "file_entities"), ("nested", "file_nested"), ("notes", "file_notes"), ("damaged", "file_damaged")],
)
def test_xml_is_counted_before_it_is_parsed(payload, reason, monkeypatch):
    monkeypatch.setattr(etree, "fromstring", lambda *_: pytest.fail("a tree was built"))
    with pytest.raises(InputRefused) as refused:
        parse_xml(PAYLOADS[payload].encode(), kind="MusicXML")
    assert refused.value.reason == reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1"])
@pytest.mark.parametrize("declared", ["", "UTF-8", "utf-16", "windows-1252", "zlib", "nonsense"])
def test_letters_are_right_in_every_encoding_whatever_the_file_declares(encoding, declared):
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    document = f"{head}<work-title>Blåmärke</work-title>".encode(encoding)
    assert parse_xml(document, kind="MusicXML").text == "Blåmärke"


def archive(members, *, contents=None):
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packing:
        if contents is not None:
            packing.writestr("META-INF/container.xml", contents)
        for name, content in members.items():
            packing.writestr(name, content)
    return held.getvalue()


def listing(path):
    return f'<container xmlns="urn:x"><rootfiles><rootfile full-path="{path}"/></rootfiles></container>'


@pytest.mark.parametrize(
    ("members", "contents"),
    [
        ({"other.xml": "<no/>", "music/s.xml": XML}, listing("music/s.xml")),
        ({"other.xml": "<no/>", "music/s.xml": XML}, listing("/music\\S.xml")),
        ({"score.musicxml": XML}, None),
        ({"readme.txt": "hello", "score.xml": XML}, listing("gone.xml")),
        ({"score.xml": XML}, "<container"),
        ({"score.xml": XML, "__MACOSX/score.xml": "junk"}, listing("META-INF/container.xml")),
    ],
)
def test_the_score_is_found_in_archives_with_odd_tables_of_contents(members, contents):
    assert unpack_score(archive(members, contents=contents)).decode() == XML


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (archive({"readme.txt": "hello"}), "archive_no_score"),
        (archive({f"{number}.xml": "" for number in range(201)}), "archive_members"),
        (archive({"score.xml": " " * 40_000_001}), "file_unpacked"),
        (archive({"score.xml": XML})[:-40], "file_damaged"),
        (b"PK\x03\x04 torn", "file_damaged"),
    ],
)
def test_an_archive_that_is_no_score_is_refused_with_the_reason(content, reason):
    with pytest.raises(InputRefused) as refused:
        unpack_score(content)
    assert refused.value.reason == reason


def test_an_archive_that_lies_about_its_size_is_not_unpacked_further_than_it_may_be():
    content = archive({"score.xml": " " * 40_000_100})
    lie = content.replace((40_000_100).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    with pytest.raises(InputRefused):
        unpack_score(lie)


def test_a_book_is_read_whole_and_one_bad_tune_costs_no_other():
    book = "\n".join(ABC.replace("X:1", f"X:{number}") for number in range(3)).replace("X:1\nT:Tune", "X:1\n%%score (1")
    first, second, third = read_all(book.encode())
    assert [len(first.voices), len(third.voices)] == [1, 1]
    assert isinstance(second, InputRefused)


def test_a_book_that_is_too_long_to_be_drawn_is_told_to_be_parted():
    book = f"{ABC}\n" * (MAX_CHARS // len(ABC) + 1)
    with refuses(InputRefused, match="Send the tune that you mean alone"):
        sanitise(book)
    assert len(read_all((ABC + "%" * MAX_CHARS).encode())) == 1, "in a corpus nothing is drawn"
