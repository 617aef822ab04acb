#!/bin/sh
# verovio 6.4.1 writes MEI that says meiversion="6.0-dev", a version in development, even where nothing newer than MEI 5.1
# stands in it. Guess: what is exported from MusicXML names a released version, and is read by what reads MEI 5.
# Seen: converter21 4.0.1 refuses the export of a one-bar piece for its version, and reads its four notes once it says 5.1.
# Exits 0 as long as it behaves like that, 1 when it does not.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check verovio==6.4.1 converter21==4.0.1 music21==9.9.2
cat > read.py <<'PYTHON'
import re
import sys

import converter21
import music21
import verovio

tune = "X:1\nT:Scale\nM:4/4\nL:1/4\nK:C\nCDEF|]\n"
score = music21.converter.parse(tune, format="abc")
toolkit = verovio.toolkit()
toolkit.loadData(open(score.write("musicxml")).read())
mei = toolkit.getMEI()
version = re.search(r'meiversion="([^"]+)"', mei).group(1)
converter21.register()


def notes(text):
    try:
        return len(list(music21.converter.parseData(text, format="mei").recurse().notes))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


as_written, as_released = notes(mei), notes(mei.replace(f'meiversion="{version}"', 'meiversion="5.1"'))
print("verovio says", version, "; read as written:", as_written, "; as 5.1:", as_released)
sys.exit(0 if version == "6.0-dev" and isinstance(as_written, str) and as_released == 4 else 1)
PYTHON
venv/bin/python read.py
