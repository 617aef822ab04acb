"""Bars that somebody writes: lines of ABC, each with the number of its bar, as they are put into a piece.

    5: [V:1]A2 c2 e2|[V:2]A,,6|

The number may be left out where it is said which bars are meant; so may `[V:1]` where there is one voice, and the
barline, which is that of the bar whose room the new one takes.
Promises: what is wrong is said with its line, its bar and its voice; a line that says what stands there already changes
nothing; all other bars stay as they are.
Not covered: who writes it, and the rest of the piece, which no line changes.
"""

import re
from dataclasses import replace

from generator.errors import NotationError
from generator.notation import Bar, BarChecker, DefectKind, Tune, VoiceBar, complete_rests, parse_bar
from generator.notation.checks import barlines
from generator.onward.errors import NotRight
from generator.onward.joining import with_barlines_of

MOST_LINES = 64
BARLINES = frozenset({DefectKind.NO_BARLINE, DefectKind.BARLINES_DISAGREE})
REASONS = {
    DefectKind.TOO_LONG: "too_long",
    DefectKind.TOO_SHORT: "too_short",
    DefectKind.UNEQUAL_LENGTH: "unequal_length",
    DefectKind.VOICE_TWICE: "voice_twice",
}
MOST_SHOWN_CHARS = 3_500  # of what a form may hold
_NUMBERED = re.compile(r"\s*(\d{1,4})\s*[:：.)]\s*(.*)")
_HEADER = re.compile(r"[A-Za-z]:|%")


def written_lines(tune: Tune, *, first: int = 1, most_chars: int = MOST_SHOWN_CHARS) -> str:
    """The bars from `first` on as somebody may change them, as many as fit."""
    lines: list[str] = []
    for number, bar in enumerate(tune.bars[first - 1 :], start=first):
        line = f"{number}: {replace(bar, countdown=None)}"
        if sum(len(each) + 1 for each in lines) + len(line) > most_chars:
            break
        lines.append(line)
    return "\n".join(lines)


def numbered(text: str, *, first: int) -> str:
    """The lines with the numbers of their bars; those that have one keep it, and others count on from there."""
    lines, following = [], first
    for line in text.splitlines():
        found = _NUMBERED.fullmatch(line)
        following = int(found[1]) if found else following
        if line.strip():
            lines.append(line if found else f"{following}: {line.strip()}")
            following += 1
    return "\n".join(lines)


def read_lines(tune: Tune, text: str) -> dict[int, Bar]:
    """The bars that the lines change, by their numbers from 0. Raises NotRight."""
    new: dict[int, Bar] = {}
    places: dict[int, int] = {}
    following: int | None = None
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if len(lines) > MOST_LINES:
        raise NotRight(reason="many_lines", high=MOST_LINES)
    for number, line in lines:
        found = _NUMBERED.fullmatch(line)
        music = found[2] if found else line
        at = int(found[1]) if found else following
        if not found and _HEADER.match(line.strip()):
            raise NotRight(reason="head", line=number, text=line.strip()[:40])
        if at is None:
            raise NotRight(reason="no_number", line=number)
        if not 1 <= at <= len(tune.bars):
            raise NotRight(reason="no_bar", line=number, bar=at, bars=len(tune.bars))
        following = at + 1
        places[at - 1] = number
        new[at - 1] = _bar(tune, at - 1, music.strip(), line=number)
    changed = {at: bar for at, bar in new.items() if str(bar) != str(tune.bars[at])}
    _check(tune, changed, places)
    return changed


def _bar(tune: Tune, at: int, music: str, *, line: int) -> Bar:
    """One line as the bar in whose room it goes: voices that are left out stay as they were."""
    voices = [voice.id for voice in tune.header.voices]
    if not music.startswith("[V:"):
        if len(voices) > 1:
            raise NotRight(reason="which_voice", line=line, bar=at + 1, voice=voices[0])
        music = f"[V:{voices[0]}]{music}"
    try:
        bar = parse_bar(music)
    except NotationError as error:
        raise NotRight(reason="unreadable", line=line, bar=at + 1, text=music[:40]) from error
    unknown = next((voice.voice for voice in bar.voices if voice.voice not in voices), None)
    if unknown is not None:
        raise NotRight(reason="voice", line=line, bar=at + 1, voice=unknown, voices=voices)
    names = [voice.voice for voice in bar.voices]
    if len(set(names)) < len(names):
        raise NotRight(reason="voice_twice", line=line, bar=at + 1, voice=max(names, key=names.count))
    old = tune.bars[at]
    written = {voice.voice: voice for voice in (_closed(voice, old) for voice in bar.voices)}
    whole = replace(old, voices=tuple(written.get(voice.voice, voice) for voice in old.voices))
    missing = [voice for name, voice in written.items() if old.voice(name) is None]
    return replace(whole, voices=(*whole.voices, *missing))


def _closed(voice: VoiceBar, old: Bar) -> VoiceBar:
    """Between the barlines of the bar that was there, whatever was written."""
    music = voice.music.strip()
    own = barlines(VoiceBar("", music).tokens)
    plain = music.removeprefix(own.opening).removesuffix(own.closing).strip()
    (done,) = with_barlines_of(Bar(voices=(VoiceBar(voice.voice, plain),)), old).voices
    return done


def _check(tune: Tune, new: dict[int, Bar], lines: dict[int, int]) -> None:
    """Every new bar can be played, and is as long as it has to be. Raises NotRight."""
    if not new:
        raise NotRight(reason="same")
    checker, own = BarChecker(tune.header), BarChecker(tune.header)
    for at, old in enumerate(tune.bars):
        if at in new:
            is_last = at == len(tune.bars) - 1
            was_wrong = {(each.voice, each.kind) for each in own.check(old, last=is_last)}
            for defect in checker.check(new[at], last=is_last):
                if defect.kind in BARLINES:  # they are those of the bar that was there
                    continue
                is_uneven = defect.kind in (DefectKind.UNEQUAL_LENGTH, DefectKind.TOO_SHORT)  # a pickup was so before
                if (defect.voice, defect.kind) in was_wrong and is_uneven:
                    continue
                raise NotRight(
                    reason=REASONS.get(defect.kind, "unreadable"),
                    line=lines.get(at, 0),
                    bar=at + 1,
                    voice=defect.voice or "–",
                    text=defect.message[:80],
                )
        checker.accept(new.get(at, old))
        own.accept(old)


def with_lines(tune: Tune, text: str) -> Tune:
    """The tune with the bars that the lines write. Raises NotRight."""
    new = read_lines(tune, text)
    return complete_rests(replace(tune, bars=tuple(new.get(at, bar) for at, bar in enumerate(tune.bars))))
