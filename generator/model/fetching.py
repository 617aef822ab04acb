"""Fetches published weights from the Hugging Face hub, once, and makes sure that they stay what they were.

Promises: a file is put into its folder whole or not at all; what an interrupted fetch has brought is kept and gone on
with; its size and SHA-256 are compared with what the hub announces, noted beside the file when it is first used, and
compared with that note at every later start, without the network. A file that somebody put there by hand, for a
machine without a network, is noted and compared in the same way.
Not covered: reading the file (`checkpoint.py`), which never unpickles code. Whether the makers meant these bytes nobody
here can tell: the note of the first use is what is trusted.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Self
from urllib.parse import urlsplit

from generator.errors import CheckpointError
from generator.model.published import REPOSITORY, Published, published_named

NOTE = ".note.json"
SHA256_CHARS = 64
METADATA_TIME_LIMIT_S = 15.0
FREE_AFTERWARDS_BYTES = 100 * 2**20
Progress = Callable[[int, int], None]  # bytes that are here, of how many


@dataclass(frozen=True)
class Note:
    """What is known about a file since it was first used. commit: of the hub's repository, "" if put there by hand."""

    bytes: int
    sha256: str
    commit: str = ""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What the hub says about a file. sha256: "" if it does not say."""

    url: str
    etag: str
    commit: str
    bytes: int
    sha256: str


def weights_at_hand(
    weights: Path | None,
    folder: Path,
    *,
    endpoint: str | None = None,
    progress: Progress = lambda _done, _total: None,
) -> Path | None:
    """What `NOTABOT_WEIGHTS` means: the name of published weights becomes a file in `folder`, anything else stays.

    endpoint: the hub's address, if not the usual one (`HF_ENDPOINT`). Raises CheckpointError with what to do.
    """
    published = published_named(weights)
    return weights if published is None else fetch(published, folder, endpoint=endpoint, progress=progress)


def fetch(
    published: Published, folder: Path, *, endpoint: str | None = None, progress: Progress = lambda _done, _total: None
) -> Path:
    """The path of these weights, fetched if they are not there yet, compared with the note if they are.

    Raises CheckpointError.
    """
    path = folder / published.file
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not path.is_file():
            _download(published, path, endpoint=endpoint, progress=progress)
        elif (note := read_note(path)) is None:
            write_note(path, Note(path.stat().st_size, sha256_of(path)))
        else:
            check(path, note)
    except OSError as error:
        raise CheckpointError(
            reason="not_kept", name=published.name, folder=folder, why=error.strerror or error
        ) from error
    return path


def check(path: Path, note: Note) -> None:
    """Raises CheckpointError if the file is not what it was when it was first used."""
    size = path.stat().st_size
    if size != note.bytes:
        raise CheckpointError(reason="size_changed", file=path, bytes=size, before=note.bytes)
    if sha256_of(path) != note.sha256:
        raise CheckpointError(reason="contents_changed", file=path, note=_note_path(path).name)


# --- the note --------------------------------------------------------------------------------------------------------


def _note_path(path: Path) -> Path:
    return path.with_name(path.name + NOTE)


def read_note(path: Path) -> Note | None:
    """What was noted about a file, None if nothing was. Raises CheckpointError for a note that cannot be read."""
    note = _note_path(path)
    try:
        return Note(**json.loads(note.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise CheckpointError(reason="note_unreadable", note=note) from error


def write_note(path: Path, note: Note) -> None:
    """Whole or not at all."""
    final = _note_path(path)
    draft = final.with_name(f".{final.name}")
    draft.write_text(json.dumps(asdict(note), indent=1) + "\n", encoding="utf-8")
    draft.replace(final)


def sha256_of(path: Path) -> str:
    """In hexadecimal digits; about a second for each GB."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- the hub ---------------------------------------------------------------------------------------------------------


def _download(published: Published, path: Path, *, endpoint: str | None, progress: Progress) -> None:
    """Fetch into a part beside `path`, compare, note, and give it its name. Raises CheckpointError, OSError."""
    offer = ask_hub(published, path.parent, endpoint=endpoint)
    _refuse_another_file(published, path, offer)
    part = path.with_name(f".{path.name}.{offer.etag[:16]}.part")
    for old in path.parent.glob(f".{path.name}.*.part"):
        if old != part:  # of a file that the hub no longer has
            old.unlink()
    _refuse_full_disk(published, part, offer)
    with part.open("ab") as file:
        _lock(file, published)
        _receive(offer, file, published, progress)
        file.flush()
        os.fsync(file.fileno())
    note = Note(part.stat().st_size, sha256_of(part), offer.commit)
    if note.bytes != offer.bytes or (offer.sha256 and note.sha256 != offer.sha256):
        part.unlink()
        raise CheckpointError(reason="arrived_wrong", name=published.name, host=_host(offer.url))
    write_note(path, note)
    part.rename(path)


def ask_hub(published: Published, folder: Path, *, endpoint: str | None = None) -> Offer:
    """What the hub has under this name. folder: where it would be put. Raises CheckpointError with what to do."""
    from huggingface_hub import constants, get_hf_file_metadata, hf_hub_url
    from huggingface_hub.errors import EntryNotFoundError, RepositoryNotFoundError

    url = hf_hub_url(REPOSITORY, published.file, endpoint=endpoint)
    host = _host(url)
    by_hand = {"file": published.file, "folder": folder}
    if constants.is_offline_mode():
        raise CheckpointError(reason="offline", name=published.name, **by_hand)
    try:
        found = get_hf_file_metadata(url, token=False, timeout=METADATA_TIME_LIMIT_S)
    except (EntryNotFoundError, RepositoryNotFoundError) as error:
        raise CheckpointError(reason="hub_lacks", host=host, file=published.file, folder=folder) from error
    except Exception as error:  # of several libraries, whose errors have no root in common
        raise CheckpointError(
            reason="unreachable", name=published.name, host=host, why=_reason(error), **by_hand
        ) from error
    if not found.etag or not found.size:
        raise CheckpointError(reason="no_hub", host=host)
    announced = found.etag if len(found.etag) == SHA256_CHARS else ""
    return Offer(url=url, etag=found.etag, commit=found.commit_hash or "", bytes=found.size, sha256=announced)


def _refuse_another_file(published: Published, path: Path, offer: Offer) -> None:
    """A file that was deleted and comes again must be the one that was used before."""
    note = read_note(path)
    if note is not None and (offer.bytes != note.bytes or offer.sha256 not in ("", note.sha256)):
        raise CheckpointError(reason="hub_changed", host=_host(offer.url), name=published.name, note=_note_path(path))


def _refuse_full_disk(published: Published, part: Path, offer: Offer) -> None:
    missing = offer.bytes - (part.stat().st_size if part.exists() else 0)
    free = shutil.disk_usage(part.parent).free
    if missing + FREE_AFTERWARDS_BYTES > free:
        raise CheckpointError(
            reason="no_room",
            name=published.name,
            missing=missing / 1000000000.0,
            folder=part.parent,
            free=free / 1000000000.0,
        )


def _lock(file: IO[bytes], published: Published) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise CheckpointError(reason="being_fetched", name=published.name) from error


def _receive(offer: Offer, file: IO[bytes], published: Published, progress: Progress) -> None:
    """The rest of the file. Our own part, since the hub's library forgets what an interrupted fetch has brought."""
    from huggingface_hub.file_download import http_get

    here = file.tell()
    if here > offer.bytes:
        file.truncate(0)
        here = 0
    try:
        http_get(
            offer.url,
            file,  # type: ignore[arg-type]
            resume_size=here,
            headers={"Accept-Encoding": "identity"},
            expected_size=offer.bytes,
            tqdm_class=_bar_telling(progress),
        )
    except Exception as error:  # of several libraries, as above; a full disk too
        file.flush()
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise CheckpointError(
            reason="not_whole",
            name=published.name,
            there=file.tell() / 1000000.0,
            all=offer.bytes / 1000000.0,
            why=_reason(error),
        ) from error


def _bar_telling(progress: Progress) -> Any:
    """In place of a bar of `tqdm`: shows nothing and tells how far it is."""

    class Bar:
        def __init__(self, *, total: int | None = None, initial: int = 0, **_how_it_looks: Any) -> None:
            self.done, self.total = initial, total or 0

        def __enter__(self) -> Self:
            progress(self.done, self.total)
            return self

        def __exit__(self, *_error: object) -> None:
            """Nothing to put away."""

        def update(self, count: int) -> None:
            self.done += count
            progress(self.done, self.total)

    return Bar


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _reason(error: BaseException) -> str:
    """Why, in a few words: the system's, else the kind of error."""
    while error.__cause__ is not None:
        error = error.__cause__
    status = getattr(getattr(error, "response", None), "status_code", None)
    return f"status {status}" if status else str(getattr(error, "strerror", None) or type(error).__name__)
