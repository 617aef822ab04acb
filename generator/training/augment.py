"""Vary the pieces of the corpus, so that the network learns music and not keys.

Promises: a piece moved to another key is the same music, in a signature of at most seven sharps or flats.
Not covered: what else might be varied (tempo, voices).
"""

import logging
from random import Random

from generator.errors import GeneratorError
from generator.notation.keys import MAX_FIFTHS
from generator.notation.transpose import home_signature, nearest_semitones, transpose_text

log = logging.getLogger(__name__)


def random_key(abc: str, rng: Random) -> str:
    """The whole piece in a random other one of the 15 signatures, each as likely; unchanged if it cannot be read.

    Minor pieces go to the minor keys of these signatures. The move is the nearest, 5 semitones down to 6 up.
    Source: NotaGen data/3_abc_split_to_train.py, which trains on 15 keys of every piece.
    """
    try:
        home, _ = home_signature(abc)
        fifths = rng.choice([key for key in range(-MAX_FIFTHS, MAX_FIFTHS + 1) if key != home]) - home
        return transpose_text(abc, fifths=fifths, semitones=nearest_semitones(fifths))
    except GeneratorError as error:
        log.info("a piece stays in its key: %s", error)
        return abc
