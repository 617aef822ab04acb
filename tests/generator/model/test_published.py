import shutil
from pathlib import Path

import huggingface_hub
import pytest
from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError

from generator.errors import CheckpointError
from generator.model.checkpoint import load_network
from generator.model.published import PUBLISHED, fetch_published


def test_a_published_network_is_fetched_by_its_short_name(
    tiny_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def download(repo_id: str, filename: str, *, revision: str | None, cache_dir: Path) -> str:
        assert (repo_id, revision) == ("ElectricAlexis/NotaGen", "main")
        return shutil.copy(tiny_path, cache_dir / filename)

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    path = fetch_published("notagen-x", revision="main", cache_dir=tmp_path)
    assert path.name == PUBLISHED["notagen-x"]
    assert load_network(path).shape.hidden == 128


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (LocalEntryNotFoundError("offline"), "cannot be reached"),
        (EntryNotFoundError("404"), "Known names"),
        (ConnectionError("reset"), "Try again later"),
    ],
)
def test_a_failed_fetch_says_what_to_do(failure: Exception, sentence: str, monkeypatch: pytest.MonkeyPatch):
    def download(*_: object, **__: object) -> str:
        raise failure

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    with pytest.raises(CheckpointError, match=sentence):
        fetch_published("notagen-large")
