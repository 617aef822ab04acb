"""Resolves pyproject.toml anew and writes both lock files, every wheel with its hash: `make lock UPGRADE="numpy rich"`.

`requirements.lock` is what a bot runs on, except torch; `requirements-dev.lock` what the tests, the training and these
commands need on top. One lock serves Linux, macOS and Windows and Python 3.11 and newer: pins that not all of them need
carry a marker. Versions stay as they are unless they are named or pyproject.toml forbids them.

Not covered: torch. Its CPU and CUDA builds share a version and differ as files, and it is everybody's choice which to
install, from which index; a hash can be demanded of the image (TORCH_HASH in the Dockerfile).
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
RUNTIME, DEVELOPMENT = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
INDEX = "https://pypi.org/simple"
TORCH_VERSION = "2.13.0"  # as the Makefile and the Dockerfile install it
HEADERS = {
    RUNTIME: "# What a bot runs on, except torch. Written by `make lock`, installed with --no-deps.\n",
    DEVELOPMENT: "# What tests, training and evaluation need on top. Written by `make lock`.\n",
}
WHAT_FOR = {
    RUNTIME: ("--group", "build", "--group", "synthesiser", "--extra", "postgres"),
    DEVELOPMENT: (
        "--group",
        "dev",
        "--extra",
        "training",
        "--extra",
        "bench",
        "--extra",
        "scenes",
        "--extra",
        "hum",
        "--extra",
        "video",
        "--constraint",
        str(RUNTIME),
    ),
}


@dataclass(frozen=True, kw_only=True)
class Pin:
    """One package of a lock. text: its lines as they stand there."""

    requirement: Requirement
    hashes: tuple[str, ...]
    text: str

    @property
    def name(self) -> str:
        """As the package index spells it: lower case, hyphens."""
        return canonicalize_name(self.requirement.name)

    @property
    def version(self) -> str:
        """Without the `==`."""
        return next(iter(self.requirement.specifier)).version


def read_lock(path: Path) -> list[Pin]:
    """The pins of a lock file, in its order. Raises ValueError for a line that is none."""
    return list(parse_lock(path.read_text(encoding="utf-8")))


def parse_lock(text: str) -> Iterable[Pin]:
    """The pins of a lock. Raises ValueError (InvalidRequirement) for a line that is none."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    for entry in "\n".join(lines).replace("\\\n", "\0").splitlines():
        wanted, *hashes = (part.strip() for part in entry.split("\0"))
        yield Pin(
            requirement=Requirement(wanted),
            hashes=tuple(sorted(one.removeprefix("--hash=") for one in hashes)),
            text=entry.replace("\0", "\\\n") + "\n",
        )


def resolve(path: Path, *, upgrade: Sequence[str]) -> str:
    """What the lock would be now. Raises CalledProcessError when pyproject.toml cannot be satisfied."""
    uv = Path(sys.executable).with_name("uv")
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / path.name
        output.write_bytes(path.read_bytes())  # uv keeps what it finds there
        argv = [str(uv), "pip", "compile", "--quiet", "--no-header", "--no-annotate", "--default-index", INDEX]
        argv += [part for name in upgrade for part in ("--upgrade-package", name)]
        argv += [*WHAT_FOR[path], "--output-file", str(output), "pyproject.toml"]
        subprocess.run(argv, cwd=ROOT, check=True)
        return output.read_text(encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code: uv's own when there is no solution."""
    parser = argparse.ArgumentParser(prog="make lock", description=__doc__)
    parser.add_argument("--upgrade", nargs="*", default=[], metavar="NAME", help="packages to bring up to date")
    upgrade = parser.parse_args(arguments).upgrade
    kept: set[tuple[str, str]] = set()
    for path in (RUNTIME, DEVELOPMENT):
        try:
            pins = [pin for pin in parse_lock(resolve(path, upgrade=upgrade)) if (pin.name, pin.version) not in kept]
        except subprocess.CalledProcessError as error:
            return error.returncode
        path.write_text(HEADERS[path] + "".join(pin.text for pin in pins), encoding="utf-8")
        kept |= {(pin.name, pin.version) for pin in pins}
        print(f"{path.name}: {len(pins)} packages, {sum(len(pin.hashes) for pin in pins)} files")
    return 0
