"""One part of a tune, written for an instrument: it sounds as before and is read as its player reads.

Promises: the part's notes, key signature and chord names move as far as the instrument is written above its sound,
and its voice says so (`transpose=-2`, as in ABC 2.1); all other parts stay as they were, character by character. Every
note is held against what the instrument can sound.
Not covered: whether it is comfortable to play; breath, fingerings and slides.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from generator.catalogue.ranges import find_range
from generator.errors import BadRequest
from generator.notation.accidentals import semitones as semitones_above_c
from generator.notation.transpose import simplest_fifths
from generator.notation.transposer import Heard, Transposer
from generator.notation.tune import VoiceDef, parse_voice_def
from generator.transposing.instruments import Instrument, all_instruments
from generator.transposing.interval import name_interval

MIDDLE_C = 60
FIRST_WORDS = ("melody", "top", "upper", "right", "right hand", "first", "highest")
LAST_WORDS = ("bass", "lower", "left", "left hand", "last", "lowest")
# Ways to move a piece into an instrument's range, the nearest and best known first.
WAYS = ("P8", "M2", "m3", "M3", "P4", "P5", "m2", "A4", "m6", "M6", "m7", "M7")

_VOICE_LINE = re.compile(r"^V:\s*(?P<id>\S+)(?P<rest>.*)$", re.MULTILINE)
_VOICE_INLINE = re.compile(r"\[V:\s*(?P<id>[^\]\s]+)(?P<rest>[^\]]*)\]")
_KEY_LINE = re.compile(r"^K:.*$", re.MULTILINE)
_TRANSPOSE = re.compile(r"\s*\btranspose=(-?\d{1,2})\b")
_OCTAVE_CLEF = re.compile(r"\b(?:treble|alto|tenor|bass)\d?([+-]8)")
_CLEF = re.compile(r"\s*(?:\bclef=)?\b(?:treble|alto|tenor|bass|perc|none)\d?(?:[+-]8)?(?![\w\"])")
_NAMES = re.compile(r'\s*\b(?:nm|name|snm|sname|subname)="[^"]*"')


@dataclass(frozen=True, kw_only=True)
class PartCheck:
    """What a part's instrument makes of it. Bars count from 1.

    lowest, highest: sounding, as MIDI numbers; below, above: bars with notes that are too low or too high; chords: bars
    in which it would have to play several notes at once. ways: short names of intervals that would bring all into its
    range, "-P8" downwards; others: ids of instruments that can sound all of it.
    """

    instrument: str
    voice: str
    lowest: int
    highest: int
    notes_below: int = 0
    notes_above: int = 0
    below: tuple[int, ...] = ()
    above: tuple[int, ...] = ()
    chords: tuple[int, ...] = ()
    ways: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def voices_of(abc: str) -> tuple[VoiceDef, ...]:
    """The voices of any ABC text, each with the first line that says more than its name."""
    found: dict[str, VoiceDef] = {}
    for match in (*_VOICE_LINE.finditer(abc), *_VOICE_INLINE.finditer(abc)):
        if match["id"] not in found or (
            match["rest"].strip() and not found[match["id"]].text.partition(" ")[2].strip()
        ):
            found[match["id"]] = parse_voice_def(f"V:{match['id']}{match['rest']}")
    return tuple(found.values())


def find_voice(abc: str, part: str | None, instrument: Instrument) -> str | None:
    """The id of the voice that is meant; None for the only one of a tune that names none.

    part: an id ("2"), a name ("Violin 2"), "melody" or "bass"; without it the voice of that instrument, else the first.
    Raises BadRequest, with the parts there are.
    """
    voices = [voice for voice in voices_of(abc) if not voice.clef.startswith("perc")]
    if part is not None and part.strip():
        return _named(voices, part)
    if not voices:
        return None
    same = [voice for voice in voices if instrument.name and _is_for(voice, instrument)]
    return (same or voices)[0].id


def _is_for(voice: VoiceDef, instrument: Instrument) -> bool:
    wanted = find_range(instrument.name)
    return bool(voice.name) and wanted is not None and find_range(voice.name) == wanted


def _named(voices: Sequence[VoiceDef], part: str) -> str | None:
    wanted = " ".join(part.casefold().split())
    if not voices and wanted in (*FIRST_WORDS, *LAST_WORDS, "1"):
        return None
    for voice in voices:
        if wanted in (voice.id.casefold(), voice.name.casefold()):
            return voice.id
    if voices and wanted in FIRST_WORDS:
        return voices[0].id
    if voices and wanted in LAST_WORDS:
        return voices[-1].id
    for voice in voices:
        if voice.name and wanted in voice.name.casefold():
            return voice.id
    parts = tuple(f"{voice.id} ({voice.name})" if voice.name else voice.id for voice in voices) or ("1",)
    raise BadRequest(reason="no_such_part", value=part.strip()[:40], parts=parts)


# --- writing ---------------------------------------------------------------------------------------------------------


def write_part(abc: str, voice: str | None, instrument: Instrument) -> tuple[str, PartCheck | None]:
    """The tune with one part written for the instrument, and what it makes of it; None for a part without notes.

    Raises NotationError for a key signature that cannot be read.
    """
    voices = voices_of(abc)
    defined = next((each for each in voices if each.id == voice), None)
    before = _written_above(defined.text if defined else "")
    is_reading = instrument.low is None  # of another clef: it stays in its key
    above = before if is_reading else instrument.above.semitones
    fifths = simplest_fifths(0, before)
    moved_fifths = 0 if is_reading else (instrument.above.fifths or 0) - fifths
    only = voice if len(voices) > 1 else None
    transposer = Transposer(
        fifths=moved_fifths, semitones=above - before, only=only, chord_names=True, as_part=not is_reading
    )
    text = "\n".join(transposer.move_line(line) for line in abc.split("\n"))
    text = _define(text, voice, instrument, above=above)
    if defined is not None and not is_reading:
        text = _hand_name_on(text, voices, defined)
        text = "\n".join(_without_brace(line, defined.id) for line in text.split("\n"))
    return text, check_part(transposer.heard, instrument, voice or "1", above=above)


def _written_above(definition: str) -> int:
    """Semitones by which a voice is written above what sounds, by its `transpose=` and an 8 at its clef."""
    unquoted = re.sub(r'"[^"]*"', "", definition)
    transposed, octave = _TRANSPOSE.search(unquoted), _OCTAVE_CLEF.search(unquoted)
    shift = int(transposed[1]) if transposed else 0
    return -shift - (12 if octave and octave[1] == "+8" else -12 if octave else 0)


def _define(abc: str, voice: str | None, instrument: Instrument, *, above: int) -> str:
    """The voice's line with clef, transposition and name; a new line below the key where there is none."""
    told = f' nm="{instrument.name}"' if instrument.name else ""
    shift = f" transpose={-above}" if above else ""
    for match in _VOICE_LINE.finditer(abc):
        if match["id"] == voice:
            rest = _TRANSPOSE.sub("", match["rest"])
            rest = _NAMES.sub("", rest) if instrument.name else rest
            kept = _outside_quotes(rest)
            return f"{abc[: match.start()]}V:{voice} {instrument.clef}{shift}{told}{kept}{abc[match.end() :]}"
    key = _KEY_LINE.search(abc)
    place = key.end() if key else 0
    return f"{abc[:place]}\nV:{voice or 1} {instrument.clef}{shift}{told}{abc[place:]}"


def _outside_quotes(rest: str) -> str:
    """What else a voice's line says, without its clef; a name may hold the word "bass"."""
    pieces = re.split(r'("[^"]*")', rest)
    kept = "".join(piece if piece.startswith('"') else _CLEF.sub("", piece) for piece in pieces).rstrip()
    return kept if not kept or kept.startswith(" ") else f" {kept}"


def _hand_name_on(abc: str, voices: Sequence[VoiceDef], taken: VoiceDef) -> str:
    """The next voice without a name gets that of the voice that is now another instrument: it was theirs together."""
    place = voices.index(taken) + 1
    if not taken.name or place == len(voices) or voices[place].name:
        return abc
    names = "".join(f" {found[0].strip()}" for found in _NAMES.finditer(taken.text))
    line = voices[place].text
    return abc.replace(f"{line}\n", f"{line.rstrip()}{names}\n", 1)


def _without_brace(line: str, voice: str) -> str:
    """A `%%score` line in which the voice has a staff of its own, in front of the brace or staff that it leaves."""
    if not line.startswith(("%%score", "%%staves")):
        return line
    words = re.findall(r"[{}()\[\]|]|[^\s{}()\[\]|]+", line)
    if voice not in words:
        return line
    place, opened = words.index(voice), []
    for at, word in enumerate(words[:place]):
        if word in "{([":
            opened.append(at)
        elif word in "})]":
            opened.pop()
    groups = [at for at in opened if words[at] in "{("]
    if not groups:
        return line
    rest = words[:place] + words[place + 1 :]
    rest.insert(groups[0], voice)
    return _tidied(" ".join(rest))


def _tidied(score: str) -> str:
    """Without empty groups, groups of one, and bars that no longer part anything."""
    previous = ""
    while score != previous:
        previous = score
        score = re.sub(r"([{(\[]) \|", r"\1", score)
        score = re.sub(r"\| ([})\]|])", r"\1", score)
        score = re.sub(r"[{(] ([^\s{}()\[\]|]+) [})]", r"\1", score)
        score = re.sub(r"[{(\[] [})\]] ?", "", score)
    return score


# --- checking --------------------------------------------------------------------------------------------------------


def check_part(heard: Sequence[Heard], instrument: Instrument, voice: str, *, above: int) -> PartCheck | None:
    """The notes of a part, as written, held against its instrument."""
    pitches = [MIDDLE_C + semitones_above_c(*note.pitch) - above for note in heard]
    if not pitches:
        return None
    low = instrument.low if instrument.low is not None else min(pitches)
    high = instrument.high if instrument.high is not None else max(pitches)
    below = [note.bar + 1 for note, pitch in zip(heard, pitches, strict=True) if pitch < low]
    too_high = [note.bar + 1 for note, pitch in zip(heard, pitches, strict=True) if pitch > high]
    chords = sorted({note.bar + 1 for note in heard if note.chord}) if instrument.single else []
    outside = bool(below or too_high)
    return PartCheck(
        instrument=instrument.id,
        voice=voice,
        lowest=min(pitches),
        highest=max(pitches),
        notes_below=len(below),
        notes_above=len(too_high),
        below=tuple(sorted(set(below))),
        above=tuple(sorted(set(too_high))),
        chords=tuple(chords),
        ways=ways_into(min(pitches), max(pitches), low=low, high=high) if outside else (),
        others=others_for(min(pitches), max(pitches), instrument) if outside else (),
    )


def ways_into(lowest: int, highest: int, *, low: int, high: int) -> tuple[str, ...]:
    """The best way to move a part so that all of it lies between low and high, as `/transpose by` reads it; or none."""
    for name in WAYS:
        size = next(each for each in range(1, 13) if name_interval(simplest_fifths(0, each), each) == name)
        for direction in (size, -size):
            if low <= lowest + direction and highest + direction <= high:
                return (name if direction > 0 else f"-{name}",)
    return ()


def others_for(lowest: int, highest: int, instrument: Instrument) -> tuple[str, ...]:
    """Up to three instruments that can sound all of it, those in the same clef first."""
    fitting = [
        each
        for each in all_instruments()
        if each.low is not None and each.high is not None and each.low <= lowest and highest <= each.high
    ]
    fitting.sort(key=lambda each: (each.clef != instrument.clef, not each.offered))
    return tuple(each.id for each in fitting[:3])
