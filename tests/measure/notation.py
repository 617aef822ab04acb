"""How well `generator.notation` reads real music, and where its check and abctoolkit's disagree.

    make measure NAME=notation ARGS="FOLDER --pieces 2000"

FOLDER holds `examples/notagen/*.abc` and `data/scores.jsonl.xz` (one JSON object a line, the music in `abc`).
Reports how many pieces print as they were read, how many have a defect, and how often abctoolkit's
`check_alignment_rotated` gives the same verdict on the same pieces with their rests completed.

Reasons for differing verdicts, by the name they are counted under:

- metre: all voices are equally long, but not as long as the metre says. abctoolkit never looks at the metre. Frequent
  in editions that bar older music by two, or whose converter joined two bars.
- barlines: lengths are right, but voices end their bars differently. abctoolkit has a verdict of its own on barlines,
  which is false for nearly all real pieces and is not used here.
- signs: characters that mean nothing where they stand, or a key that nobody knows; abctoolkit deletes them unseen.
- abctoolkit cannot: it raised, or could not read a bar (`[C2E2]`, a space before a length, brackets or barlines in
  quoted text, an opening barline in a bar other than the first).
- lengths, ours: we say voices differ and abctoolkit does not. lengths, theirs: the other way round. Most are
  tuplets: abctoolkit rounds those within 1/64 of a whole L: unit, we count exactly.
"""

import argparse
import contextlib
import io
import json
import lzma
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from abctoolkit.check import check_alignment_rotated

from generator.errors import NotationError
from generator.notation import Defect, DefectKind, Tune, check_bars, complete_rests, parse_tune, strip_countdown

LENGTHS = {DefectKind.UNEQUAL_LENGTH}
METRE = {DefectKind.TOO_LONG, DefectKind.TOO_SHORT}
SHOWN = 12


def texts(folder: Path, pieces: int) -> Iterator[tuple[str, str]]:
    """Names and texts of the examples, then of so many pieces drawn by chance."""
    for path in sorted((folder / "examples" / "notagen").glob("*.abc")):
        yield path.name, path.read_text()
    with lzma.open(folder / "data" / "scores.jsonl.xz", "rt") as lines:
        rows = [json.loads(line) for line in lines]
    for row in Random(0).sample(rows, min(pieces, len(rows))):
        yield row["id"], row["abc"]


def second_verdict(tune: Tune) -> bool | None:
    """Whether abctoolkit finds all voices equally long; None if it stumbles."""
    lines = [f"{line}\n" for line in str(tune).splitlines() if not line.startswith("X:")]
    spoken = io.StringIO()
    try:
        with contextlib.redirect_stdout(spoken):
            _, counts_equal, lengths_equal = check_alignment_rotated(lines)
    except Exception:  # it raises bare Exception, KeyError, IndexError ...
        return None
    if not lengths_equal and any(not line.startswith("Odd bar") for line in spoken.getvalue().splitlines()):
        return None  # it printed the music of a bar that it could not read
    return bool(counts_equal and lengths_equal)


def reason(defects: list[Defect], verdict: bool | None) -> str:
    """Why the two verdicts differ, as in this module's docstring; "" if they agree."""
    kinds = {defect.kind for defect in defects}
    if verdict is None:
        return "abctoolkit cannot"
    if verdict:
        if kinds & LENGTHS:
            return "lengths, ours"
        return "metre" if kinds & METRE else "signs" if DefectKind.UNREADABLE in kinds else "barlines" if kinds else ""
    return "" if kinds & LENGTHS or DefectKind.UNREADABLE in kinds else "lengths, theirs"


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make measure NAME=notation", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pieces", type=int, default=2000)
    given = parser.parse_args(arguments)
    counts, kinds, reasons, checked_bars, check_s = Counter[str](), Counter[str](), Counter[str](), 0, 0.0
    shown: Counter[str] = Counter()
    for name, text in texts(given.folder, given.pieces):
        counts["pieces"] += 1
        try:
            tune = parse_tune(text)
        except NotationError as error:
            counts["unreadable"] += 1
            print(f"{name}: {error}")
            continue
        counts["printed as read"] += str(tune) == text
        start = time.process_time()
        defects = check_bars(tune)
        check_s += time.process_time() - start
        checked_bars += len(tune.bars)
        counts["without defect"] += not defects
        kinds.update({defect.kind.value for defect in defects})
        why = reason(defects, second_verdict(complete_rests(strip_countdown(tune))))
        reasons[why or "same verdict"] += 1
        shown[why] += 1
        if why.startswith("lengths") and shown[why] <= SHOWN:
            print(f"{why}: {name} {[f'bar {defect.bar} {defect.message}' for defect in defects[:2]]}")
    print(*(f"{what}: {count}" for what, count in counts.items()), sep=", ")
    print("pieces with", *(f"{what}: {count}" for what, count in kinds.most_common()), sep="\n  ")
    print("compared with abctoolkit", *(f"{what}: {count}" for what, count in reasons.most_common()), sep="\n  ")
    print(f"{1000 * check_s / max(1, checked_bars):.2f} ms to check a bar of all voices, {checked_bars} bars")
    return 0
