"""How real pieces open: the commonest layouts of voices of each style, and what metre, key and tempo go together.

The same for each instrumentation in each period, and in all, for styles without pieces. Taken from aligned training
pieces only. `shipped/openings.py` writes `config/openings.json` with it, fine-tuning the openings of new styles.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from config.files import load_toml
from generator.errors import BadRequest
from generator.notation.keys import parse_key
from generator.notation.limits import parse_metre
from generator.training.corpus import Row
from generator.training.layouts import Score, read_score

MAX_LAYOUTS = 6
MAX_SIGNATURES = 120  # of a style or family: combinations of metre, key and tempo
FEWEST_PIECES = 5  # fewer say little about a style's keys: its family's are better
RAREST_METRE = 30  # a metre that fewer than 1 in 30 pieces have is not typical of the style
MOST_VOICES = 16
MOST_VOICES_BY_STAFF = 3
GUESSED = ("Violin", "Viola", "Violoncello")  # what a staff without a name gets, by its clef
PLAYABLE_TEMPO = range(30, 241)
LONGEST_BAR = 2  # whole notes


@dataclass(frozen=True)
class Piece:
    """What the opening of one piece says. signature: metre, key and tempo; None if one of them cannot be used."""

    style: tuple[str, str, str]
    score: Score
    signature: tuple[str, str, int | None] | None


# --- reading ----------------------------------------------------------------------------------------------------------


def read_pieces(rows: Iterable[Row]) -> Iterator[Piece]:
    """The openings of those rows of a corpus that are aligned and trained on."""
    for row in rows:
        if row.get("aligned", True) and row["split"] == "train":
            lines = header_lines(row["abc"])
            style = (row["period"], row["composer"], row["instrumentation"])
            yield Piece(style, read_score(lines, row["instrumentation"]), read_signature(lines))


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


def read_signature(lines: list[str]) -> tuple[str, str, int | None] | None:
    """Metre, key and tempo; None for music without metre or key, or with an unheard-of one."""
    try:
        metre, key = parse_metre(field(lines, "M")), parse_key(field(lines, "K")).abc
    except BadRequest:
        return None
    return (str(metre), key, read_tempo(field(lines, "Q"))) if metre.length <= LONGEST_BAR else None


def read_tempo(value: str) -> int | None:
    """Quarter notes a minute of "1/4=92" or "3/8=60"; None if there is none or nobody can play it."""
    found = re.search(r"(\d+)/(\d+)=(\d+)", value)
    if found is None or int(found[2]) == 0:
        return None
    tempo = round(Fraction(int(found[1]), int(found[2])) * 4 * int(found[3]))
    return tempo if tempo in PLAYABLE_TEMPO else None


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
        names = {voice.name for voice in score.voices}
        second_without_first = any(name.endswith(" 2") and f"{name[:-1]}1" not in names for name in names)
        only_a_piano = len(clefs) == 2 and "Piano" in names
        odd = second_without_first or only_a_piano or misnamed(score)
        return all(len(brace) <= 2 for brace in score.braces) and not odd
    return instrumentation != "Orchestral" or (len(clefs) >= 4 and not misnamed(score))


def misnamed(score: Score) -> bool:
    """Whether strings were guessed where the source names nobody: they do not transpose, and two have numbers."""
    strings = [voice for voice in score.voices if voice.name in GUESSED]
    return any(voice.transpose or voice.clef.endswith("-8") for voice in strings) or (
        len({voice.name for voice in strings}) < len(strings)
    )


def choose_layouts(pieces: list[Piece], *, family: bool) -> list[tuple[Score, int]]:
    """The commonest layouts that fit, with their numbers of pieces; for large scores the smallest if none is small."""
    instrumentation = pieces[0].style[2]
    counts = Counter(piece.score for piece in pieces if fits(piece.score, instrumentation))
    ensembles = {score: count for score, count in counts.items() if len(score.staves) > 1}
    # Single parts of chamber music are common among the sources, but a player asks for the ensemble. A family speaks
    # for composers of whom there is nothing: one who wrote much for a violin alone, as Bach did, is not typical.
    if instrumentation == "Chamber" and (family or 5 * sum(ensembles.values()) >= sum(counts.values())):
        counts = Counter(ensembles)
    if counts or instrumentation not in ("Orchestral", "Vocal-Orchestral"):
        return sorted(counts.items(), key=lambda item: (-item[1], len(item[0].voices), item[0].text))[:MAX_LAYOUTS]
    smallest = sorted({piece.score for piece in pieces}, key=lambda score: (len(score.voices), score.text))
    return [(score, 1) for score in smallest[:2] if len(score.voices) <= 2 * MOST_VOICES]


def choose_signatures(pieces: list[Piece]) -> list[list[Any]]:
    """The commonest combinations of metre, key and tempo, with their numbers of pieces."""
    signatures = [piece.signature for piece in pieces if piece.signature]
    metres = Counter(signature[0] for signature in signatures)
    counts = Counter(signature for signature in signatures if metres[signature[0]] * RAREST_METRE >= len(signatures))
    ordered = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
    return [[*signature, count] for signature, count in ordered[:MAX_SIGNATURES]]


def choose_tempos(pieces: list[Piece]) -> dict[str, list[list[int]]]:
    """The middle half of the tempos by instrumentation and metre, and by metre alone."""
    found: dict[str, list[int]] = defaultdict(list)
    for piece in pieces:
        if piece.signature and piece.signature[2]:
            found[f"{piece.style[2]}|{piece.signature[0]}"].append(piece.signature[2])
            found[f"|{piece.signature[0]}"].append(piece.signature[2])
    chosen = {}
    for name, tempos in sorted(found.items()):
        if len(tempos) >= FEWEST_PIECES:
            middle = sorted(tempos)[len(tempos) // 4 : len(tempos) - len(tempos) // 4]
            chosen[name] = [[tempo, count] for tempo, count in sorted(Counter(middle).items())]
    return chosen


# --- writing ----------------------------------------------------------------------------------------------------------


def collect(found: Iterable[Piece], styles: Iterable[tuple[str, str, str]]) -> dict[str, Any]:
    """All that openings.json says."""
    pieces = list(found)
    groups: dict[str, list[Piece]] = defaultdict(list)
    families: dict[str, list[Piece]] = defaultdict(list)
    for piece in pieces:
        groups["|".join(piece.style)].append(piece)
        families[f"{piece.style[0]}|{piece.style[2]}"].append(piece)
        families[f"|{piece.style[2]}"].append(piece)
    layouts: dict[Score, int] = {}
    asked = tuple(styles)
    wanted = {"|".join(style) for style in asked}
    instrumentations = {style[2] for style in asked}
    return {
        "styles": {name: entry(groups[name], layouts, family=False) for name in sorted(wanted & groups.keys())},
        "families": {
            name: entry(families[name], layouts, family=True)
            for name in sorted(families)
            if name.split("|")[1] in instrumentations
        },
        "tempos": choose_tempos(pieces),
        "layouts": [[score.text, [str(voice) for voice in score.voices]] for score in layouts],
    }


def entry(pieces: list[Piece], layouts: dict[Score, int], *, family: bool) -> dict[str, Any]:
    """What is known about a style or family; new layouts are added to `layouts`."""
    chosen = [
        [layouts.setdefault(score, len(layouts)), count] for score, count in choose_layouts(pieces, family=family)
    ]
    signatures = choose_signatures(pieces) if len(pieces) >= FEWEST_PIECES else []
    return {"pieces": len(pieces), "layouts": chosen, "signatures": signatures}


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
