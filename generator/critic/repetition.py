"""How many bars of a tune come back.

Two bars are the same if the same voices have the same notes, rests and rhythm; dynamics, words, slurs and barlines may
differ. Voices without notes and bars in which nobody plays do not count.
"""

from __future__ import annotations

from generator.notation import Bar, TokenKind, Tune

_SOUNDING = frozenset({TokenKind.NOTE, TokenKind.CHORD})
_MUSIC = _SOUNDING | {
    TokenKind.REST,
    TokenKind.GRACE,
    TokenKind.TUPLET,
    TokenKind.BROKEN,
    TokenKind.TIE,
    TokenKind.OVERLAY,
}

Music = tuple[tuple[str, str], ...]


def repeated_bars(tune: Tune) -> int:
    """The number of bars that are the same as an earlier one."""
    heard: set[Music] = set()
    repeated = 0
    for bar in tune.bars:
        music = bar_music(bar)
        if music:
            repeated += music in heard
            heard.add(music)
    return repeated


def bar_music(bar: Bar) -> Music:
    """The music of a bar alone: each sounding voice with its notes and rhythm."""
    return tuple(
        (voice.voice, "".join(token.text for token in voice.tokens if token.kind in _MUSIC))
        for voice in bar.voices
        if any(token.kind in _SOUNDING for token in voice.tokens)
    )
