"""What all tests of the bot share: a folder of their own, and a network so small that it loads at once."""

import pytest


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """No test reads the developer's own settings or leaves files behind."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NOTABOT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture(scope="session")
def tiny_weights(tmp_path_factory):
    """A network that knows a few notes and when to stop, and nothing of bars, as a file."""
    from generator.evaluation.tiny import save_tiny_network

    return save_tiny_network(tmp_path_factory.mktemp("weights") / "tiny.safetensors", unnamed_share="0.15")


@pytest.fixture(scope="session")
def unguidable_weights(tiny_weights):
    """The same network, as one that no prompt without composer was shown."""
    from generator.model.checkpoint import load_network, save_network

    path = tiny_weights.with_name("unguidable.safetensors")
    save_network(load_network(tiny_weights, device="cpu"), path, precision="fp32")
    return path
