"""Which characters may come next: the bar check, asked before a character is drawn instead of after the voice.

Promises: a character is only held back if no continuation of it can make the voice right: a note that does not fit into
the bar, an end before the bar is full, a voice that is there already or does not exist, a barline unlike that of the
first voice. What can only be judged later (a tuplet that nothing completes) is left to `draft.py`, which throws a
wrong voice away as before.
Not covered: whether the music is good; the network decides among what is left.

Where a note has begun, its length is still open: "A" may become "A/", and "3" may become "3/2". Even numbers do not
become fractions in real pieces, so an even number that does not fit is held back.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from fractions import Fraction

from generator.drawable import can_be_drawn, names_clef, possible_key, possible_tempo
from generator.errors import NotationError
from generator.model.patches import EOS
from generator.notation import Token, TokenKind, lex_music
from generator.notation.durations import TIMED, Clock, is_single_note
from generator.notation.model import Metre

MAX_QUOTED_CHARS = 48
# What ends a voice's bar in real pieces, and what may begin one.
CLOSINGS = ("|", "|]", "||", ":|", "::", "|:", "|1", ":|2", "||1", "||2")
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
# Those that may stand behind the last note, as they end something.
LAST_DECORATIONS = ("!<)!", "!>)!", "!ped-up!", "!8va)!", "!8vb)!", "!trill)!")
# What a bar may change: clef or key, tempo, staff.
CLEFS = tuple(f"{clef}{octave}" for clef in ("treble", "bass", "alto", "tenor") for octave in ("", "-8", "+8"))
KEYS = ("C", "G", "D", "A", "E", "B", "F#", "C#", "F", "Bb", "Eb", "Ab", "Db", "Gb", "Cb")
STAFFS = ("staff +1", "staff -1")
MODES = ("", "min")
DENOMINATORS = ("", "2", "3", "4", "6", "8")  # thirds stand in rests of voices that wait for a triplet
MOST_SLURS = 3  # that end with one note
SMALLEST_SHARE = Fraction(1, 8)  # of its number that a note may yet shrink to: "3" to "3/8"

_VOICE_TAG = re.compile(r"\[V:([^\]\[]*)\]")
_FIRST_CLOSING = re.compile(r"([|:][|:\]12]*)\[V:")
_CLOSING = re.compile(r"[|:][|:\]12]*(?:\n|\[V?)?$")
_FIELD_BEGINS = re.compile(r"\[[H-Zh-z]")
_TEMPO_BEGINS = re.compile(r"(?:[13](?:/(?:[248](?:=(?:[1-9]\d?|1\d\d|2[0-4]\d)?)?)?)?)?")
_CHORD_BEGINS = re.compile(
    r"\[(?:(?:\^\^?|__?|=)?[A-Ga-gxz][,']{0,4}[\d/]*-?|!\d!|\.){0,12}(?:\^\^?|__?|=|!|!\d)?(?:\.$)?"
)
_OPEN_END = re.compile(
    r"(?:(?<![\^_=])(?:\^\^?|__?|=)|[.~HJLMOPRSTuv])$"
)  # an accidental or a decoration whose note is still to come
_NUMBER = re.compile(r"(\d*)(/*)(\d*)$")
_ENDS = {"[": "]", "{": "}", '"': '"', "!": "!"}


@dataclass(frozen=True)
class Target:
    """How long a voice's bar may be, in whole notes.

    longest: None without metre. complete: whether a length may be the end. unit, metre: what lengths are counted in.
    fixed: letters of the fields that may not change. clocks: the time of music that was added up before, by its text.
    """

    longest: Fraction | None
    complete: Callable[[Fraction], bool]
    unit: Fraction
    metre: Metre | None
    fixed: frozenset[str] = frozenset()
    clocks: dict[str, Clock | None] = field(default_factory=dict, compare=False, repr=False)

    def has_room(self, length: Fraction) -> bool:
        return self.longest is None or length < self.longest

    def holds(self, length: Fraction) -> bool:
        return self.longest is None or length <= self.longest


@dataclass(frozen=True)
class Line:
    """The line so far, up to where the current patch begins.

    text: what is written of it; ended: whether its last voice is finished, so that a barline has to follow; voices: the
    ids that may stand in it, in the order of the tune header; target: how long the bar of a voice has to be that
    begins behind a given part of the line.
    """

    text: str
    ended: bool
    voices: Sequence[str]
    target: Callable[[str], Target]


def allows(line: Line, written: str, char: int) -> bool:
    """Whether the patch that begins with `written` may go on with the character `char`."""
    if char != EOS and char != ord("\n") and not 32 <= char < 127:
        return False
    letter = "" if char == EOS else chr(char)
    text = line.text + written
    tag = text.rfind("[V:")
    if tag < 0:
        return begins_voice(text.partition("]")[2] + letter, line.voices) and letter != ""
    if "]" not in text[tag:]:
        return begins_voice(text[tag:] + letter, remaining(text[:tag], line.voices)) and letter != ""
    left, closing = remaining(text, line.voices), first_closing(text)
    if line.ended and "[V:" not in written:
        return letter != "" and goes_on_behind(written + letter, left, closing)
    music = text[tag:].partition("]")[2]
    target = line.target(text[:tag])
    barline = _CLOSING.search(music)
    if barline and is_complete(music[: barline.start()], target):
        crossing = written == barline[0]  # the voice filled its last patch exactly: another may follow
        return ends_line(barline[0], letter, left if crossing else (), closing)
    if letter == "":
        return written != "" and bool(left) and is_complete(music, target)
    if letter in "|:" and is_complete(music, target):
        return ends_line("", letter, left, closing)
    return fits(music + letter, target)


# --- voice tags and barlines -----------------------------------------------------------------------------------------


def remaining(text: str, voices: Sequence[str]) -> list[str]:
    """The voices that may still follow in this line."""
    present = _VOICE_TAG.findall(text)
    return [voice for voice in voices if voice not in present]


def begins_voice(text: str, voices: Sequence[str]) -> bool:
    """Whether text is the beginning of the tag of a voice that may come."""
    return any(f"[V:{voice}]".startswith(text) for voice in voices)


def first_closing(text: str) -> str | None:
    """The barline of the line's first voice, which all voices share; None while it is not written."""
    found = _FIRST_CLOSING.search(text)
    return found[1] if found else None


def goes_on_behind(text: str, left: Sequence[str], closing: str | None) -> bool:
    """Behind a voice that ended with its patch: a barline and the next voice; the line ends if none is left."""
    follows = [f"[V:{voice}]" for voice in left] or ["\n"]
    return any((end + follow).startswith(text) for end in closings(closing) for follow in follows)


def ends_line(barline: str, letter: str, left: Sequence[str], closing: str | None) -> bool:
    """Inside the barline behind the music: it goes on, or the line ends, or one of the voices in `left` follows."""
    if barline.endswith("\n"):
        return letter == ""
    follows = ["\n", *(f"[V:{voice}]" for voice in left)]
    text = barline + letter
    return letter != "" and any((end + tail).startswith(text) for end in closings(closing) for tail in follows)


def closings(closing: str | None) -> Sequence[str]:
    return CLOSINGS if closing is None else (closing,)


# --- music -----------------------------------------------------------------------------------------------------------


def is_complete(music: str, target: Target) -> bool:
    """Whether the voice's bar may end here."""
    if open_group(music) is not None or _OPEN_END.search(music):
        return False
    tokens = lex_music(music)
    clock = clock_of(tokens, target)
    if clock is None or not clock.between_groups or any(layer != clock.onset for layer in clock.layers):
        return False
    return target.complete(clock.onset) and makes_sense(tokens)


def fits(music: str, target: Target) -> bool:
    """Whether music can go on like this; its last word may not be finished."""
    start = open_group(music)
    if start is None and (found := _OPEN_END.search(music)):
        start = found.start()
    tokens = lex_music(music) if start is None else words_before_note(music[:start])
    if not makes_sense(tokens if start is not None else tokens[:-1]):
        return False
    if start is not None:
        return unfinished_fits(music[start:], tokens, target)
    return not tokens or last_token_fits(tokens, target)


def words_before_note(music: str) -> Sequence[Token]:
    """The words of music that a note or chord follows: without it, the dot of a staccato would mean nothing."""
    return lex_music(music + "c")[:-1] if _OPEN_END.search(music) else lex_music(music)


def makes_sense(tokens: Sequence[Token]) -> bool:
    """Whether finished words are ones that can be drawn. They were looked at when they were the last but one."""
    return not tokens or (tokens[-1].kind is not TokenKind.OTHER and can_be_drawn(tokens[-1]))


def unfinished_fits(group: str, tokens: Sequence[Token], target: Target) -> bool:
    """An unfinished `[...`, `{...`, `"...` or `!...`, or what stands before a note."""
    room = has_room(tokens, target)
    if not length_holds(tokens, target):
        return False
    if group[0] == "[" and _FIELD_BEGINS.match(group):
        return field_begins(group, tokens, target)
    if group[0] == "!":
        return decoration_begins(group, tokens, DECORATIONS if room else LAST_DECORATIONS)
    if group == "[":
        return room or not between_notes(tokens, TokenKind.FIELD)
    if not room or "%" in group or "\n" in group or len(group) > MAX_QUOTED_CHARS:
        return False
    if group[0] == '"':
        return len(between_notes(tokens, TokenKind.QUOTED)) < 2
    if group[0] == "[":
        first = next((token for token in lex_music(group[1:]) if token.kind in (TokenKind.NOTE, TokenKind.REST)), None)
        return _CHORD_BEGINS.fullmatch(group) is not None and (first is None or note_fits(tokens, first, target))
    return True


def field_begins(group: str, tokens: Sequence[Token], target: Target) -> bool:
    """Whether `[K:ba` may become a field that changes what may change, once between two notes."""
    letter = group[1]
    if letter not in "KQI" or any(token.text[1] == letter for token in between_notes(tokens, TokenKind.FIELD)):
        return False
    if len(group) == 2 or group[2] != ":":
        return len(group) == 2 and not (letter == "Q" and "Q" in target.fixed)
    value = group[3:]
    if letter == "Q":
        return "Q" not in target.fixed and _TEMPO_BEGINS.fullmatch(value) is not None
    values = [*CLEFS, *(key + mode for key in KEYS for mode in MODES if "K" not in target.fixed)]
    return any(one.startswith(value) for one in (values if letter == "K" else STAFFS))


def decoration_begins(group: str, tokens: Sequence[Token], known: Sequence[str]) -> bool:
    """Whether `!fer` may become a decoration that the next note does not have yet."""
    present = {token.text for token in between_notes(tokens, TokenKind.DECORATION)}
    return len(present) < MOST_DECORATIONS and any(one.startswith(group) and one not in present for one in known)


def between_notes(tokens: Sequence[Token], kind: TokenKind) -> list[Token]:
    """The words of one kind behind the last note."""
    found = []
    for token in reversed(tokens):
        if token.kind in TIMED:
            break
        if token.kind is kind:
            found.append(token)
    return found


def last_token_fits(tokens: Sequence[Token], target: Target) -> bool:
    """The last token of closed music is the one that is being written."""
    before, last = tokens[:-1], tokens[-1]
    rule = _RULES.get(last.kind)
    return length_holds(tokens, target) if rule is None else rule(last, before, target)


def time_fits(last: Token, before: Sequence[Token], target: Target) -> bool:
    """A note, rest or chord."""
    return has_room(before, target) and note_fits(before, last, target)


def barline_fits(last: Token, before: Sequence[Token], _target: Target) -> bool:
    """A barline inside the music: only the one that opens it."""
    return not before and any(opening.startswith(last.text) for opening in OPENINGS)


def broken_fits(last: Token, before: Sequence[Token], target: Target) -> bool:
    """`>` stands between two notes."""
    after_note = bool(before) and before[-1].kind in TIMED
    return after_note and has_room(before, target) and clock_of([*before, last], target) is not None


def lead_fits(_last: Token, before: Sequence[Token], target: Target) -> bool:
    """What a note has to follow: the beginning of a tuplet or slur, grace notes."""
    return has_room(before, target)


def space_fits(last: Token, before: Sequence[Token], target: Target) -> bool:
    return last.text == " " and has_room(before, target)


def end_fits(last: Token, before: Sequence[Token], target: Target) -> bool:
    """A tie, or the end of a slur: so many as one note can have."""
    most = 1 if last.kind is TokenKind.TIE else MOST_SLURS
    return len(between_notes(before, last.kind)) < most and length_holds(before, target)


def overlay_fits(_last: Token, before: Sequence[Token], target: Target) -> bool:
    """`&` begins the bar again when it is full."""
    clock = clock_of(before, target)
    return clock is not None and clock.between_groups and target.complete(clock.onset)


def never(_last: Token, _before: Sequence[Token], _target: Target) -> bool:
    return False


def word_fits(word: Token, before: Sequence[Token], target: Target) -> bool:
    """A field or decoration that has just been finished."""
    if word.kind is TokenKind.DECORATION:
        known = DECORATIONS if has_room(before, target) else LAST_DECORATIONS
        present = between_notes(before, TokenKind.DECORATION)
        return (word.text[0] != "!" or word.text in known) and word not in present and len(present) < MOST_DECORATIONS
    letter, value = word.text[1], word.text[3:-1]
    if letter == "K":
        return names_clef(value) or possible_key(value)
    return value in STAFFS if letter == "I" else possible_tempo(value)


def note_fits(before: Sequence[Token], note: Token, target: Target) -> bool:
    """Whether a note, rest or chord fits, or may yet be shortened until it does."""
    if note.text[0] in "ZXy":
        return False  # rests of whole bars and spacers: no real interleaved piece has them
    numerator, strokes, denominator = _NUMBER.search(note.text).groups()  # type: ignore[union-attr]
    if denominator not in DENOMINATORS:
        return False
    if numerator and note.kind is not TokenKind.REST and not is_single_note(Fraction(int(numerator))):
        return False
    clock = clock_of([*before, note], target)
    if clock is None:
        return False
    if target.holds(clock.onset):
        return True
    shrinks = not numerator or int(numerator) % 2 == 1 or bool(strokes)
    if not shrinks or denominator:
        return False
    length = clock.timed[-1].length
    return target.holds(clock.onset - length + length * SMALLEST_SHARE)


def has_room(tokens: Sequence[Token], target: Target) -> bool:
    """Whether a note could follow."""
    clock = clock_of(tokens, target)
    return clock is not None and target.has_room(clock.onset)


def length_holds(tokens: Sequence[Token], target: Target) -> bool:
    """Whether what is there is not too long."""
    clock = clock_of(tokens, target)
    return clock is not None and target.holds(clock.onset)


def clock_of(tokens: Sequence[Token], target: Target) -> Clock | None:
    """The tokens' time added up; None for what has no length. Music grows by a token, so all but the last is known."""
    text = "".join([token.text for token in tokens])
    if text not in target.clocks:
        if not tokens:
            target.clocks[text] = Clock(unit=target.unit, metre=target.metre)
        else:
            target.clocks[text] = clock_after(clock_of(tokens[:-1], target), tokens[-1])
    return target.clocks[text]


def clock_after(clock: Clock | None, token: Token) -> Clock | None:
    """A new clock one token further on."""
    if clock is None:
        return None
    later = copy(clock)
    later.timed, later.layers = list(clock.timed[-1:]), list(clock.layers)
    later.tuplets = [copy(tuplet) for tuplet in clock.tuplets]
    try:
        later.take(0, token)
    except NotationError:
        return None
    return later


def open_group(music: str) -> int | None:
    """Where an unfinished chord, field, grace group, annotation or decoration begins; None if there is none."""
    start, end = None, ""
    for place, char in enumerate(music):
        if start is None:
            if char in _ENDS:
                start, end = place, _ENDS[char]
        elif char == end:
            start = None
    return start


_RULES: Mapping[TokenKind, Callable[[Token, Sequence[Token], Target], bool]] = {
    **dict.fromkeys(TIMED, time_fits),
    **dict.fromkeys((TokenKind.TUPLET, TokenKind.SLUR_OPEN, TokenKind.GRACE), lead_fits),
    **dict.fromkeys((TokenKind.TIE, TokenKind.SLUR_CLOSE), end_fits),
    **dict.fromkeys((TokenKind.FIELD, TokenKind.DECORATION), word_fits),
    TokenKind.BAR: barline_fits,
    TokenKind.BROKEN: broken_fits,
    TokenKind.SPACE: space_fits,
    TokenKind.OVERLAY: overlay_fits,
    TokenKind.OTHER: never,
}
