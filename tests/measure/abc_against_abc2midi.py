"""Play whole tunes from public collections, and set every note beside abc2midi's.

    make measure NAME=abc_against_abc2midi ARGS="--tunes 500 --seed 1"

The tunes are drawn from the ABC collections inside music21's package, in equal shares as far as they go. Ornaments,
grace notes, chord symbols and `R:` are taken out of both inputs: abc2midi plays them in its own way, and swings
hornpipes. Compared are pitches and onsets in quarters, repeats unfolded. abc2midi is a package of Debian (abcmidi); it
is installed where it is missing. Exit code 1 below 97 % equal, or where a difference has no explanation.
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

LEAST_EQUAL = 0.97
TOLERANCE_QUARTERS = 0.05
PACKAGE = "abcmidi"

_ORNAMENTS = re.compile(
    r'"[^"]*"|\{[^}]*\}|![^!\s]*!|\.(?=[\^_=A-Ga-gzx\[(])|[~H-Wh-w](?![:\w])|(?<=\s)[~H-Wh-w]|[~H-Wh-w](?=[\^_=A-Ga-gzx\[(.])'
)
_FIELD = re.compile(r"[A-Za-z+]:(?![|:])")
_INLINE = re.compile(r"(\[[A-Za-z]:[^\]]*\])")

SECOND_PART = "a part behind endings has no start sign: we go back to its double bar (standard, 4.8), abc2midi does not"
UNEVEN = "> between notes of unequal length: we lengthen and shorten both, as abcjs does; abc2midi neither"
BY_VOICES = "two voices given section by section: abc2midi repeats the second section only if it has a start sign"
TWICE = "two > around one note: we reckon one after the other, as abcjs does; abc2midi does not"
MISTAKEN = "abc2midi plays the repeat of another section; abcjs plays it as we do"
GAP = "an empty line behind the key: both others see no music at all"
OLD_CHORDS = "chords between plus signs, as before 1996: abc2midi loses them"
LOST_ENDING = "the number of an ending stands at the beginning of a line: abc2midi does not see it"
STRUCK = "notes of a chord in another order; abcjs has them as we do"
MAIL = "a mail program broke the lines inside chords and notes"
# Where the two differ, and why: collection/file:number → one line.
EXPLAINED = {
    "nottingham-dataset/reelsa-c:81": SECOND_PART,
    "miscFolk/americanfifeopus:15": BY_VOICES,
    "miscFolk/americanfifeopus:16": UNEVEN,
    "miscFolk/americanfifeopus:22": SECOND_PART,
    "miscFolk/americanfifeopus:108": MAIL,
    "miscFolk/americanfifeopus:114": MAIL,
    "miscFolk/americanfifeopus:120": UNEVEN,
    "miscFolk/americanfifeopus:122": SECOND_PART,
    "josquin/petiteCamusette:5": "a tuplet begins before the one before it has all its notes",
    "ryansMammoth/TellHerIAmJig:1": SECOND_PART,
    "airdsAirs/book6:1031": SECOND_PART,
    "airdsAirs/book1:0152": SECOND_PART,
    "airdsAirs/book2:0316": SECOND_PART,
    "airdsAirs/book2:0366": SECOND_PART,
    "airdsAirs/book2:0382": SECOND_PART,
    "airdsAirs/book5:0849": SECOND_PART,
    "airdsAirs/book5:0908": SECOND_PART,
    "airdsAirs/book3:0569": MISTAKEN,
    "airdsAirs/book6:1177": BY_VOICES,
    "airdsAirs/book6:1180": BY_VOICES,
    "miscFolk/americanfifeopus:7": GAP,
    "miscFolk/americanfifeopus:14": BY_VOICES,
    "miscFolk/americanfifeopus:20": UNEVEN,
    "miscFolk/americanfifeopus:105": UNEVEN,
    "miscFolk/americanfifeopus:111": MISTAKEN,
    "miscFolk/americanfifeopus:115": GAP,
    "miscFolk/americanfifeopus:116": UNEVEN,
    "miscFolk/americanfifeopus:119": UNEVEN,
    "miscFolk/americanfifeopus:128": UNEVEN,
    "miscFolk/americanfifeopus:130": UNEVEN,
    "miscFolk/americanfifeopus:131": UNEVEN,
    "oneills1850/0759-0810:782": SECOND_PART,
    "oneills1850/0811-0899:811": OLD_CHORDS,
    "oneills1850/0811-0899:827": SECOND_PART,
    "oneills1850/1476-1555:1535": SECOND_PART,
    "oneills1850/1625-1700:1684": TWICE,
    "ryansMammoth/BrooksideHornpipe:1": LOST_ENDING,
    "ryansMammoth/ConnaughtLassesReel:1": SECOND_PART,
    "ryansMammoth/EssenceOfOldVirginny:18": SECOND_PART,
    "ryansMammoth/HangFireJig:1": SECOND_PART,
    "ryansMammoth/KittyCloversReel:1": MISTAKEN,
    "ryansMammoth/KittyONeilsChampionJig:1": SECOND_PART,
    "ryansMammoth/MollyBawnsReel:1": MISTAKEN,
    "ryansMammoth/WalkAroundCarveDatPossum:1": STRUCK,
    "ryansMammoth/WalkAroundDontGetWeary:1": STRUCK,
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


def draw(tunes: dict[str, list[SampledTune]], num_tunes: int, seed: int) -> list[SampledTune]:
    """Equal shares of all collections; what a small one lacks the others give."""
    rng = random.Random(seed)
    shuffled = {name: rng.sample(group, len(group)) for name, group in sorted(tunes.items())}
    drawn: list[SampledTune] = []
    while len(drawn) < num_tunes and any(shuffled.values()):
        for group in shuffled.values():
            if group and len(drawn) < num_tunes:
                drawn.append(group.pop())
    return drawn


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
            lines.append("".join(part if _INLINE.fullmatch(part) else _ORNAMENTS.sub("", part) for part in parts))
    return "X:1\n" + "\n".join(lines)


def our_notes(abc: str) -> list[Note]:
    """Onset in quarters and MIDI pitch of every note, played plainly."""
    return sorted((note.start, note.pitch) for note in perform(convert(abc).musicxml).notes)


def their_notes(abc: str, folder: Path) -> list[Note]:
    """The same by abc2midi."""
    source, target = folder / "tune.abc", folder / "tune.mid"
    source.write_text(abc, encoding="utf-8")
    target.unlink(missing_ok=True)
    command = ["abc2midi", str(source), "1", "-o", str(target), "-NGUI", "-NGRA", "-NFER", "-quiet", "-silent"]
    subprocess.run(command, capture_output=True, check=False, timeout=30)
    return _struck_together(sorted(_midi_notes(mido.MidiFile(target))))


def _struck_together(notes: Sequence[Note]) -> list[Note]:
    """The notes of a chord at one moment: abc2midi strikes them a little after each other."""
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


def compare(tune: SampledTune, folder: Path) -> str:
    """How one tune differs; nothing where it is equal."""
    abc = without_ornaments(tune.text)
    try:
        theirs = their_notes(abc, folder)
    except (OSError, EOFError, ValueError) as error:
        return f"abc2midi wrote no file ({type(error).__name__})"
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
    tunes = draw(collections(), options.tunes, options.seed)
    counts: dict[str, Counter[str]] = {}
    num_unexplained = 0
    with tempfile.TemporaryDirectory() as folder:
        for tune in tunes:
            found = compare(tune, Path(folder))
            counts.setdefault(tune.collection, Counter())["differ" if found else "equal"] += 1
            if found:
                num_unexplained += tune.name not in EXPLAINED
                print(f"{tune.name}: {found}. {EXPLAINED.get(tune.name, 'NOT EXPLAINED')}", flush=True)
    num_equal = sum(count["equal"] for count in counts.values())
    for collection, count in sorted(counts.items()):
        print(f"{collection}: {count['equal']} of {count.total()} equal")
    print(f"{num_equal} of {len(tunes)} equal ({num_equal / len(tunes):.1%}), {num_unexplained} not explained")
    return int(num_equal / len(tunes) < LEAST_EQUAL or num_unexplained > 0)


if __name__ == "__main__":
    sys.exit(main())
