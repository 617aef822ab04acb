"""Every licence is named, and nothing that a bot runs on forbids to pass an image on."""

import subprocess
import sys
from importlib.metadata import PackageNotFoundError

import pytest

from tests.supply import notices
from tests.supply.lock import ROOT, RUNTIME, read_lock
from tests.supply.notices import BEGIN, END, NOTICES, PASSED_ON, UnknownLicence, licence_of, main


def test_the_notices_name_every_package_of_the_locks():
    assert main(["--check"]) == 0


def test_a_package_that_is_missing_in_the_notices_is_noticed(tmp_path, monkeypatch, capsys):
    copy = tmp_path / "THIRD_PARTY_NOTICES.md"
    copy.write_text(NOTICES.read_text("utf-8").replace("verovio |", "|").replace(", verovio", ""), "utf-8")
    monkeypatch.setattr(notices, "NOTICES", copy)
    assert main(["--check"]) == 1
    assert "make notices" in capsys.readouterr().err
    assert main([]) == 0
    assert copy.read_text("utf-8").partition(BEGIN)[2].partition(END)[0].count("verovio") == 1


@pytest.mark.parametrize("pin", read_lock(RUNTIME), ids=lambda pin: pin.name)
def test_what_a_bot_runs_on_may_be_passed_on_with_it(pin):
    assert licence_of(pin.name) in PASSED_ON
    assert not licence_of(pin.name).startswith(("GPL", "AGPL"))


def test_a_package_that_says_nothing_is_to_be_looked_at(monkeypatch):
    with pytest.raises(UnknownLicence, match="not installed"):
        licence_of("no-such-package-at-all")
    monkeypatch.setattr(notices, "KNOWN", {})
    with pytest.raises(UnknownLicence, match="read it"):
        licence_of("python-bidi")


def test_a_bot_imports_nothing_that_is_under_the_gpl():
    program = (
        "import sys, renderers.recipe, bot.app, generator.composer\n"
        "print(*{'unidecode', 'mutagen', 'abctoolkit'} & set(sys.modules))"
    )
    argv = [sys.executable, "-W", "ignore", "-c", program]
    assert subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip() == ""


def test_a_package_of_another_system_is_known_without_being_installed(monkeypatch):
    def nobody(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(notices, "metadata", nobody)
    assert licence_of("colorama") == "BSD-3-Clause"
