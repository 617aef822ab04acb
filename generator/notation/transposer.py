"""Carry the voices of a tune through their bars while its notes move to another key.

Promises: every note sounds the same number of semitones higher; an accidental is written where the source wrote one, or
where the bar so far makes it needed; all that is not pitch stays as it was, character by character.
Not covered: percussion, which stays, and chord names, which move only where that is asked for; which key to go to
(`transpose.py`).

What a note without accidental means depends on its signature, on its bar and on a tie before it, in the old key as in
the new one. So every voice is read and written at the same time.
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from generator.notation.keys import (
    KeyField,
    printable_fifths,
    read_key_field,
    signature,
    tonic_at,
    tonic_fifths,
)
from generator.notation.pitches import MAX_ALTER, NOTE_PATTERN, Moves, Pitch, read_note
from generator.notation.tokens import TEXT_PATTERN

FIRST_FLAT, LAST_SHARP = tonic_fifths("Fb"), tonic_fifths("B#")
MAX_ALTER_WITHOUT_KEY = 1  # where there is no key, nothing explains a double sharp
PEDALS = ("!ped!", "!ped-up!")
PITCHED_CLEFS = ("treble", "alto", "tenor", "bass")

_TIE = r"[\d/]*\.?-"  # a length may stand between a note and its tie
_CHORD_NOTES = re.compile(f"{NOTE_PATTERN}(?P<tie>{_TIE})?|{TEXT_PATTERN}")
_MUSIC = re.compile(
    rf"""{NOTE_PATTERN}(?P<tie>{_TIE})?
    | {TEXT_PATTERN} | %.*
    | \(\d[\d:]*                                           # a tuplet: its colons are no barline
    | (?P<field>\[[A-Za-z]:[^\[\]\n]*\])
    | (?P<chord>\[[^\[\]|\n]*\])(?P<chord_tie>{_TIE})?
    | (?P<grace>\{{[^{{}}|\n]*\}})
    | (?P<bar>\|+|::|&)                                    # an overlay is another voice in the same bar
    | (?P<rest>[zxZX])
    """,
    re.VERBOSE,
)
_FIELD_LINE = re.compile(r"[A-Za-z]:|%")
_CHORD_NAME = re.compile(  # "Am7/E", not "A tempo"
    r"(?P<root>[A-G][#b]?)(?P<kind>(?:m|min|maj|M|dim|aug|sus|add|\+|-|o|ø|\d|\(|\)|[#b]\d)*)(?:/(?P<bass>[A-G][#b]?))?"
)
_STAFF_FIELD = re.compile(r"\[K:\s*(?:clef=)?(?:treble|alto|tenor|bass)[^\]]*\]|\[I:\s*staff[^\]]*\]")
_OWN_KEY = re.compile(r"\[K:\s*[A-G]")
_QUOTED = re.compile(r'"[^"]*"')


class _Scale(NamedTuple):
    """How music under one signature moves: alterations of the letters C to B before and after, and all moves."""

    source: tuple[int, ...]
    target: tuple[int, ...]
    moves: Moves


class Heard(NamedTuple):
    """A note that was moved. bar: counted from 0 in its voice; pitch: after the move; chord: of a chord."""

    bar: int
    pitch: Pitch
    chord: bool


class _Tie(NamedTuple):
    """What the note after a tie has to know: the alteration before the move, the pitch after it."""

    alter: int
    target: Pitch


@dataclass(kw_only=True)
class _Voice:
    """What a reader has to remember of a voice: its key, what this bar has altered so far, and the open ties.

    source_marks and target_marks go from steps above middle C to an alteration, before and after the move. bar: how
    many barlines with music before them were read; key: its own signature after the move, as `K:` says it.
    """

    scale: _Scale
    percussion: bool = False
    source_marks: dict[int, int] = field(default_factory=dict)
    target_marks: dict[int, int] = field(default_factory=dict)
    ties: dict[int, _Tie] = field(default_factory=dict)
    key: str = ""
    bar: int = 0
    has_music: bool = False
    heard: list[Heard] = field(default_factory=list)

    def close_bar(self, *, is_overlay: bool) -> None:
        """A barline, or another voice in the same bar: accidentals count no more."""
        if not is_overlay:
            self.bar += self.has_music
            self.has_music = False
        self.start_bar()

    def start_bar(self) -> None:
        if self.target_marks or self.source_marks:
            self.source_marks, self.target_marks = {}, {}

    def move_note(self, text: str, *, in_chord: bool = False) -> tuple[str, int, _Tie]:
        """A note moved, in the light of the bar so far; its steps before the move, and the tie it may open."""
        scale = self.scale
        written, steps = read_note(text)
        tie = self.ties.get(steps)
        if written is not None:
            alter = self.source_marks[steps] = written
        elif tie is not None:
            alter = tie.alter
        else:
            alter = self.source_marks.get(steps, scale.source[steps % 7])
        target, bare, marked = scale.moves[steps, alter]
        self.has_music = True
        self.heard.append(Heard(self.bar, target, chord=in_chord))
        opened = _Tie(alter, target)
        if opened == tie and written is None:
            return bare, steps, opened  # kept over the barline by the tie, and the bar is none the wiser
        as_understood = self.target_marks.get(target.steps, scale.target[target.steps % 7])
        if written is None and target.alter == as_understood and not self._tied_after(target.steps):
            return bare, steps, opened
        self.target_marks[target.steps] = target.alter
        return marked, steps, opened

    def _tied_after(self, steps: int) -> bool:
        """Whether a note without accidental would be taken for one tied to the note before, which it is not."""
        return any(tie.target.steps == steps for tie in self.ties.values())

    def move_chord(self, text: str, *, all_tied: bool = False, is_chord: bool = True) -> str:
        """Notes that sound together; a tie after one of them ties only that one."""
        opened = {}
        is_chord = is_chord and sum(token["note"] is not None for token in _CHORD_NOTES.finditer(text)) > 1

        def move(token: re.Match[str]) -> str:
            if token["note"] is None:
                return token[0]
            moved, steps, tie = self.move_note(token["note"], in_chord=is_chord)
            if all_tied or token["tie"]:
                opened[steps] = tie
            return moved + (token["tie"] or "")

        moved = _CHORD_NOTES.sub(move, text)
        self.ties = opened
        return moved

    def move_grace_notes(self, text: str) -> str:
        """Grace notes may stand between a note and the note it is tied to, and leave that tie alone."""
        ties, self.ties = self.ties, {}
        moved = self.move_chord(text, is_chord=False)
        self.ties = ties
        return moved


class Transposer:
    """Moves the lines of one tune, from the first to the last: a voice's key and bar go on from line to line.

    fifths: how far signatures move to the sharp side; semitones: how much higher all sounds. only: the one voice that
    moves, which then has a key signature of its own; None for all. chord_names: "Am7/E" above the notes moves too.
    as_part: without what only means something in
    a score for two hands: clefs and staves that it changes to, pedals.
    Raises ValueError if fifths and semitones disagree.
    """

    def __init__(
        self,
        *,
        fifths: int,
        semitones: int,
        only: str | None = None,
        chord_names: bool = False,
        as_part: bool = False,
    ) -> None:
        if (semitones - 7 * fifths) % 12:
            raise ValueError(f"{fifths} fifths are not {semitones} semitones")
        self.fifths, self.semitones = fifths, semitones
        self._scales: dict[tuple[int, bool], _Scale] = {}
        self._home: _Scale | None = None  # of the tune's first signature, which all voices begin in
        self._home_key = ""
        self._voices: dict[str, _Voice] = {}
        self._only, self._chord_names, self._as_part = only, chord_names, as_part
        self._key_is_told = only is None or fifths == 0
        self._name = ""
        self._voice = self._open_voice("")

    @property
    def heard(self) -> list[Heard]:
        """The notes that were moved so far, voice after voice."""
        return [note for name, voice in self._voices.items() if self._moves(name) for note in voice.heard]

    def _moves(self, name: str) -> bool:
        return not self._voices[name].percussion and self._only in (None, name)

    def move_line(self, line: str) -> str:
        """One line of a tune header or body. Raises NotationError for a key signature that cannot be read."""
        if _FIELD_LINE.match(line) is None:
            before = self._name
            moved = _MUSIC.sub(self._move_token, line)
            return moved if self._key_is_told else self._tell_key(moved, before)
        if line.startswith("K:"):
            return "K:" + self._move_key(line[2:])
        if line.startswith("V:"):
            self._enter_voice(line[2:])
        return line

    def _move_token(self, token: re.Match[str]) -> str:
        kind, text, voice = token.lastgroup, token[0], self._voice
        match kind:
            case "bar":
                voice.close_bar(is_overlay=text == "&")
            case "field":
                return self._move_field(text)
            case _ if not self._moves(self._name):
                pass
            case None:
                return self._move_text(text)
            case "note":
                text = voice.move_note(text)[0]
                voice.ties = {}
            case "tie":
                return voice.move_chord(text)
            case "chord" | "chord_tie":
                tie = token["chord_tie"] or ""
                return voice.move_chord(token["chord"], all_tied=bool(tie)) + tie
            case "grace":
                return voice.move_grace_notes(text)
            case "rest":
                voice.ties, voice.has_music = {}, True
        return text

    def _tell_key(self, line: str, before: str) -> str:
        """The line with the key of the one voice that moves before its first music. before: whose music it begins."""
        entered = re.search(rf"\[V:\s*{re.escape(self._only or '')}(?![^\s\]])[^\]]*\]", line)
        place = (
            entered.end()
            if entered
            else 0
            if before == self._only and line.strip() and not line.startswith("[V:")
            else None
        )
        if place is None:
            return line
        self._key_is_told = True
        key = self._voices[self._only or ""].key or (self._home_key if self._home else "")
        if not key or _OWN_KEY.match(line, place):
            return line
        return f"{line[:place]}[K:{key}]{line[place:]}"

    def _move_text(self, text: str) -> str:
        """What is no music: a chord name moves with it, a part of its own has no pedal."""
        if self._as_part and text in PEDALS:
            return ""
        return self._move_chord_name(text) if self._chord_names and text.startswith('"') else text

    def _move_chord_name(self, text: str) -> str:
        found = _CHORD_NAME.fullmatch(text[1:-1].strip())
        if found is None:
            return text
        root, bass = _move_name(found["root"], self.fifths), found["bass"]
        return f'"{root}{found["kind"]}' + (f"/{_move_name(bass, self.fifths)}" if bass else "") + '"'

    def _move_field(self, text: str) -> str:
        if text.startswith("[V:"):
            self._enter_voice(text[3:-1])
        elif self._as_part and self._moves(self._name) and _STAFF_FIELD.fullmatch(text):
            return ""
        elif text.startswith("[K:"):
            return f"[K:{self._move_key(text[3:-1])}]"
        return text

    def _move_key(self, words: str) -> str:
        """The words of a `K:` field in the new key; from here on the voice is in it."""
        self._read_clef(words)
        key_field = read_key_field(words)
        if key_field is None and self._home is None:
            key_field = KeyField(None, words, "")
        if key_field is None or (self._voice.percussion and self._home is not None):
            return words
        scale = self._scale_of(key_field)
        moved, is_home = key_field.moved(scale.moves.fifths), self._home is None
        if is_home:
            self._home, self._home_key = scale, moved
            for voice in self._voices.values():
                voice.scale = scale
        self._voice.scale = scale
        if self._only is not None and (is_home or not self._moves(self._name)):
            return words
        self._voice.key = "" if is_home else moved
        return moved

    def _scale_of(self, key_field: KeyField) -> _Scale:
        source, keyless = key_field.fifths, key_field.key is None
        scale = self._scales.get((source, keyless))
        if scale is None:
            target = 0 if keyless else printable_fifths(source + self.fifths)
            moves = Moves(
                fifths=self.fifths if keyless else target - source,
                semitones=self.semitones,
                max_alter=MAX_ALTER_WITHOUT_KEY if keyless else MAX_ALTER,
            )
            scale = self._scales[source, keyless] = _Scale(signature(source), signature(target), moves)
        return scale

    def _open_voice(self, name: str) -> _Voice:
        voice = self._voices.get(name)
        if voice is None:
            voice = self._voices[name] = _Voice(scale=self._home or self._scale_of(KeyField(None, "", "")))
        return voice

    def _enter_voice(self, definition: str) -> None:
        """`1 treble nm="Flute"`: whose music follows, and its clef if it is given."""
        name, _, rest = definition.strip().partition(" ")
        self._voice, self._name = self._open_voice(name), name
        if rest:
            self._read_clef(_QUOTED.sub("", rest))

    def _read_clef(self, words: str) -> None:
        clefs = [word.removeprefix("clef=") for word in words.split()]
        if any(clef.startswith("perc") for clef in clefs):
            self._voice.percussion = True
        elif any(clef.startswith(PITCHED_CLEFS) for clef in clefs):
            self._voice.percussion = False


def _move_name(root: str, fifths: int) -> str:
    """The name of a chord's root so many fifths further, without double sharps and flats."""
    place = tonic_fifths(root) + fifths
    while place > LAST_SHARP:
        place -= 12
    while place < FIRST_FLAT:
        place += 12
    return tonic_at(place)
