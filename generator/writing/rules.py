"""What a bar of a composed piece must obey beyond having the right length.

The check of lengths is `generator.notation.BarChecker`'s. Here stands what only makes sense while composing: what was
asked is not undone by an inline field, no hand, part or bar stays silent where people expect music, and nothing is in
the music that cannot be engraved (`generator.notation.engravable`): one such word, and the whole
piece could not be delivered.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from generator.notation import Bar, Header, Token, TokenKind, VoiceBar, staves_of
from generator.notation.engravable import can_be_engraved, names_clef, possible_key, possible_tempo

# Key, clef, tempo and staff may change inside the music, as in real pieces. Metre and unit length decide what a right
# bar is, and the countdown forces one line a bar: these stay as in the header.
STAFF_CHANGES = ("staff +1", "staff -1")
# Up to this many staves every staff has to join in; in larger scores real parts may rest for very long.
SMALL_ENSEMBLE_STAVES = 5
HANDS, HANDS_PATIENCE_BARS = 2, 1


Staff = tuple[str, ...]


class Where(Enum):
    """Where in the piece a bar stands, as far as it matters who plays."""

    THEME = "first phrase"
    LAST = "last bar"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class BarRules:
    """The rules of one piece.

    staves: the voices of each staff, the main voice first; patience_bars: how long a staff may stay silent;
    fixed_fields: letters of the fields that were asked for: "K", "Q"; closing: the staves that all sound in the last
    bar; hands: those of who accompanies a song, which rest for a bar at most; theme: the one that sounds in each bar of
    the first phrase, () if there is none.
    """

    staves: tuple[Staff, ...]
    patience_bars: int
    fixed_fields: frozenset[str]
    closing: tuple[Staff, ...] = ()
    hands: tuple[Staff, ...] = ()
    theme: Staff = ()

    def breaks_rule(self, bar: Bar) -> bool:
        """Whether a voice changes what is fixed, or holds what cannot be engraved."""
        return not all(all(map(self.allows, voice.tokens)) and not _doubles_barline(voice) for voice in bar.voices)

    def allows(self, token: Token) -> bool:
        """Whether a word may be in the music."""
        if token.kind is not TokenKind.FIELD:
            return can_be_engraved(token)
        letter, value = token.text[1], token.text[3:-1]
        if letter == "K":
            return names_clef(value) or (possible_key(value) and "K" not in self.fixed_fields)
        if letter == "Q":
            return possible_tempo(value) and "Q" not in self.fixed_fields
        return letter == "I" and value in STAFF_CHANGES

    def is_silent(self, bar: Bar) -> bool:
        """Whether no voice has a note."""
        return not any(voice.sounds for voice in bar.voices)

    def missing_voice(
        self, before: Sequence[Bar], present: Iterable[str], where: Where = Where.ELSEWHERE
    ) -> str | None:
        """The main voice of a staff that has to play in this bar and has not begun, if there is one."""
        present = set(present)
        return next((staff[0] for staff in self._wanted(before, where) if not present.intersection(staff)), None)

    def rests_too_long(self, before: Sequence[Bar], bar: Bar, where: Where = Where.ELSEWHERE) -> bool:
        """Whether a staff that has to play in this bar has no note."""
        heard = {voice.voice for voice in bar.voices if voice.sounds}
        return any(not heard.intersection(staff) for staff in self._wanted(before, where))

    def _wanted(self, before: Sequence[Bar], where: Where) -> Iterator[Staff]:
        """The staves that have to play in the next bar: those that were silent before, all at the end, the theme's."""
        if where is Where.LAST:
            yield from self.closing
        if where is Where.THEME and self.theme:
            yield self.theme
        for staves, patience in ((self.staves, self.patience_bars), (self.hands, HANDS_PATIENCE_BARS)):
            if len(before) >= patience:
                recent = before[len(before) - patience :]
                heard = {voice.voice for bar in recent for voice in bar.voices if voice.sounds}
                yield from (staff for staff in staves if not heard.intersection(staff))


def _doubles_barline(voice: VoiceBar) -> bool:
    """Whether two barlines stand side by side."""
    kinds = [token.kind for token in voice.tokens if token.kind is not TokenKind.SPACE]
    return any(pair == (TokenKind.BAR, TokenKind.BAR) for pair in pairwise(kinds))


def rules_for(
    header: Header,
    *,
    bars: int,
    key_asked: bool,
    tempo_asked: bool,
    all_sing: bool = False,
    is_song: bool = False,
    all_named: bool = False,
) -> BarRules:
    """The rules of a piece of `bars` bars.

    all_sing: no voice rests for a bar, even where two share a staff (choirs); is_song: who sings may be done before the
    piano is; all_named: somebody has said who is to play, so none of them is silent throughout, however many they are.
    """
    staves: tuple[Staff, ...] = tuple(map(tuple, staves_of(header)))
    if all_sing:
        staves = tuple((voice,) for staff in staves for voice in staff)
    fixed = frozenset("K" * key_asked + "Q" * tempo_asked)
    if len(staves) > SMALL_ENSEMBLE_STAVES:
        return BarRules(staves if all_named else (), max(1, bars // 3), fixed)
    # Two staves are two hands: neither rests for more than a bar. In a choir nobody does. A singer may wait for the
    # introduction.
    patience = 0 if all_sing else 1 if len(staves) <= HANDS else min(4, max(1, bars // 3))
    hands = staves[-HANDS:] if is_song and len(staves) > HANDS else ()
    theme = staves[0] if len(staves) <= HANDS or all_sing else ()
    return BarRules(staves, patience, fixed, closing=hands or staves, hands=hands, theme=theme)
