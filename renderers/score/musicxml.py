"""A tune in, MusicXML out: from ABC, or from any file of notation; one remark for everything that could not be kept.

What is promised: the MusicXML carries the title and the composer and a General MIDI program for every voice, and is in
the order that MuseScore, music21 and verovio expect.
"""

from dataclasses import dataclass

from renderers.sanitise import clean_text, sanitise
from renderers.score.abc import Remark, Tune, read_abc
from renderers.score.abc.writer import write_musicxml
from renderers.score.files import read_file


@dataclass(frozen=True, kw_only=True)
class Conversion:
    """A tune and its MusicXML, what it says about itself, and what could not be kept."""

    tune: Tune
    musicxml: str
    title: str
    composer: str
    remarks: tuple[Remark, ...]


def convert(abc: str, *, title: str = "", composer: str = "", tune: str = "") -> Conversion:
    """Convert one tune of a text.

    title, composer: what the score says; an empty one is taken from the tune. tune: the number or title of the one that
    is meant, where the text holds several. Raises InputRefused.
    """
    return convert_tune(read_abc(sanitise(abc), wish=tune), title=title, composer=composer)


def convert_file(content: bytes, *, title: str = "", composer: str = "", tune: str = "") -> Conversion:
    """Convert a file of notation, whatever its format. As `convert`."""
    return convert_tune(read_file(content, wish=tune), title=title, composer=composer)


def convert_tune(tune: Tune, *, title: str = "", composer: str = "") -> Conversion:
    """Write a tune that was read. As `convert`."""
    title = clean_text(title or next(iter(tune.titles), ""))
    composer = clean_text(composer or _composer(tune))
    musicxml, remarks = write_musicxml(tune, title=title, composer=composer)
    return Conversion(tune=tune, musicxml=musicxml, title=title, composer=composer, remarks=(*tune.remarks, *remarks))


def convert_abc(abc: str, *, title: str = "", composer: str = "") -> str:
    """The MusicXML alone. Raises InputRefused."""
    return convert(abc, title=title, composer=composer).musicxml


def _composer(tune: Tune) -> str:
    """All that `C:` lines say, and where the tune comes from."""
    names = ", ".join(tune.composers)
    return f"{names} ({tune.origin})" if names and tune.origin else names or tune.origin
