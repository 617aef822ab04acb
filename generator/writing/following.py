"""How likely what was written makes what stands behind it: what the bars that follow cost the network.

Not covered: what is made of it (`generator.onward`).
"""

from collections.abc import Sequence

from generator.hearing.ear import Ear
from generator.hearing.numbers import ROW_BYTES
from generator.model.patches import PATCH_CHARS, encode_body_line, patch_places
from generator.notation import Bar
from generator.writing.draft import Draft


def cost_behind(draft: Draft, bars: Sequence[Bar]) -> float:
    """What the bars cost, in nats, behind all that the draft has written. The draft stays as it is."""
    if feeds := draft.take_feeds():
        draft.engine.feed({draft.slot: feeds})
    lines = [f"{bar}\n" for bar in bars]
    patches = [patch for line in lines for patch in encode_body_line(line)]
    heard: list[bytes] = []
    if draft.engine.network.hearing is not None:
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
