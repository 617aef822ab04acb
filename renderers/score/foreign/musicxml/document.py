"""The document: titles, people, the list of parts with names, instruments and groups; and all parts put together."""

from __future__ import annotations

from collections import Counter
from copy import copy
from dataclasses import dataclass, field, replace

from lxml import etree

from renderers import limits
from renderers.errors import InputRefused
from renderers.sanitise import clean_text
from renderers.score.abc.keys import NO_KEY
from renderers.score.abc.metres import FREE
from renderers.score.abc.midi_directives import DRUM_CHANNEL, Sound
from renderers.score.abc.model import BarSign, Tune, Voice, VoiceBar
from renderers.score.abc.remarks import Remarks
from renderers.score.abc.score_parts import SEMITONES
from renderers.score.abc.staves import Layout, PartLayout
from renderers.score.foreign.musicxml.left_out import LeftOut
from renderers.score.foreign.musicxml.numbers import text_of, whole
from renderers.score.foreign.musicxml.part import PartReader, RawMeasure, RawPart
from renderers.score.foreign.musicxml.timewise import as_partwise
from renderers.score.foreign.musicxml.voices import VoiceMaker

MAX_NAME_CHARS = 60
SECTION_STYLE = "light-light"


@dataclass(frozen=True, kw_only=True)
class Declared:
    """What the list of parts says of one: its name, and the program and drum of each of its instruments by id."""

    name: str = ""
    short_name: str = ""
    programs: dict[str, int] = field(default_factory=dict)
    drums: dict[str, int] = field(default_factory=dict)
    is_drums: bool = False


def read_musicxml(root: etree._Element) -> Tune:
    """The tune of a document. Raises InputRefused for one that is no score, or too large."""
    if root.tag not in ("score-partwise", "score-timewise"):
        raise InputRefused(reason="no_score", text=str(root.tag)[:40])
    root = as_partwise(root)
    remarks = Remarks()
    left_out = LeftOut(remarks)
    declared = {part.get("id", ""): _read_declared(part) for part in root.iterfind("part-list/score-part")}
    raw = [(part.get("id", ""), PartReader(left_out).read(part)) for part in root.iterfind("part")]
    layout = Layout(groups=_read_groups(root, [id_ for id_, _ in raw]))
    voices: list[Voice] = []
    for id_, part in raw:
        staves = _read_voices(part, declared.get(id_, Declared()), left_out, first=len(voices) + 1)
        layout.parts.append(PartLayout([[voice.id for voice in staff] for staff in staves], len(staves) > 1))
        voices += [voice for staff in staves for voice in staff]
        if len(voices) > limits.MAX_VOICES:
            raise InputRefused(reason="voices", limit=limits.MAX_VOICES)
    _align(voices, [part for _, part in raw])
    left_out.finish()
    titles, composers = _read_names(root)
    return Tune(
        titles=titles,
        composers=composers,
        origin="",
        words_below=[],
        part_order="",
        voices=voices,
        layout=layout,
        remarks=tuple(remarks),
    )


# --- names -----------------------------------------------------------------------------------------------------------


def _read_names(root: etree._Element) -> tuple[list[str], list[str]]:
    """Title and composer, from where they belong, or from what is printed on the first page."""
    credits_ = {
        text_of(credit.find("credit-type")): clean_text(text_of(credit.find("credit-words")))
        for credit in reversed(root.findall("credit"))
    }
    work = clean_text(text_of(root.find("work/work-title")))
    movement = clean_text(text_of(root.find("movement-title")))
    number = clean_text(text_of(root.find("work/work-number")))
    named = [name for name in (work or number, movement) if name]
    if len(named) > 1 and (named[1].casefold() in named[0].casefold() or named[0].casefold() in named[1].casefold()):
        named = [max(named, key=len)]
    title = clean_text(" – ".join(named)) or credits_.get("title", "")
    composers = [
        name
        for creator in root.iterfind("identification/creator")
        if creator.get("type", "composer") in ("composer", "music") and (name := clean_text(text_of(creator)))
    ]
    composers = composers or [name for name in (credits_.get("composer", ""),) if name]
    is_number_said = number.casefold() in title.casefold()
    return [title, *[number] * (not is_number_said)] if title else [], list(dict.fromkeys(composers))


def _read_declared(part: etree._Element) -> Declared:
    name = text_of(part.find("part-name")) or text_of(part.find("score-instrument/instrument-name"))
    programs, drums, channels = {}, {}, set()
    for midi in part.findall("midi-instrument"):
        id_ = midi.get("id", "")
        channels.add(whole(midi.findtext("midi-channel"), 1, low=1, high=16))
        if midi.find("midi-program") is not None:
            programs[id_] = whole(midi.findtext("midi-program"), 1, low=1, high=128) - 1
        if midi.find("midi-unpitched") is not None:
            drums[id_] = whole(midi.findtext("midi-unpitched"), 39, low=1, high=128) - 1
    is_drums = channels == {DRUM_CHANNEL}
    return Declared(
        name=clean_text(name, max_chars=MAX_NAME_CHARS),
        short_name=clean_text(text_of(part.find("part-abbreviation")), max_chars=MAX_NAME_CHARS),
        programs=programs,
        drums=drums,
        is_drums=is_drums,
    )


def _read_groups(root: etree._Element, ids: list[str]) -> list[tuple[int, int]]:
    """First and last part of every bracket."""
    open_: dict[str, int] = {}
    groups = []
    place = 0
    for element in root.iterfind("part-list/*"):
        if element.tag == "score-part":
            place += element.get("id", "") in ids
        elif element.tag == "part-group":
            number = element.get("number", "1")
            symbol = text_of(element.find("group-symbol"))
            if element.get("type") == "start" and symbol in ("bracket", "brace", "square", "line"):
                open_[number] = place
            elif element.get("type") == "stop" and number in open_:
                groups.append((open_.pop(number), place - 1))
    return [(first, last) for first, last in groups if first < last]


# --- parts -----------------------------------------------------------------------------------------------------------


def _read_voices(part: RawPart, declared: Declared, left_out: LeftOut, *, first: int) -> list[list[Voice]]:
    """The voices of every staff of a part, numbered from `first` on, with names and sound."""
    staves = [staff for staff in VoiceMaker(part, left_out).staves() if staff]
    number = first
    for staff in staves:
        for (voice_name, own_staff), voice in staff:
            voice.id, voice.is_declared = str(number), True
            if number == first:
                voice.name, voice.subname = declared.name, declared.short_name
            voice.sound = _read_sound(part, declared, voice_name, own_staff, voice)
            number += 1
    return [[voice for _, voice in staff] for staff in staves]


def _read_sound(part: RawPart, declared: Declared, name: str, staff: int, voice: Voice) -> Sound:
    """Program and channel: of the instrument that its notes name most often, else of the part's only one."""
    counts: Counter[str] = Counter()
    for (other, on_staff), names in part.instruments.items():
        if other == name and staff in (0, on_staff):
            counts.update(names)
    usual = next((id_ for id_, _ in counts.most_common()), next(iter(declared.programs), ""))
    drums = {
        12 * (octave + 1) + SEMITONES[step]: declared.drums[id_]
        for (other, step, octave), id_ in part.drums.items()
        if other == name and id_ in declared.drums
    }
    has_drum_clef = bool(voice.bars) and voice.bars[0].clef.sign == "percussion"
    is_drums = bool(drums) or declared.is_drums or part.is_unpitched or has_drum_clef
    if is_drums:
        return Sound(channel=DRUM_CHANNEL, drums=drums)
    return Sound(program=declared.programs.get(usual))


def _align(voices: list[Voice], parts: list[RawPart]) -> None:
    """The same number of bars and the same barlines in all voices."""
    if not voices:
        raise InputRefused(reason="file_no_music")
    num_bars = max(len(voice.bars) for voice in voices)
    signs = [BarSign() for _ in range(num_bars + 1)]
    for part in parts:
        for index, measure in enumerate(part.measures):
            signs[index].merge(measure.left)
            signs[index + 1].merge(measure.right)
    _close_endings(signs, parts)
    for voice in voices:
        last = voice.bars[-1] if voice.bars else None
        while len(voice.bars) < num_bars:
            known = last or VoiceBar(FREE, NO_KEY, voice.clef, 0)
            voice.bars.append(replace(known, layers=[[]], line=len(voice.bars) + 1, transpose=None))
        voice.signs = [copy(sign) for sign in signs]
        voice.key, voice.metre, voice.clef = (
            (voice.bars[0].key, voice.bars[0].metre, voice.bars[0].clef) if voice.bars else (NO_KEY, FREE, voice.clef)
        )


def _close_endings(signs: list[BarSign], parts: list[RawPart]) -> None:
    """An ending that stops at a plain barline gets a double one, where without it nobody could see that it stops."""
    length, start = 0, None
    for index, sign in enumerate(signs):
        if start is not None and (_stops(parts, index - 1) or sign.ending):
            is_plain = not (sign.ends or sign.starts or sign.style or sign.ending)
            if is_plain and index - start != length and index < len(signs) - 1:
                sign.style = SECTION_STYLE
            length = length or index - start
            start = None
        if sign.ending:
            start = index
        elif sign.starts:
            length = 0


def _stops(parts: list[RawPart], index: int) -> bool:
    return any(_measure(part, index).stops_ending for part in parts)


def _measure(part: RawPart, index: int) -> RawMeasure:
    return part.measures[index] if 0 <= index < len(part.measures) else RawMeasure(1)
