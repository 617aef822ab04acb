#!/bin/sh
# verovio 6.4.1 hides staves that rest (MEI: <scoreDef optimize="true">) together with what stands above them: a new tempo
# above the first of eight staves, in a line of music where only the fourth plays, is not printed anywhere.
# Guessed before: the page with the tempo is not condensed, as the option condenseTempoPages ("also condense pages with a
# tempo change", off by default) says; and with the option on, it is, with the tempo above the highest staff left.
# Seen: off, the line has one staff and no tempo; on, it has all eight and the tempo.
# Exits 0 as long as it behaves like that, 1 when it does not.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$folder" verovio==6.4.1
PYTHONPATH="$folder" python3 - <<'PYTHON'
import re
import sys

import verovio

STAVES = range(1, 9)
NOTES = "".join(f'<note dur="4" pname="{name}" oct="5"/>' for name in "cdef")


def measure(number):
    """Four bars of all, then twelve of the fourth staff alone; the tempo changes in the ninth."""
    staves = "".join(
        f'<staff n="{n}"><layer n="1">{NOTES if number <= 4 or n == 4 else "<mRest/>"}</layer></staff>' for n in STAVES
    )
    tempo = '<tempo staff="1" tstamp="1">Presto</tempo>' if number == 9 else ""
    return f'<measure n="{number}">{staves}{tempo}</measure>'


STAFF_DEFS = "".join(f'<staffDef n="{n}" lines="5" clef.shape="G" clef.line="2"/>' for n in STAVES)
MEI = (
    '<mei xmlns="http://www.music-encoding.org/ns/mei" meiversion="5.0"><music><body><mdiv><score>'
    f'<scoreDef optimize="true" meter.count="4" meter.unit="4"><staffGrp>{STAFF_DEFS}</staffGrp></scoreDef>'
    f'<section>{"".join(map(measure, range(1, 17)))}</section></score></mdiv></body></music></mei>'
)


def draw(condense_tempo_pages):
    """How many staves the lines after the first have at most, and whether the tempo is there."""
    toolkit = verovio.toolkit()
    toolkit.setOptions({"condenseTempoPages": condense_tempo_pages, "condenseFirstPage": True, "pageWidth": 1500})
    toolkit.setInputFrom("mei")
    assert toolkit.loadData(MEI)
    pages = "".join(toolkit.renderToSVG(page) for page in range(1, toolkit.getPageCount() + 1))
    lines = [re.findall('class="staff"', line.split('class="measure"')[1]) for line in pages.split('class="system"')[1:]]
    return max(map(len, lines[1:])), "Presto" in pages


off, on = draw(False), draw(True)
print(verovio.toolkit().getVersion(), "staves of the lines after the first, at most, and whether the tempo is printed:")
print("condenseTempoPages off", off, "on", on)
sys.exit(0 if (off, on) == ((1, False), (8, True)) else 1)
PYTHON
