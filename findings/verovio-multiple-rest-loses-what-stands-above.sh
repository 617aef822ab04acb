#!/bin/sh
# verovio 6.4.1 loses what stands above bars of rest that MusicXML joins to one sign (<multiple-rest>, MusicXML 4.0): a
# part that begins with two bars of rest, the usual thing, has no tempo, and its clef is in the MEI twice. Guessed
# before: the tempo stays, as it does above the same bars without the sign, and the clef is there once.
# Seen: tempo marks 0 instead of 1; clefs 2 instead of 1.
# Exits 0 as long as it behaves like that, 1 when it does not.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$folder" verovio==6.4.1
PYTHONPATH="$folder" python3 - <<'PYTHON'
import sys

import verovio

SCORE = """<score-partwise version="4.0"><part-list><score-part id="P1"><part-name>Horn</part-name></score-part></part-list>
<part id="P1"><measure number="1"><attributes><divisions>1</divisions><key><fifths>0</fifths></key><time><beats>4</beats>
<beat-type>4</beat-type></time><clef><sign>G</sign><line>2</line></clef>{sign}</attributes>
<direction placement="above"><direction-type><metronome><beat-unit>quarter</beat-unit><per-minute>90</per-minute>
</metronome></direction-type><sound tempo="90"/></direction>
<note><rest measure="yes"/><duration>4</duration><voice>1</voice></note></measure>
<measure number="2"><note><rest measure="yes"/><duration>4</duration><voice>1</voice></note></measure>
<measure number="3"><note><pitch><step>C</step><octave>5</octave></pitch><duration>4</duration><voice>1</voice>
<type>whole</type></note></measure></part></score-partwise>"""
SIGN = "<measure-style><multiple-rest>2</multiple-rest></measure-style>"


def counts(sign):
    toolkit = verovio.toolkit()
    toolkit.setInputFrom("xml")
    assert toolkit.loadData(SCORE.format(sign=sign))
    mei = toolkit.getMEI()
    return mei.count("<tempo "), mei.count("<clef ")


plain, joined = counts(""), counts(SIGN)
print(verovio.toolkit().getVersion(), "tempo marks and clefs: bars apart", plain, "joined", joined)
sys.exit(0 if plain == (1, 1) and joined == (0, 2) else 1)
PYTHON
