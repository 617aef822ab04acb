"""Which files share which steps: ABC → MusicXML → pages → PNG, PDF; MusicXML → MIDI → MP3 with the first page as cover.

Everything here is synchronous and may take seconds or crash: it runs in the rendering process.
"""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from renderers.errors import InputRefused
from renderers.formats import FORMATS
from renderers.pages.engraving import A4, PHONE, engrave, paint
from renderers.pages.fonts import prepare_fonts
from renderers.pages.pdf import bind_pages
from renderers.sanitise import clean_text, sanitise
from renderers.score.musicxml import convert_abc, find_credit

if TYPE_CHECKING:  # for a quick start: they are loaded where they are used
    from renderers.sound.loudness import Samples


class Recipe:
    """One piece to be rendered. Each step is done once, when the first file needs it."""

    def __init__(self, abc: str, *, title: str = "", composer: str = "", soundfont: Path | None = None) -> None:
        self._abc = abc
        self._given_title = title
        self._given_composer = composer
        self._soundfont = soundfont

    def render(self, formats: Sequence[str]) -> dict[str, bytes]:
        """The files by ending, in the order of FORMATS. Raises RenderError."""
        makers: dict[str, Callable[[], dict[str, bytes]]] = {
            "abc": lambda: {".abc": self._abc.encode()},
            "xml": lambda: {".musicxml": self._musicxml.encode()},
            "png": lambda: {f"_p{number}.png": page for number, page in enumerate(self._pages, 1)},
            "pdf": lambda: {".pdf": self._pdf()},
            "mid": lambda: {".mid": self._midi},
            "mp3": lambda: {".mp3": self._mp3()},
            "mp3-small": lambda: {"_small.mp3": self._small_mp3()},
            "analysis": self._analysis,
        }
        files: dict[str, bytes] = {}
        assert self._musicxml  # made for the ABC alone, too: what cannot be drawn is refused in every format
        for name in FORMATS:
            if name in formats:
                files |= makers[name]()
        return files

    @cached_property
    def _safe_abc(self) -> str:
        return sanitise(self._abc)

    @cached_property
    def _title(self) -> str:
        return clean_text(self._given_title or find_credit(self._safe_abc, "T:"))

    @cached_property
    def _composer(self) -> str:
        return clean_text(self._given_composer or find_credit(self._safe_abc, "C:"))

    @cached_property
    def _musicxml(self) -> str:
        return convert_abc(self._safe_abc, title=self._title, composer=self._composer)

    @cached_property
    def _fonts(self) -> tuple[Path, ...]:
        return prepare_fonts()

    @cached_property
    def _svg_pages(self) -> list[str]:
        return engrave(self._musicxml, title=self._title, composer=self._composer, paper=PHONE)

    @cached_property
    def _pages(self) -> list[bytes]:
        return [paint(page, fonts=self._fonts) for page in self._svg_pages]

    @cached_property
    def _cover(self) -> bytes:
        return self._pages[0] if "_pages" in self.__dict__ else paint(self._svg_pages[0], fonts=self._fonts)

    def _pdf(self) -> bytes:
        pages = engrave(self._musicxml, title=self._title, composer=self._composer, paper=A4)
        return bind_pages(pages, title=self._title, composer=self._composer, fonts=self._fonts)

    @cached_property
    def _midi(self) -> bytes:
        from renderers.sound.midi import render_midi

        return render_midi(self._musicxml, title=self._title)

    @cached_property
    def _recording(self) -> "Samples":
        from renderers.sound.audio import record
        from renderers.sound.soundfont import find_soundfont

        return record(self._midi, soundfont=find_soundfont(self._soundfont))

    def _mp3(self) -> bytes:
        from renderers.sound.audio import make_mp3

        return make_mp3(self._recording, title=self._title, artist=self._composer, cover_png=self._cover)

    def _small_mp3(self) -> bytes:
        """Less than half the size: one channel, fewer bits, no cover."""
        from renderers.sound.audio import SMALL_KBPS, make_mp3, mix_down

        return make_mp3(mix_down(self._recording), title=self._title, artist=self._composer, kbps=SMALL_KBPS)

    def _analysis(self) -> dict[str, bytes]:
        """Nothing where music21 cannot read the score: a second opinion that is missing must not cost the piece."""
        from renderers.score.analysis import analyse

        with suppress(InputRefused):
            return {".analysis.json": json.dumps(analyse(self._musicxml).to_json()).encode()}
        return {}
