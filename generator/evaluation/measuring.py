"""What each piece measures: the critic's features and the histograms that classifiers hear, kept on disk.

Promises: a piece is measured once; what was kept is only used if the text and the code that measures are the same.
"""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from generator.critic.features import ENDING_FEATURES, FEATURES, measure
from generator.errors import GeneratorError
from generator.evaluation.excerpts import Excerpt
from generator.evaluation.histograms import describe
from generator.training.intervals import Numbers

STORE = "measured.npz"
KEEP_EVERY = 400
CHUNK = 8
JUDGES = ("card", "choice", "human", "judge", "leaning", "manner", "originality")  # they use what was measured
OF_THE_HEADER = frozenset({"note_density"})
Vector = Numbers


@dataclass(frozen=True)
class Measured:
    """features: (pieces, features) of the critic, NaN where unknown; histograms: (pieces, numbers).

    places: which of the pieces that were to be measured these are.
    """

    features: Numbers
    histograms: Numbers
    places: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.features)

    @property
    def heard(self) -> Numbers:
        """What a classifier hears: both side by side, without what depends on the tempo that a tune header names."""
        kept = [place for place, feature in enumerate(FEATURES) if feature.name not in OF_THE_HEADER]
        return np.concatenate((self.features[:, kept], self.histograms), axis=1)

    def take(self, places: Sequence[int] | Numbers) -> "Measured":
        """Some of the pieces."""
        chosen = np.asarray(places, dtype=np.int64)
        return Measured(self.features[chosen], self.histograms[chosen], tuple(self.places[place] for place in chosen))


def measure_excerpt(excerpt: Excerpt) -> Vector | None:
    """Everything about one piece: (numbers,), the critic's features first; None if it cannot be read."""
    try:
        features = measure(excerpt.tune)
        if excerpt.ending is not None:
            at_end = measure(excerpt.ending)
            features |= {name: at_end[name] for name in ENDING_FEATURES}
        return np.concatenate(([features[feature.name] for feature in FEATURES], describe(excerpt.tune)))
    except (GeneratorError, ValueError):
        return None


class Measurer:
    """Measures pieces, several at once, and remembers them in a folder."""

    def __init__(self, folder: Path, *, processes: int = 1) -> None:
        self.path, self.processes = folder / STORE, processes
        self.code = code_fingerprint()
        self.known: dict[str, Vector] = self._load()

    def measure(
        self, excerpts: Sequence[Excerpt], *, progress: Callable[[int, int], None] = lambda _done, _count: None
    ) -> Measured:
        """Measure pieces in order; those that cannot be read are left out, see `Measured.places`.

        progress: called with the pieces done and those to do.
        """
        keys = [hashlib.sha256(f"{excerpt.bars} {excerpt.abc}".encode()).hexdigest() for excerpt in excerpts]
        missing = {key: excerpt for key, excerpt in zip(keys, excerpts, strict=True) if key not in self.known}
        with self._workers(len(missing)) as pool:
            vectors = (
                pool.map(measure_excerpt, missing.values(), chunksize=CHUNK)
                if pool
                else map(measure_excerpt, missing.values())
            )
            for done, (key, vector) in enumerate(zip(missing, vectors, strict=True), start=1):
                if vector is not None:
                    self.known[key] = vector
                progress(done, len(missing))
                if done % KEEP_EVERY == 0:
                    self._save()
        if missing:
            self._save()
        places = [place for place, key in enumerate(keys) if key in self.known]
        numbers = np.array([self.known[keys[place]] for place in places]).reshape(len(places), -1)
        return Measured(numbers[:, : len(FEATURES)], numbers[:, len(FEATURES) :], tuple(places))

    def _workers(self, count: int) -> AbstractContextManager[Executor | None]:
        if self.processes < 2 or count < 4 * CHUNK:
            return nullcontext()
        return ProcessPoolExecutor(self.processes, mp_context=get_context("spawn"))

    def _load(self) -> dict[str, Vector]:
        try:
            with np.load(self.path) as stored:
                if str(stored["code"]) != self.code:
                    return {}
                return dict(zip(map(str, stored["keys"]), stored["vectors"], strict=True))
        except (OSError, KeyError, ValueError, BadZipFile):
            return {}

    def _save(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_name(f".{STORE}")
        with draft.open("wb") as file:
            np.savez(
                file,
                code=np.array(self.code),
                keys=np.array(list(self.known)),
                vectors=np.array(list(self.known.values())),
            )
        draft.replace(self.path)


@cache
def code_fingerprint() -> str:
    """Changes with any line of the code that measures, and of what that code reads."""
    root = Path(__file__).parents[1]
    files = [
        *sorted(file for file in (root / "critic").glob("*.py") if not file.name.startswith(JUDGES)),
        *sorted((root / "notation").glob("*.py")),
        Path(__file__).with_name("histograms.py"),
    ]
    names = ",".join(feature.name for feature in FEATURES).encode()
    return hashlib.sha256(b"".join([names, *(file.read_bytes() for file in files)])).hexdigest()
