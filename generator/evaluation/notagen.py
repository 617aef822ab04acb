"""NotaGen's own code, unchanged, from a checkout of its repository, to be timed beside ours on equal weights.

Promises: its `inference/utils.py` is loaded from the folder that is named and run as it stands there, with the packages
that are installed here; nothing of it is part of this project. `reference.py` is its algorithm by us, for where there
is no checkout.
Not covered: its `inference.py`, which loads weights and writes files.
"""

import hashlib
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import Tensor, nn

from generator.errors import BadRequest
from generator.model.network import Shape
from generator.model.patches import PATCH_CHARS, VOCABULARY
from generator.model.sampling import Sampling

CODE = Path("inference", "utils.py")
# Of that file at 4553cd7, against which our figures were measured.
KNOWN_SHA256 = "652815c8a3ac42510684fbc2231f4588ba2d8f2b9a2cc1aa7abfa8b44dc4e662"


class NotaGen:
    """A network of NotaGen's own making, with the weights of a `Reference`."""

    def __init__(self, checkout: Path, shape: Shape, weights: dict[str, Tensor], *, device: str) -> None:
        """Raises BadRequest if there is no such code in the folder, or a package is missing that it needs."""
        from generator.evaluation.reference import config_of  # transformers takes seconds to load

        module = load_notagen(checkout)
        patch_level = config_of(shape.patch_layers, shape.hidden, shape.context_patches, vocabulary=1)
        char_level = config_of(shape.char_layers, shape.hidden, PATCH_CHARS + 1, vocabulary=VOCABULARY)
        network: nn.Module = module.NotaGenLMHeadModel(encoder_config=patch_level, decoder_config=char_level)
        missing, unknown = network.load_state_dict(weights, strict=False)
        assert not [name for name in (*missing, *unknown) if not name.endswith(("attn.bias", "masked_bias"))]
        self._network: Any = network.to(device).eval()
        self._device = device

    def write_patch(self, patches: Sequence[Sequence[int]], sampling: Sampling) -> list[int]:
        """The next patch after these, as NotaGen's `inference.py` asks for it."""
        given = torch.tensor([[char for patch in patches for char in patch]], device=self._device)
        settings = {"top_k": sampling.top_k, "top_p": sampling.top_p, "temperature": sampling.temperature}
        written: list[int] = self._network.generate(given.unsqueeze(0), **settings)
        return written


def is_known(checkout: Path) -> bool:
    """Whether its code is the one that our figures are about."""
    return hashlib.sha256((checkout / CODE).read_bytes()).hexdigest() == KNOWN_SHA256


def load_notagen(checkout: Path) -> ModuleType:
    """Its module. Raises BadRequest."""
    path = checkout / CODE
    if not path.is_file() or not path.with_name("config.py").is_file():
        raise BadRequest(reason="no_notagen", value=checkout)
    try:
        with _its_config(path.with_name("config.py")):
            return _load("notagen_utils", path)
    except ModuleNotFoundError as error:
        raise BadRequest(reason="notagen_needs", package=error.name) from error


@contextmanager
def _its_config(path: Path) -> Iterator[None]:
    """For as long as its code is loaded, `config` is the file beside it, not our package of that name."""
    ours = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "config"}
    for name in ours:
        del sys.modules[name]
    try:
        sys.modules["config"] = _load("config", path)
        yield
    finally:
        sys.modules.pop("config", None)
        sys.modules.update(ours)


def _load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
