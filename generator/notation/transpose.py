"""Move a tune to another key, spelled as its composer would have spelled it there.

Promises: every note sounds the same number of semitones higher; a note moves by as many steps as the tonic does, so a
tune without accidentals gets none; all that is not pitch (rhythm, slurs, ties, text, spaces) stays as it was, character
by character. An accidental is written where the source wrote one, or where the bar so far makes it needed.
Not covered: percussion stays as it is; chord names in quotes are text and stay too; quarter tones (`^/c`).

How: a note has a place on the line of fifths (F C G D A E B F# …), and transposing adds the same number of fifths to
all of them. The height in semitones then says in which octave the new letter is.
"""

import re
from dataclasses import dataclass, field

from generator.errors import NotationError
from generator.notation.keys import (
    MODE_FIFTHS,
    STEP_FIFTHS,
    STEP_PITCHES,
    STEPS,
    printable_fifths,
    signature,
    tonic_at,
    tonic_fifths,
)

ACCIDENTALS = {-2: "__", -1: "_", 0: "=", 1: "^", 2: "^^"}
ALTERS = {sign: alter for alter, sign in ACCIDENTALS.items()}
PITCHED_CLEFS = ("treble", "alto", "tenor", "bass")
MAX_ALTER = 2  # a triple sharp is respelled
MAX_ALTER_WITHOUT_KEY = 1  # without a key nothing explains a double sharp

_NOTE = r"(?P<note>(?:\^\^?|__?|=)?[A-Ga-g][,']*)(?P<tie>[\d/]*\.?-)?"
_TEXT = r'"[^"\n]*"|![^!\s|]+!'  # their letters are not notes
_CHORD_NOTES = re.compile(f"{_NOTE}|{_TEXT}")
_MUSIC = re.compile(
    rf"""{_NOTE}
    | {_TEXT}
    | %.*                                            # a comment
    | \(\d[\d:]*                                     # a tuplet: its colons are no barline
    | (?P<field>\[[A-Za-z]:[^\]\n]*\])
    | (?P<chord>\[[^\[\]|\n]*\])(?P<chord_tie>[\d/]*\.?-)?
    | (?P<grace>\{{[^{{}}|\n]*\}})
    | (?P<bar>\|+|::|&)                              # an overlay starts the bar again
    | (?P<rest>[zxZX])
    """,
    re.VERBOSE,
)
_FIELD_LINE = re.compile(r"[A-Za-z]:|%")
_KEY_TONIC = re.compile(r"\s*(?P<tonic>[A-G](?:##|#|bb|b)?)\s*(?P<mode>[A-Za-z]*)")
_KEY_ACCIDENTALS = re.compile(r"\s[_^=]+[a-gA-G]\b")
_QUOTED = re.compile(r'"[^"]*"')

Pitch = tuple[int, int]  # steps above middle C, alteration: C sharp is (0, 1), the B below it is (-1, 0)


class _Notes(dict[str, tuple[int | None, int]]):
    """What a written note says: its alteration, if an accidental is written, and its steps above middle C."""

    def __missing__(self, text: str) -> tuple[int | None, int]:
        bare = text.lstrip("^_=")
        sign, letter = text[: len(text) - len(bare)], bare[0]
        octave = letter.islower() + bare.count("'") - bare.count(",")
        self[text] = ALTERS[sign] if sign else None, 7 * octave + STEPS.index(letter.upper())
        return self[text]


class _Moves(dict[Pitch, tuple[int, int, str, str]]):
    """Where a pitch goes: new steps, new alteration, and how it is written without and with its accidental."""

    def __init__(self, fifths: int, semitones: int, max_alter: int) -> None:
        super().__init__()
        self.fifths, self.semitones, self.max_alter = fifths, semitones, max_alter

    def __missing__(self, pitch: Pitch) -> tuple[int, int, str, str]:
        octave, step = divmod(pitch[0], 7)
        height = 12 * octave + STEP_PITCHES[step] + pitch[1] + self.semitones
        place = STEP_FIFTHS[step] + 7 * pitch[1] + self.fifths
        while abs(alter := (place + 1) // 7) > self.max_alter:
            place -= 12 if alter > 0 else -12  # the same sound with fewer accidentals
        step = (3 + 4 * (place + 1)) % 7  # F is the fourth step, and each fifth is four steps more
        octave = (height - alter - STEP_PITCHES[step]) // 12
        letter = STEPS[step] if octave < 1 else STEPS[step].lower() + "'" * (octave - 1)
        bare = letter + "," * -octave
        self[pitch] = 7 * octave + step, alter, bare, ACCIDENTALS[alter] + bare
        return self[pitch]


_NOTES = _Notes()


@dataclass
class _Voice:
    """What a reader has to remember of a voice: its key and what is altered in this bar, before and after."""

    moves: _Moves
    source_key: tuple[int, ...]
    target_key: tuple[int, ...]
    percussion: bool = False
    source_marks: dict[int, int] = field(default_factory=dict)
    target_marks: dict[int, int] = field(default_factory=dict)
    ties: dict[int, tuple[int, Pitch]] = field(default_factory=dict)  # steps before: alteration before, pitch after

    def start_bar(self) -> None:
        if self.source_marks or self.target_marks:
            self.source_marks.clear()
            self.target_marks.clear()

    def move_note(self, text: str) -> str:
        """A note elsewhere, in the light of the bar so far."""
        written, steps = _NOTES[text]
        if written is not None:
            alter = self.source_marks[steps] = written
        elif steps in self.ties:
            # A tied note keeps its alteration over the barline, with no accidental and without altering the bar.
            alter, tied_to = self.ties[steps]
            moved = self.moves[steps, alter]
            if moved[:2] == tied_to:
                return moved[2]
        elif steps in self.source_marks:
            alter = self.source_marks[steps]
        else:
            alter = self.source_key[steps % 7]
        new_steps, new_alter, bare, marked = self.moves[steps, alter]
        if written is None and self.target_marks.get(new_steps, self.target_key[new_steps % 7]) == new_alter:
            return bare
        self.target_marks[new_steps] = new_alter
        return marked

    def open_tie(self, text: str) -> tuple[int, tuple[int, Pitch]]:
        """What the next note has to know of this one, which was moved just now and is tied to it."""
        written, steps = _NOTES[text]
        alter = self.source_marks.get(steps, self.source_key[steps % 7]) if written is None else written
        if written is None and steps in self.ties:
            alter = self.ties[steps][0]
        return steps, (alter, self.moves[steps, alter][:2])


class Transposer:
    """Moves the lines of one tune, from its first to its last; the state of its voices goes from line to line.

    fifths: how far the signature moves to the sharp side; semitones: how much higher it sounds, 7 * fifths modulo 12.
    """

    def __init__(self, *, fifths: int, semitones: int) -> None:
        self.fifths, self.semitones = fifths, semitones
        self._voices: dict[str, _Voice] = {}
        self._tables: dict[tuple[int, bool], tuple[_Moves, tuple[int, ...], tuple[int, ...]]] = {}
        self._home: tuple[int, bool] | None = None  # the first signature: its fifths, and whether it is no key at all
        self._voice = self._open_voice("")

    def move_line(self, line: str) -> str:
        """One line of a tune header or body, without or with its newline."""
        if _FIELD_LINE.match(line) is None:
            return _MUSIC.sub(self._move_token, line)
        if line.startswith("K:"):
            return "K:" + self._move_key(line[2:])
        if line.startswith("V:"):
            self._enter_voice(line[2:])
        return line

    def _open_voice(self, name: str) -> _Voice:
        voice = self._voices.get(name)
        if voice is None:
            voice = self._voices[name] = _Voice(*self._table(*(self._home or (0, True))))
        return voice

    def _table(self, fifths: int, keyless: bool) -> tuple[_Moves, tuple[int, ...], tuple[int, ...]]:
        """How to move a voice whose signature has so many sharps: the moves, the old and the new signature."""
        table = self._tables.get((fifths, keyless))
        if table is None:
            new_fifths = 0 if keyless else printable_fifths(fifths + self.fifths)
            shift = self.fifths if keyless else new_fifths - fifths
            moves = _Moves(shift, self.semitones, MAX_ALTER_WITHOUT_KEY if keyless else MAX_ALTER)
            table = self._tables[fifths, keyless] = moves, signature(fifths), signature(new_fifths)
        return table

    def _enter_voice(self, definition: str) -> None:
        """`1 treble nm="Flute"`: the voice that the following music belongs to, and its clef."""
        name, *rest = definition.split(maxsplit=1) or [""]
        self._voice = self._open_voice(name)
        if rest:
            self._note_clef(rest[0])

    def _note_clef(self, words: str) -> None:
        words = _QUOTED.sub("", words)
        if "perc" in words:
            self._voice.percussion = True
        elif any(clef in words for clef in PITCHED_CLEFS):
            self._voice.percussion = False

    def _move_key(self, words: str) -> str:
        """The words of a `K:` field in the new key; a clef alone changes no key."""
        self._note_clef(words)
        if self._voice.percussion:
            return words
        named = read_signature(words)
        if named is None:
            if self._home is not None:
                return words
            named = (0, True)
        fifths, keyless = named
        table = self._table(fifths, keyless)
        if self._home is None:
            self._home = named
            for voice in self._voices.values():
                voice.moves, voice.source_key, voice.target_key = table
        voice = self._voice
        voice.moves, voice.source_key, voice.target_key = table
        found = _KEY_TONIC.match(words)
        if keyless or found is None:
            return words
        tonic = tonic_at(tonic_fifths(found["tonic"]) + table[0].fifths)
        return words[: found.start("tonic")] + tonic + words[found.end("tonic") :]

    def _move_token(self, token: re.Match[str]) -> str:
        kind, voice = token.lastgroup, self._voice
        if voice.percussion and kind not in ("field", "bar"):
            return token[0]
        if kind == "note":
            moved = voice.move_note(token[0])
            if voice.ties:
                voice.ties = {}
            return moved
        if kind == "bar":
            voice.start_bar()
        elif kind == "chord" or kind == "chord_tie":
            return _move_chord(voice, token["chord"], token["chord_tie"] or "")
        elif kind == "tie":
            return _move_chord(voice, token[0], "")
        elif kind == "grace":
            return _move_grace(voice, token[0])
        elif kind == "field":
            return self._move_field(token[0])
        elif kind == "rest":
            voice.ties = {}
        return token[0]

    def _move_field(self, text: str) -> str:
        if text.startswith("[V:"):
            self._enter_voice(text[3:-1])
        elif text.startswith("[K:"):
            return f"[K:{self._move_key(text[3:-1])}]"
        return text


def _move_chord(voice: _Voice, text: str, tie: str) -> str:
    """The notes that sound together; a tie after the chord ties all of them, a tie after a note only that one."""
    opened = {}

    def move(token: re.Match[str]) -> str:
        note = token["note"]
        if note is None:
            return token[0]
        moved = voice.move_note(note)
        if tie or token["tie"]:
            steps, tied_to = voice.open_tie(note)
            opened[steps] = tied_to
        return moved + (token["tie"] or "")

    moved = _CHORD_NOTES.sub(move, text)
    voice.ties = opened
    return moved + tie


def _move_grace(voice: _Voice, text: str) -> str:
    """Grace notes stand between a note and the note it is tied to, and leave that tie alone."""
    ties, voice.ties = voice.ties, {}
    moved = _move_chord(voice, text, "")
    voice.ties = ties
    return moved


def read_signature(words: str) -> tuple[int, bool] | None:
    """Fifths of a `K:` field, and whether it is no key at all (`none`); None if it only names a clef.

    Raises NotationError for a mode that nobody knows and for signatures with accidentals of their own.
    """
    found = _KEY_TONIC.match(words)
    if found is None:
        return (0, True) if words.split()[:1] == ["none"] else None
    mode = found["mode"].lower()
    if _KEY_ACCIDENTALS.search(words) or (
        mode and not mode.startswith((*PITCHED_CLEFS, "perc", "clef")) and mode[:3] not in MODE_FIFTHS and mode != "m"
    ):
        raise NotationError(f"I cannot read the key signature “K:{words.strip()[:40]}”.")
    offset = MODE_FIFTHS["min"] if mode == "m" else MODE_FIFTHS.get(mode[:3], 0)
    return tonic_fifths(found["tonic"]) - offset, False


def home_signature(abc: str) -> tuple[int, bool]:
    """The first `K:` field of a tune. Raises NotationError if there is none."""
    start = 0 if abc.startswith("K:") else abc.find("\nK:") + 1
    if start == 0 and not abc.startswith("K:"):
        raise NotationError("The tune header has no K: line, so the tune has no key to be moved from.")
    return read_signature(abc[start + 2 :].split("\n", 1)[0]) or (0, True)


def transpose_text(abc: str, *, fifths: int, semitones: int) -> str:
    """A whole tune moved: its signature by `fifths` to the sharp side, its sound up by `semitones`.

    Raises NotationError for a signature we cannot read, ValueError if the two disagree.
    """
    if (semitones - 7 * fifths) % 12:
        raise ValueError(f"{fifths} fifths are not {semitones} semitones")
    transposer = Transposer(fifths=fifths, semitones=semitones)
    return "\n".join(map(transposer.move_line, abc.split("\n")))


def nearest_semitones(fifths: int) -> int:
    """The smallest move in pitch that moves the signature by so many fifths: -5 to 6."""
    return (7 * fifths + 5) % 12 - 5
