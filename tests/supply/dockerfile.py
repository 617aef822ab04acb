"""What the Dockerfile says, read without Docker: its stages, its instructions, and which files it would be given.

Covered: what ours uses (FROM, ARG, ENV, WORKDIR, COPY, RUN, USER, VOLUME, HEALTHCHECK, ENTRYPOINT, CMD, continued
lines, `$NAME` and `${NAME}`). Not covered: heredocs, RUN in its JSON form, ADD, exceptions (`!`) in .dockerignore.
"""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

KNOWN = {
    *("FROM", "ARG", "ENV", "WORKDIR", "COPY", "RUN", "USER", "VOLUME", "HEALTHCHECK", "ENTRYPOINT", "CMD"),
}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One instruction. stage: of the FROM it belongs to, counted from 0; -1 before the first. line: where it begins."""

    stage: int
    line: int
    word: str
    rest: str

    @property
    def copied(self) -> tuple[str | None, list[str], str]:
        """Of a COPY: the stage it copies from (None for the sources), what, and to where."""
        options = [part for part in shlex.split(self.rest) if part.startswith("--")]
        *what, where = (part for part in shlex.split(self.rest) if not part.startswith("--"))
        stage = next((part.removeprefix("--from=") for part in options if part.startswith("--from=")), None)
        return stage, what, where

    @property
    def command(self) -> list[str]:
        """Of an ENTRYPOINT, a CMD or a HEALTHCHECK: what is started."""
        return [str(part) for part in json.loads(self.rest[self.rest.index("[") :])]


def parse_dockerfile(text: str) -> list[Step]:
    """Its instructions in order. Raises ValueError for one that is not covered."""
    steps: list[Step] = []
    stage = -1
    for number, line in _logical_lines(text):
        word, _, rest = line.partition(" ")
        if word not in KNOWN:
            raise ValueError(f"line {number}: {word} is not covered")
        stage += word == "FROM"
        steps.append(Step(stage=stage, line=number, word=word, rest=rest.strip()))
    return steps


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """The line number where each instruction begins, and the instruction without its line breaks."""
    begun = 0
    parts: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        begun = begun if parts else number
        parts.append(line.removesuffix("\\"))
        if not line.endswith("\\"):
            yield begun, "".join(parts).strip()
            parts = []
    if parts:
        raise ValueError(f"line {begun} goes on beyond the end of the file")


def expand(text: str, variables: Mapping[str, str]) -> str:
    """Fill in `$NAME` and `${NAME}`; what has no value becomes empty, as Docker does it."""
    return re.sub(r"\$(?:\{(\w+)\}|(\w+))", lambda found: variables.get(found[1] or found[2], ""), text)


def is_ignored(place: str, patterns: list[str]) -> bool:
    """Whether .dockerignore keeps a file (relative, with slashes) away from the build."""
    above = [PurePosixPath(place), *PurePosixPath(place).parents]
    return any(
        fnmatch(str(part), pattern) or (pattern.startswith("**/") and fnmatch(part.name, pattern[3:]))
        for part in above
        for pattern in patterns
    )


def read_ignored(path: Path) -> list[str]:
    """The patterns of a .dockerignore. Raises ValueError for an exception (`!`)."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    patterns = [line.strip("/") for line in lines if line and not line.startswith("#")]
    if any(pattern.startswith("!") for pattern in patterns):
        raise ValueError("exceptions are not covered")
    return patterns
