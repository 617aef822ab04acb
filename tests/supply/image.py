"""Replays the Dockerfile without a daemon, in a fresh folder and environment, and composes with what was built.

    make image-rehearsal ARGS="--build-arg TORCH_INDEX=https://pypi.org/simple"

Files are copied as COPY says and .dockerignore allows; each RUN runs in a shell as the user who asks, with a bare
environment and its absolute paths moved into the folder. Both stages share that folder, so that a COPY between them has
nothing to do but to find what it copies. At last the image's own command composes a piece of four bars.

What is not covered: the system of the image (Python is the one that runs this), and what only root may do (useradd,
chown): such steps are named and left out.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.supply.dockerfile import Step, expand, is_ignored, parse_dockerfile, read_ignored
from tests.supply.lock import ROOT

PLACES = ("/opt/", "/src\\b", "/out\\b", "/data\\b")  # of the image, moved into the folder
ONLY_ROOT = ("useradd", "chown", "apt-get")
KEPT_VARIABLES = ("PIP_CERT", "PIP_FIND_LINKS", "PIP_DEFAULT_TIMEOUT", "HTTPS_PROXY", "SSL_CERT_FILE", "LANG")
TRY_OUT = ("compose", "chopin", "keyboard", "--bars", "4", "--seed", "1", "--formats", "abc,png,mp3")
STEP_LIMIT_S = 900
EXIT_DONE, EXIT_FAILED = 0, 1


class Rehearsal:
    """The state of a build: a folder for the root of the image, the variables, the folder to work in."""

    def __init__(self, folder: Path, build_args: dict[str, str]) -> None:
        self._folder = folder
        self._build_args = build_args
        self._environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        self._environment |= {
            "PATH": f"{Path(sys.executable).resolve().parent}:{os.defpath}",
            "HOME": str(folder),
        }
        self._arguments: dict[str, str] = {}
        self._here = folder
        self._ignored = read_ignored(ROOT / ".dockerignore")
        Path(self.moved("/opt/")).mkdir()

    def moved(self, text: str) -> str:
        """The same text, with the image's paths inside our folder."""
        return re.sub(rf"(?<![\w.{os.sep}])({'|'.join(PLACES)})", lambda place: f"{self._folder}{place[1]}", text)

    def take(self, step: Step) -> str:
        """Do what an instruction says. Returns what is to be said about it.

        Raises CalledProcessError, FileNotFoundError, TimeoutExpired.
        """
        said = ""
        if step.word == "ARG":
            name, _, default = step.rest.partition("=")
            self._arguments[name] = self._build_args.get(name, default.strip('"'))
        elif step.word == "ENV":
            for part in step.rest.split():
                name, _, value = part.partition("=")
                self._environment[name] = self.moved(expand(value, self._environment))
        elif step.word == "WORKDIR":
            self._here = Path(self.moved(step.rest))
            self._here.mkdir(parents=True, exist_ok=True)
        elif step.word == "COPY":
            said = self._copy(step)
        elif step.word == "RUN":
            said = self._run(step.rest)
        return said

    def start(self, *command: str, limit_s: float = STEP_LIMIT_S) -> subprocess.CompletedProcess[str]:
        """Run the image's command with its environment. Raises CalledProcessError."""
        environment = {**self._environment, "HOME": self.moved("/data")}
        return subprocess.run(
            command,
            cwd=self.moved("/data"),
            env=environment,
            check=True,
            capture_output=True,
            text=True,
            timeout=limit_s,
        )

    def _copy(self, step: Step) -> str:
        stage, places, where = step.copied
        if stage is not None:
            for place in places:
                if not Path(self.moved(place)).exists():
                    raise FileNotFoundError(place)
            return "is there"
        files = [file for place in places for file in copied_files(place, self._ignored)]
        for file in files:
            alone = len(places) > 1 or where.endswith(("/", "."))
            target = self._here / where / file if alone and "/" not in str(file) else self._here / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / file, target)
        return f"{len(files)} files"

    def _run(self, script: str) -> str:
        parts = [part.strip() for part in script.split("&&")]
        kept = [part for part in parts if not part.startswith(ONLY_ROOT)]
        if len(kept) < len(parts):
            script = " && ".join(kept)
        started_s = time.monotonic()
        if script:
            environment = {**self._arguments, **self._environment}
            subprocess.run(
                ["/bin/sh", "-ec", self.moved(script)],
                cwd=self._here,
                env=environment,
                check=True,
                timeout=STEP_LIMIT_S,
            )
        left_out = "".join(f"; left out, only root may: {part}" for part in parts if part not in kept)
        return f"{time.monotonic() - started_s:.1f} s{left_out}"


def copied_files(place: str, ignored: list[str]) -> list[Path]:
    """The files that `COPY place` takes, relative to the root. Raises FileNotFoundError when there are none."""
    source = ROOT / place
    found = [source] if source.is_file() else [file for file in sorted(source.rglob("*")) if file.is_file()]
    kept = [file.relative_to(ROOT) for file in found]
    kept = [file for file in kept if not is_ignored(file.as_posix(), ignored)]
    if not kept:
        raise FileNotFoundError(f"COPY {place}: nothing to copy")
    return kept


def rehearse(folder: Path, build_args: dict[str, str]) -> None:
    """Every step of the Dockerfile, and a piece at the end.

    Raises CalledProcessError, FileNotFoundError, TimeoutExpired.
    """
    rehearsal = Rehearsal(folder, build_args)
    steps = parse_dockerfile((ROOT / "Dockerfile").read_text(encoding="utf-8"))
    for step in steps:
        said = rehearsal.take(step)
        print(f"{step.line:3} {step.word:<11} {step.rest[:80]} {f'[{said}]' if said else ''}", flush=True)
    entry = next(step for step in steps if step.word == "ENTRYPOINT").command
    program = rehearsal.moved(f"/opt/notabot/bin/{entry[0]}")
    started_s = time.monotonic()
    answer = rehearsal.start(program, *TRY_OUT)
    made = sorted(file.name for file in Path(rehearsal.moved("/out")).rglob("*") if file.is_file())
    print(f"    {' '.join([*entry, *TRY_OUT])} [{time.monotonic() - started_s:.1f} s]: {', '.join(made)}")
    if not {".abc", ".png", ".mp3"} <= {Path(name).suffix for name in made}:
        raise FileNotFoundError(f"no piece: {answer.stdout}{answer.stderr}")


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="make image-rehearsal", description=__doc__)
    parser.add_argument("--build-arg", action="append", default=[], metavar="NAME=VALUE")
    options = parser.parse_args(arguments)
    build_args = dict(one.partition("=")[::2] for one in options.build_arg)
    with tempfile.TemporaryDirectory(prefix="notabot-image-") as folder:
        try:
            rehearse(Path(folder), build_args)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired, FileNotFoundError) as error:
            print(f"The image would not come about: {error}", getattr(error, "stderr", "") or "", file=sys.stderr)
            return EXIT_FAILED
    return EXIT_DONE
