"""Throws at a door and counts what became of it."""

import random
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from pathlib import Path

import pytest

from tests.measure.fuzz.doors import DOORS

MOST_SHOWN = 3
CACHES = ("torchinductor_", "music21")  # folders that libraries keep on purpose, one each


@dataclass
class Outcome:
    """counts: inputs by "taken", "refused" and "fault"; faults: seed and traceback of the first few; left: what lies or
    runs where nothing did before.
    """

    door: str
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def clean(self) -> bool:
        return not self.counts["fault"] and not self.left

    def line(self) -> str:
        """One line for people."""
        total = sum(self.counts.values())
        left = ", ".join(self.left) or "nothing"
        return (
            f"{self.door}: {total} thrown, {self.counts['taken']} taken, "
            f"{self.counts['refused']} refused with a sentence, "
            f"{self.counts['fault']} faults; left behind: {left}; {self.seconds:.0f} s"
        )


async def throw_at(door: str, *, count: int, seed: int) -> Outcome:
    """`count` inputs; input number n depends on seed, door and n alone, so that one can be thrown again."""
    outcome = Outcome(door)
    started_s = time.monotonic()
    resource_tracker.ensure_running()  # which multiprocessing would else start meanwhile, and keep
    children = _children()
    with _own_temporary_folder() as folder:
        async with DOORS[door](folder / "work") as throw:
            for number in range(count):
                try:
                    outcome.counts[await throw(random.Random(f"{seed}:{door}:{number}"))] += 1
                except Exception:
                    outcome.counts["fault"] += 1
                    if len(outcome.faults) < MOST_SHOWN:
                        outcome.faults.append(f"{door}, seed {seed}, number {number}:\n{traceback.format_exc()}")
        outcome.left = sorted(path.name for path in (folder / "tmp").iterdir() if not path.name.startswith(CACHES))
    outcome.left += [f"process {child}" for child in sorted(_children() - children)]
    outcome.seconds = time.monotonic() - started_s
    return outcome


@contextmanager
def _own_temporary_folder() -> Iterator[Path]:
    """A folder with "work" for the door and "tmp", where everything temporary goes meanwhile."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        for each in ("work", "tmp"):
            (folder / each).mkdir()
        patch.setenv("TMPDIR", str(folder / "tmp"))
        patch.setattr(tempfile, "tempdir", str(folder / "tmp"))
        yield folder


def _children() -> set[int]:
    """Processes that this one has started and that are still there (Linux only; elsewhere none are seen)."""
    found: set[int] = set()
    for children in Path("/proc/self/task").glob("*/children"):
        found.update(map(int, children.read_text().split()))
    return found
