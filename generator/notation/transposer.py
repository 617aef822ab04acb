"""Carry the voices of a tune through their bars while its notes move to another key.

Promises: every note sounds the same number of semitones higher; an accidental is written where the source wrote one, or
where the bar so far makes it needed; all that is not pitch stays as it was, character by character.
Not covered: percussion and chord names, which stay; which key to go to (`transpose.py`).

What a note without accidental means depends on its signature, on its bar and on a tie before it, in the old key as in
the new one. So every voice is read and written at the same time.
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from generator.notation.keys import KeyField, printable_fifths, read_key_field, signature
from generator.notation.pitches import MAX_ALTER, NOTE_PATTERN, Moves, Pitch, read_note
from generator.notation.tokens import TEXT_PATTERN

MAX_ALTER_WITHOUT_KEY = 1  # where there is no key, nothing explains a double sharp
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
_QUOTED = re.compile(r'"[^"]*"')


class _Scale(NamedTuple):
    """How music under one signature moves: alterations of the letters C to B before and after, and all moves."""

    source: tuple[int, ...]
    target: tuple[int, ...]
    moves: Moves


class _Tie(NamedTuple):
    """What the note after a tie has to know: the alteration before the move, the pitch after it."""

    alter: int
    target: Pitch


@dataclass(kw_only=True)
class _Voice:
    """What a reader has to remember of a voice: its key, what this bar has altered so far, and the open ties.

    source_marks and target_marks go from steps above middle C to an alteration, before and after the move.
    """

    scale: _Scale
    percussion: bool = False
    source_marks: dict[int, int] = field(default_factory=dict)
    target_marks: dict[int, int] = field(default_factory=dict)
    ties: dict[int, _Tie] = field(default_factory=dict)

    def start_bar(self) -> None:
        if self.target_marks or self.source_marks:
            self.source_marks, self.target_marks = {}, {}

    def move_note(self, text: str) -> tuple[str, int, _Tie]:
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

    def move_chord(self, text: str, *, all_tied: bool = False) -> str:
        """Notes that sound together; a tie after one of them ties only that one."""
        opened = {}

        def move(token: re.Match[str]) -> str:
            if token["note"] is None:
                return token[0]
            moved, steps, tie = self.move_note(token["note"])
            if all_tied or token["tie"]:
                opened[steps] = tie
            return moved + (token["tie"] or "")

        moved = _CHORD_NOTES.sub(move, text)
        self.ties = opened
        return moved

    def move_grace_notes(self, text: str) -> str:
        """Grace notes may stand between a note and the note it is tied to, and leave that tie alone."""
        ties, self.ties = self.ties, {}
        moved = self.move_chord(text)
        self.ties = ties
        return moved


class Transposer:
    """Moves the lines of one tune, from the first to the last: a voice's key and bar go on from line to line.

    fifths: how far signatures move to the sharp side; semitones: how much higher all sounds.
    Raises ValueError if the two disagree.
    """

    def __init__(self, *, fifths: int, semitones: int) -> None:
        if (semitones - 7 * fifths) % 12:
            raise ValueError(f"{fifths} fifths are not {semitones} semitones")
        self.fifths, self.semitones = fifths, semitones
        self._scales: dict[tuple[int, bool], _Scale] = {}
        self._home: _Scale | None = None  # of the tune's first signature, which all voices begin in
        self._voices: dict[str, _Voice] = {}
        self._voice = self._open_voice("")

    def move_line(self, line: str) -> str:
        """One line of a tune header or body. Raises NotationError for a key signature that cannot be read."""
        if _FIELD_LINE.match(line) is None:
            return _MUSIC.sub(self._move_token, line)
        if line.startswith("K:"):
            return "K:" + self._move_key(line[2:])
        if line.startswith("V:"):
            self._enter_voice(line[2:])
        return line

    def _move_token(self, token: re.Match[str]) -> str:
        kind, text, voice = token.lastgroup, token[0], self._voice
        match kind:
            case "bar":
                voice.start_bar()
            case "field":
                return self._move_field(text)
            case None:
                pass
            case _ if voice.percussion:
                pass
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
                voice.ties = {}
        return text

    def _move_field(self, text: str) -> str:
        if text.startswith("[V:"):
            self._enter_voice(text[3:-1])
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
        if self._home is None:
            self._home = scale
            for voice in self._voices.values():
                voice.scale = scale
        self._voice.scale = scale
        return key_field.moved(scale.moves.fifths)

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
        self._voice = self._open_voice(name)
        if rest:
            self._read_clef(_QUOTED.sub("", rest))

    def _read_clef(self, words: str) -> None:
        clefs = [word.removeprefix("clef=") for word in words.split()]
        if any(clef.startswith("perc") for clef in clefs):
            self._voice.percussion = True
        elif any(clef.startswith(PITCHED_CLEFS) for clef in clefs):
            self._voice.percussion = False
