"""Asks whether weaknesses are known in what a bot runs on, and never mistakes silence for health: `make audit`.

pip-audit finds nothing where it reaches nobody, and reports success. So it is asked first about a package whose
weakness has been public for years; who does not know that one is not believed about ours. Exit codes: 0 nothing is
known against any package, 1 something is, 3 the advisories cannot be reached. Torch is asked about, too.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.supply.lock import RUNTIME, TORCH_VERSION, read_lock

SERVICES = ("pypi", "osv")
KNOWN_WEAK = "jinja2==2.4.1"  # CVE-2014-1402 and more
NO_HASH = "0" * 64  # pip-audit wants one for each package, and looks at none without downloading
EXIT_HEALTHY, EXIT_WEAK, EXIT_UNREACHABLE = 0, 1, 3
TIME_LIMIT_S = 300


@dataclass(frozen=True)
class Opinion:
    """What a service knows. weak: package → names of its weaknesses; unknown: packages it cannot say anything about."""

    weak: dict[str, list[str]]
    unknown: list[str]


Ask = Callable[[str, Sequence[str]], Opinion | None]


def ask(service: str, packages: Sequence[str]) -> Opinion | None:
    """What a service of advisories knows about packages (`name==version`); None if it does not answer."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "wanted.txt"
        wanted.write_text("".join(f"{one} --hash=sha256:{NO_HASH}\n" for one in packages), encoding="utf-8")
        argv = [sys.executable, "-m", "pip_audit", "--requirement", str(wanted), "--require-hashes", "--disable-pip"]
        argv += ["--format", "json", "--progress-spinner", "off", "--vulnerability-service", service]
        try:
            done = subprocess.run(argv, capture_output=True, text=True, timeout=TIME_LIMIT_S, check=False)
            found = json.loads(done.stdout)["dependencies"]
        except (subprocess.TimeoutExpired, ValueError, KeyError):
            return None
    return Opinion(
        weak={one["name"]: [weakness["id"] for weakness in one["vulns"]] for one in found if one.get("vulns")},
        unknown=[one["name"] for one in found if "skip_reason" in one],
    )


def examine(packages: Sequence[str], *, asking: Ask = ask) -> tuple[int, list[str]]:
    """The exit code, and the sentences to print."""
    trusted = [service for service in SERVICES if (known := asking(service, [KNOWN_WEAK])) and known.weak]
    opinion = asking(trusted[0], packages) if trusted else None
    if opinion is None:
        return EXIT_UNREACHABLE, [
            f"The advisories cannot be reached ({' and '.join(SERVICES)}): nothing was audited. "
            "Try again where the network lets them through."
        ]
    lines = [f"{name}: {', '.join(weaknesses)}" for name, weaknesses in sorted(opinion.weak.items())]
    lines += [f"{name}: not known to {trusted[0]}, not audited" for name in sorted(opinion.unknown)]
    lines.append(f"{len(packages)} packages asked about at {trusted[0]}: weaknesses are known in {len(opinion.weak)}.")
    return EXIT_WEAK if opinion.weak else EXIT_UNREACHABLE if opinion.unknown else EXIT_HEALTHY, lines


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    argparse.ArgumentParser(prog="make audit", description=__doc__).parse_args(arguments)
    code, lines = examine([*(f"{pin.name}=={pin.version}" for pin in read_lock(RUNTIME)), f"torch=={TORCH_VERSION}"])
    print("\n".join(lines), file=sys.stderr if code else sys.stdout)
    return code
