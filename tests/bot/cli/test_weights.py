"""`NOTABOT_WEIGHTS=notagen-small`: fetched from a small hub, composed with, and said to know no styles."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.app import open_services
from bot.cli.guard import EXIT_DONE, EXIT_FIXABLE, run
from bot.operations.doctor.machine import check_model
from config.settings import load_settings
from generator.model.fetching import fetch
from generator.model.published import PUBLISHED, REPOSITORY
from tests.fakes.hub import FakeHub, open_fake_hub
from tests.generator.training.conftest import make_row, write_corpus

TINY = Path(__file__).parents[2] / "data" / "notagen_tiny.pth"


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with open_fake_hub(REPOSITORY) as hub:
        hub.files = {one.file: TINY.read_bytes() for one in PUBLISHED.values()}
        yield hub


@pytest.fixture(autouse=True)
def _small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in {"THREADS": "1", "TRIES_PER_BAR": "1", "HEALTH_PORT": "0"}.items():
        monkeypatch.setenv(f"NOTABOT_{name}", value)


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Say which weights, from which hub: by default from one that cannot be reached."""

    def use(weights: str, hub_url: str = "http://127.0.0.1:9") -> None:
        monkeypatch.setenv("NOTABOT_WEIGHTS", weights)
        template = f"{hub_url}/{{repo_id}}/resolve/{{revision}}/{{filename}}"  # made of HF_ENDPOINT when it is imported
        monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", template)

    return use


COMPOSE = ["compose", "chopin", "keyboard", "--bars", "1", "--seed", "3", "--formats", "abc", "--json"]


def test_pre_trained_weights_compose_and_say_that_they_know_no_styles(
    hub: FakeHub, use: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    use("notagen-small", hub.url)
    assert run(COMPOSE) == EXIT_DONE
    told = capsys.readouterr()
    assert "fetching notagen-small, MB" in told.err
    assert "notagen-small was pre-trained only and knows no styles" in told.err
    model = json.loads(told.out)["model"]
    assert (model["name"], model["prompted"], model["repository"]) == ("notagen-small", False, REPOSITORY)
    use("notagen-small")
    assert run(COMPOSE) == EXIT_DONE
    assert "fetching" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        ("notagen-x", "notagen-x is not on this machine, and 127.0.0.1:9 cannot be reached"),
        ("notagen-xl", "or name published ones: notagen-small"),
    ],
)
def test_what_cannot_be_had_is_a_sentence(
    weights: str, sentence: str, use: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    use(weights)
    assert run(COMPOSE) == EXIT_FIXABLE
    assert sentence in json.loads(capsys.readouterr().out)["error"]


async def test_the_doctor_fetches_nothing_and_says_what_will_be(
    hub: FakeHub, use: Callable[..., None], tmp_path: Path
) -> None:
    use("notagen-large", hub.url)
    [finding] = await check_model(load_settings())
    assert finding.state == "warning"
    assert "notagen-large is not on this machine yet: 0.0 GB. notagen-large was pre-trained only" in finding.said
    assert not (tmp_path / "data").exists()
    fetch(PUBLISHED["notagen-large"], tmp_path / "data" / "weights", endpoint=hub.url)
    loaded, remark = await check_model(load_settings())
    assert loaded.state == "ok"
    assert "knows no styles" in remark.said


def test_published_weights_can_be_measured_by_name(
    hub: FakeHub, use: Callable[..., None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    use("", hub.url)
    corpus = write_corpus(tmp_path / "tunes.jsonl", [make_row(0), make_row(1, split="held-out")])
    assert run(["train", "bits", "notagen-x", str(corpus), "--no-baselines", "--threads=1"]) == EXIT_DONE
    assert capsys.readouterr().out.startswith(PUBLISHED["notagen-x"].file)


async def test_a_bot_that_starts_logs_what_it_fetches_and_what_its_weights_do_not_know(
    hub: FakeHub, use: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    use("notagen-medium", hub.url)
    caplog.set_level("INFO")
    async with open_services(load_settings()) as services:
        assert services.model.startswith("notagen-medium ")
        assert services.settings.weights.name == PUBLISHED["notagen-medium"].file
    told = [record.getMessage() for record in caplog.records]
    assert any(line.startswith("fetching the weights notagen-medium: 3 of 3 MB") for line in told), told
    assert any("knows no styles" in line for line in told)
