"""From a folder of scores to the rows of a corpus and a report of what became of every file.

Promises: the same folder and options give the same rows in the same order; no work is both trained on and held out; a
file that cannot be read costs that file only; the corpus is written whole or not at all.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

from generator.training.corpus import Row
from generator.training.errors import CorpusError
from generator.training.prepare.child import DEFAULT_LIMIT_S, Converted, Piece, convert_files
from generator.training.prepare.duplicates import SAME, find_alike
from generator.training.prepare.formats import ScoreReader
from generator.training.prepare.labels import (
    Labels,
    complete_labels,
    first_said,
    folder_labels,
    read_catalogue,
    said_labels,
)
from generator.training.prepare.licences import licence_tier
from generator.training.prepare.report import Dropped, Duplicate, Report, count_styles
from generator.training.prepare.splitting import DEFAULT_SHARE, choose_held_out, join_works
from generator.training.prepare.writing import check_out, report_path, write_corpus, write_whole

HIGHEST_SHARE = 0.5
NEEDED_PACKAGES = ("abctoolkit",)  # that a bot does without


@dataclass(frozen=True)
class Found:
    """One piece with its labels. name: of its file, with a number where the file holds several."""

    name: str
    piece: Piece
    labels: Labels


def prepare_folder(
    folder: Path,
    out: Path,
    *,
    reader: ScoreReader,
    said: Mapping[str, str | None],
    held_out_share: float = DEFAULT_SHARE,
    workers: int = 1,
    limit_s: float = DEFAULT_LIMIT_S,
    progress: Callable[[int, int], None] = lambda _done, _files: None,
) -> Report:
    """Write the corpus of a folder to `out` (`.jsonl` or `.jsonl.xz`), and the report beside it.

    reader: of the files. said: period, composer, instrumentation, licence and source of all files for which the
    catalogue says nothing else.
    progress: called with the files done and the files in all. Raises CorpusError.
    """
    started = time.monotonic()
    check_options(out, held_out_share)
    files = find_files(folder, reader.endings)
    labels = label_files(folder, files, said)
    found, dropped, read = [], [], 0
    converted = convert_files([folder / file for file in files], reader=reader, workers=workers, limit_s=limit_s)
    for done, (file, result) in enumerate(zip(files, converted, strict=True), start=1):
        read += bool(result.pieces)
        found += name_pieces(file, result, labels[file])
        dropped += [Dropped(str(file), problem) for problem in result.problems]
        progress(done, len(files))
    if not found:
        reasons = "; ".join(f"{one.file}: {one.reason}" for one in dropped[:3])
        raise CorpusError(reason="nothing_usable", n=len(files), folder=folder, why=reasons)
    kept, duplicates, works = drop_duplicates(found)
    works, remarks = separate_works(kept, works)
    rows = make_rows(kept, works, corpus=folder.resolve().name, held_out_share=held_out_share)
    report = Report(
        files=len(files),
        files_read=read,
        pieces=len(rows),
        train=sum(row["split"] == "train" and row["aligned"] for row in rows),
        held_out=sum(row["split"] == "held-out" for row in rows),
        odd=tuple(one.name for one in kept if not one.piece.aligned),
        works=len(set(works)),
        styles=count_styles([f"{row['composer']} / {row['instrumentation']} ({row['period']})" for row in rows]),
        licences=count_styles([row["licence"] for row in rows]),
        private=sum(row["tier"] == "other" for row in rows),
        dropped=tuple(dropped),
        duplicates=tuple(duplicates),
        guessed={
            one.name: {name: getattr(one.labels, name) for name in one.labels.guessed}
            for one in kept
            if one.labels.guessed
        },
        remarks=(*remarks, *missing_files(files, labels)),
        seconds=round(time.monotonic() - started, 1),
    )
    write_corpus(rows, out)
    write_whole(report_path(out), json.dumps(report.to_json(), indent=1, ensure_ascii=False).encode() + b"\n")
    return report


def check_options(out: Path, held_out_share: float) -> None:
    """Refuse what cannot be done before an hour is spent. Raises CorpusError."""
    if any(find_spec(package) is None for package in NEEDED_PACKAGES):
        raise CorpusError(reason="package", names=" or ".join(NEEDED_PACKAGES))
    check_out(out)
    if not 0 < held_out_share <= HIGHEST_SHARE:
        raise CorpusError(reason="share", high=HIGHEST_SHARE)


def find_files(folder: Path, endings: Sequence[str]) -> list[PurePosixPath]:
    """The files in formats that can be read, below the folder, by name. Raises CorpusError if there are none."""
    if not folder.is_dir():
        raise CorpusError(reason="no_such_folder", folder=folder)
    files = sorted(
        PurePosixPath(path.relative_to(folder).as_posix())
        for path in folder.rglob("*")
        if path.suffix.lower() in endings and path.is_file() and not path.name.startswith(".")
    )
    if not files:
        raise CorpusError(reason="no_scores", folder=folder, endings=" ".join(endings))
    return files


def label_files(
    folder: Path, files: Sequence[PurePosixPath], said: Mapping[str, str | None]
) -> dict[PurePosixPath, Labels]:
    """What was said of each file, by catalogue, options and folders. Raises CorpusError, also without a licence."""
    catalogue, options = read_catalogue(folder), said_labels(said, where="The command")
    labels = {file: first_said(catalogue.get(str(file), Labels()), options, folder_labels(file)) for file in files}
    bare = [file for file in files if not labels[file].licence]
    if bare:
        raise CorpusError(reason="licence", file=bare[0])
    return labels


def missing_files(files: Sequence[PurePosixPath], labels: Mapping[PurePosixPath, Labels]) -> list[str]:
    """A remark where a source was not named, because attribution needs one."""
    unnamed = sum(not labels[file].source for file in files)
    return [f"{unnamed} files have no source; --source names where they come from."] if unnamed else []


def name_pieces(file: PurePosixPath, converted: Converted, said: Labels) -> list[Found]:
    """The pieces of a file with their labels."""
    several = len(converted.pieces) + len(converted.problems) > 1
    found = []
    for piece in converted.pieces:
        name = f"{file}#{piece.number + 1}" if several else str(file)
        labels = complete_labels(said, piece.metadata, file=PurePosixPath(name))
        found.append(Found(name, piece, labels))
    return found


def drop_duplicates(found: Sequence[Found]) -> tuple[list[Found], list[Duplicate], list[str]]:
    """The pieces without those that are another piece, what was dropped, and the work of each piece that stays.

    Of two that are the same the aligned one stays, then the longer, then the first by name. Pieces that share much,
    but not all, count as one work.
    """
    alike = find_alike([one.piece.sketch for one in found])
    gone: dict[int, Duplicate] = {}
    for pair in alike:
        if pair.share >= SAME and not {pair.first, pair.second} & gone.keys():
            better, worse = sorted((pair.first, pair.second), key=lambda number: _rank(found[number]))
            gone[worse] = Duplicate(found[worse].name, found[better].name, round(pair.share, 3))
    works = join_works([one.labels.work for one in found], [(pair.first, pair.second) for pair in alike])
    stay = [number for number in range(len(found)) if number not in gone]
    return [found[n] for n in stay], [gone[n] for n in sorted(gone)], [works[n] for n in stay]


def _rank(one: Found) -> tuple[bool, int, str]:
    return not one.piece.aligned, -one.piece.bars, one.name


def separate_works(kept: Sequence[Found], works: Sequence[str]) -> tuple[list[str], list[str]]:
    """The works, or every file for itself if all seem to be of one; with a remark where that is so."""
    if len(set(works)) > 1 or len(kept) < 2:
        return list(works), []
    remark = "All pieces seem to be of one work, so each file was taken for a work. Name works in a catalogue.csv."
    return [f"{one.labels.work}|{one.name}" for one in kept], [remark]


def make_rows(kept: Sequence[Found], works: Sequence[str], *, corpus: str, held_out_share: float) -> list[Row]:
    """The rows of the corpus, by name. Raises CorpusError if nothing can be held out."""
    usable = [number for number, one in enumerate(kept) if one.piece.aligned]
    if not usable:
        raise CorpusError(reason="none_aligned")
    held_out = choose_held_out(
        [works[n] for n in usable], [_style(kept[n].labels) for n in usable], share=held_out_share
    )
    return [
        _row(one, work, corpus=corpus, split="held-out" if work in held_out else "train")
        for one, work in zip(kept, works, strict=True)
    ]


def _style(labels: Labels) -> tuple[str, str, str]:
    return labels.period, labels.composer, labels.instrumentation


def _row(one: Found, work: str, *, corpus: str, split: str) -> Row:
    labels, piece = one.labels, one.piece
    return {
        "id": f"{corpus}/{one.name}",
        "corpus": corpus,
        "source": labels.source or corpus,
        "licence": labels.licence,
        "tier": licence_tier(labels.licence),
        "period": labels.period,
        "composer": labels.composer,
        "instrumentation": labels.instrumentation,
        "title": labels.title,
        "work": work,
        "split": split,
        "key": piece.key,
        "metre": piece.metre,
        "bars": piece.bars,
        "voices": piece.voices,
        "aligned": piece.aligned,
        "abc": piece.abc,
    }
