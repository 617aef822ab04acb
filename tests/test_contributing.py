"""CONTRIBUTING says which files an addition takes: they are there, few, and a test adds one of each kind."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
GUIDES = {
    name: " ".join(text.split())
    for name, text in re.findall(
        r"^- \*\*an? ([a-z ]+)\*\* · (.*?)(?=^- |\Z)",
        (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Adding ...")[2],
        re.MULTILINE | re.DOTALL,
    )
}
# Of the code that was there before, so many files may change.
CODE_FILES = {"language": 0, "output format": 2, "command": 1, "kind of work": 3, "platform": 1}


def named_paths(text: str) -> list[str]:
    """What stands in backticks and looks like a path of the repository."""
    return [name for name in re.findall(r"`([^`]+)`", text) if "/" in name]


def changed_code(guide: str) -> list[str]:
    changed = guide.partition("changed:")[2].partition("Held by")[0]
    return [path for path in named_paths(changed) if path.endswith(".py")]


def test_every_addition_that_is_promised_has_its_guide():
    assert set(GUIDES) == set(CODE_FILES)


@pytest.mark.parametrize("name", sorted(CODE_FILES))
def test_a_guide_names_files_that_are_there(name):
    paths = named_paths(GUIDES[name])
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("name", sorted(CODE_FILES))
def test_a_guide_changes_few_files_of_code(name):
    assert len(changed_code(GUIDES[name])) <= CODE_FILES[name]


@pytest.mark.parametrize("name", sorted(CODE_FILES))
def test_a_guide_names_the_test_that_adds_one(name):
    held_by = named_paths(GUIDES[name].partition("Held by")[2])
    assert len(held_by) == 1
    assert re.search(r"^(async )?def test_a_new_", (ROOT / held_by[0]).read_text(encoding="utf-8"), re.MULTILINE)


def test_a_file_that_is_missing_is_seen():
    assert named_paths("new: `bot/nowhere.py` and `pytest`") == ["bot/nowhere.py"]
    assert changed_code("new: `bot/a.py` · changed: `bot/b.py`. Held by `tests/c.py`.") == ["bot/b.py"]
