"""Collects how real pieces open: `python scripts/make_openings.py scores.jsonl.xz` writes config/openings.json.

Takes aligned training pieces only. Of each style it keeps the commonest layouts of voices and what metre, key and tempo
go together; the same for each instrumentation in each period, and in all, for styles without pieces.
"""

from __future__ import annotations

import argparse
import json
import lzma
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
from config.files import load_toml
from generator.errors import BadRequest
from generator.notation.keys import parse_key
from generator.openings import check_metre

MAX_LAYOUTS = 6
MAX_SONGS = 120  # of a style or family: combinations of metre, key and tempo
FEWEST_SONGS = 5  # fewer pieces than these say little about a style's keys: its family's are better
RAREST_METRE = 30  # a metre that fewer than 1 in 30 pieces have is not typical of the style
MOST_VOICES = 16
MOST_VOICES_BY_STAFF = 3
PLAYABLE_TEMPO = range(30, 241)
LONGEST_BAR = 2  # whole notes
OUT = Path(__file__).parents[1] / "config" / "openings.json"

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


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Piece:
    """What the opening of one piece says. song: metre, key and tempo; None if one of them cannot be used."""

    style: tuple[str, str, str]
    score: Score
    song: tuple[str, str, int | None] | None


# --- reading ----------------------------------------------------------------------------------------------------------


def read_pieces(path: Path) -> Iterator[Piece]:
    """The aligned training pieces of a scores.jsonl.xz."""
    with lzma.open(path, "rt", encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            if row["aligned"] and row["split"] == "train":
                lines = header_lines(row["abc"])
                style = (row["period"], row["composer"], row["instrumentation"])
                yield Piece(style, read_score(lines, row["instrumentation"]), read_song(lines))


def header_lines(abc: str) -> list[str]:
    """The lines before the first bar."""
    lines = []
    for line in abc.splitlines():
        if line.startswith("["):
            break
        lines.append(line)
    return lines


def field(lines: Iterable[str], letter: str) -> str:
    """The value of the first field of that letter, empty without one."""
    return next((line[2:].strip() for line in lines if line.startswith(f"{letter}:")), "")


def read_song(lines: list[str]) -> tuple[str, str, int | None] | None:
    """Metre, key and tempo; None for music without metre or key, or with an unheard-of one."""
    try:
        metre, key = check_metre(field(lines, "M")), parse_key(field(lines, "K")).abc
    except BadRequest:
        return None
    return (metre, key, read_tempo(field(lines, "Q"))) if Fraction(metre) <= LONGEST_BAR else None


def read_tempo(value: str) -> int | None:
    """Quarter notes a minute of "1/4=92" or "3/8=60"; None if there is none or nobody can play it."""
    found = re.search(r"(\d+)/(\d+)=(\d+)", value)
    if found is None or int(found[2]) == 0:
        return None
    tempo = round(Fraction(int(found[1]), int(found[2])) * 4 * int(found[3]))
    return tempo if tempo in PLAYABLE_TEMPO else None


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
        words[0][2:], MODERN_CLEFS.get(clef, clef), transpose, clean_name(names.get("nm", "")), names.get("snm", "")
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


# --- choosing ---------------------------------------------------------------------------------------------------------


def fits(score: Score, instrumentation: str) -> bool:
    """Whether somebody would expect these voices of the instrumentation."""
    clefs = score.clefs
    voices_of_staves = {voice for staff in score.staves for voice in staff}
    if "perc" in clefs or len(score.voices) > MOST_VOICES or voices_of_staves != {voice.id for voice in score.voices}:
        return False
    if instrumentation == "Keyboard":
        return clefs == ["treble", "bass"] and score.crowd <= MOST_VOICES_BY_STAFF
    if instrumentation == "Art Song":
        singers = len(clefs) - 2
        return (
            [len(brace) for brace in score.braces] == [2] and singers in (1, 2) and score.crowd <= MOST_VOICES_BY_STAFF
        )
    if instrumentation == "Choral":
        return len(score.voices) >= 4 and clefs[0] == "treble" and clefs[-1] == "bass"
    if instrumentation == "Chamber":
        return all(len(brace) <= 2 for brace in score.braces)
    return instrumentation != "Orchestral" or len(clefs) >= 4


def choose_layouts(pieces: list[Piece]) -> list[tuple[Score, int]]:
    """The commonest layouts that fit, with their numbers of pieces; for large scores the smallest if none is small."""
    instrumentation = pieces[0].style[2]
    counts = Counter(piece.score for piece in pieces if fits(piece.score, instrumentation))
    ensembles = {score: count for score, count in counts.items() if len(score.staves) > 1}
    # Single parts of chamber music are common among the sources, but a player asks for the ensemble.
    if instrumentation == "Chamber" and 5 * sum(ensembles.values()) >= sum(counts.values()):
        counts = Counter(ensembles)
    if counts or instrumentation not in ("Orchestral", "Vocal-Orchestral"):
        return sorted(counts.items(), key=lambda item: (-item[1], len(item[0].voices), item[0].text))[:MAX_LAYOUTS]
    smallest = sorted({piece.score for piece in pieces}, key=lambda score: (len(score.voices), score.text))
    return [(score, 1) for score in smallest[:2] if len(score.voices) <= 2 * MOST_VOICES]


def choose_songs(pieces: list[Piece]) -> list[list[Any]]:
    """The commonest combinations of metre, key and tempo, with their numbers of pieces."""
    songs = [piece.song for piece in pieces if piece.song]
    metres = Counter(song[0] for song in songs)
    counts = Counter(song for song in songs if metres[song[0]] * RAREST_METRE >= len(songs))
    ordered = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
    return [[*song, count] for song, count in ordered[:MAX_SONGS]]


def choose_tempos(pieces: list[Piece]) -> dict[str, list[list[int]]]:
    """The middle half of the tempos by instrumentation and metre, and by metre alone."""
    found: dict[str, list[int]] = defaultdict(list)
    for piece in pieces:
        if piece.song and piece.song[2]:
            found[f"{piece.style[2]}|{piece.song[0]}"].append(piece.song[2])
            found[f"|{piece.song[0]}"].append(piece.song[2])
    chosen = {}
    for name, tempos in sorted(found.items()):
        if len(tempos) >= FEWEST_SONGS:
            middle = sorted(tempos)[len(tempos) // 4 : len(tempos) - len(tempos) // 4]
            chosen[name] = [[tempo, count] for tempo, count in sorted(Counter(middle).items())]
    return chosen


# --- writing ----------------------------------------------------------------------------------------------------------


def collect(pieces: list[Piece], styles: list[tuple[str, str, str]]) -> dict[str, Any]:
    """All that openings.json says."""
    groups: dict[str, list[Piece]] = defaultdict(list)
    families: dict[str, list[Piece]] = defaultdict(list)
    for piece in pieces:
        groups["|".join(piece.style)].append(piece)
        families[f"{piece.style[0]}|{piece.style[2]}"].append(piece)
        families[f"|{piece.style[2]}"].append(piece)
    layouts: dict[Score, int] = {}
    wanted = {"|".join(style) for style in styles}
    instrumentations = {style[2] for style in styles}
    return {
        "styles": {name: entry(groups[name], layouts) for name in sorted(wanted & groups.keys())},
        "families": {
            name: entry(families[name], layouts) for name in sorted(families) if name.split("|")[1] in instrumentations
        },
        "tempos": choose_tempos(pieces),
        "layouts": [[score.text, [str(voice) for voice in score.voices]] for score in layouts],
    }


def entry(pieces: list[Piece], layouts: dict[Score, int]) -> dict[str, Any]:
    """What is known about a style or family; new layouts are added to `layouts`."""
    chosen = [[layouts.setdefault(score, len(layouts)), count] for score, count in choose_layouts(pieces)]
    songs = choose_songs(pieces) if len(pieces) >= FEWEST_SONGS else []
    return {"pieces": len(pieces), "layouts": chosen, "songs": songs}


def catalogue_styles() -> list[tuple[str, str, str]]:
    """The triples of styles.toml."""
    return [
        (composer["period"], composer["name"], instrumentation)
        for composer in load_toml("styles.toml")["composers"]
        for instrumentation in (*composer.get("notagen", ()), *composer.get("notabot", ()))
    ]


def write(collected: dict[str, Any], path: Path) -> None:
    """As JSON with a line for each style and layout, so that a change shows where it is."""
    sections = []
    for name, section in collected.items():
        rows = section.items() if isinstance(section, dict) else ((None, row) for row in section)
        lines = [(f"{json.dumps(key)}: " if key else "") + json.dumps(value) for key, value in rows]
        brackets = "{}" if isinstance(section, dict) else "[]"
        sections.append(f"{json.dumps(name)}: {brackets[0]}\n" + ",\n".join(lines) + f"\n{brackets[1]}")
    path.write_text("{\n" + ",\n".join(sections) + "\n}\n", encoding="utf-8")


def main() -> None:
    """Read the scores, write the openings, say how much they cover."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scores", type=Path, help="scores.jsonl.xz")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    styles = catalogue_styles()
    collected = collect(list(read_pieces(arguments.scores)), styles)
    write(collected, arguments.out)
    print(f"{len(collected['styles'])} of {len(styles)} styles have pieces; {len(collected['layouts'])} layouts")
    print(f"{arguments.out}: {arguments.out.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
