"""Repeats that begin and end, so that a piece lasts as long as its score says, whoever plays it.

Promises: a repeat that never ends does not begin; of two ends in a row the second repeats only what came after the
first; a first ending is followed by a second, and a second has a first. All voices keep the same barlines.
Not covered: whether a repeat makes musical sense.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from generator.notation import Bar, TokenKind, VoiceBar
from generator.notation.checks import barlines

REPEAT_END, REPEAT_BOTH = ":|", "::"
# What becomes of a sign that is taken away. Not a plain barline: bars on either side of one must not be short.
DOUBLE = "||"
_ENDING_NUMBER = re.compile(r"\d.*$")


@dataclass
class Sign:
    """One barline of the piece, at the start or end of a bar. ending: the number of a first or second ending, or ""."""

    bar: int
    opens: bool
    text: str

    @property
    def ends_repeat(self) -> bool:
        return self.text.startswith(":")

    @property
    def starts_repeat(self) -> bool:
        return self.text.rstrip("0123456789,-").endswith(":")

    @property
    def ending(self) -> str:
        found = _ENDING_NUMBER.search(self.text)
        return found[0] if found else ""


def mend_repeats(bars: Sequence[Bar]) -> tuple[Bar, ...]:
    """The bars with barlines whose repeats begin and end."""
    signs = list(_signs_of(bars))
    before = [sign.text for sign in signs]
    _mend_endings(signs)
    _mend_starts(signs)
    _mend_ends(signs)
    mended = list(bars)
    for sign, old in zip(signs, before, strict=True):
        if sign.text != old:
            mended[sign.bar] = _with_barline(mended[sign.bar], old, sign)
    return tuple(mended)


def _signs_of(bars: Sequence[Bar]) -> Iterator[Sign]:
    """All barlines in order; all voices have the same, so those of the first will do."""
    for number, bar in enumerate(bars):
        lines = barlines(bar.voices[0].tokens) if bar.voices else None
        if lines and lines.opening:
            yield Sign(number, opens=True, text=lines.opening)
        if lines and lines.closing:
            yield Sign(number, opens=False, text=lines.closing)


def _mend_endings(signs: Sequence[Sign]) -> None:
    """Take the number from a second ending without a first, and from a first that no second follows."""
    numbered = [sign for sign in signs if sign.ending]
    first: Sign | None = None
    for sign in numbered:
        if sign.ending == "1":
            if first is not None:
                _unnumber(first)
            first = sign
        elif sign.ends_repeat and first is not None:
            first = None
        elif not sign.ends_repeat or sign.ending == "2":
            _unnumber(sign)
    if first is not None:
        _unnumber(first)


def _unnumber(sign: Sign) -> None:
    """Make the start of an ending an ordinary barline."""
    sign.text = _ENDING_NUMBER.sub("", sign.text) if sign.ends_repeat else DOUBLE


def _mend_starts(signs: Sequence[Sign]) -> None:
    """Take away starts that no end answers before the next start."""
    answered = False
    for sign in reversed(signs):
        if sign.starts_repeat:
            if not answered:
                sign.text = REPEAT_END if sign.ends_repeat else DOUBLE
            answered = False
        if sign.ends_repeat:
            answered = True


def _mend_ends(signs: Sequence[Sign]) -> None:
    """Say where a repeat begins that no sign begins: where the last one ended; after a second ending it is none."""
    begun, last = True, None  # the first repeat begins with the piece
    for sign in signs:
        if sign.ends_repeat and not begun and not sign.ending:
            if last is not None and last.text == REPEAT_END:
                last.text = REPEAT_BOTH
            else:
                sign.text = DOUBLE
        if sign.ends_repeat:
            begun, last = False, sign
        if sign.starts_repeat:
            begun = True


def _with_barline(bar: Bar, old: str, sign: Sign) -> Bar:
    """The bar with another barline in every voice."""
    return replace(bar, voices=tuple(_exchange(voice, old, sign) for voice in bar.voices))


def _exchange(voice: VoiceBar, old: str, sign: Sign) -> VoiceBar:
    """One voice's bar with another barline; where the piece begins there is none but a repeat sign."""
    tokens = [token.text for token in voice.tokens]
    places = [place for place, token in enumerate(voice.tokens) if token.kind is TokenKind.BAR and token.text == old]
    if not places:
        return voice  # only tunes from elsewhere have voices whose barlines differ
    place = places[0 if sign.opens else -1]
    tokens[place] = "" if sign.opens and sign.bar == 0 and sign.text == DOUBLE else sign.text
    return replace(voice, music="".join(tokens))
