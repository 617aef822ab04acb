"""Folders that are left by processes that were killed are removed by the next one; those in use are not."""

import subprocess
import sys
import tempfile

import pytest

from renderers.process.folder import PREFIX, OwnFolder

OWNER = "from renderers.process.folder import OwnFolder; print(OwnFolder().path, flush=True); input()"


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def folders(temporary):
    return {path.name for path in temporary.iterdir() if path.name.startswith(PREFIX)}


def test_a_folder_is_gone_with_all_that_is_in_it(temporary):
    folder = OwnFolder()
    (folder.path / "page.svg").write_text("x")
    folder.remove()
    assert folders(temporary) == set()


def test_what_a_killed_process_left_is_removed_and_what_a_living_one_has_is_not(temporary):
    with open_owner() as killed, open_owner() as living:
        left, held = (owner.stdout.readline().strip().rpartition("/")[2] for owner in (killed, living))
        assert folders(temporary) == {left, held}
        killed.kill()
        killed.wait()
        own = OwnFolder()
        assert folders(temporary) == {held, own.path.name}
        own.remove()
        living.communicate("\n")


def open_owner():
    return subprocess.Popen([sys.executable, "-c", OWNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_a_file_or_a_link_of_that_name_is_left_alone(temporary):
    (temporary / "precious").mkdir()
    (temporary / f"{PREFIX}link").symlink_to(temporary / "precious")
    (temporary / f"{PREFIX}file").write_text("x")
    OwnFolder().remove()
    assert folders(temporary) == {f"{PREFIX}link", f"{PREFIX}file"}
    assert (temporary / "precious").is_dir()
