#!/bin/sh
# verovio 6.4.1: `redoLayout({"resetCache": False})`, with no option changed, may put more bars on a line than before: as
# though the names of instruments on its left had no width. Without names, or with the cache reset, lines end where they did.
# Guess: keeping the cache spares time, and lines end where they did.
# Exits 0 as long as it behaves like that, 1 when it does not.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$folder" verovio==6.4.1
PYTHONPATH="$folder" python3 - <<'PYTHON'
import sys

import verovio

SCORE = """<score-partwise version="4.0"><part-list><score-part id="P1"><part-name>{name}</part-name></score-part></part-list>
<part id="P1">{measures}</part></score-partwise>"""
MEASURE = '<measure number="{number}">{attributes}{notes}</measure>'
ATTRIBUTES = """<attributes><divisions>1</divisions><time><beats>4</beats><beat-type>4</beat-type></time>
<clef><sign>G</sign><line>2</line></clef></attributes>"""
NOTE = "<note><pitch><step>{step}</step><octave>4</octave></pitch><duration>1</duration><type>quarter</type></note>"
WIDTHS = range(1600, 2400, 50)


def score(name):
    notes = "".join(NOTE.format(step=step) for step in "CDEF")
    rows = [MEASURE.format(number=n, attributes="" if n > 1 else ATTRIBUTES, notes=notes) for n in range(1, 25)]
    return SCORE.format(name=name, measures="".join(rows))


def bars_of_lines(toolkit):
    return [line.count("<measure ") for line in toolkit.getMEI({"scoreBased": False}).split("<system ")[1:]]


def num_moved(name, reset):
    """At how many widths of a page some line ends elsewhere when the same is laid out again."""
    moved = 0
    for width in WIDTHS:
        toolkit = verovio.toolkit()
        toolkit.setOptions({"pageWidth": width, "breaks": "auto"})
        toolkit.setInputFrom("xml")
        toolkit.loadData(score(name))
        before = bars_of_lines(toolkit)
        toolkit.redoLayout({"resetCache": reset})
        moved += bars_of_lines(toolkit) != before
    return moved


found = {(name, reset): num_moved(name, reset) for name in ("", "Violoncello") for reset in (True, False)}
print(verovio.toolkit().getVersion(), "of", len(WIDTHS), "widths lines end elsewhere, by (name, whether the cache is reset):", found)
sys.exit(0 if found.pop(("Violoncello", False)) > 0 and not any(found.values()) else 1)
PYTHON
