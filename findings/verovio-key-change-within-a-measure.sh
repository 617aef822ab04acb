#!/bin/sh
# verovio 6.4.1 moves a key change that stands within a measure of a MusicXML score to the barline before that measure.
# E flat major, then in the middle of bar 2, after a D, four flats: the page shows the four flats before the D, which a
# reader then takes for a D flat (the D has no natural). In MEI a <keySig> inside the layer is engraved where it stands.
# Seen: the MEI of the second measure begins with a <scoreDef> of sig="4f"; there is no <keySig> between the notes.
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


def note(step, alter=""):
    altered = f"<alter>{alter}</alter>" if alter else ""
    return (
        f"<note><pitch><step>{step}</step>{altered}<octave>5</octave></pitch><duration>2</duration><type>half</type></note>"
    )


def key(fifths):
    return f"<key><fifths>{fifths}</fifths></key>"


beginning = (
    f"<attributes><divisions>1</divisions>{key(-3)}<time><beats>4</beats><beat-type>4</beat-type></time>"
    "<clef><sign>G</sign><line>2</line></clef></attributes>"
)
score = (
    '<score-partwise version="3.0"><part-list><score-part id="P1"><part-name>Violin</part-name></score-part></part-list>'
    f'<part id="P1"><measure number="1">{beginning}{note("E", -1)}{note("G")}</measure>'
    f'<measure number="2">{note("D")}<attributes>{key(-4)}</attributes>{note("A", -1)}</measure></part></score-partwise>'
)
toolkit = verovio.toolkit()
toolkit.setInputFrom("xml")
assert toolkit.loadData(score)
body = toolkit.getMEI({"scoreBased": True}).partition("<section")[2]
order = re.findall(r'<(?:measure|note|keySig)\b[^>]*?(?: sig="[^"]+"| pname="[^"]+"| n="[^"]+")', body)
seen = [re.search(r"<(\w+)", tag)[1] for tag in order]
print(toolkit.getVersion(), "order in the MEI:", " ".join(seen))
sys.exit(0 if seen == ["measure", "note", "note", "keySig", "measure", "note", "note"] else 1)
PYTHON
