"""Engrave tunes and count what a musician would not accept: signs on top of each other, notes far from their staff.

    make measure NAME=engraving ARGS="FOLDER --sample 60"

Every .abc file of the folder is engraved as for a phone. Verovio itself says what takes which place (its option
svgBoundingBoxes). Counted, in all and by hundred notes:

    heads        notes of two voices on a staff that cover each other, unless they are the same note
    rests        rests that touch a note, a stem or another rest of another voice
    stems        stems that run through notes of another voice
    accidentals  those that touch a note of another voice
    ledger lines notes with more than five
    words        syllables of a verse that touch, and texts and signs (dynamics, tempo ...) that touch each other
    run together texts on one line with no room for a letter between them
    hairpins     those that touch another hairpin, a text or a dynamic
    on notes     texts, hairpins and pedal marks that touch a head or an accidental
    pedals       pedal marks that touch each other
    holes        bars of a staff in which time passes with neither note nor rest to be seen
    twice        rests of two voices that stand on one staff at the same time
"""

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from unittest import mock

from lxml import etree

from renderers.errors import InputRefused
from renderers.pages import engraving
from renderers.pages.legible import make_legible
from renderers.pages.legible.signs import Sign, read_part
from renderers.pages.paper import Paper
from renderers.score.musicxml import convert
from renderers.score.parts import parse_score

HEAD_WIDTH, SPACE = 212, 180  # in verovio's units: a black head is so wide, two staff lines are so far apart
MAX_LEDGER_LINES = 5
TEXTS = ("dir", "dynam", "harm", "tempo", "fing", "reh")
OVER_NOTES = (*TEXTS, "hairpin", "pedal")
KINDS = (
    "heads", "rests", "stems", "accidentals", "ledger lines", "words", "run together", "hairpins", "on notes", "pedals",
    "holes", "twice",
)  # fmt: skip
LETTER = 90  # verovio's units
_TRANSLATE = re.compile(r"translate\((-?\d+), (-?\d+)\)")


@dataclass(frozen=True)
class Box:
    """What takes which place."""

    left: float
    top: float
    right: float
    bottom: float

    def covers(self, other: "Box", *, least: float = 0) -> bool:
        """Whether both share more than so much, in both directions."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > least and down > least


def flaws(svg: str) -> Counter[str]:
    """All that is wrong with a page, and its notes."""
    page = etree.fromstring(svg.encode(), etree.XMLParser(huge_tree=True))
    found: Counter[str] = Counter()
    for measure in page.iterfind(".//{*}g[@class='measure']"):
        found += _flaws_of_measure(measure)
    for system in page.iterfind(".//{*}g[@class='system']"):
        texts = [box for kind in TEXTS for box in _boxes(system, kind)]
        found["words"] += sum(one.covers(other, least=10) for one, other in combinations(texts, 2))
        found["words"] += _touching_syllables(system)
        found["run together"] += _run_together([box for kind in ("dir", "tempo") for box in _boxes(system, kind)])
        hairpins, dynamics = _boxes(system, "hairpin"), [*texts]
        found["hairpins"] += sum(one.covers(other, least=10) for one, other in combinations(hairpins, 2))
        found["hairpins"] += sum(one.covers(other, least=10) for one in hairpins for other in dynamics)
        found["pedals"] += sum(one.covers(other) for one, other in combinations(_boxes(system, "pedal"), 2))
        signs = [box for kind in OVER_NOTES for box in _boxes(system, kind)]
        notes = [box for layer in _layers(system) for kind in ("notehead", "accid") for box in layer[kind]]
        found["on notes"] += sum(any(sign.covers(note, least=15) for note in notes) for sign in signs)
    return found


def _run_together(texts: list[Box]) -> int:
    """Texts that read as one word."""
    return sum(
        abs(one.bottom - other.bottom) < SPACE and 0 <= max(one.left, other.left) - min(one.right, other.right) < LETTER
        for one, other in combinations(texts, 2)
    )


def gaps(musicxml: str) -> Counter[str]:
    """What is printed too little or too much, in time."""
    score = parse_score(musicxml)
    make_legible(score)
    found: Counter[str] = Counter()
    for part in score.iterfind("part"):
        divisions = 1
        for measure, signs in read_part(part):
            divisions = int(measure.findtext("attributes/divisions") or divisions)
            for staff in {sign.staff for sign in signs}:
                seen = [sign for sign in signs if sign.staff == staff and not sign.is_hidden and sign.duration]
                length = max(sign.end for sign in signs)
                found["holes"] += _covered(seen) < length and (length > divisions or bool(seen))
                rests = [sign for sign in seen if sign.is_rest]
                found["twice"] += sum(
                    one.voice != other.voice and one.onset < other.end and other.onset < one.end
                    for one, other in combinations(rests, 2)
                )
    return found


def _covered(signs: Sequence[Sign]) -> int:
    """How much time has something in it."""
    total = reached = 0
    for sign in sorted(signs, key=_onset):
        total += max(0, sign.end - max(reached, sign.onset))
        reached = max(reached, sign.end)
    return total


def _onset(sign: Sign) -> int:
    return sign.onset


def _flaws_of_measure(measure: etree._Element) -> Counter[str]:
    """Voices of other staves count, too: a voice may cross over to them."""
    found: Counter[str] = Counter()
    found["ledger lines"] = _too_many_ledger_lines(measure)
    layers = _layers(measure)
    found["notes"] = sum(len(layer["notehead"]) for layer in layers)
    for one, other in combinations(layers, 2):
        found["heads"] += sum(
            a.covers(b, least=30) and not _is_same(a, b) for a in one["notehead"] for b in other["notehead"]
        )
        for upper, lower in ((one, other), (other, one)):
            found["rests"] += sum(
                rest.covers(thing, least=15)
                for rest in upper["rest"]
                for kind in ("notehead", "stem")
                for thing in lower[kind]
            )
            found["stems"] += sum(_runs_through(stem, head) for stem in upper["stem"] for head in lower["notehead"])
            found["accidentals"] += sum(
                sign.covers(head, least=25) for sign in upper["accid"] for head in lower["notehead"]
            )
        found["rests"] += sum(a.covers(b, least=15) for a in one["rest"] for b in other["rest"])
    return found


def _layers(element: etree._Element) -> list[dict[str, list[Box]]]:
    return [_things(layer) for layer in element.iterfind(".//{*}g[@class='layer']")]


def _too_many_ledger_lines(measure: etree._Element) -> int:
    """In how many places there are more of them, one above the other, than a reader counts."""
    rows: Counter[tuple[str, int]] = Counter()
    for number, lines in enumerate(measure.iterfind(".//{*}g")):
        if (lines.get("class") or "").startswith("ledgerLines"):
            dashes = {
                (round(float(numbers[0]) / 150), round(float(numbers[1])))
                for path in lines.iterfind(".//{*}path")
                if (numbers := re.findall(r"-?\d+", path.get("d") or ""))
            }
            rows.update((f"{number}", x) for x, _ in dashes)
    return sum(count > MAX_LEDGER_LINES for count in rows.values())


def _is_same(one: Box, other: Box) -> bool:
    """Whether two voices share a note."""
    return abs(one.left - other.left) < 15 and abs(one.top - other.top) < 15


def _runs_through(stem: Box, head: Box) -> bool:
    """Whether a stem is neither at the edge of a head nor beside it."""
    middle = (stem.left + stem.right) / 2
    return head.left + 30 < middle < head.right - 30 and stem.covers(
        Box(head.left, head.top + 60, head.right, head.bottom - 60)
    )


def _things(layer: etree._Element) -> dict[str, list[Box]]:
    things = {kind: _boxes(layer, kind) for kind in ("rest", "stem", "accid")}
    things["rest"] += _boxes(layer, "mRest")
    things["notehead"] = []
    for head in layer.iterfind(".//{*}g[@class='notehead']"):
        for use in head.iterfind("{*}use"):
            place = _TRANSLATE.match(use.get("transform") or "")
            if place is not None and "0.72" in (use.get("transform") or ""):  # grace notes are smaller
                x, y = map(float, place.groups())
                things["notehead"].append(Box(x, y - SPACE / 2, x + HEAD_WIDTH, y + SPACE / 2))
    return things


def _boxes(element: etree._Element, kind: str) -> list[Box]:
    """The boxes of all elements of a class that are drawn. Of texts only their runs of letters have one."""
    found = []
    for box in element.iterfind(f".//{{*}}g[@class='{kind} bounding-box']"):
        owner = box.getparent()
        rects = [rect for rect in box.iterfind("{*}rect") if _is_drawn(rect)]
        if not rects and owner is not None:
            rects = [rect for rect in owner.iterfind(".//{*}g[@class='text bounding-box']/{*}rect") if _is_drawn(rect)]
        if rects:
            boxes = [[float(rect.get(name) or 0) for name in ("x", "y", "width", "height")] for rect in rects]
            found.append(
                Box(
                    min(left for left, *_ in boxes),
                    min(top for _, top, *_ in boxes),
                    max(left + width for left, _, width, _ in boxes),
                    max(top + height for _, top, _, height in boxes),
                )
            )
    return found


def _is_drawn(rect: etree._Element) -> bool:
    return float(rect.get("width") or 0) > 0 and float(rect.get("height") or 0) > 0


def _touching_syllables(system: etree._Element) -> int:
    """Neighbours in a line of words."""
    rows: dict[tuple[int, float], list[Box]] = {}
    for box in _boxes(system, "syl"):
        rows.setdefault((round(box.bottom / 60), 0.0), []).append(box)
    return sum(one.covers(other) for row in rows.values() for one, other in combinations(sorted(row, key=_left), 2))


def _left(box: Box) -> float:
    return box.left


def flaws_of(abc: str) -> Counter[str]:
    """All that is wrong with a tune's pages."""
    usual = engraving._options  # a paper's options

    def with_boxes(paper: Paper, *, scale: int) -> dict[str, object]:
        return {**usual(paper, scale=scale), "svgBoundingBoxes": True}

    score = convert(abc)
    with mock.patch.object(engraving, "_options", with_boxes):
        pages = engraving.engrave(score.musicxml, title=score.title, composer=score.composer)
    return sum((flaws(page) for page in pages), Counter(pages=len(pages))) + gaps(score.musicxml)


def tunes(folder: Path, sample: int | None) -> Iterator[tuple[str, str]]:
    """Names and ABC."""
    paths = sorted(folder.rglob("*.abc"))
    if sample and sample < len(paths):
        paths = sorted(random.Random(0).sample(paths, sample))
    for path in paths:
        yield path.stem, path.read_text(encoding="utf-8", errors="replace")


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make measure NAME=engraving", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sample", type=int, help="only so many files, drawn with a fixed seed")
    options = parser.parse_args(arguments)
    total: Counter[str] = Counter()
    for name, abc in tunes(options.folder, options.sample):
        try:
            found = flaws_of(abc)
        except InputRefused as error:
            print(f"{name[:50]:50} refused ({error})", flush=True)
            continue
        total += found
        print(f"{name[:50]:50} {found['notes']:5} notes  " + ", ".join(f"{found[k]} {k}" for k in KINDS if found[k]))
    print(f"{total['notes']} notes on {total['pages']} pages")
    for kind in KINDS:
        print(f"  {kind:13} {total[kind]:5}   {100 * total[kind] / max(1, total['notes']):.2f} per 100 notes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
