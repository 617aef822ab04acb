"""Scores for a corpus: every piece in a file as MusicXML, by the readers that pages and sound are made with.

Raised or handed back is Unusable, with the sentence that a person would be told.
"""

from __future__ import annotations

import re

from bot.making.reading import with_all_rests
from bot.texts import explain
from generator.training.prepare.errors import Unusable
from generator.training.prepare.formats import Score, ScoreReader
from renderers.errors import InputRefused
from renderers.score.abc import Tune
from renderers.score.abc.measures import has_even_bars
from renderers.score.files import ENDINGS, ScoreFile, known_source, read_all
from renderers.score.musicxml import convert_tune

_TUNE_BEGINS = re.compile(r"^(?=X:)", re.MULTILINE)


def read_scores(content: bytes) -> list[Score | Unusable]:
    """Every piece in a file, or why one of them is none. Raises Unusable."""
    try:
        source = known_source(ScoreFile(name="", content=content))
        if isinstance(source, str):
            content = "".join(with_all_rests(tune) for tune in _TUNE_BEGINS.split(source)).encode()
        tunes = read_all(content)
    except InputRefused as error:
        raise _unusable(error) from error
    return [_unusable(tune) if isinstance(tune, InputRefused) else _written(tune) for tune in tunes]


def _written(tune: Tune) -> Score | Unusable:
    """All titles in one: the number of an opus tells works apart."""
    try:
        musicxml = convert_tune(tune, title=" ".join(tune.titles)).musicxml
    except InputRefused as error:
        return _unusable(error)
    return Score(musicxml=musicxml, is_even=has_even_bars(tune))


def _unusable(error: InputRefused) -> Unusable:
    return Unusable(explain(error) or str(error))


SCORE_READER = ScoreReader(endings=ENDINGS, read=read_scores)
