import errno
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import CannotWrite
from bot.making import files as pieces
from bot.making.files import PieceName, new_id, open_piece_folder
from tests.refusals import refuses

FILES = {".abc": b"X:1\n", "_p1.png": b"png", ".mid": b"midi"}


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_name_says_who_what_when_and_which():
    name = PieceName("chopin_keyboard", datetime(2026, 11, 21, 14, 23, 12, tzinfo=UTC), "k3f9")
    assert str(name) == "chopin_keyboard_20261121_142312_k3f9"


def test_an_id_is_four_letters_or_digits_and_seldom_the_same():
    ids = {new_id() for _ in range(100)}
    assert all(len(i) == 4 and i.isascii() and i.isalnum() and i == i.lower() for i in ids)
    assert len(ids) > 90


def test_all_files_of_a_piece_and_its_record_arrive_and_nothing_else(tmp_path):
    with open_piece_folder(tmp_path / "new" / "out") as folder:
        written = folder.write("tune", FILES, {"seed": 7, "title": "肖邦"})
    out = tmp_path / "new" / "out"
    assert names_in(out) == ["tune.abc", "tune.json", "tune.mid", "tune_p1.png"]
    assert (out / "tune.abc").read_bytes() == b"X:1\n"
    assert json.loads((out / "tune.json").read_text("utf-8")) == {"seed": 7, "title": "肖邦"}
    assert {file.path.name: file.size_bytes for file in written}["tune_p1.png"] == 3


def test_an_interrupted_piece_leaves_no_trace_not_even_the_folder(tmp_path):
    with pytest.raises(KeyboardInterrupt), open_piece_folder(tmp_path / "out"):
        raise KeyboardInterrupt
    assert names_in(tmp_path) == []


def test_an_interrupted_second_piece_leaves_the_first_one_whole(tmp_path):
    def write_one_and_stop(folder):
        folder.write("first", FILES, {})
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), open_piece_folder(tmp_path) as folder:
        write_one_and_stop(folder)
    assert names_in(tmp_path) == ["first.abc", "first.json", "first.mid", "first_p1.png"]


def test_a_disk_that_fills_up_half_way_is_named_and_nothing_is_left(tmp_path, monkeypatch):
    synced = []

    def fsync(descriptor):
        synced.append(descriptor)
        if len(synced) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(pieces.os, "fsync", fsync)
    with refuses(CannotWrite, match="disk is full"), open_piece_folder(tmp_path / "out") as folder:
        folder.write("tune", FILES, {})
    assert names_in(tmp_path) == []


def test_a_failing_rename_takes_back_the_files_already_moved(tmp_path):
    """A folder stands where the third file belongs: the first two must not stay as half a piece."""
    (tmp_path / "tune.mid").mkdir()
    with pytest.raises(CannotWrite), open_piece_folder(tmp_path) as folder:
        folder.write("tune", FILES, {})
    assert names_in(tmp_path) == ["tune.mid"]


def test_a_file_larger_than_the_system_allows_is_refused_by_the_real_system(tmp_path):
    script = """
import resource, signal, sys
from pathlib import Path
from bot.errors import CannotWrite
from bot.making.files import open_piece_folder
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
try:
    with open_piece_folder(Path(sys.argv[1])) as folder:
        folder.write("tune", {".abc": b"x" * 100, ".mp3": b"x" * 20_000}, {})
except CannotWrite as error:
    print(error.reason)
"""
    out = tmp_path / "out"
    done = subprocess.run(
        [sys.executable, "-c", script, str(out)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert done.stdout.strip() == "file_size"
    assert not out.exists()


def test_a_file_where_the_folder_should_be_is_named(tmp_path):
    (tmp_path / "out").write_text("a file")
    with refuses(CannotWrite, match="is not a folder"), open_piece_folder(tmp_path / "out"):
        pass
    with refuses(CannotWrite, match="is not a folder"), open_piece_folder(tmp_path / "out" / "deeper"):
        pass


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_named(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with refuses(CannotWrite, match="may not write"), open_piece_folder(tmp_path / "out"):
            pass
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a file system nobody can write to")
def test_a_folder_nobody_can_write_to_is_named():
    with refuses(CannotWrite, match="/proc/self/out"), open_piece_folder(Path("/proc/self/out")):
        pass
