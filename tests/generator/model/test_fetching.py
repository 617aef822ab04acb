"""Published weights, fetched from a small hub on a real socket: once, whole, and the same for ever."""

import fcntl
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.errors import CheckpointError
from generator.model import fetching
from generator.model.checkpoint import load_network
from generator.model.fetching import NOTE, fetch, sha256_of, weights_at_hand
from generator.model.published import PUBLISHED, REPOSITORY, published_in, published_named
from tests.fakes.hub import COMMIT, FakeHub, open_fake_hub
from tests.refusals import refuses

X = PUBLISHED["notagen-x"]


@pytest.fixture
def hub(tiny_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 64 * 1024)
    with open_fake_hub(REPOSITORY) as hub:
        hub.files[X.file] = tiny_path.read_bytes()
        yield hub


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "weights"


def contents(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("redirects", [False, True])
def test_a_published_network_is_fetched_by_its_short_name(hub: FakeHub, folder: Path, redirects: bool):
    hub.redirects = redirects
    seen: list[tuple[int, int]] = []
    path = weights_at_hand(
        Path("NotaGen-X"), folder, endpoint=hub.url, progress=lambda done, total: seen.append((done, total))
    )
    assert path == folder / X.file
    assert load_network(path).shape.hidden == 128
    size = path.stat().st_size
    assert seen[0] == (0, size)
    assert seen[-1] == (size, size)
    assert len(seen) > 3
    note = json.loads((folder / f"{X.file}{NOTE}").read_text())
    assert note == {"bytes": size, "sha256": sha256_of(path), "commit": COMMIT}
    assert contents(folder) == {X.file, f"{X.file}{NOTE}"}
    assert published_in(path) == X


def test_what_is_here_needs_no_network(hub: FakeHub, folder: Path):
    fetch(X, folder, endpoint=hub.url)
    asked = len(hub.ranges)
    assert fetch(X, folder, endpoint="http://127.0.0.1:9") == folder / X.file
    assert len(hub.ranges) == asked


def test_other_weights_are_left_alone(folder: Path):
    for weights in (None, Path("mine.safetensors"), Path("nets/notagen-x"), Path("notagen-xl")):
        assert weights_at_hand(weights, folder) == weights
        assert published_named(weights) is None
    assert not folder.exists()


def test_a_connection_that_breaks_is_gone_on_with(hub: FakeHub, folder: Path):
    hub.cut_after = 200_000
    path = fetch(X, folder, endpoint=hub.url)
    assert path.read_bytes() == hub.files[X.file]
    assert hub.ranges[0] is None
    assert hub.ranges[1] is not None


def test_a_fetch_that_was_interrupted_goes_on_at_the_next_start(hub: FakeHub, folder: Path):
    hub.status = 503
    with refuses(CheckpointError, match=r"0 of 4 MB .status 503.. What is here is kept"):
        fetch(X, folder, endpoint=hub.url)
    next(folder.glob(".*.part")).write_bytes(hub.files[X.file][:1_000_000])
    hub.status = 200
    assert fetch(X, folder, endpoint=hub.url).read_bytes() == hub.files[X.file]
    assert hub.ranges[-1] == "bytes=1000000-"
    assert contents(folder) == {X.file, f"{X.file}{NOTE}"}


def test_a_hub_that_cannot_go_on_sends_all_of_it_again(hub: FakeHub, folder: Path):
    hub.status, hub.ignores_ranges = 503, True
    with pytest.raises(CheckpointError):
        fetch(X, folder, endpoint=hub.url)
    next(folder.glob(".*.part")).write_bytes(b"x" * 1000)
    hub.status = 200
    assert fetch(X, folder, endpoint=hub.url).read_bytes() == hub.files[X.file]


def test_the_part_of_a_file_that_was_replaced_is_thrown_away(hub: FakeHub, folder: Path):
    hub.status = 503
    with pytest.raises(CheckpointError):
        fetch(X, folder, endpoint=hub.url)
    next(folder.glob(".*.part")).write_bytes(b"x" * 1000)
    hub.status, hub.files[X.file] = 200, hub.files[X.file] + b"newer"
    assert fetch(X, folder, endpoint=hub.url).read_bytes() == hub.files[X.file]
    assert hub.ranges[-1] is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda content: content[:-1], "it was changed or cut off"),
        (lambda content: content[:500_000] + b"\0\1\2\3" + content[500_004:], "its SHA-256 is another"),
    ],
)
def test_a_file_that_changed_later_is_refused(hub: FakeHub, folder: Path, change, sentence: str):
    path = fetch(X, folder, endpoint=hub.url)
    path.write_bytes(change(path.read_bytes()))
    with refuses(CheckpointError, match=sentence):
        fetch(X, folder, endpoint=hub.url)
    path.unlink()
    assert fetch(X, folder, endpoint=hub.url).read_bytes() == hub.files[X.file]


def test_a_hub_that_has_another_file_now_is_refused_until_the_note_goes(hub: FakeHub, folder: Path):
    path = fetch(X, folder, endpoint=hub.url)
    path.unlink()
    hub.files[X.file] += b"newer"
    with refuses(CheckpointError, match="another notagen-x now than the one that was first used"):
        fetch(X, folder, endpoint=hub.url)
    (folder / f"{X.file}{NOTE}").unlink()
    assert fetch(X, folder, endpoint=hub.url).read_bytes() == hub.files[X.file]


def test_a_file_put_there_by_hand_is_noted_and_compared(tiny_path: Path, folder: Path):
    folder.mkdir(parents=True)
    (folder / X.file).write_bytes(tiny_path.read_bytes())
    assert fetch(X, folder, endpoint="http://127.0.0.1:9") == folder / X.file
    (folder / X.file).write_bytes(b"something else")
    with refuses(CheckpointError, match="changed or cut off"):
        fetch(X, folder, endpoint="http://127.0.0.1:9")


def test_what_is_not_what_was_announced_is_not_kept(hub: FakeHub, folder: Path):
    hub.announced_sha256 = "0" * 64
    with refuses(CheckpointError, match="size or SHA-256 differ"):
        fetch(X, folder, endpoint=hub.url)
    assert contents(folder) == set()


@pytest.mark.parametrize("bytes_too_many", [-1000, 1000])
def test_a_wrong_size_is_refused(hub: FakeHub, folder: Path, bytes_too_many: int):
    hub.announced_bytes = len(hub.files[X.file]) + bytes_too_many
    with refuses(CheckpointError, match="has not arrived whole"):
        fetch(X, folder, endpoint=hub.url)
    assert not (folder / X.file).exists()


def test_without_a_network_it_says_what_to_do(folder: Path):
    with refuses(CheckpointError, match=rf"127.0.0.1:9 cannot be reached.*or put {X.file} into {folder}"):
        fetch(X, folder, endpoint="http://127.0.0.1:9")


def test_a_machine_that_was_told_to_stay_offline_asks_nobody(
    hub: FakeHub, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with refuses(CheckpointError, match="HF_HUB_OFFLINE forbids"):
        fetch(X, folder, endpoint=hub.url)


def test_a_hub_without_the_file_and_a_server_that_is_no_hub_are_said(hub: FakeHub, folder: Path):
    hub.plain = True
    with refuses(CheckpointError, match="Look at HF_ENDPOINT"):
        fetch(X, folder, endpoint=hub.url)
    hub.plain, hub.files = False, {}
    with refuses(CheckpointError, match=f"has no {X.file} any more"):
        fetch(X, folder, endpoint=hub.url)


def test_a_full_disk_is_said_before_anything_is_fetched(hub: FakeHub, folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fetching, "FREE_AFTERWARDS_BYTES", 10**18)
    with refuses(CheckpointError, match="Make room, or set NOTABOT_DATA_DIR"):
        fetch(X, folder, endpoint=hub.url)
    assert hub.ranges == []


def test_a_folder_that_cannot_be_written_to_is_said(hub: FakeHub, tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with refuses(CheckpointError, match="cannot be kept in"):
        fetch(X, tmp_path / "file" / "weights", endpoint=hub.url)


def test_two_do_not_fetch_at_once(hub: FakeHub, folder: Path):
    hub.status = 503
    with pytest.raises(CheckpointError):
        fetch(X, folder, endpoint=hub.url)
    with next(folder.glob(".*.part")).open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with refuses(CheckpointError, match="Another Notabot is fetching notagen-x"):
            fetch(X, folder, endpoint=hub.url)


def test_a_note_of_nonsense_is_refused(hub: FakeHub, folder: Path):
    fetch(X, folder, endpoint=hub.url)
    (folder / f"{X.file}{NOTE}").write_text("{}")
    with refuses(CheckpointError, match="Delete it, if you trust the file beside it"):
        fetch(X, folder, endpoint=hub.url)


def test_only_networks_that_know_styles_go_without_a_remark():
    assert {name for name, one in PUBLISHED.items() if not one.remark} == {"notagen-x", "notagen-rl"}
    assert "knows no styles" in PUBLISHED["notagen-small"].remark
