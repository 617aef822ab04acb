#!/bin/sh
# music21 9.9.2 lets the number of notes in a chord decide how long a rest in another voice is. A pickup of a whole note
# in 4/2: voice 1 has a whole note, voice 2 a whole rest of the same duration, and music21 gives both four quarters. Make
# the note of voice 1 a chord of two, change nothing else, and the rest lasts eight quarters; so the measure does, and all
# that follows comes four quarters later. The rest has no measure="yes", and its <duration> says four quarters.
# Seen: with one note the second measure begins at 4.0, with a chord at 8.0.
# Exits 0 as long as it behaves like that, 1 when it does not.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet music21==9.9.2
"$folder/venv/bin/python" - <<'PYTHON'
import sys
import warnings

warnings.simplefilter("ignore")
from music21 import VERSION_STR, converter

ATTRIBUTES = (
    "<attributes><divisions>1</divisions><time><beats>4</beats><beat-type>2</beat-type></time>"
    "<clef><sign>G</sign><line>2</line></clef></attributes>"
)
REST = "<note><rest/><duration>4</duration><voice>2</voice><type>whole</type></note>"


def note(step, duration, kind, first=""):
    pitch = f"<pitch><step>{step}</step><octave>4</octave></pitch>"
    return f"<note>{first}{pitch}<duration>{duration}</duration><voice>1</voice><type>{kind}</type></note>"


def second_measure(upper):
    score = (
        '<score-partwise version="4.0"><part-list><score-part id="P1"><part-name>Organ</part-name></score-part></part-list>'
        f'<part id="P1"><measure number="0" implicit="yes">{ATTRIBUTES}{upper}<backup><duration>4</duration></backup>'
        f'{REST}</measure><measure number="1">{note("C", 8, "breve")}</measure></part></score-partwise>'
    )
    measures = converter.parseData(score, format="musicxml").parts[0].getElementsByClass("Measure")
    return float(measures[1].offset)


one = second_measure(note("C", 4, "whole"))
chord = second_measure(note("C", 4, "whole") + note("E", 4, "whole", first="<chord/>"))
print(VERSION_STR, "the second measure begins at", one, "after one note, at", chord, "after a chord")
sys.exit(0 if (one, chord) == (4.0, 8.0) else 1)
PYTHON
