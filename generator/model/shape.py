"""The sizes of a network. Kept apart from `network.py`, which loads torch."""

from dataclasses import dataclass

HEAD_WIDTH = 64  # fixed in NotaGen: heads = hidden / 64
EAR_WIDTH = 256  # of the layer between what is heard and what is added


@dataclass(frozen=True)
class Shape:
    """The sizes of a network. hidden is a multiple of 64; context_patches is the longest input of the patch level.

    heard: how many numbers the character level is told about what sounds; 0 for networks without ears, as NotaGen's.
    """

    patch_layers: int
    char_layers: int
    hidden: int
    context_patches: int
    heard: int = 0

    def __post_init__(self) -> None:
        if self.hidden % HEAD_WIDTH or min(self.patch_layers, self.char_layers, self.hidden) < 1 or self.heard < 0:
            raise ValueError(f"not a possible network: {self}")
