"""A tune that somebody hums, sings or whistles into a recording, as a tune that people can read.

    tune = read_hum(content)

It is the same value as the reader of ABC gives, so pages, sound and files are made of it in the same way; `hear` says
what was heard, which can be read otherwise (`heard.read_otherwise`). It needs the extra `hum`: PyAV, which decodes, and
SwiftF0, a small network that hears pitches.
What is promised: one voice, its semitones, lengths, bars and key. What is not: words, chords, expression.
Steps: `recordings` → `decoding` → `contour` → `notes` → `rhythm` (by `grid`, `songs`) → `tuning`, `metre`, `keys` →
`heard` → `writing`.
"""

from __future__ import annotations

from renderers.score.abc.model import Tune
from renderers.score.hum.recordings import ENDINGS, has_ears, is_recording

__all__ = ["ENDINGS", "has_ears", "is_recording", "read_hum"]


def read_hum(content: bytes) -> Tune:
    """The tune in a recording. Raises InputRefused, and NoEars without the extra."""
    from renderers.score.abc import read_abc
    from renderers.score.hum.listening import hear
    from renderers.score.hum.writing import write_heard

    return read_abc(write_heard(hear(content)))
