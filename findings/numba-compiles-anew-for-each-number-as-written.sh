#!/bin/sh
# numba 0.68.1 (llvmlite 0.50.0): a compiled function that others call with whole numbers written into their source.
# Guess, after the notes of its release 0.51 (types without the value are preferred, so that less is compiled): all such
# calls and one with a variable share a single version for int64.
# Seen: each number gets a version of its own, Literal[int](0), Literal[int](1) ..., with all that the function calls, and
# the variable one more: four for three numbers. As np.int64 constants of the module they share that of the variable.
# Exits 0 as long as it is so, 1 when it is not.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$folder" \
  numba==0.68.1 llvmlite==0.50.0 numpy==2.4.6
cat > "$folder/written.py" <<'PYTHON'
import sys

import numpy as np
from numba import njit, types

FIRST, SECOND, THIRD = np.int64(0), np.int64(1), np.int64(2)


@njit
def sum_from(numbers, start):
    total = 0.0
    for place in range(start, len(numbers)):
        total += numbers[place]
    return total


@njit
def sum_of(numbers, start):
    return sum_from(numbers, start)


@njit
def as_written(numbers, start):
    return sum_from(numbers, 0) + sum_from(numbers, 1) + sum_from(numbers, 2) + sum_from(numbers, start)


@njit
def as_constants(numbers, start):
    return sum_of(numbers, FIRST) + sum_of(numbers, SECOND) + sum_of(numbers, THIRD) + sum_of(numbers, start)


for function in (as_written, as_constants):
    function.compile((types.float64[::1], types.int64))
versions = [[str(signature[1]) for signature in function.signatures] for function in (sum_from, sum_of)]
for called, found in zip(("as written", "as constants"), versions):
    print(f"{called}: {len(found)} versions, for {', '.join(found)}")
sys.exit(0 if (len(versions[0]), len(versions[1])) == (4, 1) else 1)
PYTHON
PYTHONPATH="$folder" python3 "$folder/written.py"
