"""Which characters may come next: the bar check, asked before a character is sampled instead of after the voice.

Promises: a character is only held back if no continuation of it can make the voice right: a note that does not fit into
the bar, an end before the bar is full, a voice that is there already or does not exist, a barline unlike that of the
first voice. What can only be judged later (a tuplet that nothing completes) is left to `draft.py`, which throws a
wrong voice away as before.
Here: the line with its voices and barlines. What may stand between them: `words.py`.
Not covered: whether the music is good; the network decides among what is left.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from generator.guard.reading import Readings
from generator.guard.time_left import Target
from generator.guard.words import fits, is_complete
from generator.model.patches import EOS
from generator.notation.tokens import VOICE_TAG

# What ends a voice's bar in real pieces.
CLOSINGS = ("|", "|]", "||", ":|", "::", "|:", "|1", ":|2", "||1", "||2")

_FIRST_CLOSING = re.compile(r"([|:][|:\]12]*)\[V:")
_CLOSING = re.compile(r"[|:][|:\]12]*(?:\n|\[V?)?$")


class Begun(NamedTuple):
    """A voice of the line. left: those that may follow it; closings: what may end it; target: how long it has to be."""

    left: tuple[str, ...]
    closings: Sequence[str]
    target: Target


class Line:
    """The bar in the making.

    text: what is written of it up to where the current patch begins; ended: whether its last voice is finished, so that
    a barline has to follow. voices: the ids that may stand in it, in the order of the tune header; target: how long the
    bar of a voice has to be that begins behind a given part of the line; readings: of this bar; closings: the barlines
    that may end it; where these are given, none opens it.
    """

    def __init__(
        self,
        voices: tuple[str, ...],
        target: Callable[[str], Target],
        readings: Readings,
        *,
        closings: Sequence[str] = CLOSINGS,
    ) -> None:
        self.voices, self.readings, self.closings = voices, readings, closings
        self.text, self.ended = "", False
        self._target = target
        self._begun: dict[str, Begun] = {}

    def begin_patch(self, text: str, *, ended: bool) -> None:
        self.text, self.ended = text, ended

    def allows(self, written: str, char: int) -> bool:
        """Whether the patch that begins with `written` may go on with the character `char`."""
        if char != EOS and char != ord("\n") and not 32 <= char < 127:
            return False
        letter = "" if char == EOS else chr(char)
        text = self.text + written
        reading = self.readings.of(text)
        if reading.begins or reading.tag < 0:
            return letter != "" and self._begins_voice(text, letter)
        begun = self._begun_behind(text[: reading.start], reading.tag)
        left, closings, target = begun
        if self.ended and "[V:" not in written:
            return letter != "" and _goes_on_behind(written + letter, left, closings)
        music, state = text[reading.start :], reading.state
        if letter == "|" and self.closings is not CLOSINGS and not music.strip():
            return False
        if "|" in music or ":" in music:
            barline = _CLOSING.search(music)
            if barline and is_complete(self.readings.of(text[: reading.start + barline.start()]).state, target):
                crossing = written == barline[0]  # the voice filled its last patch exactly: another may follow
                return _ends_line(barline[0], letter, left if crossing else (), closings)
        if letter == "":
            return written != "" and bool(left) and is_complete(state, target)
        if letter in "|:" and is_complete(state, target):
            return _ends_line("", letter, left, closings)
        return fits(state.then(letter), target)

    def _begins_voice(self, text: str, letter: str) -> bool:
        """Whether the tag at the end of a text goes on with a letter, or may begin there."""
        tag = text.rfind("[V:")
        if tag < 0:
            return _begins_tag(text.partition("]")[2] + letter, self.voices)
        return _begins_tag(text[tag:] + letter, _remaining(text[:tag], self.voices))

    def _begun_behind(self, head: str, tag: int) -> Begun:
        """What holds for the voice whose tag, from `tag` on, is the end of `head`."""
        begun = self._begun.get(head)
        if begun is None:
            left, closings = _remaining(head, self.voices), _closings_after(_first_closing(head), self.closings)
            begun = self._begun[head] = Begun(left, closings, self._target(head[:tag]))
        return begun


@lru_cache(maxsize=256)
def _remaining(text: str, voices: tuple[str, ...]) -> tuple[str, ...]:
    """The voices that may still follow in this line: in all pieces they stand in the order of their numbers.

    One that has to be there may have been put behind later ones by force; those between may follow it.
    """
    present = VOICE_TAG.findall(text)
    left = (voice for voice in voices if voice not in present)
    return tuple(voice for voice in left if not present or _follows(voice, present[-1]))


def _follows(voice: str, other: str) -> bool:
    return (len(voice), voice) > (len(other), other)


@lru_cache(maxsize=1024)
def _begins_tag(text: str, voices: tuple[str, ...]) -> bool:
    """Whether text is the beginning of the tag of a voice that may come."""
    return any(f"[V:{voice}]".startswith(text) for voice in voices)


@lru_cache(maxsize=256)
def _first_closing(text: str) -> str | None:
    """The barline of the line's first voice, which all voices share; None while it is not written."""
    found = _FIRST_CLOSING.search(text)
    return found[1] if found else None


def _goes_on_behind(text: str, left: Sequence[str], closings: Sequence[str]) -> bool:
    """Behind a voice that ended with its patch: a barline and the next voice; the line ends if none is left."""
    follows = [f"[V:{voice}]" for voice in left] or ["\n"]
    return any((end + follow).startswith(text) for end in closings for follow in follows)


def _ends_line(barline: str, letter: str, left: Sequence[str], closings: Sequence[str]) -> bool:
    """Inside the barline behind the music: it goes on, or the line ends, or one of the voices in `left` follows."""
    if barline.endswith("\n"):
        return letter == ""
    follows = ["\n", *(f"[V:{voice}]" for voice in left)]
    text = barline + letter
    return letter != "" and any((end + tail).startswith(text) for end in closings for tail in follows)


def _closings_after(closing: str | None, closings: Sequence[str]) -> Sequence[str]:
    """What may end the next voice's bar: what has ended the first one's, as soon as that is known."""
    return closings if closing is None else (closing,)
