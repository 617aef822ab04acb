#!/bin/sh
# verovio 6.4.1 gives every staff the new key signature of the first part where keys change in the middle of a MusicXML
# score. Flute from C to F, clarinet in B flat from D to G (each part says so in its own <key>, as MusicXML wants it for
# transposing instruments): the clarinet is engraved with the flat of the flute. The signatures at the beginning are right.
# Seen: page and MEI of the second measure hold one <keySig sig="1f"/> for all staves.
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

NOTE = "<note><pitch><step>C</step><octave>5</octave></pitch><duration>4</duration><type>whole</type></note>"


def part(name, first_key, second_key, transpose=""):
    beginning = (
        f"<divisions>1</divisions><key><fifths>{first_key}</fifths></key><time><beats>4</beats><beat-type>4</beat-type>"
        f"</time><clef><sign>G</sign><line>2</line></clef>{transpose}"
    )
    change = f"<key><fifths>{second_key}</fifths></key>"
    measures = "".join(
        f'<measure number="{number}"><attributes>{attributes}</attributes>{NOTE}</measure>'
        for number, attributes in ((1, beginning), (2, change))
    )
    return f'<part id="{name}">{measures}</part>'


parts = part("flute", 0, -1) + part(
    "clarinet", 2, 1, "<transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose>"
)
names = "".join(f'<score-part id="{n}"><part-name>{n}</part-name></score-part>' for n in ("flute", "clarinet"))
score = f'<score-partwise version="3.0"><part-list>{names}</part-list>{parts}</score-partwise>'

toolkit = verovio.toolkit()
toolkit.setInputFrom("xml")
assert toolkit.loadData(score)
mei = toolkit.getMEI({"scoreBased": True})
signatures = re.findall(r'<keySig[^>]* sig="([^"]+)"', mei)
print(toolkit.getVersion(), "key signatures:", signatures, "(two staves at the beginning, then the change)")
sys.exit(0 if signatures == ["0", "2s", "1f"] else 1)
PYTHON
