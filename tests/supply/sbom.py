"""Writes the bill of materials as CycloneDX 1.6 (JSON), into build/notabot.cdx.json: `make sbom`.

In it: every package that a bot runs on, with version, licence, the hashes of its files on the index and what it needs
in turn; PyTorch; the soundfont and the weights, with their own hashes. The same sources give the same file.
Not in it: what wheels hold of other projects, Python itself, the system of an image.
"""

import argparse
import hashlib
import json
import sys
import tomllib
import uuid
from collections.abc import Collection, Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.supply.lock import ROOT, RUNTIME, TORCH_VERSION, Pin, read_lock
from tests.supply.notices import UNLOCKED, UnknownLicence, licence_of

OUTPUT = ROOT / "build" / "notabot.cdx.json"
SHIPPED_DATA = {
    "renderers/sound/font/FluidR3Mono_GM.sf3": ("data", "MIT"),
    "generator/weights/notabot.safetensors": ("machine-learning-model", "CC-BY-SA-4.0"),
    "generator/weights/originality.npz": ("data", "CC-BY-SA-4.0"),
}
EXIT_DONE, EXIT_FAILED = 0, 1

Component = dict[str, Any]


def bill_of_materials() -> dict[str, Any]:
    """The whole document. Raises UnknownLicence."""
    written = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project, groups = written["project"], written["dependency-groups"]
    pins = read_lock(RUNTIME)
    names = {pin.name for pin in pins} | set(UNLOCKED)
    notabot = {
        "type": "application",
        "bom-ref": "notabot",
        "name": project["name"],
        "version": project["version"],
        "description": project["description"],
        "licenses": [{"expression": project["license"]}],
        "purl": f"pkg:pypi/{project['name']}@{project['version']}",
    }
    components = sorted([*map(_package, pins), _torch(), *map(_shipped, SHIPPED_DATA)], key=lambda c: str(c["bom-ref"]))
    more = [*project["optional-dependencies"]["postgres"], *groups["synthesiser"], *groups["build"]]
    asked = [Requirement(line) for line in [*project["dependencies"], *more]]
    extras: dict[str, list[str]] = {canonicalize_name(one.name): sorted(one.extras) for one in asked}
    needs = {name: _needs(name, extras=extras.get(name, []), known=names) for name in names}
    needs["notabot"] = [*extras, *SHIPPED_DATA]
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": notabot},
        "components": components,
        "dependencies": [{"ref": name, "dependsOn": sorted(set(on))} for name, on in sorted(needs.items())],
    }
    content = json.dumps(document, sort_keys=True)
    return {**document, "serialNumber": uuid.uuid5(uuid.NAMESPACE_URL, content).urn}


def validate(text: str) -> str:
    """What the official schema has against the document; empty if nothing."""
    error = _validator().validate_str(text)
    return "" if error is None else str(error)


@lru_cache(maxsize=1)
def _validator() -> Any:
    """It takes seconds to load the library, and to read the schema."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    return JsonStrictValidator(SchemaVersion.V1_6)


def _package(pin: Pin) -> Component:
    hashes = [{"alg": "SHA-256", "content": one.removeprefix("sha256:")} for one in pin.hashes]
    page = f"https://pypi.org/project/{pin.name}/{pin.version}/"
    return {
        **_library(pin.name, pin.version, licence_of(pin.name)),
        "externalReferences": [{"type": "distribution", "url": page, "hashes": hashes}],
    }


def _torch() -> Component:
    """Without hashes: which of its builds is installed is not decided here."""
    return _library("torch", TORCH_VERSION, UNLOCKED["torch"])


def _library(name: str, version: str, licence: str) -> Component:
    return {
        "type": "library",
        "bom-ref": name,
        "name": name,
        "version": version,
        "licenses": [{"expression": licence}],
        "purl": f"pkg:pypi/{name}@{version}",
    }


def _shipped(place: str) -> Component:
    kind, licence = SHIPPED_DATA[place]
    digest = hashlib.sha256((ROOT / place).read_bytes()).hexdigest()
    return {
        "type": kind,
        "bom-ref": place,
        "name": Path(place).name,
        "licenses": [{"expression": licence}],
        "hashes": [{"alg": "SHA-256", "content": digest}],
    }


def _needs(name: str, *, extras: Sequence[str], known: Collection[str]) -> list[str]:
    """What an installed package says it needs here, with its extras, as far as a bot has it."""
    try:
        wanted = [Requirement(line) for line in requires(name) or []]
    except PackageNotFoundError:  # not for this system
        return []
    chosen = [
        one for one in wanted if not one.marker or any(one.marker.evaluate({"extra": extra}) for extra in ("", *extras))
    ]
    return sorted({canonicalize_name(one.name) for one in chosen} & set(known))


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="make sbom", description=__doc__)
    parser.add_argument("--output", type=Path, default=OUTPUT)
    output: Path = parser.parse_args(arguments).output
    try:
        document = bill_of_materials()
    except UnknownLicence as error:
        print(f"No bill of materials: {error}.", file=sys.stderr)
        return EXIT_FAILED
    text = json.dumps(document, indent=2) + "\n"
    if complaint := validate(text):
        print(f"The bill of materials is not valid CycloneDX: {complaint}", file=sys.stderr)
        return EXIT_FAILED
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(text, encoding="utf-8")
    print(f"{output}: {len(document['components'])} components, valid CycloneDX 1.6")
    return EXIT_DONE
