"""Writes the licence of every locked package into THIRD_PARTY_NOTICES.md, or says which is missing: `make notices`.

The licences are what the installed packages say of themselves, as SPDX expressions. Where one says too little, KNOWN
has what its licence file says. Not covered: what a wheel holds of other projects; its own `licenses` folder names that.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, metadata

from tests.supply.lock import DEVELOPMENT, ROOT, RUNTIME, Pin, read_lock

NOTICES = ROOT / "THIRD_PARTY_NOTICES.md"
BEGIN, END = "<!-- written by `make notices` -->\n", "<!-- end -->\n"
EXIT_DONE, EXIT_STALE = 0, 1
UNLOCKED = {"torch": "BSD-3-Clause"}  # what a bot runs on besides the lock

KNOWN = {
    "abctoolkit": "MIT AND LGPL-3.0-or-later",  # its own code, and the copies of abc2xml and xml2abc in it
    "audioop-lts": "PSF-2.0",  # those that not every system installs
    "colorama": "BSD-3-Clause",
    "soundfile": "BSD-3-Clause AND LGPL-2.1-or-later",  # its own code, and libsndfile, LAME and mpg123 in its wheel
    "httpx2-jsfetch": "BSD-3-Clause",
    "cloudpickle": "BSD-3-Clause",  # those that say "BSD", and those that say nothing
    "contourpy": "BSD-3-Clause",
    "cycler": "BSD-3-Clause",
    "jinja2": "BSD-3-Clause",
    "kiwisolver": "BSD-3-Clause",
    "matplotlib": "LicenseRef-matplotlib",  # after the Python Software Foundation's
    "mpmath": "BSD-3-Clause",
    "numba": "BSD-2-Clause",
    "protobuf": "BSD-3-Clause",
    "python-bidi": "LGPL-3.0-or-later",  # as its files begin
    "rfc3987-syntax": "MIT",
    "scipy": "BSD-3-Clause",
    "sympy": "BSD-3-Clause",
}
SPELLINGS = {  # of the old field License, and of classifiers
    "Apache 2.0": "Apache-2.0",
    "Apache 2.0 License": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache License": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "ISC License": "ISC",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "MIT license": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "PSFL": "PSF-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The MIT License (MIT)": "MIT",
}
SPDX = {"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0", "MPL-2.0 AND MIT", "PSF-2.0"}
# With the licences of an image in hand: those that anybody may pass on together with our own code, some with their
# source (MPL) or so that they can be exchanged (LGPL, whose libraries lie in files of their own).
PASSED_ON = SPDX | {
    "Apache-2.0 AND CNRI-Python",
    "Apache-2.0 AND MIT",
    "Apache-2.0 AND BSD-2-Clause",
    "Apache-2.0 OR BSD-2-Clause",
    "BSD-2-Clause AND Apache-2.0 WITH LLVM-exception",
    "BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0",
    "BSD-3-Clause AND LGPL-2.1-or-later",
    "LGPL-3.0-only",
    "LGPL-3.0-or-later",
    "LicenseRef-matplotlib",
    "MIT AND LGPL-3.0-or-later",
    "MIT AND PSF-2.0",
    "MIT OR Apache-2.0",
    "MIT-0",
    "MIT-CMU",
    "OFL-1.1",
}


class UnknownLicence(Exception):
    """A package that is not installed, or does not say its licence in words that we know."""


def licence_of(name: str) -> str:
    """The licence of an installed package as an SPDX expression. Raises UnknownLicence."""
    if name in KNOWN:
        return KNOWN[name]
    try:
        said = metadata(name).json
    except PackageNotFoundError as error:
        raise UnknownLicence(f"{name} is not installed: run make setup, or name its licence in KNOWN") from error
    if expression := said.get("license_expression"):
        return str(expression)
    classifiers = [line.rsplit("::", 1)[-1].strip() for line in said.get("classifier", []) if "License" in line]
    for words in (str(said.get("license", "")).strip(), *classifiers):
        if words in SPDX or words in SPELLINGS:
            return SPELLINGS.get(words, words)
    raise UnknownLicence(f"{name} does not say its licence clearly: read it, and name it in KNOWN")


def table(pins: Iterable[Pin], *, more: dict[str, str] | None = None) -> str:
    """One line for each licence, with the packages under it. Raises UnknownLicence."""
    named = {**{pin.name: licence_of(pin.name) for pin in pins}, **(more or {})}
    rows = [
        f"| {licence} | {', '.join(sorted(name for name, its in named.items() if its == licence))} |\n"
        for licence in sorted(set(named.values()))
    ]
    return "".join(["| licence | packages |\n", "|---|---|\n", *rows])


def written() -> str:
    """The part of the notices that this command writes. Raises UnknownLicence."""
    return (
        f"{BEGIN}\nWhat a bot runs on (`requirements.lock`, and PyTorch):\n\n{table(read_lock(RUNTIME), more=UNLOCKED)}"
        "\nWhat tests, training and evaluation need on top (`requirements-dev.lock`); no image holds it:\n\n"
        f"{table(read_lock(DEVELOPMENT))}\n{END}"
    )


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="make notices", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 when something is missing")
    check = parser.parse_args(arguments).check
    text = NOTICES.read_text(encoding="utf-8")
    try:
        new = text[: text.index(BEGIN)] + written() + text[text.index(END) + len(END) :]
    except UnknownLicence as error:
        print(f"{NOTICES.name}: {error}.", file=sys.stderr)
        return EXIT_STALE
    if check and new != text:
        print(f"{NOTICES.name} does not name what the locks hold. Run make notices.", file=sys.stderr)
        return EXIT_STALE
    if not check:
        NOTICES.write_text(new, encoding="utf-8")
    return EXIT_DONE
