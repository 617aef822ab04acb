"""Vary the pieces of the corpus, so that the network learns music and not keys.

Promises: a piece moved to another key is the same music, in a signature of at most seven sharps or flats.
Not covered: what else might be varied (tempo, number of voices).
"""

import logging
from random import Random

from generator.errors import GeneratorError
from generator.notation.keys import MAX_FIFTHS
from generator.notation.transpose import home_key, move_text, nearest_semitones, way_home
from generator.training.corpus import Row

log = logging.getLogger(__name__)


def at_home(row: Row) -> tuple[str, list[str]]:
    """A piece moved to C major or A minor, and the line of the prompt that says so; as it is if it cannot be moved."""
    abc: str = row["abc"]
    try:
        move = way_home(abc)
        return move.apply(abc), [f"{move.prompt}\n"]
    except GeneratorError as error:
        log.debug("%s stays in its key: %s", row.get("id"), error)
        return abc, []


def random_key(abc: str, rng: Random) -> str:
    """A whole piece in another one of the 15 signatures, each as likely; unchanged if its key cannot be read.

    Minor pieces go to the minor keys of these signatures. The move is the nearest, 5 semitones down to 6 up.
    """
    try:
        key = home_key(abc)
        home = key.fifths if key else 0
        fifths = rng.choice([target - home for target in range(-MAX_FIFTHS, MAX_FIFTHS + 1) if target != home])
        return move_text(abc, fifths=fifths, semitones=nearest_semitones(fifths))
    except GeneratorError as error:
        log.warning("a piece stays in its key: %s", error)
        return abc
