"""The parts of the score that is written: staves, names, instruments, and which program or drum each voice plays."""

from __future__ import annotations

from dataclasses import dataclass, field

from renderers.score.abc.measures import Measure
from renderers.score.abc.model import Event, Head, Tune, Voice
from renderers.score.abc.xml_text import XmlText
from renderers.score.instruments import programs_for

SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
DRUM_OF_NAME = {
    "snare": 38, "side drum": 38, "kleine trommel": 38, "tambour": 38, "caisse claire": 38, "bass drum": 36,
    "gran cassa": 36, "grosse trommel": 36, "grosse caisse": 36, "kick": 36, "triangle": 81, "triangel": 81,
    "tambourine": 54, "tamburin": 54, "cymbal": 49, "becken": 49, "piatti": 49, "wood": 76, "claves": 75, "clap": 39,
    "bongo": 61, "conga": 63, "cowbell": 56, "shaker": 70, "maracas": 70, "bodhr": 41, "cajon": 36, "hi-hat": 42,
    "hihat": 42,
}  # fmt: skip
LOWEST_DRUM, HIGHEST_DRUM, SNARE = 27, 87, 38  # of General MIDI 2


@dataclass
class ScorePart:
    """One part: its staves with their voices, and the instruments of these, by voice."""

    id: str
    staves: list[list[Voice]]
    programs: dict[str, int] = field(default_factory=dict)
    later_programs: dict[str, list[int]] = field(default_factory=dict)  # by voice: those it changes to
    drums: dict[str, dict[int, int]] = field(default_factory=dict)  # voice → written MIDI pitch → drum

    @property
    def voices(self) -> list[Voice]:
        """All voices, staff by staff."""
        return [voice for staff in self.staves for voice in staff]

    @property
    def name(self) -> str:
        """The first name one of its voices has."""
        return next((voice.name for voice in self.voices if voice.name), "")

    @property
    def subname(self) -> str:
        """The short name."""
        return next((voice.subname for voice in self.voices if voice.subname), "")

    def instrument_id(self, voice: Voice, program: int | None = None) -> str:
        """The id of a voice's instrument: of the one with which it begins, or of another program."""
        later = "" if program in (None, self.programs[voice.id]) else f"-P{program}"
        return f"I{self.id[1:]}-{self.voices.index(voice) + 1}{later}"

    def drum_id(self, voice: Voice, head: Head) -> str:
        """The id of the drum a note is played on."""
        return f"{self.instrument_id(voice)}-X{midi_pitch(head)}"

    @property
    def names_instruments(self) -> bool:
        """Whether notes have to say which instrument plays them."""
        names = {voice.name for voice in self.voices if voice.name}
        programs = {self.programs[voice.id] for voice in self.voices}.union(*self.later_programs.values())
        return len(names) > 1 or len(programs) > 1


def midi_pitch(head: Head) -> int:
    """The pitch as written."""
    return 12 * (head.octave + 1) + SEMITONES[head.step] + int(head.alter)


def find_parts(tune: Tune, measures: list[Measure]) -> list[ScorePart]:
    """The parts of a tune as its layout has them."""
    voices = {voice.id: voice for voice in tune.voices}
    parts = [
        ScorePart(f"P{number}", [[voices[id_] for id_ in staff] for staff in layout.staves])
        for number, layout in enumerate(tune.layout.parts, 1)
    ]
    programs = _programs(tune.voices)
    for part in parts:
        for voice in part.voices:
            part.programs[voice.id] = programs[voice.id]
            later = {bar.program for bar in voice.bars} - {None, programs[voice.id]}
            part.later_programs[voice.id] = sorted(program for program in later if program is not None)
            if voice.sound.is_drums:
                part.drums[voice.id] = {
                    midi_pitch(head): _drum(voice, midi_pitch(head), part.name)
                    for measure in measures
                    if voice.id in measure.bars
                    for layer in measure.bars[voice.id].layers
                    for item in layer
                    for event in ([item] if isinstance(item, Event) else getattr(item, "events", ()))
                    for head in event.heads
                }
    return parts


def _programs(voices: list[Voice]) -> dict[str, int]:
    """What each voice plays: what the tune says, or what its name means.

    A voice without a name plays the instrument of the one before: the second voice of the same staff.
    """
    names: list[str] = []
    for voice in voices:
        names.append(voice.name or (names[-1] if names else ""))
    guessed = programs_for(names)
    return {
        voice.id: guess if voice.sound.program is None else voice.sound.program
        for voice, guess in zip(voices, guessed, strict=True)
    }


def _drum(voice: Voice, pitch: int, part_name: str) -> int:
    """The drum of General MIDI for a written pitch: as mapped, as the name of the voice says, or as it stands."""
    if pitch in voice.sound.drums:
        return voice.sound.drums[pitch]
    name = (voice.name or part_name).casefold()
    named = next((drum for word, drum in DRUM_OF_NAME.items() if word in name), None)
    if named is not None:
        return named
    return pitch if LOWEST_DRUM <= pitch <= HIGHEST_DRUM else SNARE


def write_part_list(xml: XmlText, parts: list[ScorePart], groups: list[tuple[int, int]]) -> None:
    """`<part-list>`, with brackets around groups."""
    xml.open("part-list")
    for index, part in enumerate(parts):
        for number, (first, _) in enumerate(groups, 1):
            if first == index:
                xml.open(f'part-group type="start" number="{number}"')
                xml.leaf("group-symbol", "bracket")
                xml.leaf("group-barline", "yes")
                xml.close("part-group")
        _write_part(xml, part)
        for number, (_, last) in enumerate(groups, 1):
            if last == index:
                xml.empty(f'part-group type="stop" number="{number}"')
    xml.close("part-list")


def _write_part(xml: XmlText, part: ScorePart) -> None:
    xml.open(f'score-part id="{part.id}"')
    xml.leaf("part-name", part.name.replace("\\n", "\n"))
    if part.subname:
        xml.leaf("part-abbreviation", part.subname.replace("\\n", "\n"))
    instruments = list(_instruments(part))
    for id_, name, _, _ in instruments:
        xml.open(f'score-instrument id="{id_}"')
        xml.leaf("instrument-name", name.replace("\\n", "\n") or "Instrument")
        xml.close("score-instrument")
    for id_, _, program, drum in instruments:
        xml.open(f'midi-instrument id="{id_}"')
        if drum is not None:
            xml.leaf("midi-channel", 10)
        xml.leaf("midi-program", program + 1)
        if drum is not None:
            xml.leaf("midi-unpitched", drum + 1)
        xml.close("midi-instrument")
    xml.close("score-part")


def _instruments(part: ScorePart) -> list[tuple[str, str, int, int | None]]:
    """(id, name, program, drum) of all instruments; one is enough where all voices play the same."""
    found: list[tuple[str, str, int, int | None]] = []
    for voice in part.voices:
        name = voice.name or part.name
        if voice.sound.is_drums:
            drums = part.drums[voice.id].items()
            found += [(f"{part.instrument_id(voice)}-X{pitch}", name, 0, drum) for pitch, drum in sorted(drums)]
        elif part.names_instruments or not found:
            programs = (part.programs[voice.id], *part.later_programs[voice.id])
            found += [(part.instrument_id(voice, program), name, program, None) for program in programs]
    return found
