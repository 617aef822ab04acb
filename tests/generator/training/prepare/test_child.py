import os
import time
from pathlib import Path

from bot.making.scores import SCORE_READER
from generator.training.prepare.child import Child, Converted, convert_files
from tests.generator.training.prepare.conftest import SCORES


def misbehave(path: Path) -> Converted:
    """Do what the file is called."""
    if path.name == "hang":
        time.sleep(600)
    if path.name == "crash":
        os.abort()
    if path.name == "raise":
        raise RecursionError("too deep")
    return Converted(problems=(f"did {path.name} in {os.getpid()}",))


def test_a_crash_a_hang_and_a_surprise_cost_that_file_only() -> None:
    with Child(limit_s=1.0, convert=misbehave) as child:
        results = [child.convert(Path(name)).problems[0] for name in ("crash", "hang", "raise", "well", "again")]
    assert results[:3] == [
        "the converter crashed",
        "took longer than 1 s",
        "the converter failed: RecursionError too deep",
    ]
    assert results[3].startswith("did well in ")
    assert results[4].split()[-1] == results[3].split()[-1] != str(os.getpid())


def test_files_come_back_in_their_order() -> None:
    names = ["prelude.musicxml", "nowhere.abc", "prelude.musicxml"]
    first, second, third = convert_files([SCORES / name for name in names], reader=SCORE_READER, workers=2)
    assert first == third
    assert len(first.pieces) == 1
    assert second.pieces == ()
    assert "FileNotFoundError" in second.problems[0]
