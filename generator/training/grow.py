"""Begin a run with the weights of a shallower network.

A block whose two output layers are zero adds nothing, so the grown network computes what the shallow one did until
training gives the new blocks something to say. They are copies of the block before them except for those outputs,
which starts their attention and their features from something useful instead of from noise.
Ears (`generator/model/hearing.py`) are silent at first as well. Of the levels only the patch level grows: there a layer
costs one pass per patch, at the character level it costs seventeen.
"""

from dataclasses import replace

import torch
from torch import nn

from generator.model.network import Network, Shape


def can_grow(small: Shape, large: Shape) -> bool:
    """Whether `large` is `small` with more patch layers, with ears, or the same."""
    same = replace(small, patch_layers=large.patch_layers, heard=large.heard) == large
    return same and large.patch_layers >= small.patch_layers and small.heard in (0, large.heard)


def grow(small: Network, large: Network) -> None:
    """Give `large` the weights of `small`; its further blocks are spread evenly among the old ones and silent.

    Raises ValueError unless `can_grow` their shapes.
    """
    if not can_grow(small.shape, large.shape):
        raise ValueError(
            f"{small.shape} cannot grow to {large.shape}: only the number of patch layers and the ears may differ"
        )
    shared = {name: value for name, value in small.state_dict().items() if not name.startswith("patch_level.blocks.")}
    large.load_state_dict(shared, strict=False)
    copied: set[int] = set()
    for place, source in enumerate(sources(small.shape.patch_layers, large.shape.patch_layers)):
        block = large.patch_level.blocks[place]
        block.load_state_dict(small.patch_level.blocks[source].state_dict())
        if source in copied:
            silence(block)
        copied.add(source)


def sources(old_layers: int, new_layers: int) -> list[int]:
    """For every new layer the old one it comes from; the first that names an old layer is that layer itself."""
    return [place * old_layers // new_layers for place in range(new_layers)]


def silence(block: nn.Module) -> None:
    """Let the block add nothing to what passes through it."""
    with torch.no_grad():
        for layer in (block.get_submodule("attention_out"), block.get_submodule("mlp_out")):
            for parameter in layer.parameters():
                parameter.zero_()
