"""What of music that somebody brings cannot be worked on, and why."""

from generator.errors import BadRequest


class NotWorkable(BadRequest):
    """The music, or what is to be done with it, is none that can be worked on.

    reason: no_bars, no_notes, unmetred, too_long (bars, high), uneven (bar), no_such_bars (first, last, bars),
    no_room (bars, high), no_melody, no_accompaniment, kind.
    """
