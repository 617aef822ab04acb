"""The one table of output formats: what can be asked for, what makes it, its ending, and how a chat shows it.

A new format is a row here and a method of `renderers.recipe.Recipe` that makes its files. Pipeline, command line, chats
and doctor read this table; what a format is called in words are the texts `format.<name>` and `format_about.<name>`.
The order of the rows is the order everywhere: what people look at first comes first.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

PAGE = "{page}"
SPARE_FROM_BYTES = (
    4_000_000  # of sound; less passes wherever files pass: chats take 10 MB, or half of it at a second try
)


@dataclass(frozen=True, kw_only=True)
class Format:
    """One kind of file.

    name: what it is asked for by. made_by: the method of Recipe that makes it. ending: of its file; with `{page}` there
    is a file for each page. needs: what has to be there for it besides the libraries.
    shown_as: how a chat shows it; None for what only programs read. with_result: it is sent with the piece, the others
    when somebody asks. offered: people may ask for it by name. on_request: it takes long, and is made only where
    somebody asks for just this. besides: it is made for chats, among all files, and else where it is named. for_some:
    not every piece can be written so, and nobody is told who did not ask. is_printed: it is for paper, of the size that
    somebody wants. is_apart: nothing of it is drawn, so that another process may make it while one draws. spare: the
    format sent where this one is too large, made beside it only from `SPARE_FROM_BYTES` on.
    """

    name: str
    made_by: str
    ending: str
    needs: frozenset[Literal["fonts", "soundfont"]] = frozenset()
    shown_as: Literal["picture", "audio", "voice", "video", "document"] | None = "document"
    with_result: bool = True
    offered: bool = True
    on_request: bool = False
    besides: bool = False
    for_some: bool = False
    is_printed: bool = False
    is_apart: bool = False
    spare: str | None = None

    @property
    def is_paged(self) -> bool:
        """Whether it has a file for each page."""
        return PAGE in self.ending

    def page_ending(self, page: int) -> str:
        """The ending of one page, counted from 1: `_p1.png`."""
        return self.ending.replace(PAGE, str(page))

    def has(self, ending: str) -> bool:
        """Whether a file with this ending is of this format."""
        before, _, after = self.ending.partition(PAGE)
        if not self.is_paged:
            return ending == self.ending
        return re.fullmatch(f"{re.escape(before)}[1-9][0-9]*{re.escape(after)}", ending, re.ASCII) is not None


PAGES = Format(
    name="png",
    made_by="make_pages",
    ending=f"_p{PAGE}.png",
    needs=frozenset({"fonts"}),
    shown_as="picture",
    spare="pdf",
)
AUDIO = Format(
    name="mp3",
    made_by="make_audio",
    ending=".mp3",
    needs=frozenset({"soundfont"}),
    shown_as="audio",
    spare="mp3-small",
    is_apart=True,
)
SMALL_AUDIO = Format(  # one channel, fewer bits, no cover: for chats that take no larger file
    name="mp3-small",
    made_by="make_small_audio",
    ending="_small.mp3",
    needs=frozenset({"soundfont"}),
    shown_as="audio",
    with_result=False,
    offered=False,
    is_apart=True,
)
OPUS = Format(
    name="opus",
    made_by="make_opus",
    ending=".opus",
    needs=frozenset({"soundfont"}),
    shown_as="audio",
    with_result=False,
    on_request=True,
    is_apart=True,
)
LOSSLESS = Format(
    name="flac",
    made_by="make_flac",
    ending=".flac",
    needs=frozenset({"soundfont"}),
    shown_as="audio",
    with_result=False,
    on_request=True,
    is_apart=True,
)
VOICE = Format(  # of one channel, as chats play it without a file
    name="voice-note",
    made_by="make_voice",
    ending="_voice.ogg",
    needs=frozenset({"soundfont"}),
    shown_as="voice",
    with_result=False,
    on_request=True,
    is_apart=True,
)
VIDEO = Format(
    name="mp4",
    made_by="make_video",
    ending=".mp4",
    needs=frozenset({"fonts", "soundfont"}),
    shown_as="video",
    with_result=False,
    on_request=True,
)
TALL_VIDEO = Format(  # for a phone that is held upright
    name="mp4-tall",
    made_by="make_tall_video",
    ending="_tall.mp4",
    needs=frozenset({"fonts", "soundfont"}),
    shown_as="video",
    with_result=False,
    on_request=True,
)
ROLL = Format(  # keys, and what falls on them
    name="mp4-roll",
    made_by="make_roll",
    ending="_roll.mp4",
    needs=frozenset({"fonts", "soundfont"}),
    shown_as="video",
    with_result=False,
    on_request=True,
)
TALL_ROLL = Format(
    name="mp4-roll-tall",
    made_by="make_tall_roll",
    ending="_roll_tall.mp4",
    needs=frozenset({"fonts", "soundfont"}),
    shown_as="video",
    with_result=False,
    on_request=True,
)
COVER = Format(  # a picture drawn from the notes
    name="cover", made_by="make_cover", ending="_cover.png", with_result=False, on_request=True
)
OVERVIEW = Format(  # all notes and the form, small
    name="overview",
    made_by="make_overview",
    ending="_overview.png",
    needs=frozenset({"fonts"}),
    with_result=False,
    besides=True,
)
MIDI = Format(name="mid", made_by="make_midi", ending=".mid", is_apart=True)
MUSICXML = Format(name="xml", made_by="make_musicxml", ending=".musicxml")
ABC = Format(name="abc", made_by="make_abc", ending=".abc")
PDF = Format(
    name="pdf", made_by="make_pdf", ending=".pdf", needs=frozenset({"fonts"}), with_result=False, is_printed=True
)
PARTS = Format(  # of each player alone, to print and as MusicXML
    name="parts",
    made_by="make_parts",
    ending="_parts.zip",
    needs=frozenset({"fonts"}),
    with_result=False,
    on_request=True,
    is_printed=True,
)
LEAD_SHEET = Format(  # melody and names of chords
    name="lead",
    made_by="make_lead_sheet",
    ending="_lead.pdf",
    needs=frozenset({"fonts"}),
    with_result=False,
    on_request=True,
    is_printed=True,
)
TABLATURE = Format(  # which string is stopped where, below each part that has frets
    name="tab",
    made_by="make_tablature",
    ending="_tab.pdf",
    needs=frozenset({"fonts"}),
    with_result=False,
    on_request=True,
    is_printed=True,
)
PACKED = Format(name="mxl", made_by="make_packed", ending=".mxl", with_result=False, besides=True)
ENCODED = Format(name="mei", made_by="make_mei", ending=".mei", with_result=False, besides=True)
BRAILLE = Format(  # for embossers and braille displays
    name="brf", made_by="make_braille", ending=".brf", with_result=False, besides=True, for_some=True, is_apart=True
)
ANALYSIS = Format(  # what an independent reader finds in the MusicXML: for the record of a piece
    name="analysis",
    made_by="make_analysis",
    ending=".analysis.json",
    shown_as=None,
    with_result=False,
    offered=False,
    is_apart=True,
)
INTERLEAVED = Format(  # the form that the network reads: for music of others that is to be worked on
    name="interleaved",
    made_by="make_interleaved",
    ending=".interleaved.abc",
    shown_as=None,
    with_result=False,
    offered=False,
)
COMPARISON = Format(  # an old and a new excerpt side by side: of a piece that was edited
    name="comparison",
    made_by="make_comparison",
    ending="_compare.png",
    needs=frozenset({"fonts"}),
    shown_as=None,
    with_result=False,
    offered=False,
)

HEARD = Format(  # what was heard in a recording, to be read otherwise
    name="heard-notes", made_by="make_heard", ending=".heard.json", shown_as=None, with_result=False, offered=False
)

FORMATS = (
    PAGES,
    AUDIO,
    SMALL_AUDIO,
    OPUS,
    LOSSLESS,
    VOICE,
    VIDEO,
    TALL_VIDEO,
    ROLL,
    TALL_ROLL,
    COVER,
    OVERVIEW,
    MIDI,
    MUSICXML,
    ABC,
    PDF,
    PARTS,
    LEAD_SHEET,
    TABLATURE,
    PACKED,
    ENCODED,
    BRAILLE,
    ANALYSIS,
    INTERLEAVED,
    COMPARISON,
    HEARD,
)


def offered_formats() -> tuple[str, ...]:
    """The names that people may ask for."""
    return tuple(row.name for row in FORMATS if row.offered)


def usual_formats() -> tuple[str, ...]:
    """The names of what people get who do not say what they want."""
    return tuple(row.name for row in FORMATS if row.offered and not (row.on_request or row.besides))


def chat_formats() -> tuple[str, ...]:
    """The names of all that a chat may send with a piece, what is sent in place of others included."""
    return tuple(row.name for row in FORMATS if row.shown_as is not None and not row.on_request)


def documents_with_result() -> tuple[Format, ...]:
    """What is sent with a piece as a plain file: neither to be looked at nor to be heard."""
    return tuple(row for row in FORMATS if row.with_result and row.shown_as == "document")


def in_order(names: Collection[str]) -> tuple[Format, ...]:
    """Their rows, in the order of the table. Raises ValueError for names that are not in it."""
    if unknown := set(names) - {row.name for row in FORMATS}:
        raise ValueError(f"unknown formats: {', '.join(sorted(unknown))}")
    return tuple(row for row in FORMATS if row.name in names)


def format_of(file_name: str) -> Format | None:
    """The format of a file by its ending (`_p1.png`) or its whole name; None for a file that is none of ours."""
    return next((row for ending in _endings(file_name) for row in FORMATS if row.has(ending)), None)


def without_ending(file_name: str) -> str:
    """What all files of a piece begin with; of a file that is none of ours, its name without the suffix."""
    known = (ending for ending in _endings(file_name) if any(row.has(ending) for row in FORMATS))
    return file_name.removesuffix(next(known, PurePath(file_name).suffix))


def _endings(file_name: str) -> list[str]:
    """All that could be the ending of a file, the longest first."""
    return [file_name, *(file_name[file_name.rfind(sign) :] for sign in "_." if sign in file_name)]


def spare_of(row: Format) -> Format | None:
    """What is sent where a file of this format is too large."""
    return next((other for other in FORMATS if other.name == row.spare), None)
