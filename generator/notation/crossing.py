"""A hand that plays on the other hand's staff, `[I:staff -1]`, and comes home.

Promises: every voice ends each bar on its own staff; a bar that goes on over there says so again, so that each bar can
be read alone. A voice that a source forgot on the other staff, whose notes lie better on its own, comes home.
Notes, lengths and all other words stay.
Not covered: whether a crossing helps the player; voices between parts, which only staves of one instrument can cross.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from generator.notation.checks import barlines
from generator.notation.pitches import NOTE_PATTERN, read_note
from generator.notation.rests import staves_of
from generator.notation.tokens import SOUNDING, Token, TokenKind, without_texts
from generator.notation.tune import Bar, Header, Tune, VoiceBar

# Steps from middle C to the middle line of the staff.
MIDDLE_LINES = {"treble": 6, "bass": -6, "alto": 0, "tenor": -2}
EASY = 5  # steps from the middle line that need no ledger line

_STAFF_FIELD = re.compile(r"\[I:staff ([+-]?\d)\]")
_CLEF_FIELD = re.compile(r"\[K:(?:clef=)?(treble|bass|alto|tenor)\b[^\]]*\]")
_NOTE = re.compile(NOTE_PATTERN)


def staff_move(token: Token) -> int | None:
    """By how many staves a voice goes down from where it is, `[I:staff +1]`; None for any other word."""
    found = _STAFF_FIELD.fullmatch(token.text) if token.kind is TokenKind.FIELD else None
    return int(found[1]) if found else None


def come_home(tune: Tune) -> Tune:
    """The tune with every voice on its own staff at every barline."""
    if "[I:staff" not in "".join(voice.music for bar in tune.bars for voice in bar.voices):
        return tune
    part = _Staves.of(tune.header)
    return replace(tune, bars=tuple(part.bring_home(bar) for bar in tune.bars))


@dataclass(kw_only=True)
class _Staves:
    """Where the voices of a tune are while it is read.

    home: the number of each voice's staff; reach: the numbers of the first and last staff of its instrument; clefs: of
    each staff; away: where the source has left each voice, in staves below its own.
    """

    home: dict[str, int]
    reach: dict[str, tuple[int, int]]
    clefs: list[str]
    away: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, header: Header) -> _Staves:
        staves = staves_of(header)
        clefs = {voice.id: voice.clef for voice in header.voices}
        home = {voice: number for number, staff in enumerate(staves) for voice in staff}
        return cls(
            home=home,
            reach={voice: _reach(header, number, home) for voice, number in home.items()},
            clefs=[clefs[staff[0]] for staff in staves],
        )

    def bring_home(self, bar: Bar) -> Bar:
        voices = tuple(self._bring_voice_home(voice) if voice.voice in self.home else voice for voice in bar.voices)
        for voice in bar.voices:
            self._follow_clefs(voice)
        return replace(bar, voices=voices)

    def _bring_voice_home(self, voice: VoiceBar) -> VoiceBar:
        tokens, before = voice.tokens, self.away.get(voice.voice, 0)
        if not before and not any(staff_move(token) is not None for token in tokens):
            return voice
        stays = before and self._lies_better_away(voice, before)
        opening = bool(barlines(tokens).opening)
        words = _Words(at=0)
        for number, token in enumerate(tokens):
            if stays and not words.at and number == opening:
                words.go_to(before)
            if (move := staff_move(token)) is not None:
                before = self._within_reach(voice.voice, before + move)
                words.go_to(before)
            else:
                words.add(token)
        words.close()
        self.away[voice.voice] = before
        return replace(voice, music="".join(words.texts))

    def _within_reach(self, voice: str, away: int) -> int:
        home, (first, last) = self.home[voice], self.reach[voice]
        return min(max(away, first - home), last - home)

    def _lies_better_away(self, voice: VoiceBar, away: int) -> bool:
        """Whether the notes before the next crossing need fewer ledger lines on the staff where the voice was left."""
        steps = _steps_before_crossing(voice.tokens)
        home = self.home[voice.voice]
        return _ledger_steps(steps, self.clefs[home + away]) < _ledger_steps(steps, self.clefs[home])

    def _follow_clefs(self, voice: VoiceBar) -> None:
        """A clef that a voice changes on its own staff."""
        away = 0
        for token in voice.tokens:
            away += staff_move(token) or 0
            found = _CLEF_FIELD.fullmatch(token.text)
            if found and not away and not self.away.get(voice.voice) and voice.voice in self.home:
                self.clefs[self.home[voice.voice]] = found[1]


@dataclass
class _Words:
    """The words of a bar as they are written anew. at: how many staves below its own the voice is."""

    at: int
    texts: list[str] = field(default_factory=list)

    def add(self, token: Token) -> None:
        doubled = token.kind is TokenKind.SPACE and self.texts and self.texts[-1].endswith(" ")
        if not doubled and not (token.kind is TokenKind.SPACE and not self.texts):
            self.texts.append(token.text)

    def go_to(self, away: int) -> None:
        if away != self.at:
            self.texts.append(f"[I:staff {away - self.at:+d}]")
            self.at = away

    def close(self) -> None:
        """Go home before the closing barline."""
        if self.at:
            last = len(self.texts) - 1
            while last > 0 and self.texts[last - 1] == " ":
                del self.texts[last - 1]
                last -= 1
            self.texts.insert(last, f"[I:staff {-self.at:+d}]")
            self.at = 0


def _reach(header: Header, home: int, homes: dict[str, int]) -> tuple[int, int]:
    """The first and the last staff of the instrument that a staff belongs to: those in the same brace."""
    for part in re.findall(r"\{([^}]*)\}", header.score or ""):
        staves = [homes[word] for word in re.findall(r"\w+", part) if word in homes]
        if home in staves:
            return min(staves), max(staves)
    return home, home


def _steps_before_crossing(tokens: Sequence[Token]) -> list[int]:
    """Steps above middle C of the notes before the first crossing."""
    steps: list[int] = []
    for token in tokens:
        if staff_move(token) is not None:
            break
        if token.kind in SOUNDING:
            steps += [read_note(found["note"])[1] for found in _NOTE.finditer(without_texts(token.text))]
    return steps


def _ledger_steps(steps: Sequence[int], clef: str) -> int:
    middle = MIDDLE_LINES.get(clef, MIDDLE_LINES["treble"])
    return sum(max(0, abs(step - middle) - EASY) for step in steps)
