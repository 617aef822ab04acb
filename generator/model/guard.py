"""Who says which characters may come, and which have to. Kept apart from `guarded_sampling.py`, which loads torch."""

from collections.abc import Mapping
from typing import Protocol

from generator.model.patches import BOS, EOS, PAD, PATCH_CHARS, VOCABULARY
from generator.model.sampling_settings import Hint

NOT_FORCED = -1
MOST_HELD_BACK = 96  # characters; beyond these nothing is left that ABC uses


class Guard(Protocol):
    """Who says which characters may come in a slot."""

    def allows(self, written: bytes, char: int) -> bool:
        """Whether a patch that begins with `written` (ASCII) may go on with `char`."""

    def hint(self, written: bytes) -> Hint | None:
        """What is expected behind `written`, if anything is."""

    def hears(self, written: bytes) -> bytes:
        """What is known behind `written`, for a network with ears: bits, as `generator.hearing` orders them."""

    def held_back(self, chances: Mapping[int, float]) -> None:
        """These characters were held back; how likely each was, 0 to 1."""


def forced_characters(prefix: str) -> list[int]:
    """Code points of a prefix. Raises ValueError if no patch can begin with it."""
    codes = [ord(char) for char in prefix]
    if len(codes) > PATCH_CHARS or not all(max(PAD, BOS, EOS) < code < VOCABULARY for code in codes):
        raise ValueError(f"no patch can begin with {prefix!r}")
    return codes


def pad_forced(codes: list[int]) -> list[int]:
    """16 places, those that are not forced marked."""
    return codes + [NOT_FORCED] * (PATCH_CHARS - len(codes))
