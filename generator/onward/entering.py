"""Changes that a bar begins with: of metre, key, clef, unit and tempo.

A network that writes such a bar anew would not know of them, since they stand in the bar itself, and it may not change
the metre. So they are told at the end of the bar before, and stand in their place again when the bar is written.
Not covered: what bars change behind their first note (`joining.py` says at the end of new bars what held there).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from generator.notation import Bar, TokenKind, VoiceBar
from generator.notation.cutting import COMMON, OWN, Fields, fields_text, named_field, opened_by
from generator.onward.joining import ended_by

METRE = "M"  # holds for all voices, and is told in all


@dataclass(frozen=True, kw_only=True)
class Entry:
    """fields: what each voice of a bar changes before anything sounds, by its id; metre: the new one, "" for none."""

    fields: Mapping[str, Fields] = field(default_factory=dict)
    metre: str = ""

    @classmethod
    def of(cls, bar: Bar, before: Bar) -> Self:
        """What can be told in the bar before; nothing if a voice that has changes of its own is not there."""
        fields = {voice.voice: _entering(voice) for voice in bar.voices}
        if any(set(OWN) & found.keys() and before.voice(voice) is None for voice, found in fields.items()):
            return cls()
        metre = next((found[METRE] for found in fields.values() if METRE in found), "")
        return cls(fields={voice: found for voice, found in fields.items() if found}, metre=metre)

    def told_before(self, before: Bar) -> Bar:
        """The bar before, which ends with the changes."""
        voices = (ended_by(voice, fields_text(self._of(voice))) for voice in before.voices)
        return replace(before, voices=tuple(voices))

    def left_out(self, bar: Bar) -> Bar:
        """The bar without them."""
        return replace(bar, voices=tuple(_without_entering(v) if v.voice in self.fields else v for v in bar.voices))

    def put_back(self, bar: Bar) -> Bar:
        """A new bar that begins with them."""
        return replace(bar, voices=tuple(opened_by(voice, self._of(voice)) for voice in bar.voices))

    def _of(self, voice: VoiceBar) -> Fields:
        common = {METRE: self.metre} if self.metre else {}
        return common | self.fields.get(voice.voice, {})


def _entering(voice: VoiceBar) -> Fields:
    found: Fields = {}
    for place in _places(voice):
        name, value = named_field(voice.tokens[place])
        found[name] = value
    return found


def _without_entering(voice: VoiceBar) -> VoiceBar:
    left_out = _places(voice)
    kept = (token.text for place, token in enumerate(voice.tokens) if place not in left_out)
    return replace(voice, music="".join(kept))


def _places(voice: VoiceBar) -> list[int]:
    """Of the tokens before anything else that change something."""
    found: list[int] = []
    for place, token in enumerate(voice.tokens):
        if token.kind is TokenKind.FIELD and named_field(token)[0] in COMMON + OWN:
            found.append(place)
        elif token.kind not in (TokenKind.SPACE, TokenKind.BAR):
            break
    return found
