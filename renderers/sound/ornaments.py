"""Grace notes, played as a musician would: quickly, whatever their written value.

Verovio gives half of the main note to graces without a slash (0.9 s each at a slow tempo) and 30 ms to slashed ones.
In MEI "unacc" is the slashed kind, before the beat; "acc" begins on the beat and takes its time from the main note.
In the 18th century a single one of these leaned on the beat for half of its main note, for two thirds of a dotted one:
the rule for long appoggiaturas. That those written as an eighth or longer are long is our choice.
"""

from collections import defaultdict
from collections.abc import Iterator

from lxml import etree

from renderers.score.mei import MEI, XML_ID
from renderers.sound.performance import SHORTEST_QUARTERS, Note, Performance, chord_of, is_grace

GRACE_S = 0.09  # one grace note, about as quick as a pianist plays a crushed note
VEROVIO_GRACE_S = 0.045  # graces that verovio puts before the beat are closer to it than this; else it moved the beat
LEANING, LED_TO = (
    frozenset({"2", "4", "8"}),
    frozenset({"1", "2", "4"}),
)  # written values: of the grace, of its main note
Onset = list[etree._Element]  # notes of the MEI that begin together


def place_graces(performance: Performance, *, long: bool = False) -> None:
    """Move grace notes, and the notes they lead to, in place. long: single ones lean on their main note, as of old."""
    playings: dict[str, list[Note]] = defaultdict(list)
    for note in performance.notes:
        playings[note.id].append(note)

    def played(onset: Onset, playing: int) -> list[Note]:
        return [note for e in onset for note in playings[str(e.get(XML_ID))][playing : playing + 1]]

    for run, main in _grace_runs(performance.mei):
        for playing in range(len(playings[str(run[0][0].get(XML_ID))])):
            graces = [notes for onset in run if (notes := played(onset, playing))]
            bpm = performance.tempo.bpm_at(graces[0][0].start)
            share = _leaning_share(run, main) if long else 0.0
            _place_run(
                graces, played(main, playing), slashed=_is_slashed(run[0][0]), quarters_per_s=bpm / 60, share=share
            )


def _leaning_share(run: list[Onset], main: Onset) -> float:
    """How much of its main note a grace note takes that leans on it; 0 for one that is quick."""
    if len(run) != 1 or not main or _is_slashed(run[0][0]) or _attribute(run[0][0], "dur") not in LEANING:
        return 0.0
    if _attribute(main[0], "dur") not in LED_TO:
        return 0.0
    return 2 / 3 if _attribute(main[0], "dots") else 1 / 2


def _attribute(note: etree._Element, name: str) -> str:
    """Of a note, or of the chord that it belongs to."""
    chord = chord_of(note)
    return note.get(name) or (chord.get(name) if chord is not None else None) or ""


def _place_run(
    graces: list[list[Note]], mains: list[Note], *, slashed: bool, quarters_per_s: float, share: float
) -> None:
    """Place one run of graces; they are quicker still where their main note is too short to give that much.

    share: of the main note, for one that leans on it.
    """
    leader = graces[0][0]
    beat, beat_in_measure = leader.start, leader.beat
    each = GRACE_S * quarters_per_s
    if mains:
        if mains[0].start - beat <= VEROVIO_GRACE_S * quarters_per_s * len(graces):
            beat, beat_in_measure = mains[0].start, mains[0].beat
        each = min(each, (min(main.end for main in mains) - beat) / (2 * len(graces)))
        if share:
            each = (min(main.end for main in mains) - beat) * share
    each = max(each, SHORTEST_QUARTERS)
    start = max(0.0, beat - each * len(graces)) if slashed and mains else beat
    for place, notes in enumerate(graces):
        for note in notes:
            note.start, note.end = start + place * each, start + (place + 1) * each
    for main in mains:
        main.start = min(max(beat, start + each * len(graces)), main.end - SHORTEST_QUARTERS)
        main.measure, main.beat = mains[0].measure, beat_in_measure


def _is_slashed(note: etree._Element) -> bool:
    chord = chord_of(note)
    return (note.get("grace") or (chord.get("grace") if chord is not None else None)) == "unacc"


def _grace_runs(mei: etree._Element) -> Iterator[tuple[list[Onset], Onset]]:
    """Runs of grace notes, each with the notes (one, or a chord) they lead to; none where a rest follows."""
    for layer in mei.iter(f"{MEI}layer"):
        run: list[Onset] = []
        for event in layer.iter(f"{MEI}note", f"{MEI}chord", f"{MEI}rest"):
            if chord_of(event) is not None:
                continue
            onset = list(event.iter(f"{MEI}note"))
            if onset and is_grace(onset[0]):
                run.append(onset)
            elif run:
                yield run, onset
                run = []
        if run:
            yield run, []
