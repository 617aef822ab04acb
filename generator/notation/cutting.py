"""Cutting bars out of a tune. Bars count from 0.

Promises: a bar keeps the metre, key, clef, tempo and length unit that it had where it comes from. What earlier bars had
changed goes into the tune header (metre, tempo) or in front of the first bar's music (what each voice has of its own).
Not covered: ties and slurs over the cut stay as they are.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from generator.errors import BadRequest, NotationError
from generator.notation.checks import BarChecker, barlines
from generator.notation.keys import read_key_field
from generator.notation.rests import add_countdown, complete_bar
from generator.notation.tokens import Token, TokenKind
from generator.notation.tune import Bar, Header, Tune, VoiceBar

COMMON = ("M", "Q")  # hold for all voices, whichever they stand in
OWN = ("L", "K", "clef")  # each voice has its own; a clef, too, is changed by [K:...]

Fields = dict[str, str]


def _recount(tune: Tune) -> Tune:
    """The tune with its countdown put right, if its bars have one."""
    return add_countdown(tune) if any(bar.countdown for bar in tune.bars) else tune


def changes_until(tune: Tune, end: int) -> tuple[Fields, dict[str, Fields]]:
    """What the bars before `end` have changed, by letter: for all voices, and for each of them."""
    common: Fields = {}
    own: dict[str, Fields] = {voice.id: {} for voice in tune.header.voices}
    for bar in tune.bars[:end]:
        for voice in bar.voices:
            for token in voice.tokens:
                if token.kind is TokenKind.FIELD:
                    name, value = named_field(token)
                    if name in COMMON:
                        common[name] = value
                    elif name in OWN:
                        own.setdefault(voice.voice, {})[name] = value
    return common, own


def named_field(token: Token) -> tuple[str, str]:
    """The letter of an inline field, "clef" for a `K:` that names no key, and its value."""
    letter, value = token.text[1], token.text[3:-1]
    with suppress(NotationError):
        if letter == "K" and read_key_field(value) is None:
            return "clef", value
    return letter, value


def _open_with(bar: Bar, fields: Mapping[str, Fields], checker: BarChecker, header: Header) -> Bar:
    """The bar with fields in front of each voice's music; voices that need some are put in if they were left out."""
    if any(fields.get(voice.id) and bar.voice(voice.id) is None for voice in header.voices):
        bar = complete_bar(bar, checker, header)
    return replace(bar, voices=tuple(opened_by(voice, fields.get(voice.voice, {})) for voice in bar.voices))


def opened_by(voice: VoiceBar, fields: Fields) -> VoiceBar:
    """One voice with fields behind its opening barline."""
    opening = barlines(voice.tokens).opening
    place = voice.music.find(opening) + len(opening)
    return replace(voice, music=voice.music[:place] + fields_text(fields) + voice.music[place:])


def fields_text(fields: Fields) -> str:
    """As they stand in a voice: "[M:2/4][K:bass]"."""
    return "".join(f"[{'K' if name == 'clef' else name}:{value}]" for name, value in fields.items())


def cut_bars(tune: Tune, first: int, last: int) -> Tune:
    """Bars `first` to `last`, both included. Raises BadRequest."""
    if not 0 <= first <= last < len(tune.bars):
        if first == last:
            raise BadRequest(reason="no_such_bar", bar=first + 1, bars=len(tune.bars))
        raise BadRequest(reason="no_such_bars", first=first + 1, last=last + 1, bars=len(tune.bars))
    common, own = changes_until(tune, first)
    header = tune.header
    for letter, value in common.items():
        header = header.with_field(letter, value)
    opening = _open_with(tune.bars[first], own, _checker_at(tune, first), header)
    return _recount(replace(tune, header=header, bars=(opening, *tune.bars[first + 1 : last + 1])))


def _checker_at(tune: Tune, end: int) -> BarChecker:
    """A checker that has accepted the bars before `end`."""
    checker = BarChecker(tune.header)
    for bar in tune.bars[:end]:
        checker.accept(bar)
    return checker
