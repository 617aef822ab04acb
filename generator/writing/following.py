"""How likely what was written makes what stands behind it: what the bars that follow cost the network.

Not covered: what is made of it (`generator.onward`).
"""

from collections.abc import Sequence

from generator.hearing.ear import Ear
from generator.hearing.numbers import ROW_BYTES
from generator.model.patches import PATCH_CHARS, encode_body_line, patch_places
from generator.model.slot import Patch
from generator.notation import Bar
from generator.writing.draft import Draft


def cost_behind(draft: Draft, bars: Sequence[Bar], *, opening: Sequence[Patch] | None = None) -> float:
    """What the bars cost, in nats, behind all that a finished draft has written.

    opening: what the piece is read behind if not what it was written behind, which showed the bars already: the draft's
    slot then is another. Otherwise the draft stays as it is.
    """
    if opening is not None:
        draft.take_feeds()
        draft.engine.close(draft.slot)
        written = [patch for bar in draft.bars for patch in encode_body_line(f"{bar}\n")]
        draft.slot = draft.engine.open_slot([*opening, *written], sampling=draft.sampling, seed=0, pinned=len(opening))
    elif feeds := draft.take_feeds():
        draft.engine.feed({draft.slot: feeds})
    lines = [f"{bar}\n" for bar in bars]
    patches = [patch for line in lines for patch in encode_body_line(line)]
    heard: list[bytes] = []
    if draft.engine.shape.heard:
        ear = draft.leave.ear or Ear(draft.header)  # that one has listened to nearly all of it
        ear.learn([str(bar) for bar in draft.bars])
        heard = [row for line in lines for row in _rows(ear, line)]
        ear.learn([str(bar) for bar in draft.bars])
    return draft.engine.cost(draft.slot, patches, heard)


def _rows(ear: Ear, line: str) -> list[bytes]:
    """For each patch of a line what is heard at its 16 places."""
    rows = ear.rows(line)
    return [
        rows[start * ROW_BYTES : (start + min(PATCH_CHARS, count + 1)) * ROW_BYTES].ljust(
            PATCH_CHARS * ROW_BYTES, b"\0"
        )
        for start, count in patch_places(line)
    ]
