#!/bin/sh
# verovio 6.4.1 draws the line of a piano pedal only up to its first change.
# MusicXML: <pedal type="start" line="yes" sign="no">, two type="change" in the next bars, type="stop" in the fourth.
# Guessed: one line from the first note to the last bar, with a notch where the pedal is changed.
# Seen: one line from the first note to the first change, and nothing below the other three bars; with signs in place of
# lines all four marks are drawn. Three lines, each with its start and stop, are drawn whole.
# Exits 0 as long as it behaves like that, 1 when it does not.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet verovio==6.4.1
"$folder/venv/bin/python" - <<'PYTHON'
import re
import sys

import verovio

ATTRIBUTES = (
    "<attributes><divisions>1</divisions><time><beats>4</beats><beat-type>4</beat-type></time>"
    "<clef><sign>F</sign><line>4</line></clef></attributes>"
)
NOTE = "<note><pitch><step>C</step><octave>3</octave></pitch><duration>4</duration><type>whole</type></note>"


def pedal(kind, look):
    return f'<direction placement="below"><direction-type><pedal type="{kind}" {look}/></direction-type></direction>'


def draw(bars, look):
    """For each pedal mark that is drawn, from where to where; and where the notes stand."""
    measures = "".join(
        f'<measure number="{number}">{ATTRIBUTES if number == 1 else ""}'
        f"{''.join(pedal(kind, look) for kind in kinds.split())}{NOTE}</measure>"
        for number, kinds in enumerate(bars, 1)
    )
    toolkit = verovio.toolkit()
    toolkit.setOptions({"breaks": "none", "adjustPageWidth": True})
    toolkit.loadData(
        '<score-partwise version="4.0"><part-list><score-part id="P1"><part-name>Piano</part-name></score-part></part-list>'
        f'<part id="P1">{measures}</part></score-partwise>'
    )
    page = toolkit.renderToSVG(1)
    marks = []
    for mark in re.findall(r'<g id="[^"]*" class="pedal">(.*?)</g>', page, re.DOTALL):
        ends = [int(x) for x in re.findall(r'(?:rect x="|translate\()(\d+)', mark)]
        marks.append((min(ends), max(ends)))
    return marks, [int(x) for x in re.findall(r'class="notehead">\s*<use [^>]*translate\((\d+),', page)]


lines, notes = draw(["start", "change", "change", "stop"], 'line="yes" sign="no"')
signs, _ = draw(["start", "change", "change", "stop"], "")
apart, _ = draw(["start", "stop start", "stop start", "stop"], 'line="yes" sign="no"')
print(f"verovio {verovio.toolkit().getVersion()}; the notes stand at {notes}")
print(f"lines from and to, one pedal that is changed twice: {lines}")
print(f"signs from and to: {signs}")
print(f"lines, three pedals: {apart}")
is_so = len(lines) == 1 and lines[0][1] <= notes[1] and len(signs) == 4 and len(apart) == 3
sys.exit(0 if is_so else 1)
PYTHON
