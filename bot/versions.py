"""Versions of what a piece depends on, read without importing it."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

_PACKAGES = ("notabot", "torch", "verovio", "music21")


def installed_versions() -> dict[str, str]:
    """By name, Python included; packages that are not installed are left out."""
    versions = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return versions
