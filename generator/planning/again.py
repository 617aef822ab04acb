"""Bars said again: the same music under whatever signature and clef the piece has by now, in another area if asked.

Promises: a bar sounds as it did, or so many steps or semitones away; rhythm, slurs and texts stay, character by
character. Not covered: a tie over the barline before it; whether the bar fits where it goes (`BarChecker` says that).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from generator.errors import NotationError
from generator.notation import Bar, Header, TokenKind, VoiceBar, lex_music
from generator.notation.accidentals import Accidentals, Signature
from generator.notation.checks import PLAIN_BARLINE, barlines
from generator.notation.keys import read_key_field
from generator.notation.pitches import ACCIDENTALS, NOTE_PATTERN, Moves, bare_note
from generator.notation.signatures import signature_in
from generator.notation.tokens import TEXT_PATTERN
from generator.planning.plan import Area

_PITCHED = frozenset({TokenKind.NOTE, TokenKind.CHORD, TokenKind.GRACE})
_NOTES = re.compile(f"{NOTE_PATTERN}|{TEXT_PATTERN}")
_TEMPO_WORDS = re.compile(r'"\^[A-Z][^"\n]*" ?|\[Q:[^\]\n]*\]')  # stand where a piece begins or changes its pace
Move = Callable[[int, int], tuple[int, int]]  # steps above middle C and alteration to the same


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Where a bar stands: the tune header and the bars before it."""

    header: Header
    before: Sequence[Bar]

    @property
    def signature(self) -> Signature | None:
        return signature_in(self.header, self.before)

    def clef_of(self, voice: str) -> str:
        """The clef that a voice has by now, as a `[K:]` field says it."""
        for bar in reversed(self.before):
            found = bar.voice(voice)
            for token in reversed(found.tokens if found and "[K:" in found.music else ()):
                if token.text.startswith("[K:") and _names_clef_only(token.text[3:-1]):
                    return token.text[3:-1]
        return next((definition.clef for definition in self.header.voices if definition.id == voice), "treble")


def _names_clef_only(words: str) -> bool:
    try:
        return read_key_field(words) is None
    except NotationError:
        return False


def say_again(bar: Bar, *, origin: Scene, place: Scene, area: Area, is_minor: bool) -> Bar | None:
    """The bar that stood at `origin`, said again at `place`; None where the notes cannot be read."""
    source, target = origin.signature, place.signature
    if (source is None or target is None) and (area is not Area.HOME or source != target):
        return None
    move = None if target is None else move_to(area, target, is_minor=is_minor)
    voices = []
    for voice in bar.voices:
        music = _TEMPO_WORDS.sub("", voice.music)
        if source is not None and target is not None and (move is not None or source != target):
            music = _respell(music, source, target, move or (lambda steps, alter: (steps, alter)))
        voices.append(VoiceBar(voice.voice, _with_clef(music, origin.clef_of(voice.voice), place.clef_of(voice.voice))))
    return Bar(countdown=bar.countdown, voices=tuple(voices))


def move_to(area: Area, signature: Signature, *, is_minor: bool) -> Move | None:
    """How notes get to an area: to the dominant a fourth down, to the relative key by steps of the scale."""
    if area is Area.DOMINANT:
        moves = Moves(fifths=1, semitones=-5)
        return lambda steps, alter: (moves[steps, alter].pitch.steps, moves[steps, alter].pitch.alter)
    if area is Area.RELATIVE:
        shift = 2 if is_minor else -2
        return lambda steps, _alter: (steps + shift, signature[(steps + shift) % 7])
    return None


def _respell(music: str, source: Signature, target: Signature, move: Move) -> str:
    """A voice's bar with every note moved, and the accidentals that it needs where it goes."""
    heard, written = Accidentals(source), Accidentals(target)

    def exchange(found: re.Match[str]) -> str:
        if not found["note"]:
            return found[0]
        steps, alter = move(*heard.read(found["note"]))
        bare = bare_note(steps)
        if written.read(bare) == (steps, alter):
            return bare
        return written_note(written, bare, alter)

    return "".join(
        _NOTES.sub(exchange, token.text) if token.kind in _PITCHED else token.text
        for token in lex_music(music)
        if not token.text.startswith("[K:") or _names_clef_only(token.text[3:-1])
    )


def written_note(accidentals: Accidentals, bare: str, alter: int) -> str:
    """A note with its accidental, which counts from here on."""
    text = ACCIDENTALS[alter] + bare
    accidentals.read(text)
    return text


def _with_clef(music: str, before: str, now: str) -> str:
    """A voice's bar that begins with the clef it had, if the voice has another one by now."""
    if before == now:
        return music
    opening = barlines(VoiceBar("", music).tokens).opening
    return f"{opening}[K:{before}]{music[len(opening) :]}"


def with_barlines(bars: Sequence[Bar], closings: Mapping[int, str]) -> tuple[Bar, ...]:
    """The bars with these barlines behind them, and plain ones behind all others but the last."""
    last = len(bars) - 1
    return tuple(
        bar if n == last and n not in closings else with_barline(bar, closings.get(n, PLAIN_BARLINE))
        for n, bar in enumerate(bars)
    )


def with_barline(bar: Bar, closing: str) -> Bar:
    """The bar with another barline at its end, in every voice."""
    return Bar(
        countdown=bar.countdown,
        lead=bar.lead,
        voices=tuple(
            VoiceBar(voice.voice, voice.music.rstrip().removesuffix(barlines(voice.tokens).closing) + closing)
            for voice in bar.voices
        ),
    )
