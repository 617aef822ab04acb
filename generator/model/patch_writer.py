"""The character level of the torch network: one patch for each of several slots.

Promises: a row's characters depend on that row alone (see `engine.py`).
Not covered: the patch level, and reading what was written (`context.py`); the same compiled (`compiled/writer.py`).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from generator.model.context import Contexts
from generator.model.guard import NOT_FORCED, Guard, pad_forced
from generator.model.guarded_sampling import Odds, sample_characters
from generator.model.kv_cache import CharCache, PatchCache
from generator.model.network import Network
from generator.model.patches import EOS, PAD, PATCH_CHARS
from generator.model.precision import ROWS_MULTIPLE
from generator.model.sampling import stack_settings
from generator.model.slot import Slot

# Below this width a second thread saves next to nothing, and on a busy machine every product waits for it: 8 ms instead
# of 0.03 ms were measured.
HIDDEN_WORTH_THREADS = 512


class TorchLevels:
    """Both levels of a network in a precision. threads: as `Engine` takes them."""

    def __init__(self, network: Network, *, places: int, precision: str, threads: int | None) -> None:
        self.threads = threads or (1 if network.shape.hidden < HIDDEN_WORTH_THREADS else None)
        together = network.char_table.device.type != "cpu"
        self.patch_level = PatchCache(network, slots=places, together=together)
        self.writer = PatchWriter(network, places=places, multiple=ROWS_MULTIPLE[precision])

    @contextmanager
    def computing(self) -> Iterator[None]:
        """No gradients, and this number of threads for as long as something is computed."""
        before = torch.get_num_threads()
        torch.set_num_threads(self.threads or before)
        try:
            with torch.inference_mode():
                yield
        finally:
            torch.set_num_threads(before)


class PatchWriter:
    """Writes with a network for at most so many readings at once; on a CPU their number is filled up to a multiple."""

    def __init__(self, network: Network, *, places: int, multiple: int) -> None:
        self.network, self.multiple = network, multiple
        self.device = network.char_table.device
        self.silence = bytes(network.shape.heard // 8)  # what is heard without a guard
        self.char_cache = CharCache(network.char_level, rows=self._padded(places))

    def _padded(self, rows: int) -> int:
        """The number of rows that products are computed with."""
        return -(-rows // self.multiple) * self.multiple if self.device.type == "cpu" else rows

    def write(
        self, slots: list[Slot], forced: list[list[int]], guards: list[Guard | None], contexts: Contexts
    ) -> Tensor:
        """Sample the next patch of every slot: (padded rows, 16) int64, in the order of `Contexts.readings`.

        The rows beyond those only fill up and mean nothing.
        """
        # 1) What every row begins from: the slots, their second readings, and rows that repeat the first.
        places, lengths = contexts.readings(slots)
        rows = self._padded(len(places))
        guided = [row for row, slot in enumerate(slots) if slot.guide is not None]
        filler = [0] * (rows - len(places))
        slot_of = [*range(len(slots)), *guided, *filler]
        drawn = np.stack([slot.rng.draw(PATCH_CHARS) for slot in slots])[slot_of]
        uniform = torch.from_numpy(drawn).float().to(self.device)
        settings = stack_settings([slots[row].sampling for row in slot_of], device=self.device)
        given = torch.tensor([pad_forced(forced[row]) for row in slot_of], device=self.device)
        away_from = list(range(rows))
        for second, row in enumerate(guided, start=len(slots)):
            away_from[row] = second
        last = [length - 1 for length in lengths]
        x = contexts.cache.encoded[places + places[:1] * len(filler), last + last[:1] * len(filler)]
        # 2) Characters, until every patch has its EOS.
        patches = torch.full((rows, PATCH_CHARS), PAD, device=self.device)
        ended = torch.zeros(rows, dtype=torch.bool, device=self.device)
        shortest, longest = min(map(len, forced)), max(map(len, forced))
        for place in range(PATCH_CHARS):
            if self.network.hearing is not None:
                x = x + self._heard(guards, patches[: len(slots), :place], ended.tolist(), slot_of)
            hidden = self.char_cache.append(place, x)
            if place < shortest:
                chars = given[:, place]
            else:
                free = [guard if place >= len(row) else None for guard, row in zip(guards, forced, strict=True)]
                logits = self.network.char_logits(hidden)
                odds = Odds(
                    logits=logits,
                    settings=settings,
                    uniform=uniform[:, place : place + 1],
                    unprompted=logits[away_from] if guided else None,
                )
                chars = sample_characters(odds, free, patches[:, :place], ended)[slot_of]
                if place < longest:
                    chars = torch.where(given[:, place] == NOT_FORCED, chars, given[:, place])
                chars = chars.masked_fill(ended, PAD)
                ended |= chars == EOS
            patches[:, place] = chars
            if place >= shortest and bool(ended.all()):
                break
            x = self.network.embed_chars(chars)
        return patches

    def cost(self, encoded: Tensor, patches: Sequence[Sequence[int]], heard: Sequence[bytes] = ()) -> float:
        """What these patches cost, in nats. encoded (patches, H): the vectors that they follow.

        heard: for each of them what is heard at its 16 places; nothing if there is none.
        """
        targets, rows = torch.tensor(patches, device=self.device), None
        if self.network.hearing is not None and heard:
            rows = torch.frombuffer(bytearray(b"".join(heard)), dtype=torch.uint8).to(self.device)
            rows = rows.view(len(patches), PATCH_CHARS, -1)
        logits = self.network.char_level_logits(encoded, targets, rows).float()
        return float(F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=PAD, reduction="sum"))

    def _heard(self, guards: list[Guard | None], written: Tensor, ended: list[bool], slot_of: list[int]) -> Tensor:
        """What the ears of the network make of what each guard hears behind `written` (slots, n): (rows, H)."""
        texts = written.tolist()
        rows = [
            self.silence if guard is None or over else guard.hears(bytes(text))
            for guard, text, over in zip(guards, texts, ended, strict=False)
        ]
        packed = bytearray(b"".join([rows[slot] for slot in slot_of]))
        heard = torch.frombuffer(packed, dtype=torch.uint8).view(len(slot_of), -1).to(self.device)
        said = self.network.hear(heard)
        assert said is not None
        return said
