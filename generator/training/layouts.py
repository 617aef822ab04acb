"""The voices of a piece as its source writes them, cleaned: one name for an instrument, modern clefs, two hands.

Not covered: which layouts are typical of a style; make_openings.py chooses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

# What sources call the instruments and singers of a piece, in plain small letters, and what we call them.
NAMES = {
    "Piano": "piano pianoforte fortepian fortepiano klavier clavier klawikord score pf fp keyboard keyb pno forte",
    "Organ": "pipeorgan organo organ organy organi",
    "Harpsichord": "cembalo harpsichord clavecin",
    "Voice": "voice voce glos spiew canto chant gesang singstimme stimme dwuspiew singstimmen",
    "Soprano": "soprano sopran",
    "Violin": "violin violine violon violino",
    "Viola": "viola viole altviola",
    "Violoncello": "violoncello cello",
    "Guitar": "guitar guitare guitarre chitarra",
    "Clarinet": "clarinetto",
    "Trumpet": "clarino tromba",
    "Oboe": "hoboe",
    "Flute": "flauto",
    "Bassoon": "fagotto",
    "Horn": "corno",
    "Contrabass": "violone",
}
PLAIN_NAMES = {word: name for name, words in NAMES.items() for word in words.split()}
NUMBERS = {"1": "1 i 1o 1mo primo imo", "2": "2 ii 2o 2do secondo secundo iido", "3": "3 iii terzo"}
PLAIN_NUMBERS = {word: number for number, words in NUMBERS.items() for word in words.split()}
# Any name with one of these words in it is the name of an instrument or a singer, and stays.
INSTRUMENT_WORDS = """
    violin viola violoncello cello contrabass bass flute oboe clarinet bassoon contrabassoon horn trumpet trombone tuba
    timpani piccolo harp soprano alto tenor sopran alt baritone contralto traverso tromba continuo piano organ voice
    violino traversiere recorder d'amore
"""
MAX_NAME_CHARS = 24
SMALL_ENSEMBLE_STAVES = 5  # up to so many staves there is room for whole names on every line
SHORT_NAMES = {"Piano": "Pno.", "Organ": "Org."}
# Old clefs are hard to read; the notes are the same in any clef.
MODERN_CLEFS = {"alto1": "treble", "alto2": "treble", "bass3": "bass", "": "treble"}


@dataclass(frozen=True, kw_only=True)
class Voice:
    """A V: line in parts. transpose: "transpose=-2" or empty."""

    id: str
    clef: str
    transpose: str
    name: str
    short_name: str = ""

    def __str__(self) -> str:
        words = [f"V:{self.id}", self.clef, self.transpose]
        words += [f'{field}="{name}"' for field, name in (("nm", self.name), ("snm", self.short_name)) if name]
        return " ".join(word for word in words if word)


@dataclass(frozen=True)
class Score:
    """The voices of a piece; staves: ids by staff; braces: numbers of the staves in each pair of { }."""

    text: str
    voices: tuple[Voice, ...]
    staves: tuple[tuple[str, ...], ...]
    braces: tuple[tuple[int, ...], ...]

    @property
    def clefs(self) -> list[str]:
        """The clef of each staff's main voice."""
        clefs = {voice.id: voice.clef for voice in self.voices}
        return [clefs.get(staff[0], "") for staff in self.staves]

    @property
    def crowd(self) -> int:
        """How many voices the fullest staff has."""
        return max(map(len, self.staves))


def read_score(lines: list[str], instrumentation: str) -> Score:
    """The voices, with sensible names and modern clefs."""
    voices = tuple(read_voice(line) for line in lines if line.startswith("V:"))
    text = next((line for line in lines if line.startswith("%%score")), "")
    staves, braces = read_staves(text)
    if not text:
        staves = (tuple(voice.id for voice in voices),)
    if instrumentation == "Keyboard" and len(staves) == 2:  # one player, however the source groups the staves
        text = f"%%score {{ {' | '.join(map(staff_text, staves))} }}"
        braces = ((0, 1),)
    return name_voices(Score(text, voices, staves, braces), instrumentation)


def staff_text(staff: tuple[str, ...]) -> str:
    """A staff as in %%score: "( 1 3 )" or, with one voice, "2"."""
    return f"( {' '.join(staff)} )" if len(staff) > 1 else staff[0]


def read_staves(text: str) -> tuple[tuple[tuple[str, ...], ...], tuple[tuple[int, ...], ...]]:
    """The staves of a %%score line, and the braces: "1 { ( 2 4 ) | 3 }" → (1,), (2, 4), (3,) and (1, 2)."""
    staves: list[tuple[str, ...]] = []
    open_braces: list[list[int]] = []
    braces: list[tuple[int, ...]] = []
    group: list[str] | None = None
    for word in text.removeprefix("%%score").split():
        if word == "{":
            open_braces.append([])
        elif word == "}" and open_braces:
            braces.append(tuple(open_braces.pop()))
        elif word == "(":
            group = []
        elif group is not None and word != ")":
            group.append(word)
        elif word not in "[]|":
            if open_braces:
                open_braces[-1].append(len(staves))
            staves.append((word,) if group is None else tuple(group))
            group = None
    return tuple(staves), tuple(braces)


def read_voice(line: str) -> Voice:
    """A V: line; names are cleaned, properties that only concern the look are left out."""
    names = dict(re.findall(r'\b(s?nm)="([^"]*)"', line))
    words = re.sub(r'\bs?nm="[^"]*"', "", line).split()
    clef = words[1] if len(words) > 1 and "=" not in words[1] else ""
    transpose = next((word for word in words if word.startswith("transpose=")), "")
    return Voice(
        id=words[0][2:],
        clef=MODERN_CLEFS.get(clef, clef),
        transpose=transpose,
        name=clean_name(names.get("nm", "")),
        short_name=names.get("snm", ""),
    )


def clean_name(name: str) -> str:
    """One sensible name of an instrument, or none: "PIANO.PIANO." → "Piano", "Violino Imo" → "Violin 1"."""
    last = name.replace("\\n", "\n").splitlines()[-1] if name else ""
    half = len(last) // 2
    once = (last[:half] if half and last[:half] == last[half:] else last).strip(" .,")
    words = re.sub(r"[^a-z0-9']+", " ", once.lower()).split()
    instrument = PLAIN_NAMES.get(words[0]) if words and "/" not in once else None
    if instrument is None:
        known = set(words) & set(INSTRUMENT_WORDS.split())
        return once if known and once.isascii() and len(once) <= MAX_NAME_CHARS and not once.isupper() else ""
    number = PLAIN_NUMBERS.get(words[1]) if len(words) > 1 and instrument not in ("Piano", "Organ") else None
    return f"{instrument} {number}" if number else instrument


def name_voices(score: Score, instrumentation: str) -> Score:
    """Every staff has a name at its main voice, the two staves of a piano at the upper one; other voices have none."""
    main = {staff[0]: number for number, staff in enumerate(score.staves)}
    pianos = [brace for brace in score.braces if is_piano(brace, score, instrumentation)]
    lower_hands = {brace[1] for brace in pianos}
    upper_hands = {brace[0] for brace in pianos}
    large = len(score.staves) > SMALL_ENSEMBLE_STAVES
    named = []
    for voice in score.voices:
        number = main.get(voice.id)
        if number is None or number in lower_hands:
            named.append(replace(voice, name="", short_name=""))
            continue
        usual = "Piano" if number in upper_hands else usual_name(number, score.clefs, instrumentation)
        keyboards = ("Piano", "Organ", "Harpsichord")
        name = voice.name if voice.name and (number not in upper_hands or voice.name in keyboards) else usual
        short = voice.short_name if large and name == voice.name else SHORT_NAMES.get(name, "")
        named.append(replace(voice, name=name, short_name=short if short.isascii() else ""))
    return replace(score, voices=tuple(named))


def is_piano(brace: tuple[int, ...], score: Score, instrumentation: str) -> bool:
    """Whether the staves in a brace are two hands; in an orchestra they are two players of a kind."""
    if len(brace) != 2 or instrumentation in ("Orchestral", "Vocal-Orchestral"):
        return False
    return instrumentation in ("Keyboard", "Art Song") or [score.clefs[staff] for staff in brace] == ["treble", "bass"]


def usual_name(staff: int, clefs: list[str], instrumentation: str) -> str:
    """What plays or sings on a staff that has no name."""
    by_instrumentation = {"Keyboard": "Piano", "Guitar": "Guitar", "Art Song": "Voice"}
    if instrumentation in by_instrumentation:
        return by_instrumentation[instrumentation]
    if instrumentation == "Choral":
        names = ("Sopran/Alt", "Tenor/Bass") if len(clefs) == 2 else ("Soprano", "Bass")
        return names[clefs[staff] == "bass"]
    if clefs == ["treble", "treble", "alto", "bass"]:
        return ("Violin 1", "Violin 2", "Viola", "Violoncello")[staff]
    return {"alto": "Viola", "tenor": "Violoncello", "bass": "Violoncello"}.get(clefs[staff], "Violin")
