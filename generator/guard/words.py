"""Which words may stand in a voice's bar while it is written: each fits into the time left, and can be engraved.

Promises: words are only refused if no continuation of them can make the bar right.
Not covered: voices and barlines around the music (`line.py`).

Where a note has begun, its length is still open: "A" may become "A/", and "3" may become "3/2". Even numbers do not
become fractions in real pieces, so an even number that does not fit is held back.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache

from generator.guard.states import STAFF_FIELDS, State, Words
from generator.guard.time_left import Target, remember
from generator.notation import Token, TokenKind, lex_music
from generator.notation.durations import TIMED, is_single_note
from generator.notation.engravable import can_be_engraved, names_clef, possible_key, possible_tempo
from generator.notation.keys import KEYS_15
from generator.notation.marks import load_marks

MAX_QUOTED_CHARS = 48
# What may begin a voice's bar.
OPENINGS = ("|:",)
DECORATIONS = tuple(
    f"!{name}!"
    for names in (
        "> ^ wedge tenuto fermata arpeggio breath turn invertedturn courtesy stemless open plus fine D.C. sfz",
        "pppp ppp pp p mp mf f ff fff <( <) >( >) 8va( 8va) 8vb( 8vb) trill( trill) ped ped-up",
        "/ // /// /- //- ///- 0 1 2 3 4 5",
    )
    for name in names.split()
)
MOST_DECORATIONS = 4  # on one note
# Those that end something, and where it began: not before the same note. They may stand behind the last one.
BEGINNINGS = {
    "!<)!": "!<(!", "!>)!": "!>(!", "!ped-up!": "!ped!", "!8va)!": "!8va(!", "!8vb)!": "!8vb(!", "!trill)!": "!trill(!",
}  # fmt: skip
LAST_DECORATIONS = tuple(BEGINNINGS)
# What a bar may change: clef or key, tempo, staff.
CLEFS = tuple(f"{clef}{octave}" for clef in ("treble", "bass", "alto", "tenor") for octave in ("", "-8", "+8"))
STAFFS = ("staff +1", "staff -1")
MODES = ("", "min")
DENOMINATORS = ("", "2", "3", "4", "6", "8")  # thirds stand in rests of voices that wait for a triplet
ACCIDENTALS = "^_="
MOST_SLURS = 3  # that end with one note
SMALLEST_SHARE = Fraction(1, 8)  # of its number that a note may yet shrink to: "3" to "3/8"

_FIELD_BEGINS = re.compile(r"\[[H-Zh-z]")
_TEMPO_BEGINS = re.compile(r"(?:[13](?:/(?:[248](?:=(?:[1-9]\d?|1\d\d|2[0-4]\d)?)?)?)?)?")
_CHORD_BEGINS = re.compile(
    r"\[(?:(?:\^\^?|__?|=)?[A-Ga-gxz][,']{0,4}[\d/]*-?|!\d!|\.){0,12}(?:\^\^?|__?|=|!|!\d)?(?:\.$)?"
)
_OPEN_END = re.compile(
    r"(?:(?<![\^_=])(?:\^\^?|__?|=)|[.~HJLMOPRSTuv])$"
)  # an accidental or a decoration whose note is still to come
_NUMBER = re.compile(r"(\d*)(/*)(\d*)$")


def is_complete(state: State, target: Target) -> bool:
    """Whether the voice's bar may end here."""
    ends = state.ends.get(target.number)
    if ends is None:
        ends = _is_complete(state, target)
        remember(state.ends, target, ends)
    return ends


def fits(state: State, target: Target) -> bool:
    """Whether music can go on like this; its last word may not be finished."""
    found = state.fits.get(target.number)
    if found is None:
        found = _fits(state, target)
        remember(state.fits, target, found)
    return found


def _is_complete(state: State, target: Target) -> bool:
    if state.opened or _open_end(state.tail):
        return False
    words = state.words_with(state.tail)
    clock = words.clock
    if clock is None or not clock.between_groups or any(layer != clock.onset for layer in clock.layers):
        return False
    return target.complete(clock.onset) and _makes_sense(words.tokens)


def _fits(state: State, target: Target) -> bool:
    tail = state.tail
    start = len(state.closed) if state.opened else None
    if start is None and (found := _open_end(tail)):
        start = found.start()
    if start is None:
        if not tail:
            return True
        last = lex_music(tail)[-1]
        before = _words_before(state, tail)
        return _makes_sense(before.tokens[-1:]) and _RULES[last.kind](last, before, target)
    words = _words_before_note(state, tail[:start])
    if not _makes_sense(words.tokens):
        return False
    hangs = _open_end(tail[:start]) is not None  # no accidental stands before a chord
    return not (hangs and tail[start - 1] in ACCIDENTALS) and _unfinished_fits(tail[start:], words, target)


def _open_end(music: str) -> re.Match[str] | None:
    """What stands at the end and waits for its note: at most two characters."""
    return _OPEN_END.search(music, max(0, len(music) - 2))


def _words_before(state: State, tail: str) -> Words:
    """The words with those of another tail but the last."""
    words = state.words
    for token in lex_music(tail)[:-1]:
        words = words.and_one(token)
    return words


def _words_before_note(state: State, tail: str) -> Words:
    """The words of music that a note or chord follows: without it, the dot of a staccato would mean nothing."""
    return _words_before(state, tail + "c") if _open_end(tail) else state.words_with(tail)


def _makes_sense(tokens: Sequence[Token]) -> bool:
    """Whether finished words are ones that can be engraved. They were looked at when they were the last but one."""
    return not tokens or (tokens[-1].kind is not TokenKind.OTHER and can_be_engraved(tokens[-1]))


def _unfinished_fits(group: str, words: Words, target: Target) -> bool:
    """An unfinished `[...`, `{...`, `"...` or `!...`, or what stands before a note."""
    tokens, time_left = words.tokens, words.has_time_left(target)
    if not words.hold(target):
        return False
    if group[0] == "[" and _FIELD_BEGINS.match(group):
        return _field_begins(group, tokens, target)
    if group[0] == "!":
        return _decoration_begins(group, tokens, DECORATIONS if time_left else LAST_DECORATIONS)
    if group == "[":  # behind the last note only the way home: another clef can as well begin the next bar
        return time_left or (_is_away(tokens) and not _between_notes(tokens, TokenKind.FIELD))
    if not time_left or "%" in group or "\n" in group or len(group) > MAX_QUOTED_CHARS:
        return False
    if group[0] == '"':
        return len(_between_notes(tokens, TokenKind.QUOTED)) < 2 and load_marks().begin(group[1:])
    if group[0] == "[":
        first = next((token for token in lex_music(group[1:]) if token.kind in (TokenKind.NOTE, TokenKind.REST)), None)
        return _CHORD_BEGINS.fullmatch(group) is not None and (first is None or _note_fits(words, first, target))
    return True


def _is_away(tokens: Sequence[Token]) -> bool:
    """Whether a voice was sent to another staff and has not come back."""
    sent = [token.text for token in tokens if token.text in STAFF_FIELDS]
    return sum(sent.count(field) * way for field, way in STAFF_FIELDS.items()) != 0


def _field_begins(group: str, tokens: Sequence[Token], target: Target) -> bool:
    """Whether `[K:ba` may become a field that changes what may change, once between two notes."""
    letter = group[1]
    if letter not in "KQI" or any(token.text[1] == letter for token in _between_notes(tokens, TokenKind.FIELD)):
        return False
    if len(group) == 2 or group[2] != ":":
        return len(group) == 2 and not (letter == "Q" and "Q" in target.fixed)
    value = group[3:]
    if letter == "Q":
        return "Q" not in target.fixed and _TEMPO_BEGINS.fullmatch(value) is not None
    values = [*CLEFS, *(key + mode for key in KEYS_15 for mode in MODES if "K" not in target.fixed)]
    return any(one.startswith(value) for one in (values if letter == "K" else STAFFS))


def _decoration_begins(group: str, tokens: Sequence[Token], known: Sequence[str]) -> bool:
    """Whether `!fer` may become a decoration that the next note does not have yet."""
    present = {token.text for token in _between_notes(tokens, TokenKind.DECORATION)}
    return len(present) < MOST_DECORATIONS and any(one.startswith(group) and _is_new(one, present) for one in known)


def _is_new(decoration: str, present: Collection[str]) -> bool:
    """Whether it says something beside those that are there, and does not end what begins there."""
    return decoration not in present and BEGINNINGS.get(decoration) not in present


def _between_notes(tokens: Sequence[Token], kind: TokenKind) -> list[Token]:
    """The words of one kind behind the last note."""
    found = []
    for token in reversed(tokens):
        if token.kind in TIMED:
            break
        if token.kind is kind:
            found.append(token)
    return found


def _time_fits(last: Token, before: Words, target: Target) -> bool:
    """A note, rest or chord."""
    return before.has_time_left(target) and _note_fits(before, last, target)


def _barline_fits(last: Token, before: Words, _target: Target) -> bool:
    """A barline inside the music: only the one that opens it."""
    return not before.tokens and any(opening.startswith(last.text) for opening in OPENINGS)


def _broken_fits(last: Token, before: Words, target: Target) -> bool:
    """`>` stands between two notes, of which the first is not the second of another pair and the other has room."""
    tokens = before.tokens
    if not tokens or tokens[-1].kind not in TIMED or _ends_pair(tokens) or not before.has_time_left(target):
        return False
    clock = before.and_one(last).clock
    if clock is None:
        return False
    share = clock.broken or 0  # the other note's, of what it would be; both make two
    return target.holds(clock.onset + clock.timed[-1].length * share / (2 - share))


def _ends_pair(tokens: Sequence[Token]) -> bool:
    """Whether the last note is the second of a broken pair."""
    kinds = [token.kind for token in tokens[:-1] if token.kind in TIMED or token.kind is TokenKind.BROKEN]
    return kinds[-1:] == [TokenKind.BROKEN]


def _lead_fits(_last: Token, before: Words, target: Target) -> bool:
    """What a note has to follow: the beginning of a tuplet or slur, grace notes."""
    return before.has_time_left(target)


def _space_fits(last: Token, before: Words, target: Target) -> bool:
    return last.text == " " and before.has_time_left(target)


def _end_fits(last: Token, before: Words, target: Target) -> bool:
    """A tie, or the end of a slur: so many as one note can have."""
    most = 1 if last.kind is TokenKind.TIE else MOST_SLURS
    return len(_between_notes(before.tokens, last.kind)) < most and before.hold(target)


def _text_fits(last: Token, _before: Words, _target: Target) -> bool:
    """A text that has just been finished: one that people write."""
    return load_marks().are_written(last.text[1:-1])


def _overlay_fits(_last: Token, before: Words, target: Target) -> bool:
    """`&` begins the bar again when it is full."""
    clock = before.clock
    return clock is not None and clock.between_groups and target.complete(clock.onset)


def _never(_last: Token, _before: Words, _target: Target) -> bool:
    return False


def _word_fits(word: Token, before: Words, target: Target) -> bool:
    """A field or decoration that has just been finished."""
    if word.kind is TokenKind.DECORATION:
        known = DECORATIONS if before.has_time_left(target) else LAST_DECORATIONS
        present = {token.text for token in _between_notes(before.tokens, TokenKind.DECORATION)}
        possible = word.text[0] != "!" or word.text in known
        return possible and _is_new(word.text, present) and len(present) < MOST_DECORATIONS
    letter, value = word.text[1], word.text[3:-1]
    if letter == "K":
        return names_clef(value) or possible_key(value)
    return value in STAFFS if letter == "I" else possible_tempo(value)


def _note_fits(before: Words, note: Token, target: Target) -> bool:
    """Whether a note, rest or chord fits, or may yet be shortened until it does."""
    if note.text[0] in "ZXy":
        return False  # rests of whole bars and spacers: no real interleaved piece has them
    numerator, strokes, denominator = _NUMBER.search(note.text).groups()  # type: ignore[union-attr]
    if denominator not in DENOMINATORS:
        return False
    if numerator and note.kind is not TokenKind.REST and not _is_single_number(numerator):
        return False
    clock = before.and_one(note).clock
    if clock is None:
        return False
    if target.holds(clock.onset):
        return True
    shrinks = not numerator or int(numerator) % 2 == 1 or bool(strokes)
    if not shrinks or denominator:
        return False
    length = clock.timed[-1].length
    return target.holds(clock.onset - length + length * SMALLEST_SHARE)


@lru_cache(maxsize=256)
def _is_single_number(text: str) -> bool:
    """Whether a note can be so many units long."""
    return is_single_note(Fraction(int(text)))


_RULES: Mapping[TokenKind, Callable[[Token, Words, Target], bool]] = {
    **dict.fromkeys(TIMED, _time_fits),
    **dict.fromkeys((TokenKind.TUPLET, TokenKind.SLUR_OPEN, TokenKind.GRACE), _lead_fits),
    **dict.fromkeys((TokenKind.TIE, TokenKind.SLUR_CLOSE), _end_fits),
    **dict.fromkeys((TokenKind.FIELD, TokenKind.DECORATION), _word_fits),
    TokenKind.BAR: _barline_fits,
    TokenKind.BROKEN: _broken_fits,
    TokenKind.SPACE: _space_fits,
    TokenKind.OVERLAY: _overlay_fits,
    TokenKind.QUOTED: _text_fits,
    TokenKind.OTHER: _never,
}
