"""Play whole tunes from public collections, and set every note beside abc2midi's.

    make measure NAME=abc_against_abc2midi ARGS="--tunes 500 --seed 1"

The tunes are drawn from the ABC collections inside music21's package, in equal shares as far as they go. Ornaments,
grace notes, chord symbols and `R:` are taken out of both inputs: abc2midi plays them in its own way, and swings
hornpipes. Compared are pitches and onsets in quarters, repeats unfolded. Where abc2midi makes no music of a tune there
is nothing to compare with, and another one is drawn. abc2midi is a package of Debian (abcmidi); it is installed where
it is missing.

A difference is explained by what has to be said plainer in the text for abc2midi to play it as we do
(`tests.measure.plainer_abc`): our reader is given the tune as it is. Few are explained by name.
Exit code 1 below 97 % equal, or where a difference has no explanation.
"""

import argparse
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import mido
import music21

from renderers.errors import InputRefused
from renderers.score.musicxml import convert
from renderers.sound.performance import perform
from tests.measure.plainer_abc import PLAINER

LEAST_EQUAL = 0.97
TOLERANCE_QUARTERS = 0.05
PACKAGE = "abcmidi"
NOT_EXPLAINED = "NOT EXPLAINED"

_BEFORE_NOTES = re.compile(r'"[^"]*"|\{[^}]*\}|![^!\s]*!')
_ORNAMENTS = re.compile(r"[~H-Wh-w](?![:\w])|(?<=\s)[~H-Wh-w]|[.~H-Wh-w]+(?=[\^_=A-Ga-gzx\[(])")
_FIELD = re.compile(r"[A-Za-z+]:(?![|:])")
_INLINE = re.compile(r"(\[[A-Za-z]:[^\]]*\])")

# What no rewriting can say, and why the two differ: collection/file:number → one line.
EXPLAINED = {
    "josquin/petiteCamusette:5": "a tuplet begins before the one before it has all its notes",
    "airdsAirs/book6:1172": "parts in an order, with two repeats without start signs: abc2midi repeats the first only",
    "oneills1850/0051-0100:94": "nine notes in the time of two: abc2midi rounds their onsets, two at one moment",
    "oneills1850/0101-0200:174": "nine notes in the time of two: abc2midi rounds their onsets, two at one moment",
    "oneills1850/1625-1700:1640": "behind a last ending that leads back abc2midi repeats no part without a start sign",
    "miscFolk/americanfifeopus:111": "an empty line behind the key, and lines that a mail program broke inside notes",
    "miscFolk/americanfifeopus:114": "a mail program broke the lines inside notes, with > and chords inside chords",
    "nottingham-dataset/reelsa-c:81": "a second ending without an end: for us it is as long as the first",
    "ryansMammoth/MyLadysGoonHasGairsOntStrathspey:1": "a chord without an end holds a note twice, struck once",
}

Note = tuple[float, int]


@dataclass(frozen=True)
class SampledTune:
    """A tune of a collection; the text as it stands in its file."""

    collection: str
    number: str
    text: str

    @property
    def name(self) -> str:
        """The name in the list of explanations."""
        return f"{self.collection}/{self.number}"


def collections() -> dict[str, list[SampledTune]]:
    """All tunes by collection."""
    found: dict[str, list[SampledTune]] = {}
    root = Path(music21.__file__).parent / "corpus"
    for path in sorted(root.rglob("*.abc")):
        text = path.read_bytes().decode("utf-8", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
        for part in re.split(r"(?m)^(?=X:)", text)[1:]:
            number = part[2:].split("\n", 1)[0].partition("%")[0].strip()
            tune = part.split("\n\n", 1)[0]
            if "K:" in tune:
                collection = path.relative_to(root).parts[0]
                found.setdefault(collection, []).append(SampledTune(collection, f"{path.stem}:{number}", tune + "\n"))
    return found


def draw(tunes: dict[str, list[SampledTune]], seed: int) -> Iterator[SampledTune]:
    """One tune of each collection in turn; when a small one is spent, the others give more."""
    rng = random.Random(seed)
    shuffled = {name: rng.sample(group, len(group)) for name, group in sorted(tunes.items())}
    while any(shuffled.values()):
        for group in shuffled.values():
            if group:
                yield group.pop()


def without_ornaments(text: str) -> str:
    """The tune without what abc2midi plays in its own way. `X:1` in front, so that a number can be named."""
    lines = []
    for line in text.split("\n"):
        if line.startswith(("R:", "U:", "X:", "w:", "W:")):
            continue
        if line.startswith("%") or _FIELD.match(line):
            lines.append(line)
        else:
            parts = _INLINE.split(line.partition("%")[0])
            lines.append(
                "".join(
                    part if _INLINE.fullmatch(part) else _ORNAMENTS.sub("", _BEFORE_NOTES.sub("", part))
                    for part in parts
                )
            )
    return "X:1\n" + "\n".join(lines)


def explain(tune: SampledTune, folder: Path) -> str:
    """Why a tune differs, in one line; nothing where nobody knows."""
    if tune.name in EXPLAINED:
        return EXPLAINED[tune.name]
    abc = plainest = without_ornaments(tune.text)
    try:
        ours = our_notes(abc)
    except InputRefused:
        return "we refuse it, and say why"
    for reason, rewrite in PLAINER:
        if not difference(ours, their_notes_or_none(rewrite(abc), folder)):
            return reason
        plainest = rewrite(plainest)
        if not difference(ours, their_notes_or_none(plainest, folder)):
            return f"several together, the last of them: {reason}"
    return ""


def our_notes(abc: str) -> list[Note]:
    """Onset in quarters and MIDI pitch of every note, played plainly."""
    return sorted((note.start, note.pitch) for note in perform(convert(abc).musicxml).notes)


def their_notes(abc: str, folder: Path) -> list[Note]:
    """The same by abc2midi, the notes of a chord at one moment. Raises as reading the file does where it wrote none."""
    abc = abc.replace("\n", "\n%%MIDI chordattack 0\n", 1)
    source, target = folder / "tune.abc", folder / "tune.mid"
    source.write_text(abc, encoding="utf-8")
    target.unlink(missing_ok=True)
    command = ["abc2midi", str(source), "1", "-o", str(target), "-NGUI", "-NGRA", "-NFER", "-quiet", "-silent"]
    subprocess.run(command, capture_output=True, check=False, timeout=30)
    return _struck_together(sorted(_midi_notes(mido.MidiFile(target))))


def their_notes_or_none(abc: str, folder: Path) -> list[Note]:
    """The same; no notes where abc2midi wrote no file."""
    try:
        return their_notes(abc, folder)
    except (OSError, EOFError, ValueError, subprocess.TimeoutExpired):
        return []


def _struck_together(notes: Sequence[Note]) -> list[Note]:
    """The notes of a moment at one moment: voices may be a tick apart."""
    together: list[Note] = []
    for onset, pitch in notes:
        first = together[-1][0] if together else -1.0
        together.append((first if onset - first < TOLERANCE_QUARTERS else onset, pitch))
    return sorted(together)


def _midi_notes(midi: mido.MidiFile) -> Iterator[Note]:
    for track in midi.tracks:
        tick = 0
        for message in track:
            tick += message.time
            if message.type == "note_on" and message.velocity:
                yield tick / midi.ticks_per_beat, message.note


def difference(ours: Sequence[Note], theirs: Sequence[Note]) -> str:
    """What differs first; nothing where all is equal."""
    for number, (our, their) in enumerate(zip(ours, theirs, strict=False), 1):
        if our[1] != their[1] or abs(our[0] - their[0]) > TOLERANCE_QUARTERS:
            places = f"{our[0]:.2f} {our[1]}, theirs {their[0]:.2f} {their[1]}"
            return f"note {number} of {len(ours)}/{len(theirs)}: {places}"
    return "" if len(ours) == len(theirs) else f"{len(ours)} notes, theirs {len(theirs)}"


def compare(tune: SampledTune, folder: Path) -> str | None:
    """How one tune differs; nothing where it is equal, None where abc2midi makes no music of it."""
    abc = without_ornaments(tune.text)
    theirs = their_notes_or_none(abc, folder)
    if not theirs:
        return None
    try:
        return difference(our_notes(abc), theirs)
    except InputRefused as error:
        return f"refused: {error}"


def install_abc2midi() -> None:
    """Once, by Debian's package manager."""
    if shutil.which("abc2midi") is None:
        subprocess.run(["apt-get", "install", "-y", PACKAGE], check=True, capture_output=True)


def main(arguments: list[str] | None = None) -> int:
    """Read the command line, compare, say what differs. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tunes", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    install_abc2midi()
    counts: dict[str, Counter[str]] = {}
    kinds: Counter[str] = Counter()
    num_compared = num_without = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for tune in draw(collections(), options.seed):
            found = compare(tune, folder)
            if found is None:
                num_without += 1
                continue
            num_compared += 1
            counts.setdefault(tune.collection, Counter())["differ" if found else "equal"] += 1
            if found:
                reason = explain(tune, folder) or NOT_EXPLAINED
                kinds[reason] += 1
                print(f"{tune.name}: {found}. {reason}", flush=True)
            if num_compared == options.tunes:
                break
    return _say(counts, kinds, num_compared, num_without)


def _say(counts: dict[str, Counter[str]], kinds: Counter[str], num_compared: int, num_without: int) -> int:
    """What was found, in all. Returns the exit code."""
    num_equal = sum(count["equal"] for count in counts.values())
    for collection, count in sorted(counts.items()):
        print(f"{collection}: {count['equal']} of {count.total()} equal")
    for reason, num_tunes in kinds.most_common():
        print(f"{num_tunes} differ: {reason}")
    share = num_equal / num_compared
    print(f"{num_without} drawn again: abc2midi makes no music of them")
    print(f"{num_equal} of {num_compared} equal ({share:.1%}), {kinds[NOT_EXPLAINED]} not explained")
    return int(share < LEAST_EQUAL or kinds[NOT_EXPLAINED] > 0)


if __name__ == "__main__":
    sys.exit(main())
