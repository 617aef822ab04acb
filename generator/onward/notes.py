"""The notes of a voice's bar, exchanged one by one: by others, by more, by none.

Promises: what is not exchanged stays as it is, and sounds as it did: an accidental that a dropped note leaves behind is
written where it is needed. Not covered: bars with overlays, and lengths, which whoever exchanges notes keeps.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from generator.errors import NotationError
from generator.notation import Bar, BarChecker, Header, TokenKind, Tune, VoiceBar
from generator.notation.accidentals import Accidentals, Signature, semitones
from generator.notation.durations import spell_length
from generator.notation.pitches import NOTE_PATTERN, bare_note
from generator.notation.signatures import signature_in
from generator.notation.tokens import SOUNDING, TEXT_PATTERN, Token
from generator.planning.again import written_note

_NOTES = re.compile(f"{NOTE_PATTERN}|{TEXT_PATTERN}")
_SPACES = re.compile(r"  +")
_UNCOUNTED = frozenset({TokenKind.TUPLET, TokenKind.BROKEN, TokenKind.OVERLAY})


@dataclass(frozen=True, order=True)
class Pitch:
    """steps: above middle C; alter: in semitones."""

    steps: int
    alter: int

    @property
    def height(self) -> int:
        """In semitones above middle C."""
        return semitones(self.steps, self.alter)


@dataclass(frozen=True, kw_only=True)
class Event:
    """A note, a chord or a rest, from the lowest pitch up. onset, length: in whole notes; plain: no tuplet, no dots by
    broken rhythm: what is written is what it lasts. spelled: how its length is written, if not as `length` says.
    """

    onset: Fraction
    length: Fraction
    pitches: tuple[Pitch, ...]
    plain: bool = True
    spelled: str | None = None

    @property
    def end(self) -> Fraction:
        return self.onset + self.length


Change = Callable[[int, Event], Sequence[Event] | None]  # number and event → what stands there instead; None: the same


@dataclass(frozen=True, kw_only=True)
class Page:
    """What holds when a bar begins: see `read_bar_at`."""

    header: Header
    checker: BarChecker
    signature: Signature

    def events(self, voice: VoiceBar) -> list[Event]:
        """What a voice plays; nothing where that cannot be counted, or where it has overlays."""
        tokens = voice.tokens
        if any(token.kind is TokenKind.OVERLAY for token in tokens):
            return []
        try:
            timed = self.checker.timing(voice).timed
        except NotationError:
            return []
        heard, found, timing = Accidentals(self.signature), [], {each.index: each for each in timed}
        plain = not any(token.kind in _UNCOUNTED for token in tokens)
        for index, token in enumerate(tokens):
            pitches = tuple(
                Pitch(*heard.read(match["note"]))
                for match in (_NOTES.finditer(token.text) if token.kind in (*SOUNDING, TokenKind.GRACE) else ())
                if match["note"]
            )
            if index in timing:
                each = timing[index]
                pitches = tuple(sorted(pitches)) if token.kind in SOUNDING else ()
                found.append(Event(onset=each.onset, length=each.length, pitches=pitches, plain=plain))
        return found

    def exchanged(self, voice: VoiceBar, change: Change) -> VoiceBar:
        """The voice's bar with other notes in place of some."""
        events = self.events(voice)
        if not events:
            return voice
        heard, written = Accidentals(self.signature), Accidentals(self.signature)
        unit, text, number = self.checker.unit_of(voice.voice), "", -1
        for token in voice.tokens:
            is_timed = token.kind in (*SOUNDING, TokenKind.REST) and not token.text.startswith("y")
            number += is_timed
            instead = change(number, events[number]) if is_timed else None
            same = (
                self._kept(token.text, heard, written, silent=instead is not None)
                if token.kind
                in (
                    *SOUNDING,
                    TokenKind.GRACE,
                )
                else token.text
            )
            text += same if instead is None else " ".join(_spelled(event, written, unit) for event in instead)
        return VoiceBar(voice.voice, _SPACES.sub(" ", text).replace(" |", "|"))

    def without(self, voice: VoiceBar, goes: Callable[[Token], bool]) -> VoiceBar:
        """The voice's bar without some tokens that have no length; what their accidentals meant is written behind them.

        The same where there are overlays.
        """
        if any(token.kind is TokenKind.OVERLAY for token in voice.tokens):
            return voice
        heard, written, text = Accidentals(self.signature), Accidentals(self.signature), ""
        for token in voice.tokens:
            is_pitched = token.kind in (*SOUNDING, TokenKind.GRACE)
            kept = self._kept(token.text, heard, written, silent=goes(token)) if is_pitched else token.text
            text += "" if goes(token) else kept
        return VoiceBar(voice.voice, text)

    def _kept(self, text: str, heard: Accidentals, written: Accidentals, *, silent: bool) -> str:
        """A token as it sounds; silent: only what its accidentals mean is noted, since it goes."""

        def exchange(found: re.Match[str]) -> str:
            if not found["note"]:
                return found[0]
            steps, alter = heard.read(found["note"])
            if silent:
                return ""
            before = dict(written.marks)
            if written.read(found["note"]) == (steps, alter):
                return found["note"]
            written.marks = before
            return written_note(written, bare_note(steps), alter)

        return _NOTES.sub(exchange, text)


def _spelled(event: Event, written: Accidentals, unit: Fraction) -> str:
    notes = [
        bare_note(pitch.steps)
        if written.read(bare_note(pitch.steps)) == (pitch.steps, pitch.alter)
        else written_note(written, bare_note(pitch.steps), pitch.alter)
        for pitch in event.pitches
    ]
    length = spell_length(event.length, unit) if event.spelled is None else event.spelled
    if not notes:
        return f"z{length}"
    return f"[{''.join(notes)}]{length}" if len(notes) > 1 else notes[0] + length


def pages_of(tune: Tune) -> list[Page | None]:
    """What holds at the beginning of each bar; None where notes cannot be read, as of transposing instruments."""
    checker, pages = BarChecker(tune.header), []
    for number, bar in enumerate(tune.bars):
        signature = signature_in(tune.header, tune.bars[:number])
        now = BarChecker(tune.header)
        now.units, now.metre = dict(checker.units), checker.metre_in(bar)
        pages.append(None if signature is None else Page(header=tune.header, checker=now, signature=signature))
        checker.accept(bar)
    return pages


def signature_changes(bar: Bar) -> bool:
    """Whether a bar holds a field in front of or between its notes, by which they mean something else."""
    return any(
        token.kind is TokenKind.FIELD and token.text[1] in "KLM" for voice in bar.voices for token in voice.tokens
    )
