#!/bin/sh
# partitura 1.9.0 cannot read a MusicXML score in which two drums are struck together: a <chord/> of two <unpitched> notes,
# such as bass drum and cymbal, of which nearly every drum part consists. One drum after the other is read.
# Seen: AttributeError: 'UnpitchedNote' object has no attribute 'is_grace_chord'.
# Exits 0 as long as it behaves like that, 1 when it does not.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet partitura==1.9.0
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

warnings.simplefilter("ignore")
import partitura


def drum(step, octave, first=""):
    place = f"<display-step>{step}</display-step><display-octave>{octave}</display-octave>"
    return f"<note>{first}<unpitched>{place}</unpitched><duration>1</duration><voice>1</voice><type>half</type></note>"


def read(music):
    score = Path(sys.argv[1]) / "drums.musicxml"
    score.write_text(
        '<score-partwise version="4.0"><part-list><score-part id="P1"><part-name>Drums</part-name></score-part></part-list>'
        '<part id="P1"><measure number="1"><attributes><divisions>1</divisions><time><beats>2</beats><beat-type>4</beat-type>'
        f"</time><clef><sign>percussion</sign></clef></attributes>{music}</measure></part></score-partwise>"
    )
    try:
        notes = partitura.load_musicxml(str(score)).parts[0].iter_all(partitura.score.UnpitchedNote)
        return f"{len(list(notes))} drums"
    except AttributeError as error:
        return str(error)


one_by_one = read(drum("F", 4).replace("half", "quarter") + drum("A", 5).replace("half", "quarter"))
together = read(drum("F", 4) + drum("A", 5, first="<chord/>"))
print(version("partitura"), "one by one:", one_by_one, "| together:", together)
sys.exit(0 if one_by_one == "2 drums" and "is_grace_chord" in together else 1)
PYTHON
