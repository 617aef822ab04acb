"""What a bar of a composed piece must obey beyond having the right length.

The check of lengths is `generator.notation.BarChecker`'s. Here stands what only makes sense while composing: what was
asked is not undone by an inline field, and no hand, part or bar stays silent where people expect music.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from generator.notation import Bar, Header, TokenKind, VoiceBar, staves_of

# Metre and unit length decide what a right bar is; the countdown forces one line a bar. They stay as in the header.
NEVER_INLINE = frozenset("MLVXTCPwW")
SOUNDING = frozenset({TokenKind.NOTE, TokenKind.CHORD})
# Up to this many staves every staff has to join in; in larger scores real parts may rest for very long.
SMALL_ENSEMBLE_STAVES = 5


@dataclass(frozen=True)
class BarRules:
    """The rules of one piece.

    staves: the voices of each staff, the main voice first; patience_bars: how long a staff may stay silent;
    fixed_fields: letters of the inline fields that may not appear.
    """

    staves: tuple[tuple[str, ...], ...]
    patience_bars: int
    fixed_fields: frozenset[str]

    def breaks_rule(self, bar: Bar) -> bool:
        """Whether a voice changes what is fixed."""
        return any(field in self.fixed_fields for voice in bar.voices for field in inline_fields(voice))

    def is_silent(self, bar: Bar) -> bool:
        """Whether no voice has a note."""
        return not any(map(sounds, bar.voices))

    def missing_voice(self, before: Sequence[Bar], present: Iterable[str]) -> str | None:
        """The main voice of a staff that was silent in the last bars and has not begun in this one, if there is one."""
        present = set(present)
        recent = before[len(before) - self.patience_bars :] if len(before) >= self.patience_bars else None
        if recent is None:
            return None
        heard = {voice.voice for bar in recent for voice in bar.voices if sounds(voice)} | present
        return next((staff[0] for staff in self.staves if not heard.intersection(staff)), None)


def sounds(voice: VoiceBar) -> bool:
    """Whether the voice has a note in this bar."""
    return any(token.kind in SOUNDING for token in voice.tokens)


def inline_fields(voice: VoiceBar) -> Iterable[str]:
    """Letters of the inline fields, `M` for `[M:3/4]`."""
    return (token.text[1] for token in voice.tokens if token.kind is TokenKind.FIELD)


def rules_for(header: Header, *, bars: int, key_asked: bool, tempo_asked: bool, all_sing: bool = False) -> BarRules:
    """The rules of a piece of `bars` bars. all_sing: no voice rests for long, even where two share a staff (choirs)."""
    staves = staves_of(header)
    if all_sing:
        staves = tuple((voice,) for staff in staves for voice in staff)
    fixed = set(NEVER_INLINE)
    if key_asked:
        fixed.add("K")
    if tempo_asked:
        fixed.add("Q")
    if len(staves) > SMALL_ENSEMBLE_STAVES:
        return BarRules((), bars, frozenset(fixed))
    # Two staves are two hands: neither rests for more than a bar. A singer may wait for the introduction.
    patience = 1 if len(staves) <= 2 or all_sing else min(4, max(1, bars // 3))
    return BarRules(staves, patience, frozenset(fixed))
