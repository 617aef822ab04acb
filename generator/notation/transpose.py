"""Move a tune to another key, spelled as its composer would have spelled it there.

Promises: every note sounds the same number of semitones higher; a note moves by as many steps as the tonic does, so a
tune without accidentals gets none; rhythm, slurs, text and spaces stay as they were, character by character. Parts of
transposing instruments move with all others. A tune that modulates beyond seven sharps goes on in flats.
Not covered: percussion stays as it is; chord names in quotes are text and stay too.

A text need not be in bars and voices; `transpose` takes a `Tune`.
"""

from dataclasses import dataclass

from generator.errors import BadRequest, NotationError
from generator.notation.keys import Key, parse_key, printable_fifths, read_key_field
from generator.notation.transposer import Transposer
from generator.notation.tune import Tune, parse_tune

MAX_SEMITONES = 36


def transpose(tune: Tune, *, semitones: int) -> Tune:
    """The tune so many semitones higher: `transpose_text`, which see."""
    return parse_tune(transpose_text(str(tune), semitones=semitones))


def transpose_text(abc: str, *, semitones: int) -> str:
    """A tune so many semitones higher, or lower if negative, in the signature with the fewest sharps or flats.

    Raises BadRequest for more than three octaves, NotationError if the tune has no key or one that cannot be read.
    """
    if abs(semitones) > MAX_SEMITONES:
        raise BadRequest(reason="semitones", low=-MAX_SEMITONES, high=MAX_SEMITONES, value=semitones)
    home = home_key(abc)
    if semitones == 0:
        return abc
    return move_text(abc, fifths=simplest_fifths(home.fifths if home else 0, semitones), semitones=semitones)


def transpose_text_to(abc: str, key: str) -> str:
    """A tune on another tonic, by the nearest way: 5 semitones down to 6 up.

    The mode stays: a tune in A minor goes to C minor if asked to "C". Without a key it moves as from C.
    Raises BadRequest for a key that nobody knows, NotationError as `transpose_text`.
    """
    wanted = parse_key(key)
    home = home_key(abc) or Key("C")
    fifths = printable_fifths(Key(wanted.tonic, home.mode).fifths) - home.fifths
    return move_text(abc, fifths=fifths, semitones=nearest_semitones(fifths))


@dataclass(frozen=True)
class Move:
    """A way to another key: fifths to the sharp side, and semitones up."""

    fifths: int
    semitones: int

    def apply(self, abc: str) -> str:
        """A tune that goes this way: `move_text`, which see."""
        return move_text(abc, fifths=self.fifths, semitones=self.semitones) if self.fifths else abc

    @property
    def back(self) -> "Move":
        """The way back: what went there and back is the text that it was, unless it is spelled beyond seven flats."""
        return Move(-self.fifths, -self.semitones)

    @property
    def prompt(self) -> str:
        """The line of a prompt that tells a network how much higher than it will be heard a piece is written."""
        return f"%{self.semitones:+d}"


def way_home(abc: str) -> Move:
    """The nearest way to the signature without sharps and flats: to C major, A minor or the like.

    There every scale degree has its letter whatever the key, so a small network has one key to learn, not fifteen.
    Raises NotationError for a tune without key.
    """
    home = home_key(abc)
    fifths = -home.fifths if home else 0
    return Move(fifths, nearest_semitones(fifths))


def move_text(abc: str, *, fifths: int, semitones: int) -> str:
    """A whole tune with its signature so many fifths to the sharp side and its sound so many semitones higher.

    Raises ValueError if the two disagree, NotationError with its line for a key signature that cannot be read.
    """
    transposer = Transposer(fifths=fifths, semitones=semitones)
    lines = []
    for number, line in enumerate(abc.split("\n"), start=1):
        try:
            lines.append(transposer.move_line(line))
        except NotationError as error:
            error.line = number
            raise
    return "\n".join(lines)


def home_key(abc: str) -> Key | None:
    """The key of a tune's first `K:` line, None for `K:none`. Raises NotationError without such a line."""
    start = 2 if abc.startswith("K:") else abc.find("\nK:") + 3
    if start < 3 and not abc.startswith("K:"):
        raise NotationError(reason="no_key")
    key_field = read_key_field(abc[start:].partition("\n")[0])
    return key_field.key if key_field else None


def nearest_semitones(fifths: int) -> int:
    """The smallest move in pitch that goes with so many fifths: -5 to 6."""
    return (7 * fifths + 5) % 12 - 5


def simplest_fifths(home: int, semitones: int) -> int:
    """How to move a signature: to the fewest sharps or flats, then the nearest, then to the sharp side."""
    fifths = 7 * semitones % 12
    return min(range(fifths - 24, fifths + 25, 12), key=lambda move: (abs(home + move), abs(move), -move))
