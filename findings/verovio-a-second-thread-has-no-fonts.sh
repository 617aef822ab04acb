#!/bin/sh
# verovio 6.4.1: a toolkit that is made in another thread than the one that imported the package has no fonts, and refuses
# every score ("font resources are not available"); where the fonts are, which the import tells, is each thread's own.
# Guess: it is known to the whole process, as it is to all toolkits of the first thread. A toolkit that is told its path
# draws in any thread, and keeps Python's lock all the while.
# Exits 0 as long as it behaves like that, 1 when it does not.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$folder" verovio==6.4.1
PYTHONPATH="$folder" python3 - <<'PYTHON'
import sys
import threading
from pathlib import Path

import verovio

TUNE = "X:1\nT:Scale\nM:4/4\nL:1/4\nK:C\nCDEF|]\n"


def draws(path):
    toolkit = verovio.toolkit(path is None)
    if path is not None:
        toolkit.setResourcePath(path)
    toolkit.setInputFrom("abc")
    return bool(toolkit.loadData(TUNE)) and "<use " in toolkit.renderToSVG(1)


def in_a_thread(*arguments):
    found = []
    thread = threading.Thread(target=lambda: found.append(draws(*arguments)))
    thread.start()
    thread.join()
    return found[0]


first, other = draws(None), in_a_thread(None)
told = in_a_thread(str(Path(verovio.__file__).parent / "data"))
print(verovio.toolkit().getVersion(), "draws in the first thread:", first, "; in another:", other, "; with its path:", told)
sys.exit(0 if (first, other, told) == (True, False, True) else 1)
PYTHON
