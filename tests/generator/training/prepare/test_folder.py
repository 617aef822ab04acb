"""The whole way, on a folder with good and bad files."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from bot.making.scores import SCORE_READER
from bot.texts import explain
from generator.notation import parse_tune, transpose
from generator.training.corpus import Row, load_corpus, load_rows
from generator.training.errors import CorpusError
from generator.training.prepare.folder import prepare_folder, report_path
from tests.generator.training.conftest import make_row
from tests.generator.training.prepare.conftest import SCORES, convert_file
from tests.refusals import refuses

UNEVEN = "X:1\nT:Uneven\nM:4/4\nL:1/8\nK:C\nV:1\nC8|C8|C8|C8|\nV:2\nC4|C8|C8|C8|\n"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Row], dict[str, Any], Path]:
    """The rows and the report of a folder with the four scores, a copy in another key, and two broken files."""
    folder = tmp_path_factory.mktemp("prepared") / "mine"
    shutil.copytree(SCORES, folder)
    piece = convert_file(SCORES / "tunes.abc").pieces[1]
    (folder / "weir in D minor.abc").write_text(f"X:1\nT:Another Name\n{transpose(parse_tune(piece.abc), semitones=5)}")
    (folder / "broken.xml").write_text("<score-partwise>")
    (folder / "uneven.abc").write_text(UNEVEN)
    (folder / "notes.txt").write_text("not a score")
    (folder / "catalogue.csv").write_text("file,licence\nmazurka.krn,all rights reserved\n")
    out = folder.parent / "mine.jsonl.xz"
    done: list[tuple[int, int]] = []
    prepare_folder(
        folder, out, reader=SCORE_READER, said={"licence": "CC0"}, limit_s=300, progress=lambda *step: done.append(step)
    )
    assert done == [(number, 7) for number in range(1, 8)]
    return list(load_rows(out)), json.loads(report_path(out).read_text()), out


def test_every_format_gives_rows_that_training_reads(prepared: tuple[list[Row], dict[str, Any], Path]) -> None:
    rows, report, out = prepared
    names = {row["id"] for row in rows}
    expected = {"mazurka.krn", "prelude.musicxml", "round.mei", "tunes.abc#1", "tunes.abc#2", "uneven.abc"}
    assert names == {f"mine/{name}" for name in expected}
    corpus = load_corpus(out, any_licence=True)
    assert len(corpus.train) + len(corpus.held_out) == 5
    assert corpus.left_out == {"voices not equally long": 1}
    assert (report["files"], report["files_read"], report["pieces"]) == (7, 6, 6)
    assert (report["train"], report["held_out"]) == (len(corpus.train), len(corpus.held_out))


def test_rows_have_the_fields_of_the_scores_that_ship(prepared: tuple[list[Row], dict[str, Any], Path]) -> None:
    rows = {row["id"]: row for row in prepared[0]}
    prelude = rows["mine/prelude.musicxml"]
    assert list(prelude) == [
        *("id", "corpus", "source", "licence", "tier", "period", "composer", "instrumentation", "title", "work"),
        *("split", "key", "metre", "bars", "voices", "aligned", "abc"),
    ]
    assert (prelude["composer"], prelude["instrumentation"]) == ("Doe, Jane", "Keyboard")
    assert (prelude["key"], prelude["metre"], prelude["bars"], prelude["voices"]) == ("D", "4/4", 6, 2)


def test_a_copy_in_another_key_is_dropped_and_named(prepared: tuple[list[Row], dict[str, Any], Path]) -> None:
    (duplicate,) = prepared[1]["duplicates"]
    assert (duplicate["file"], duplicate["same_as"]) == ("weir in D minor.abc", "tunes.abc#2")


def test_a_dropped_file_is_named_with_its_reason(prepared: tuple[list[Row], dict[str, Any], Path]) -> None:
    (dropped,) = prepared[1]["dropped"]
    assert dropped["file"] == "broken.xml"
    assert "The file is damaged" in dropped["reason"]
    assert prepared[1]["odd"] == ["uneven.abc"]


def test_what_was_guessed_is_said(prepared: tuple[list[Row], dict[str, Any], Path]) -> None:
    assert prepared[1]["guessed"]["round.mei"] == {
        "period": "Baroque",
        "composer": "Bach, Johann Sebastian",
        "instrumentation": "Chamber",
    }


def test_works_are_either_trained_on_or_held_out(prepared: tuple[list[Row], dict[str, Any], Path]) -> None:
    splits: dict[str, set[str]] = {}
    for row in prepared[0]:
        splits.setdefault(row["work"], set()).add(row["split"])
    assert all(len(split) == 1 for split in splits.values())
    assert {row["split"] for row in prepared[0]} == {"train", "held-out"}


def test_licences_are_kept_and_only_some_may_train_what_ships(
    prepared: tuple[list[Row], dict[str, Any], Path],
) -> None:
    rows, report, out = prepared
    tiers = {row["id"]: (row["licence"], row["tier"]) for row in rows}
    assert tiers["mine/mazurka.krn"] == ("all rights reserved", "other")
    assert tiers["mine/round.mei"] == ("CC0", "permissive")
    assert report["private"] == 1
    trained = {row["id"] for row in load_corpus(out).train}
    assert "mine/mazurka.krn" not in trained


def test_the_same_folder_gives_the_same_corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.abc").write_text("X:1\n" + make_row(number, bars=20)["abc"])
    outs = [tmp_path / f"{name}.jsonl" for name in "ab"]
    for out, workers in zip(outs, (1, 2), strict=True):
        prepare_folder(folder, out, reader=SCORE_READER, said={"licence": "CC0", "source": "us"}, workers=workers)
    assert outs[0].read_bytes() == outs[1].read_bytes()
    assert [row["split"] for row in load_rows(outs[0])].count("held-out") == 1


def refused(folder: Path, **said: str) -> str:
    with pytest.raises(CorpusError) as refusal:
        prepare_folder(folder, folder.parent / "x.jsonl", reader=SCORE_READER, said=said)
    assert not (folder.parent / "x.jsonl").exists()
    return explain(refusal.value) or ""


def test_bad_input_is_refused_in_a_sentence(scores: Path) -> None:
    assert "Say --licence" in refused(scores)
    assert "has the instrumentation “Banjo”" in refused(scores, licence="CC0", instrumentation="Banjo")
    assert "has the period “Future”" in refused(scores, licence="CC0", period="Future")
    assert "There is no folder" in refused(scores / "nowhere", licence="CC0")
    (scores.parent / "empty").mkdir()
    assert "holds no scores. Put .mid" in refused(scores.parent / "empty", licence="CC0")
    with refuses(CorpusError, match="Choose another name"):
        prepare_folder(scores, scores.parent / "x.zip", reader=SCORE_READER, said={"licence": "CC0"})
    with refuses(CorpusError, match=r"above 0 and at most 0\.5"):
        prepare_folder(
            scores, scores.parent / "x.jsonl", reader=SCORE_READER, said={"licence": "CC0"}, held_out_share=0.9
        )


def test_a_folder_of_broken_files_says_what_is_wrong_with_them(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.xml").write_text("<html/>")
    assert "None of the 1 files" in (sentence := refused(tmp_path / "mine", licence="CC0"))
    assert "a.xml: This XML is no score" in sentence


def test_without_the_packages_that_read_scores_a_sentence_says_how_to_get_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generator.training.prepare.folder.NEEDED_PACKAGES", ("no_such_package",))
    with refuses(CorpusError, match=r"notabot\[training\]"):
        prepare_folder(SCORES, tmp_path / "x.jsonl", reader=SCORE_READER, said={"licence": "CC0"})
