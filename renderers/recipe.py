"""Which files share which steps: ABC, or a file → MusicXML → pages → PNG, PDF; MusicXML → MIDI → MP3 with a cover;
all of it → video.

Everything here is synchronous and may take seconds or crash: it runs in the rendering process. Every public method
`make_...` makes the files of one format, by ending; the table in `renderers.formats` names it.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from mido import MidiFile

from renderers import formats
from renderers.errors import InputRefused
from renderers.pages.colophon import write_colophon
from renderers.pages.comparing import draw_comparison
from renderers.pages.engraving import Engraver
from renderers.pages.fonts import prepare_fonts
from renderers.pages.lead_sheet import write_lead_sheet
from renderers.pages.painting import Painter, paint
from renderers.pages.paper import PHONE, paper_for
from renderers.pages.pdf import bind_pages
from renderers.pages.printing import PRINTED_AS_EVER, Printing
from renderers.pages.single_parts import take_parts
from renderers.pages.tablature import write_tablature
from renderers.pictures.artwork import Subject, draw_artwork
from renderers.pictures.overview import draw_overview
from renderers.pictures.subject import subject_of
from renderers.score.abc.abc_writer import write_abc
from renderers.score.abc.interleaved_writer import write_interleaved
from renderers.score.analysis import analyse
from renderers.score.braille import write_braille
from renderers.score.mei_writer import write_mei
from renderers.score.musicxml import Conversion, convert, convert_file
from renderers.score.note_ids import name_notes
from renderers.score.packing import pack_files, pack_musicxml
from renderers.sound.audio import COVER_SIDE_PX, SMALL_KBPS, encode, make_mp3, make_tag, mix_down, record
from renderers.sound.encoding import make_flac, make_opus, make_voice
from renderers.sound.loudness import Samples
from renderers.sound.manner import manner_of
from renderers.sound.midi import midi_length_s, midi_of, pack_midi, play
from renderers.sound.performance import Performance
from renderers.sound.phrasing import Struck
from renderers.sound.playing import AS_EVER, Playing
from renderers.sound.rehearsal import rehearse
from renderers.sound.soundfont import find_soundfont

Files = dict[str, bytes]
PART = "part"
EARLY_PX = 600  # so wide is the page that comes early: painted in less than half of the time
ENCODED = (formats.AUDIO, formats.OPUS, formats.VOICE, formats.LOSSLESS)  # from the recording; the slowest first
_UNFILED = re.compile(r"[^\w-]+")  # what no name of a file should hold


class Recipe:
    """One piece to be rendered. Each step is done once, when the first file needs it."""

    def __init__(
        self,
        source: str | bytes,
        *,
        title: str = "",
        composer: str = "",
        soundfont: Path | None = None,
        tune: str = "",
        playing: Playing = AS_EVER,
        printing: Printing = PRINTED_AS_EVER,
        tell: Callable[[float], None] = lambda _: None,
        show: Callable[[Files], None] | None = None,
    ) -> None:
        """source: ABC, or the content of a file in any format of `renderers.score.files`.

        title, composer: what the score says; empty for what the source says.
        tune: the number or title of the one that is meant, where the source holds several. playing: how it is to be
        heard, printing: how it is to be printed. tell: hears how much is done of what takes long, 0 to 1. show: is
        given the first page, smaller, before it and the others are painted.
        """
        self._playing, self._printing, self._tell, self._show = playing, printing, tell, show
        self._source = source
        self._tune = tune
        self._given_title = title
        self._given_composer = composer
        self._soundfont = soundfont
        self._expected: set[str] = set()

    def render(self, names: Collection[str]) -> Files:
        """The files of these formats by ending, in the order of the table. Raises RenderError."""
        self.prepare()
        files: Files = {}
        for row in formats.in_order(names):
            files |= self.make(row)
        return files

    def prepare(self) -> None:
        """Understand the source; what cannot be understood is refused in every format. Raises RenderError.

        So are a part to be left out and bars to be repeated that there are not: nothing is made of half a wish.
        """
        assert self._musicxml
        if self._playing.without or self._playing.loop:
            assert self._played

    def describe(self) -> dict[str, Any]:
        """Title and composer, and what could not be kept of the source, as plain values."""
        remarks = [remark.to_json() for remark in self._conversion.remarks]
        return {
            "title": self._title,
            "composer": self._composer,
            "remarks": remarks,
            "bars": max((len(voice.bars) for voice in self._conversion.tune.voices), default=0),
        }

    def expect(self, rows: Collection[formats.Format]) -> None:
        """All these will be made, so that one may be encoded while another is."""
        self._expected = {row.name for row in rows if row in ENCODED}

    def heard(self) -> dict[str, Any]:
        """How long the piece lasts as it is played, repeats and all; nothing before it has been played."""
        return {"seconds": self._seconds} if "_midi" in self.__dict__ else {}

    def make(self, row: formats.Format) -> Files:
        """The files of one format. Raises RenderError."""
        make: Callable[[], Files] = getattr(self, row.made_by)
        return make()

    # --- the files of each format

    def make_abc(self) -> Files:
        """As it was given; of another format, written anew."""
        abc = self._source if isinstance(self._source, str) else write_abc(self._conversion.tune)
        return {formats.ABC.ending: abc.encode()}

    def make_interleaved(self) -> Files:
        """A line for each bar of all voices, whatever it was before."""
        return {formats.INTERLEAVED.ending: write_interleaved(self._conversion.tune).encode()}

    def make_musicxml(self) -> Files:
        """For editors."""
        return {formats.MUSICXML.ending: self._musicxml.encode()}

    def make_packed(self) -> Files:
        """The same in the archive that most editors write."""
        return {formats.PACKED.ending: pack_musicxml(self._musicxml)}

    def make_mei(self) -> Files:
        """For libraries and editions."""
        return {formats.ENCODED.ending: write_mei(self._musicxml).encode()}

    def make_braille(self) -> Files:
        """For one player. Raises NotInBraille."""
        brf = write_braille(self._musicxml, title=self._title, composer=self._composer)
        return {formats.BRAILLE.ending: brf.encode("ascii")}

    def make_pages(self) -> Files:
        """One picture a page, as wide as a phone."""
        pages: Files = {}
        drawn = self._engraver.pages(title=self._title, composer=self._composer, paper=PHONE)
        for number, page in enumerate(drawn, 1):
            ending, painter = formats.PAGES.page_ending(number), Painter(page, fonts=self._fonts)
            if number == 1 and self._show is not None:
                self._show({ending: painter.paint(width=EARLY_PX)})
            pages[ending] = painter.paint()
        return pages

    def make_pdf(self) -> Files:
        """On paper, laid out anew."""
        return {formats.PDF.ending: self._print(self._engraver)}

    def make_parts(self) -> Files:
        """Of each player alone, on paper and as MusicXML, in one archive."""
        files: Files = {}
        for number, part in enumerate(take_parts(self._musicxml), 1):
            name = f"{number:02}_{_UNFILED.sub('_', part.name).strip('_') or PART}"
            files[f"{name}{formats.PDF.ending}"] = self._print(Engraver(part.musicxml), player=part.name)
            files[f"{name}{formats.MUSICXML.ending}"] = part.musicxml.encode()
        return {formats.PARTS.ending: pack_files(files)}

    def make_lead_sheet(self) -> Files:
        """Melody and names of chords on paper."""
        lead = Engraver(write_lead_sheet(self._musicxml))
        return {formats.LEAD_SHEET.ending: self._print(lead, player="")}

    def make_tablature(self) -> Files:
        """The score on paper, with tablature below each part that has frets. Raises NoFrets."""
        return {formats.TABLATURE.ending: self._print(Engraver(write_tablature(self._musicxml)))}

    def make_midi(self) -> Files:
        """As it is played, repeats and all."""
        return {formats.MIDI.ending: pack_midi(self._midi)}

    def make_audio(self) -> Files:
        """With a picture of the piece as its cover."""
        return {formats.AUDIO.ending: self._mp3}

    def make_flac(self) -> Files:
        """Without loss."""
        return {formats.LOSSLESS.ending: self._encoded(formats.LOSSLESS)}

    def make_opus(self) -> Files:
        """Smaller than the MP3, and without a cover."""
        return {formats.OPUS.ending: self._encoded(formats.OPUS)}

    def make_voice(self) -> Files:
        """A voice note as chats have them, and what it looks like."""
        return {formats.VOICE.ending: self._encoded(formats.VOICE)}

    def make_small_audio(self) -> Files:
        """Less than half the size: one channel, fewer bits, no cover. Nothing beside an MP3 that passes everywhere."""
        if "_mp3" in self.__dict__ and len(self._mp3) < formats.SPARE_FROM_BYTES:
            return {}
        mp3 = make_mp3(mix_down(self._recording), title=self._title, artist=self._composer, kbps=SMALL_KBPS)
        return {formats.SMALL_AUDIO.ending: mp3}

    def make_video(self) -> Files:
        """The page as it is played. Raises NoCamera without the extra, InputRefused."""
        return {formats.VIDEO.ending: self._film(is_tall=False)}

    def make_tall_video(self) -> Files:
        """The same for a phone that is held upright."""
        return {formats.TALL_VIDEO.ending: self._film(is_tall=True)}

    def make_roll(self) -> Files:
        """Keys and what falls on them as it is played. Raises as `make_video`."""
        return {formats.ROLL.ending: self._film(is_tall=False, as_roll=True)}

    def make_tall_roll(self) -> Files:
        """The same for a phone that is held upright."""
        return {formats.TALL_ROLL.ending: self._film(is_tall=True, as_roll=True)}

    def _film(self, *, is_tall: bool, as_roll: bool = False) -> bytes:
        from renderers.video.camera import check_camera
        from renderers.video.film import make_video
        from renderers.video.shapes import TALL, WIDE

        check_camera()  # before anything takes long
        return make_video(
            self._named_score,
            self._played,
            self._recording,
            shape=TALL if is_tall else WIDE,
            fonts=self._fonts,
            title=self._title,
            artist=self._composer,
            as_roll=as_roll,
            tell=self._tell,
        )

    def make_cover(self) -> Files:
        """The piece's own picture, which the MP3 has as well."""
        return {formats.COVER.ending: self._cover}

    def make_overview(self) -> Files:
        """All notes and the form."""
        return {formats.OVERVIEW.ending: draw_overview(self._subject)}

    def make_analysis(self) -> Files:
        """Nothing where music21 cannot read the score: a second opinion that is missing must not cost the piece."""
        with suppress(InputRefused):
            return {formats.ANALYSIS.ending: json.dumps(analyse(self._musicxml).to_json()).encode()}
        return {}

    def make_comparison(self) -> Files:
        """Two excerpts in one picture; only of a text that holds both."""
        if not isinstance(self._source, str):
            raise InputRefused
        return {formats.COMPARISON.ending: draw_comparison(self._source, fonts=self._fonts)}

    def make_heard(self) -> Files:
        """The notes of a recording. Raises InputRefused."""
        if isinstance(self._source, str):
            return {}
        from renderers.score.hum.listening import hear

        return {formats.HEARD.ending: json.dumps(hear(self._source).to_json()).encode()}

    # --- the steps that they share

    def _print(self, score: Engraver, *, player: str | None = None) -> bytes:
        """A score, or a player's part of one, as PDF. Raises InputRefused."""
        paper, colophon = paper_for(self._printing), self._printing.colophon
        pages = list(score.pages(title=self._title, composer=self._composer, paper=paper, player=player))
        pages[-1] = write_colophon(pages[-1], colophon, paper=paper)
        title = f"{self._title} ({player})" if player else self._title
        return bind_pages(pages, title=title, composer=self._composer, paper=paper, about=colophon)

    @cached_property
    def _conversion(self) -> Conversion:
        names = {"title": self._given_title, "composer": self._given_composer, "tune": self._tune}
        return convert(self._source, **names) if isinstance(self._source, str) else convert_file(self._source, **names)

    @property
    def _title(self) -> str:
        return self._conversion.title

    @property
    def _composer(self) -> str:
        return self._conversion.composer

    @property
    def _musicxml(self) -> str:
        return self._conversion.musicxml

    @cached_property
    def _engraver(self) -> Engraver:
        """For pages to look at and pages to print."""
        return Engraver(self._musicxml)

    @cached_property
    def _fonts(self) -> tuple[Path, ...]:
        return prepare_fonts()

    @cached_property
    def _subject(self) -> Subject:
        return subject_of(*self._played)

    @cached_property
    def _cover(self) -> bytes:
        """A picture of the piece, drawn from it."""
        artwork = draw_artwork(self._subject, width=COVER_SIDE_PX, height=COVER_SIDE_PX)
        return paint(artwork, fonts=())

    @cached_property
    def _named_score(self) -> str:
        return name_notes(self._musicxml)

    @cached_property
    def _played(self) -> tuple[Performance, list[Struck]]:
        played = play(self._named_score, None if self._playing.is_steady else manner_of(self._composer))
        return played if self._playing.is_nothing else rehearse(*played, self._playing)

    @cached_property
    def _midi(self) -> MidiFile:
        performance, struck = self._played
        return midi_of(performance, struck, title=self._title)

    @cached_property
    def _seconds(self) -> float:
        return midi_length_s(self._midi)

    @cached_property
    def _recording(self) -> Samples:
        return record(self._midi, soundfont=find_soundfont(self._soundfont))

    @cached_property
    def _mp3(self) -> bytes:
        """Its cover is drawn while it is encoded, but by this thread: resvg paints in one alone."""
        encoded = self._encoding(formats.AUDIO)
        tag = make_tag(self._recording, title=self._title, artist=self._composer, cover_png=self._cover)
        return tag + encoded()

    def _encoded(self, row: formats.Format) -> bytes:
        return self._encoding(row)()

    def _encoding(self, row: formats.Format) -> Callable[[], bytes]:
        """What gives the recording in one format; all that are expected are being encoded from now on."""
        return self._encodings[row.name].result if row.name in self._expected else self._encoder(row)

    @cached_property
    def _encodings(self) -> Mapping[str, Future[bytes]]:
        """Two at a time; the slowest begins first."""
        works = {row.name: self._encoder(row) for row in ENCODED if row.name in self._expected}
        with_two = ThreadPoolExecutor(max_workers=2)
        begun = {name: with_two.submit(work) for name, work in works.items()}
        with_two.shutdown(wait=False)
        return begun

    def _encoder(self, row: formats.Format) -> Callable[[], bytes]:
        """What turns the recording, which is made now, into one of the formats in `ENCODED`; an MP3 without its tag."""
        recording, title, artist = self._recording, self._title, self._composer
        if row == formats.OPUS:
            return partial(make_opus, recording, title=title, artist=artist)
        if row == formats.VOICE:
            return lambda: make_voice(mix_down(recording))
        if row == formats.LOSSLESS:
            return partial(make_flac, recording, title=title, artist=artist)
        return partial(encode, recording)
