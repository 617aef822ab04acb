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
    import torch

    from generator.model.checkpoint import save_network
    from generator.model.network import Network, Shape
    from generator.model.patches import EOS

    network = Network(Shape(patch_layers=1, char_layers=1, hidden=64, context_patches=128))
    network.init_weights(seed=3)
    with torch.no_grad():
        # What the character level always says is turned towards these: short bars are quickly sampled.
        network.char_level.norm.bias[0] = 10.0
        network.char_table[[EOS, *map(ord, "CEGcez24")], 0] = 0.4
    path = tmp_path_factory.mktemp("weights") / "tiny.safetensors"
    save_network(network, path, precision="fp32", metadata={"trained": "not at all", "unnamed_share": "0.15"})
    return path


@pytest.fixture(scope="session")
def unguidable_weights(tiny_weights):
    """The same network, as one that no prompt without composer was shown."""
    from generator.model.checkpoint import load_network, save_network

    path = tiny_weights.with_name("unguidable.safetensors")
    save_network(load_network(tiny_weights, device="cpu"), path, precision="fp32")
    return path
