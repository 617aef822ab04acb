#!/bin/sh
# verovio 6.4.1 gives the left hand of a piano to the right hand's staff where a MusicXML measure writes the left hand
# first. MusicXML does not order the voices of a measure; each note says its <staff>. Written after the right hand, a C
# is in <staff n="2"> of the MEI; written before it, it is a guest from <staff n="1">, whose layer comes before the right
# hand's own, and staff 2 holds nothing but an <mSpace>. So stems, rests and MIDI tracks go by the order in the file.
# Seen: the notes of staves 1 and 2: E and C; then C E and none.
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
    "<attributes><divisions>1</divisions><time><beats>4</beats><beat-type>4</beat-type></time><staves>2</staves>"
    '<clef number="1"><sign>G</sign><line>2</line></clef><clef number="2"><sign>F</sign><line>4</line></clef></attributes>'
)
BACK = "<backup><duration>4</duration></backup>"


def note(step, octave, voice, staff):
    pitch = f"<pitch><step>{step}</step><octave>{octave}</octave></pitch>"
    place = f"<voice>{voice}</voice><type>whole</type><staff>{staff}</staff>"
    return f"<note>{pitch}<duration>4</duration>{place}</note>"


def notes_of_staves(music):
    score = (
        '<score-partwise version="4.0"><part-list><score-part id="P1"><part-name>Piano</part-name></score-part></part-list>'
        f'<part id="P1"><measure number="1">{ATTRIBUTES}{music}</measure></part></score-partwise>'
    )
    toolkit = verovio.toolkit()
    toolkit.setInputFrom("xml")
    assert toolkit.loadData(score)
    staves = toolkit.getMEI({"scoreBased": True}).partition("<section")[2].split("<staff ")[1:]
    return ["".join(re.findall(r'<note\b[^>]*\bpname="(\w)"', staff)) for staff in staves]


right, left = note("E", 5, 1, 1), note("C", 3, 5, 2)
usual, reversed_ = notes_of_staves(right + BACK + left), notes_of_staves(left + BACK + right)
print(verovio.toolkit().getVersion(), "right hand first:", usual, "left hand first:", reversed_)
sys.exit(0 if (usual, reversed_) == (["e", "c"], ["ce", ""]) else 1)
PYTHON
