"""Files of notation beside an independent reader: are the same notes there, at the same moments?

    make measure NAME=files ARGS="FOLDER"

MusicXML is read by music21, MEI and humdrum by converter21 and music21, straight from the file; ours is read, written
as MusicXML, and that by music21. Compared are pitch and onset of every note, ties joined, graces left out; then the
same for the ABC that is written of the file. One line a file, then the sums.
"""

import argparse
import time
import warnings
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from renderers.errors import RenderError
from renderers.score.abc.abc_writer import write_abc
from renderers.score.files import ENDINGS, kind_of
from renderers.score.musicxml import convert, convert_file

Notes = Counter[tuple[float, int]]


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="make measure NAME=files", description="Beside music21: the same notes?")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(arguments).folder
    total: Counter[str] = Counter()
    for path in sorted(path for path in folder.iterdir() if path.suffix in ENDINGS):
        found = measure(path)
        total.update(found)
        print(path.name[:50], dict(found), flush=True)
    print("all", dict(total))
    return 0


def measure(path: Path) -> Counter[str]:
    """Counts of one file. missing, added: notes that theirs has and ours has not, and the other way round."""
    content = path.read_bytes()
    started_s = time.process_time()
    try:
        ours = convert_file(content)
    except RenderError as error:
        return Counter({f"refused: {error.reason}": 1, "files": 1})
    seconds = time.process_time() - started_s
    score, abc = _notes(ours.musicxml, "musicxml"), _notes(convert(write_abc(ours.tune)).musicxml, "musicxml")
    theirs = _theirs(path, content)
    return Counter(
        {
            "files": 1,
            "equal": theirs == score,
            "notes": theirs.total(),
            "missing": (theirs - score).total(),
            "added": (score - theirs).total(),
            "missing in ABC": (score - abc).total(),
            "added in ABC": (abc - score).total(),
            "remarks": len(ours.remarks),
            "ms to read": round(1000 * seconds),
        }
    )


def _theirs(path: Path, content: bytes) -> Notes:
    import converter21
    from music21 import converter

    converter21.register()
    form = {"mei": "mei", "humdrum": "humdrum"}.get(kind_of(content).name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _table(converter.parse(str(path), format=form, forceSource=True))


def _notes(musicxml: str, form: str) -> Notes:
    from music21 import converter

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _table(converter.parseData(musicxml, format=form))


def _table(score: Any) -> Notes:
    found: Notes = Counter()
    for element in score.recurse().notes:
        if "ChordSymbol" in element.classes or element.duration.isGrace:
            continue
        onset = round(float(element.getOffsetInHierarchy(score)), 3)
        for note in element.notes if element.isChord else [element]:
            if hasattr(note, "pitch") and not (note.tie is not None and note.tie.type in ("stop", "continue")):
                found[onset, note.pitch.midi] += 1
    return found
