"""What of music that somebody brings cannot be worked on, and why."""

from generator.errors import BadRequest


class NotWorkable(BadRequest):
    """The music, or what is to be done with it, is none that can be worked on.

    reason: no_notes, unmetred, unmetred_from (bar), too_long (bars, high), too_many_voices (voices, high),
    unreadable_bar (bar), no_such_bar (bar, bars), no_such_bars (first, last, bars), nothing_before, no_room (bars,
    high), name_bars (bars), key_changes (bar), transposing, nothing_changes, no_such_hand (hand), out_of_reach (bar).
    """


class NotRight(BadRequest):
    """What somebody wrote by hand cannot stand where it should.

    reason: head (line, text), no_number (line), many_lines (high), no_bar (line, bar, bars), which_voice (line, bar,
    voice), unreadable (line, bar, text, voice), voice (line, bar, voice, voices), same; too_long, too_short,
    unequal_length and the other names of `DefectKind` (line, bar, voice, text).
    """
