"""Worlds for hostile people, one for each file of tests."""

from pathlib import Path

import pytest

from tests.hostile.judge import tree
from tests.hostile.world import Stage, Victim, copy_empty


def pytest_collection_modifyitems(items):
    """Hypothesis warns of the length of our alphabets, which nobody prints."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore:Generating overly large repr"))


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """An empty store to copy."""
    return tmp_path_factory.mktemp("template") / "data"


@pytest.fixture(scope="module")
def outside(tmp_path_factory):
    """A folder with a file that nobody may read or change; the data are in its folder "data"."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "secret.txt").write_text("not for chats")
    return folder


@pytest.fixture(scope="module")
def stage(outside, template):
    """The world. Nothing outside the folder of the data changes, whatever is done to it."""
    data = outside / "data"
    copy_empty(template, data)
    before = tree(outside, but=data)
    stage = Stage(data)
    try:
        yield stage
    finally:
        stage.close()
        assert tree(outside, but=data) == before


@pytest.fixture(scope="module")
def victim(stage):
    """Somebody with pieces and a job, who is untouched in the end."""
    victim = stage.run(Victim(stage.world).settle())
    yield victim
    stage.run(victim.check_untouched())
