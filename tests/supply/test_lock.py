"""The locks: every file by its hash, all that is needed and nothing that may not be passed on."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.supply.lock import DEVELOPMENT, ROOT, RUNTIME, TORCH_VERSION, parse_lock, read_lock

LOCKED = [*read_lock(RUNTIME), *read_lock(DEVELOPMENT)]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def test_every_package_is_pinned_with_the_hashes_of_its_files():
    assert len(LOCKED) > 100
    for pin in LOCKED:
        assert [spec.operator for spec in pin.requirement.specifier] == ["=="], pin.text
        assert pin.hashes, pin.name
        assert all(re.fullmatch("sha256:[0-9a-f]{64}", one) for one in pin.hashes), pin.name


def satisfies(line, pins):
    wanted = Requirement(line)
    return [pin for pin in pins if pin.name == canonicalize_name(wanted.name) and pin.version in wanted.specifier]


@pytest.mark.parametrize("line", [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["synthesiser"]])
def test_what_a_bot_needs_is_in_its_lock_within_the_bounds(line):
    if Requirement(line).name == "torch":
        assert TORCH_VERSION in Requirement(line).specifier
    else:
        assert satisfies(line, read_lock(RUNTIME))


def test_what_is_needed_to_work_on_it_is_locked_too():
    groups = [*PROJECT["dependency-groups"].values(), *PROJECT["project"]["optional-dependencies"].values()]
    assert not [line for group in groups for line in group if not satisfies(line, LOCKED)]


def test_torch_has_one_version_and_what_it_needs_is_there_before_it_comes():
    for name in ("Makefile", "Dockerfile"):
        text = (ROOT / name).read_text("utf-8")
        assert set(re.findall(r"torch==([\d.]+)", text)) == {TORCH_VERSION}, name
        assert text.index("-r requirements.lock") < text.index("torch=="), name
        assert "--extra-index-url" not in text, "two indexes at once: whoever owns a name on the other one wins"
    assert {"filelock", "fsspec", "jinja2", "networkx", "setuptools", "sympy"} <= {pin.name for pin in LOCKED}
    assert not [pin.name for pin in LOCKED if pin.name == "torch" or pin.name.startswith("nvidia")]


def test_both_ways_to_install_ask_for_hashes():
    for name in ("Makefile", "Dockerfile"):
        text = (ROOT / name).read_text("utf-8")
        for line in text.splitlines():
            if "-r requirements.lock" in line:
                assert {"--require-hashes", "--no-deps"} <= set(line.split()), name


def test_pins_are_read_with_their_markers_and_written_as_they_were():
    text = 'one==1.0 ; sys_platform == "win32" \\\n    --hash=sha256:bb \\\n    --hash=sha256:aa\ntwo-three==2\n'
    first, second = parse_lock("# a comment\n" + text)
    assert (first.name, first.version, first.hashes) == ("one", "1.0", ("sha256:aa", "sha256:bb"))
    assert str(first.requirement.marker) == 'sys_platform == "win32"'
    assert (second.name, second.version, second.hashes) == ("two-three", "2", ())
    assert first.text + second.text == text
