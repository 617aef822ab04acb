"""Which note a letter means: clef and octave shifts, the key, and accidentals, which last to the end of the bar."""

from fractions import Fraction

from renderers.score.abc.keys import Key
from renderers.score.abc.model import Head

STEPS = "CDEFGAB"
PROPAGATION = ("not", "octave", "pitch")
_WHOLE = {"^": 1, "^^": 2, "_": -1, "__": -2, "=": 0}
MOST_ALTER = 2
ANY_OCTAVE = -99


def parse_accidental(text: str) -> Fraction | int:
    """Semitones of `^`, `__`, `=`, and of quarter tones such as `^/`, `_3/2`."""
    if text in _WHOLE:
        return _WHOLE[text]
    sign = text[0]
    above, slash, below = text.lstrip("^_").partition("/")
    size = Fraction(int(above or 1), (int(below or 2) or 1) if slash else 1)
    if text.startswith(sign * 2):
        size *= 2
    # MusicXML's quarter tones are halves of a semitone; a finer one is not drawn.
    semitones = min(Fraction(round(size * 2), 2), Fraction(MOST_ALTER))
    alter = semitones if sign == "^" else -semitones
    return int(alter) if alter.denominator == 1 else alter


class Spelling:
    """What notes of one voice mean, bar by bar."""

    def __init__(self) -> None:
        self.octave_shift = 0
        self.propagation = "pitch"  # as the standard has it (11.3)
        self._of_key: dict[str, int] = {}
        self._in_bar: dict[tuple[str, int], Fraction | int] = {}
        self._in_other_layers: dict[tuple[str, int], Fraction | int] = {}
        self._held: dict[tuple[str, int], Fraction | int] = {}

    def set_key(self, key: Key) -> None:
        """A new key; accidentals before it are forgotten."""
        self._of_key = dict(key.alterations)
        self._in_bar = {}

    def _mark(self, step: str, octave: int, alter: Fraction | int) -> None:
        """An accidental, and how far it reaches."""
        if self.propagation == "pitch":
            self._in_bar = {place: old for place, old in self._in_bar.items() if place[0] != step}
            self._in_bar[step, ANY_OCTAVE] = alter
        self._in_bar[step, octave] = alter

    def begin_bar(self) -> None:
        """Behind a barline the key alone holds, but for notes that are tied over it."""
        self._in_bar, self._in_other_layers = {}, {}

    def begin_layer(self) -> None:
        """What sounds together with the bar so far has accidentals of its own; on the page it shares the staff."""
        self._in_other_layers |= self._in_bar
        self._in_bar = {}

    def hold(self, head: Head) -> None:
        """A tie begins at this note: the note it leads to needs no accidental."""
        self._held[head.step, head.octave] = head.alter

    def release(self) -> None:
        """The notes to which ties could lead have been read."""
        self._held = {}

    def read(self, accidental: str | None, letter: str, marks: str) -> Head:
        """The note that is written so."""
        step = letter.upper()
        octave = 4 + letter.islower() + marks.count("'") - marks.count(",") + self.octave_shift
        place = (step, octave)
        is_shown = bool(accidental)
        if accidental:
            alter = parse_accidental(accidental)
            self._mark(step, octave, alter)
        elif place in self._held:
            alter = self._held[place]
        elif self.propagation == "not":
            alter = self._of_key.get(step, 0)
            is_shown = self._in_bar.get(place, alter) != alter  # on the page the accidental before would still hold
            self._in_bar[place] = alter
        elif place in self._in_bar:
            alter = self._in_bar[place]
        else:
            of_key = self._of_key.get(step, 0)
            alter = self._in_bar.get((step, ANY_OCTAVE), of_key)
            is_shown = alter != of_key  # on the page an accidental holds for its own octave only
            self._in_bar[place] = alter
        is_shown = is_shown or self._in_other_layers.get(place, alter) != alter
        return Head(step=step, octave=octave, alter=alter, is_accidental_written=is_shown)
