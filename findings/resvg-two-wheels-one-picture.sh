#!/bin/sh
# resvg_py 0.5.0 and resvg 0.2.0 are two wheels of the same rasteriser, resvg (0.48.1 and 0.47.0), compiled by different
# people. Guess: they paint a page in about the same time. Seen: the same PNG, byte for byte, and resvg_py takes some three
# times the processor time (2.8 for a page of 1080 by 1523 pixels with 600 shapes, 3.3 for engraved ones).
# Exits 0 as long as it behaves like that (equal files, at least twice the time), 1 when it does not.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$folder" resvg_py==0.5.0 resvg==0.2.0
PYTHONPATH="$folder" python3 - <<'PYTHON'
import sys
import time

import resvg
import resvg_py
from resvg import usvg

WIDTH, HEIGHT, WHITE = 1080, 1523, (255, 255, 255, 255)
lines = "".join(f'<path d="M40 {y} L1040 {y}" stroke="black" stroke-width="1.3"/>' for y in range(60, 1500, 12))
heads = "".join(
    f'<ellipse cx="{60 + 97 * n % 960}" cy="{60 + 12 * (31 * n % 119)}" rx="7" ry="5" transform="rotate(-20 {60 + 97 * n % 960} 60)"/>'
    for n in range(480)
)
page = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">{lines}{heads}</svg>'


def one():
    return resvg_py.svg_to_bytes(svg_string=page, background="#ffffff", skip_system_fonts=True)


def other():
    tree = usvg.Tree.from_str(page, usvg.Options.default())
    return resvg.render(tree, (1, 0, 0, 0, 1, 0), bg_color=WHITE, bg_size=(WIDTH, HEIGHT))


def least_s(work):
    times = []
    for _ in range(7):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


ratio = least_s(one) / least_s(other)
print("the same file:", bytes(one()) == bytes(other()), "; resvg_py takes", round(ratio, 1), "times as long")
sys.exit(0 if bytes(one()) == bytes(other()) and ratio > 2 else 1)
PYTHON
