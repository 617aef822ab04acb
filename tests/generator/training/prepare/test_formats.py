import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import pytest

from bot.making.scores import SCORE_READER
from generator.training.prepare.errors import Unusable
from generator.training.prepare.formats import read_scores
from tests.generator.training.prepare.conftest import SCORES, convert_file

TIMEWISE = "<score-timewise><measure/></score-timewise>"


def test_musicxml_becomes_interleaved_bars_without_title_lyrics_and_marks_that_nobody_knows() -> None:
    (piece,) = convert_file(SCORES / "prelude.musicxml").pieces
    assert piece.abc.splitlines() == [
        "%%score { 1 | 2 }",
        "L:1/8",
        "Q:1/4=88",
        "M:4/4",
        "K:D",
        'V:1 treble nm="Piano"',
        "V:2 bass",
        '[V:1]"^Allegro" D2 F2 A2 d2|[V:2]D,4 F,4|',
        "[V:1]^c2 A2!p! G2 E2|[V:2]A,4 E,4|",
        "[V:1]F2 A2 d2 f2|[V:2]D,4 A,,4|",
        "[V:1]e2 c2 A4|[V:2]A,,8|",
        "[V:1][FA]2 d2 f2 a2|[V:2]D,4 F,4|",
        "[V:1]g2 e2 d4|][V:2]A,,4 D,4|]",
    ]
    assert (piece.key, piece.metre, piece.bars, piece.voices, piece.aligned) == ("D", "4/4", 6, 2, True)
    assert (piece.metadata.title, piece.metadata.composer) == ("Prelude on Nothing", "Jane Doe")


def test_a_packed_score_is_the_score_in_it(tmp_path: Path) -> None:
    path = tmp_path / "prelude.mxl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("META-INF/container.xml", '<container><rootfile full-path="music/p.xml"/></container>')
        archive.writestr("other.xml", TIMEWISE)
        archive.write(SCORES / "prelude.musicxml", "music/p.xml")
    assert convert_file(path).pieces == convert_file(SCORES / "prelude.musicxml").pieces


def test_humdrum_becomes_interleaved_bars() -> None:
    (piece,) = convert_file(SCORES / "mazurka.krn").pieces
    assert "[V:1]F2 A2 c2|[V:2]F,,2 [A,C]2 [A,C]2|\n" in piece.abc
    assert (piece.key, piece.metadata.composer) == ("F", "Chopin, Frédéric")


def test_mei_becomes_interleaved_bars_whatever_the_file_is_called(tmp_path: Path) -> None:
    (piece,) = convert_file(SCORES / "round.mei").pieces
    assert "[V:1]B2 c2|[V:2]F4|[V:3]B,,4|\n" in piece.abc
    renamed = tmp_path / "round.xml"
    renamed.write_bytes((SCORES / "round.mei").read_bytes())
    assert convert_file(renamed).pieces[0].abc == piece.abc


def test_every_tune_of_an_abc_file_is_a_piece() -> None:
    bourree, song = convert_file(SCORES / "tunes.abc").pieces
    assert "[V:1]|:G2 B2 d2 B2|\n" in bourree.abc
    assert "[V:1]A2 F2 G4::\n" in bourree.abc
    assert '"Em"' not in bourree.abc
    assert "[V:1]^g4 e2|[V:2]B4 B2|[V:3]E,4 E,2|\n" in song.abc
    assert [piece.metadata.title for piece in (bourree, song)] == ["Bourrée of the Mill", "Song of the Weir"]


def test_abc_in_the_form_of_the_corpus_comes_back_as_it_was(tmp_path: Path) -> None:
    (piece,) = convert_file(SCORES / "prelude.musicxml").pieces
    lines = piece.abc.splitlines()
    resting = "\n".join([*lines[:9], "[r:2/3]" + lines[9].partition("[V:2]")[0], "", *lines[10:], ""])
    path = tmp_path / "again.abc"
    path.write_text(f"X:1\nT:Again\n{resting}")
    (again,) = convert_file(path).pieces
    assert again.aligned
    assert again.abc == resting.replace("[r:2/3]", "")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("broken.xml", b"<score-partwise><part", "The file is damaged"),
        ("html.xml", b"<html/>", "This XML is no score: it begins with <html>"),
        ("torn.mxl", b"PK\x03\x04 torn", "The file is damaged"),
        ("broken.mei", b"<mei", "The file is damaged"),
        ("words.krn", b"no spines at all", "no file of notation that I can read"),
        ("words.abc", b"Dear Jane,\nno music here.\n", "no file of notation that I can read"),
        ("short.abc", b"X:1\nK:C\nCDEF|\n", "fewer than 4 bars"),
        ("photo.jpg", b"\xff\xd8", ".jpg is not a format"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(content)
    converted = convert_file(tmp_path / name)
    assert converted.pieces == ()
    assert reason in converted.problems[0]


def test_timewise_musicxml_is_read_as_partwise(tmp_path: Path) -> None:
    root = ET.fromstring((SCORES / "prelude.musicxml").read_bytes())
    measures = list(root.iter("measure"))
    timewise = ET.Element("score-timewise")
    timewise.extend(child for child in root if child.tag != "part")
    for measure in measures:
        part = ET.SubElement(ET.SubElement(timewise, "measure", measure.attrib), "part", {"id": "P1"})
        part.extend(measure)
    (tmp_path / "timewise.musicxml").write_bytes(ET.tostring(timewise))
    (piece,) = convert_file(tmp_path / "timewise.musicxml").pieces
    assert piece.abc == convert_file(SCORES / "prelude.musicxml").pieces[0].abc


def test_a_pickup_of_humdrum_stays_as_short_as_it_is(tmp_path: Path) -> None:
    """It became a full bar, with rests that nobody sees behind it: 382 pieces of a corpus began so."""
    kern = (SCORES / "mazurka.krn").read_text()
    (tmp_path / "pickup.krn").write_text(kern.replace("=1\t=1", "4G\t4r\n=1\t=1", 1))
    (piece,) = convert_file(tmp_path / "pickup.krn").pieces
    assert piece.abc.splitlines()[piece.abc.splitlines().index("V:2 bass") + 1].startswith("[V:2]G,2|")


def test_a_line_for_each_voice_is_not_taken_for_a_bar_for_each_line(tmp_path: Path) -> None:
    """Four bars of two voices became eight, one voice after the other."""
    lines = "".join("[V:S]c4|d4|e4|f4|\n[V:B]C4|D4|E4|F4|\n" for _ in range(1))
    (tmp_path / "lines.abc").write_text(f"X:1\nM:4/4\nL:1/4\nV:S\nV:B clef=bass\nK:C\n{lines}")
    (piece,) = convert_file(tmp_path / "lines.abc").pieces
    assert (piece.bars, piece.aligned) == (4, True)
    assert "[V:1]c8|[V:2]C8|" in piece.abc


def test_an_archive_without_a_score_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "empty.mxl", "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with pytest.raises(Unusable, match="There is no score in the archive"):
        read_scores(tmp_path / "empty.mxl", SCORE_READER)


def test_a_score_of_drums_alone_has_no_pitches(tmp_path: Path) -> None:
    path = tmp_path / "drums.musicxml"
    measure = "<measure><note><unpitched/><duration>4</duration></note></measure>"
    path.write_text(f'<score-partwise><part-list/><part id="P1">{measure * 5}</part></score-partwise>')
    converted = convert_file(path)
    assert (converted.pieces, converted.problems) == ((), ("holds no notes with a pitch",))
