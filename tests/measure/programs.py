"""Open what we write with programs of others, and set what they find in it beside what we wrote, note by note.

    make measure NAME=programs ARGS="FOLDER --files 20 --rows scores.jsonl.xz --pieces 30 --only osmd music21"

MusicXML goes to MuseScore (its 4.0 as webmscore), OpenSheetMusicDisplay, partitura and music21, ABC to abcjs; all are
installed into a temporary folder, with npm and pip. Compared are written onsets in quarters and written pitches, of
drums their places on the staff, and of MuseScore also repeat signs, endings, and the numbers of measures; of abcjs what
is played. Grace notes and ornaments are taken out of the input. (abc2midi: see abc_against_abc2midi.)

    make measure NAME=programs ARGS="--keep tests/data/other_programs.json"

reads the tunes in that file with all programs, and writes down what they find: a test sets ours beside it.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from lxml import etree

from renderers.errors import InputRefused
from renderers.score.musicxml import convert
from renderers.sound.performance import perform
from tests.measure.abc_against_music21 import pieces, plain

NODE_PACKAGES = ("webmscore@1.2.1", "opensheetmusicdisplay@2.1.3", "abcjs@6.7.2", "jsdom@29.1.1")
PYTHON_PACKAGES = ("partitura==1.9.0", "xmlschema==4.3.2", "elementpath==5.1.4", "lark==1.3.1")
READERS = Path(__file__).with_name("readers.mjs")
PROGRAMS = ("webmscore", "osmd", "partitura", "music21", "abcjs")
TICKS = 48  # of a quarter, to which onsets are rounded
STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
CPU_S = 90  # for one score; a program that takes longer hangs
PATIENCE = 20  # as much time as that passes on a busy machine

Notes = Counter[tuple[int, int]]


def install(folder: Path) -> None:
    """All programs into a folder."""
    npm = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", *NODE_PACKAGES]
    (folder / "package.json").write_text("{}")
    subprocess.run(npm, cwd=folder, check=True)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder / "python")]
    subprocess.run([*pip, *PYTHON_PACKAGES], check=True)


# --- what is written


def written(musicxml: str) -> Notes:
    """The notes of a MusicXML document: ticks, and MIDI pitches as printed."""
    root = etree.fromstring(musicxml.encode(), etree.XMLParser(huge_tree=True, load_dtd=False))
    notes: Notes = Counter()
    starts = _measure_starts(root)
    for part in root.iterfind("part"):
        divisions = 1
        for number, measure in enumerate(part.iterfind("measure")):
            divisions = int(measure.findtext("attributes/divisions") or divisions)
            for at, note in _notes(measure, divisions):
                if note.find("tie[@type='stop']") is None:
                    notes[round((starts[number] + at) * TICKS), _pitch(note)] += 1
    return notes


def _measure_starts(root: etree._Element) -> list[Fraction]:
    """When measures begin, in quarters: where the longest part of the one before ends."""
    lengths: dict[int, Fraction] = {}
    for part in root.iterfind("part"):
        divisions = 1
        for number, measure in enumerate(part.iterfind("measure")):
            divisions = int(measure.findtext("attributes/divisions") or divisions)
            now = reached = Fraction(0)
            for element in measure:
                now += _time(element, divisions)
                reached = max(reached, now)
            whole = Fraction(round(reached * 16), 16)  # where somebody rounds notes, bars stay bars
            lengths[number] = max(lengths.get(number, Fraction(0)), whole)
    starts = [Fraction(0)]
    for number in sorted(lengths):
        starts.append(starts[-1] + lengths[number])
    return starts


def _time(element: etree._Element, divisions: int) -> Fraction:
    if element.tag not in ("note", "backup", "forward") or element.find("chord") is not None:
        return Fraction(0)
    length = Fraction(int(element.findtext("duration") or 0), divisions)
    return -length if element.tag == "backup" else length


def _notes(measure: etree._Element, divisions: int) -> Iterator[tuple[Fraction, etree._Element]]:
    now = began = Fraction(0)
    for element in measure:
        if element.tag == "note":
            if element.find("chord") is None:
                began = now
            if element.find("rest") is None and element.find("grace") is None:
                yield began, element
        now += _time(element, divisions)


def _pitch(note: etree._Element) -> int:
    kind, prefix = ("pitch", "") if note.find("pitch") is not None else ("unpitched", "display-")
    step, octave = note.findtext(f"{kind}/{prefix}step") or "C", note.findtext(f"{kind}/{prefix}octave") or "0"
    return 12 * (int(octave) + 1) + STEPS[step] + round(float(note.findtext(f"{kind}/alter") or 0))


def signs(musicxml: str) -> list[str]:
    """Repeat signs, endings and unusual numbers of the first part's measures."""
    root = etree.fromstring(musicxml.encode(), etree.XMLParser(huge_tree=True, load_dtd=False))
    found = []
    for place, measure in enumerate(root.iterfind("part[1]/measure")):
        found += [f"{place} {sign.get('direction')}" for sign in measure.iterfind("barline/repeat")]
        found += [
            f"{place} ending {ending.get('number')}" for ending in measure.iterfind("barline/ending[@type='start']")
        ]
        if measure.get("implicit") == "yes" and place == 0:
            found.append(f"pickup {measure.get('number')}")
    return found


def played(musicxml: str) -> Notes:
    """What we play, repeats unfolded. Without drums: we play those of General MIDI, others what is written."""
    notes = (note for note in perform(musicxml).notes if not (note.ornamental or note.is_drum))
    return Counter((round(note.start * TICKS), note.pitch) for note in notes)


# --- what others find


def read_with(program: str, files: Sequence[Path], folder: Path) -> list[dict[str, Any]]:
    """What a program finds in each file: {"notes": [[quarter, pitch] ...]} or {"xml"} or {"error"}."""
    if program not in ("partitura", "music21"):  # a score that hangs or dies costs no other: MuseScore dies of a second
        return [_read_alone(["node", str(READERS), program, str(file)], folder) for file in files]
    command = [sys.executable, "-m", "tests.measure.programs", "--read-with", program, str(folder), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    by_file = {found["file"]: found for found in map(json.loads, done.stdout.splitlines())}
    return [by_file.get(str(file), {"error": "the program died"}) for file in files]


def _read_alone(command: Sequence[str], folder: Path) -> dict[str, Any]:
    """What a program says to one score, in a process of its own."""
    limit = ["prlimit", f"--cpu={CPU_S}"]
    try:
        done = subprocess.run(
            [*limit, *command], cwd=folder, capture_output=True, text=True, timeout=CPU_S * PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return {"error": "the program waits for ever"}
    if not done.stdout:
        return {"error": f"no answer within {CPU_S} s" if done.returncode in (-9, -24) else "the program died"}
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _read_with_partitura(file: Path) -> list[list[float]]:
    import partitura  # type: ignore[import-not-found]

    notes = []
    for part in partitura.load_musicxml(str(file)).parts:
        quarter = part.quarter_map
        first = quarter(part.first_point.t)
        for note in part.iter_all(partitura.score.GenericNote, include_subclasses=True):
            if isinstance(note, (partitura.score.Rest, partitura.score.GraceNote)) or note.tie_prev is not None:
                continue
            alter = int(getattr(note, "alter", None) or 0)
            pitch = 12 * (note.octave + 1) + STEPS[note.step.upper()] + alter
            notes.append([float(quarter(note.start.t) - first), pitch])
    return notes


def _read_with_music21(file: Path) -> list[list[float]]:
    from music21 import converter

    score: Any = converter.parse(str(file), format="musicxml")
    notes = []
    for part in score.parts:
        for note in part.flatten().notes:
            if note.duration.isGrace:
                continue
            for head in getattr(note, "notes", [note]):  # a chord's tie is that of its first note
                if head.tie is not None and head.tie.type != "start":
                    continue
                place = getattr(head, "displayStep", None)
                pitch = 12 * (head.displayOctave + 1) + STEPS[place] if place else head.pitch.midi
                notes.append([float(note.offset), pitch])
    return notes


def read_here(program: str, folder: Path, files: Sequence[Path]) -> None:
    """In a process of its own: print what a Python program finds."""
    sys.path.insert(0, str(folder / "python"))
    read = {"partitura": _read_with_partitura, "music21": _read_with_music21}[program]
    for file in files:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                print(json.dumps({"file": str(file), "notes": read(file)}), flush=True)
        except Exception as error:  # whatever it raises, it could not read the file
            print(json.dumps({"file": str(file), "error": repr(error)[:200]}), flush=True)


def notes_of(found: dict[str, Any]) -> Notes:
    """The notes that a program found."""
    if "xml" in found:
        return written(found["xml"])
    return Counter((round(quarter * TICKS), round(pitch)) for quarter, pitch in found["notes"])


# --- the comparison


def compare(tunes: dict[str, str], folder: Path, programs: Sequence[str] = PROGRAMS) -> dict[str, dict[str, Any]]:
    """What the programs find in all tunes, by name and program; says what differs."""
    files: dict[str, Path] = {}
    for number, (name, abc) in enumerate(tunes.items()):
        try:
            musicxml = convert(abc).musicxml
        except InputRefused as error:
            print(f"{name}: refused ({error})")
            continue
        files[name] = folder / f"{number}.musicxml"
        files[name].write_text(musicxml, encoding="utf-8")
        files[name].with_suffix(".abc").write_text(abc if abc.startswith("X:") else f"X:1\n{abc}", encoding="utf-8")
    results: dict[str, dict[str, Any]] = {name: {} for name in files}
    for program in programs:
        inputs = [path.with_suffix(".abc") if program == "abcjs" else path for path in files.values()]
        equal = 0
        for (name, path), found in zip(files.items(), read_with(program, inputs, folder), strict=True):
            results[name][program] = found
            complaint = _complaint(program, found, path.read_text(encoding="utf-8"))
            equal += not complaint
            if complaint:
                print(f"  {program:10} {name[-50:]}: {complaint}", flush=True)
        print(f"{program}: {equal} of {len(files)} equal", flush=True)
    return results


def _complaint(program: str, found: dict[str, Any], musicxml: str) -> str:
    if "error" in found:
        return str(found["error"])[:100]
    ours, theirs = played(musicxml) if program == "abcjs" else written(musicxml), notes_of(found)
    if program == "abcjs" and "unpitched" in musicxml:
        return ""
    if ours != theirs:
        more, less = _without_neighbours(ours - theirs, theirs - ours)
        examples = [[(tick / TICKS, pitch) for tick, pitch in sorted(some)[:2]] for some in (more, less)]
        if more or less:
            return f"of {ours.total()} only ours {more.total()} {examples[0]}, only theirs {less.total()} {examples[1]}"
    if "xml" in found and signs(musicxml) != signs(found["xml"]):
        return f"ours {signs(musicxml)}, theirs {signs(found['xml'])}"
    return ""


def _without_neighbours(more: Notes, less: Notes) -> tuple[Notes, Notes]:
    """Without pairs up to two ticks apart: MuseScore has 480 for a quarter; nine notes in it get no whole number."""
    for (tick, pitch), count in sorted(more.items()):
        for near in (tick - 1, tick + 1, tick - 2, tick + 2):
            paired = min(more[tick, pitch], less[near, pitch], count)
            more[tick, pitch] -= paired
            less[near, pitch] -= paired
    return +more, +less


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    if arguments[:1] == ["--read-with"]:
        read_here(arguments[1], Path(arguments[2]), [Path(file) for file in arguments[3:]])
        return 0
    parser = argparse.ArgumentParser(
        prog="make measure NAME=programs", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--rows", type=Path, help="a .jsonl.xz of pieces")
    parser.add_argument("--pieces", type=int, default=60)
    parser.add_argument("--files", type=int, help="only so many of the folder")
    parser.add_argument("--only", nargs="+", choices=PROGRAMS, default=PROGRAMS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a .json of tunes, and of what the programs find in them")
    parser.add_argument("--installed", type=Path, help="where the programs are already")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.installed or Path(temporary)
        if options.installed is None:
            install(folder)
        if options.keep is not None:
            kept = json.loads(options.keep.read_text(encoding="utf-8"))
            results = compare({name: row["abc"] for name, row in kept.items()}, folder, options.only)
            for name, row in kept.items():
                row["found"] = {
                    program: sorted([tick / TICKS, pitch] for tick, pitch in notes_of(found).elements())
                    for program, found in results[name].items()
                    if "error" not in found
                }
            lines = [f"{json.dumps(name)}: {json.dumps(row, ensure_ascii=False)}" for name, row in kept.items()]
            options.keep.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
        else:
            found = list(pieces(options.rows, options.pieces, None, options.seed))
            files = list(pieces(None, 0, options.folder, options.seed))
            found += random.Random(options.seed).sample(files, min(options.files or len(files), len(files)))
            compare({name: plain(abc) for name, abc in found}, folder, options.only)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
