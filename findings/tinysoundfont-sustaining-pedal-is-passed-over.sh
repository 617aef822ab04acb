#!/bin/sh
# tinysoundfont 0.3.7 passes over the sustaining pedal (controller 64) without a word: the message is accepted, and a piano
# note that is let go under the pedal dies away as quickly as without it. The library it holds, TinySoundFont, knows the
# pedal in later versions. Whoever renders MIDI files of piano music with it loses all pedalling.
# Exits 0 as long as it behaves like that, 1 when it does not.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet numpy
"$folder/venv/bin/pip" install --quiet --no-deps tinysoundfont==0.3.7
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import struct
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import tinysoundfont

RATE = 44_100


def chunk(name, content):
    return name + struct.pack("<I", len(content)) + content


def sine_font():
    """One looped sine, a soundfont written by hand."""
    wave = (20_000 * np.sin(2 * np.pi * 441 * np.arange(4_410) / RATE)).astype("<i2").tobytes()
    head = struct.pack("<20s5IBbHH", b"sine", 0, 4_410, 0, 4_400, RATE, 69, 0, 0, 1) + bytes(46)
    tables = chunk(b"phdr", struct.pack("<20sHHH12x", b"sine", 0, 0, 0) + struct.pack("<20sHHH12x", b"", 0, 0, 1))
    tables += chunk(b"pbag", struct.pack("<4H", 0, 0, 1, 0)) + chunk(b"pmod", bytes(10))
    tables += chunk(b"pgen", struct.pack("<4H", 41, 0, 0, 0))
    tables += chunk(b"inst", struct.pack("<20sH20sH", b"sine", 0, b"", 1))
    tables += chunk(b"ibag", struct.pack("<4H", 0, 0, 2, 0)) + chunk(b"imod", bytes(10))
    tables += chunk(b"igen", struct.pack("<6H", 54, 1, 53, 0, 0, 0)) + chunk(b"shdr", head)
    body = b"sfbk" + chunk(b"LIST", b"INFO" + chunk(b"ifil", struct.pack("<HH", 2, 1)))
    body += chunk(b"LIST", b"sdta" + chunk(b"smpl", wave + bytes(92))) + chunk(b"LIST", b"pdta" + tables)
    return chunk(b"RIFF", body)


def after_letting_go(pedal):
    """The loudest sample from half a second behind the end of a note."""
    file = Path(sys.argv[1]) / "sine.sf2"
    file.write_bytes(sine_font())
    synth = tinysoundfont.Synth()
    synth.program_select(0, synth.sfload(str(file)), 0, 0)
    synth.control_change(0, 64, pedal)
    synth.noteon(0, 69, 100)
    struck = np.frombuffer(bytes(synth.generate(RATE)), np.float32)
    synth.noteoff(0, 69)
    rest = np.frombuffer(bytes(synth.generate(RATE)), np.float32)
    return float(np.abs(struck).max()), float(np.abs(rest[RATE:]).max())


print(version("tinysoundfont"), "struck, let go: without pedal", after_letting_go(0), "| with", after_letting_go(127))
struck, rest = after_letting_go(127)
sys.exit(0 if struck > 0.01 and rest < 1e-6 else 1)
PYTHON
