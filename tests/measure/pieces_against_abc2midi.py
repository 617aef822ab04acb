"""Play pieces of a corpus and of a folder plainly, and set every note beside abc2midi's, repeats unfolded.

    make measure NAME=pieces_against_abc2midi ARGS="scores.jsonl.xz --pieces 200 --folder examples"

Ornaments, grace notes and tremolos are taken out of both inputs. A piece is equal if at least 98 % of its notes are
there on both sides. A difference is explained by what has to be said plainer for abc2midi to play the piece as we do,
or by bars whose voices are not equally long: there we keep the voices together, and abc2midi lets them drift apart.
Exit code 1 where a difference has no explanation. (abc2midi: see abc_against_abc2midi.)
"""

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from generator.errors import NotationError
from generator.notation import parse_tune
from generator.training.prepare.cleaning import is_aligned
from generator.training.prepare.mending.barlines import share_barlines
from renderers.errors import InputRefused
from tests.measure.abc_against_abc2midi import (
    NOT_EXPLAINED,
    TOLERANCE_QUARTERS,
    Note,
    install_abc2midi,
    our_notes,
    their_notes_or_none,
    without_ornaments,
)
from tests.measure.abc_against_music21 import pieces, plain, read_command_line
from tests.measure.plainer_abc import PLAINER

EQUAL_SHARE = 0.98
MOST_VOICES = 14  # sixteen channels, without that of the drums
HEADER = "X:1\nT:Piece\n"
UNEVEN = "bars whose voices are not equally long: we keep the voices together, abc2midi does not"
# What no rewriting can say, and why the two differ: the end of a piece's name → one line.
EXPLAINED = {
    "CorelliA/O6/score-5": "two endings claim the second time: for us and abcjs it is the second one's",
    "Reichardt__Louise/lc5046249": "endings for the times 1,3 and 2,4: abc2midi begins the second a quarter late",
    "Saint-Georges__Joseph_Bologne/sq10490761": "endings 0,1 and 3 that no repeat sign ends: abc2midi reads none",
    "Hensel__Fanny/lc4986026": "endings 1,2 and 3 without a repeat sign between them: abc2midi does not go back",
    "wieniawski-henryk--l-ecole-moderne-etudes-caprices-pour-violon-seul-op-10-3-l-etude": (
        "lengths divided by three: abc2midi reads only powers of two"
    ),
    "nifc-chopin/048_1-1a-Sm-001": "tuplets within tuplets, and lengths divided by three: abc2midi reads neither",
}


def prepared(abc: str) -> str:
    """A piece in NotaGen's form as a tune that abc2midi takes, played plainly."""
    lines = [line for line in plain(abc).split("\n") if not line.startswith(("X:", "T:", "%"))]
    return HEADER + without_ornaments(re.sub(r"!/+!", "", "\n".join(lines))).removeprefix("X:1\n")


def share_equal(ours: Sequence[Note], theirs: Sequence[Note]) -> float:
    """The share of the notes that the other has as well, at the same moment or nearly so."""
    waiting: dict[int, list[float]] = {}
    for onset, pitch in sorted(theirs):
        waiting.setdefault(pitch, []).append(onset)
    found = 0
    for onset, pitch in sorted(ours):
        queue = waiting.get(pitch, [])
        while queue and queue[0] < onset - TOLERANCE_QUARTERS:
            queue.pop(0)
        if queue and queue[0] <= onset + TOLERANCE_QUARTERS:
            queue.pop(0)
            found += 1
    return found / max(len(ours), len(theirs), 1)


def with_barlines_in_all_voices(abc: str) -> str:
    """Repeats and endings that one voice has, in all of them."""
    return HEADER + str(share_barlines(parse_tune(abc.removeprefix(HEADER))))


def with_octaves(abc: str) -> str:
    """`treble-8` as `treble octave=-1`."""
    return re.sub(r"\b(treble|bass|alto|tenor)([+-])8", lambda clef: f"{clef[1]} octave={clef[2]}1", abc)


def with_accidentals_in_their_octave(abc: str) -> str:
    """What such ABC means without saying it: an accidental holds for its own octave."""
    return abc.replace(HEADER, f"{HEADER}%%propagate-accidentals octave\n", 1)


REWRITINGS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("repeats or endings in one voice only: for us they hold for all", with_barlines_in_all_voices),
    ("accidentals hold for their octave in such ABC, in abc2midi for all", with_accidentals_in_their_octave),
    ("a clef with an 8: abc2midi does not play the octave", with_octaves),
    *PLAINER[:4],
)


def with_fewer_voices(abc: str) -> str:
    """The first voices, as many as there are channels."""
    voices = re.findall(r"(?m)^V:\s*(\S+)", abc)
    for voice in voices[MOST_VOICES:]:
        abc = re.sub(
            rf"(?m)^V:\s*{re.escape(voice)}\b.*\n|\[V:{re.escape(voice)}\][^\[\n]*(?:\[(?!V:)[^\[\n]*)*", "", abc
        )
    return re.sub(r"(?m)^%%score.*\n", "", abc)


def explain(name: str, abc: str, ours: Sequence[Note], folder: Path) -> str:
    """Why a piece differs, in one line."""
    known = next((reason for end, reason in EXPLAINED.items() if name.endswith(end)), "")
    return known or _explain(abc, ours, folder) or _explain_few_voices(abc, folder) or NOT_EXPLAINED


def _explain_few_voices(abc: str, folder: Path) -> str:
    """Whether the piece is played alike as soon as there are channels for all."""
    few = with_fewer_voices(abc)
    if len(re.findall(r"(?m)^V:", few)) == len(re.findall(r"(?m)^V:", abc)):
        return ""
    ours = our_notes(few)
    if share_equal(ours, their_notes_or_none(few, folder)) < EQUAL_SHARE and not _explain(few, ours, folder):
        return ""
    return "more voices than there are channels in a MIDI file: abc2midi leaves out the others"


def _explain(abc: str, ours: Sequence[Note], folder: Path) -> str:
    plainest = abc
    for reason, rewrite in REWRITINGS:
        try:
            plainest = rewrite(plainest)
        except NotationError:
            continue
        if share_equal(ours, their_notes_or_none(plainest, folder)) >= EQUAL_SHARE:
            return reason
    try:
        return "" if is_aligned(parse_tune(abc.removeprefix(HEADER))) else UNEVEN
    except NotationError:
        return UNEVEN


def main(arguments: list[str] | None = None) -> int:
    """Read the command line, compare, say what differs. Returns the exit code."""
    options = read_command_line(__doc__, arguments)
    install_abc2midi()
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        for piece, abc in pieces(options.rows, options.pieces, options.folder, options.seed):
            text = prepared(abc)
            try:
                ours = our_notes(text)
            except InputRefused as error:
                counts[f"refused ({error})"] += 1
                continue
            share = share_equal(ours, their_notes_or_none(text, Path(name)))
            reason = "equal" if share >= EQUAL_SHARE else explain(piece, text, ours, Path(name))
            counts[reason] += 1
            if reason != "equal":
                print(f"{piece}: {share:.0%} of {len(ours)} notes equal. {reason}", flush=True)
    for reason, num_pieces in counts.most_common():
        print(f"{num_pieces} of {counts.total()}: {reason}")
    return int(counts[NOT_EXPLAINED] > 0)


if __name__ == "__main__":
    sys.exit(main())
