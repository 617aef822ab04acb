"""ABC in, a tune as values out: all of the ABC standard 2.1, and NotaGen's interleaved form.

    tune = read_abc(text)          # the first tune of the text, or the one that is asked for
    tune.remarks                   # what could not be kept, with the numbers of the lines

`write_musicxml` in `renderers.score.abc.writer` makes MusicXML of it.
"""

from collections.abc import Iterator as _Iterator
from dataclasses import replace as _replace

from renderers.errors import InputRefused as _InputRefused
from renderers.score.abc.books import TuneText as _TuneText
from renderers.score.abc.books import choose_tune, has_music, split_book
from renderers.score.abc.lines import read_lines
from renderers.score.abc.model import Tune
from renderers.score.abc.remarks import Remark, Remarks
from renderers.score.abc.tune import TuneReader

__all__ = ["Remark", "Tune", "read_abc", "read_book"]


def read_abc(text: str, *, wish: str = "") -> Tune:
    """Read one tune of a text.

    wish: the number or a part of the title of the one that is meant; empty for the first. Raises InputRefused.
    """
    remarks = Remarks()
    chosen = choose_tune(split_book(text, remarks), wish, remarks)
    return _read(chosen, remarks)


def read_book(text: str) -> _Iterator[Tune | _InputRefused]:
    """All tunes of a text that have music, in the place of one that cannot be read the reason. Raises InputRefused."""
    for chosen in filter(has_music, split_book(text, Remarks())):
        try:
            yield _read(chosen, Remarks())
        except _InputRefused as error:
            yield error


def _read(chosen: _TuneText, remarks: Remarks) -> Tune:
    tune = TuneReader(remarks).read(read_lines(chosen.lines, remarks))
    return _replace(tune, remarks=tuple(remarks))
