"""What products and attention come to on ARM: emitted for three of its processors, run by QEMU, beside NumPy's numbers.

    apt install qemu-user gcc-aarch64-linux-gnu libc6-dev-arm64-cross
    make measure NAME=arm

Each processor has other instructions for bytes: with numbers of either sign, of one sign alone, none. QEMU does what
the instructions say and no more, so this is about what comes out; how fast it is has to be measured on such a machine.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import numpy as np
from llvmlite import ir

from generator.model.compiled import attention, products
from generator.model.compiled.packing import LANES, pack_weights
from generator.model.plain import quantise

PROCESSORS = {"neoverse-v1": "+neon,+dotprod,+i8mm", "neoverse-n1": "+neon,+dotprod", "cortex-a72": "+neon"}
TOOLS = {"qemu-aarch64": "qemu-user", "aarch64-linux-gnu-gcc": "gcc-aarch64-linux-gnu libc6-dev-arm64-cross"}
INS, PLACES = 192, 46
CALLER = """
#include <stdio.h>
void FUNCTION(PARAMETERS);
int main(int count, char **names) {
  static char memory[1 << 20] __attribute__((aligned(64)));
  FILE *in = fopen(names[1], "rb"), *out;
  if (!in || !fread(memory, 1, sizeof memory, in)) return 1;
  long at = (long)memory;
  FUNCTION(ARGUMENTS);
  out = fopen(names[2], "wb");
  return !out || fwrite(memory, 1, sizeof memory, out) != sizeof memory || fclose(out);
}
"""
SIZE = 1 << 20
Made = tuple[str, Any, Sequence[str], np.ndarray, int, np.ndarray]


class Nothing:
    """What numba would give an intrinsic to return."""

    def get_dummy_value(self) -> None:
        """None."""


def emitted(intrinsic: Any, count: int, *, processor: str, features: str) -> bytes:
    """An object file with a function `one` of so many whole numbers: what the intrinsic does."""
    module = ir.Module()
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [ir.IntType(64)] * count), "one")
    builder = ir.IRBuilder(function.append_basic_block())
    _, generate = intrinsic._defn(None, *[None] * count)
    generate(Nothing(), builder, None, function.args)
    builder.ret_void()
    target = llvm.Target.from_triple("aarch64-linux-gnu")
    machine = target.create_target_machine(cpu=processor, features=features, opt=3, reloc="pic", codemodel="default")
    made: bytes = machine.emit_object(llvm.parse_assembly(str(module)))
    return made


def run(code: bytes, arguments: Sequence[str], memory: np.ndarray, folder: Path) -> np.ndarray:
    """The memory behind the call; arguments: whole numbers in C, where `at` is where the memory lies."""
    caller = CALLER.replace("FUNCTION", "one").replace("PARAMETERS", ", ".join(["long"] * len(arguments)))
    (folder / "one.o").write_bytes(code)
    (folder / "main.c").write_text(caller.replace("ARGUMENTS", ", ".join(arguments)), encoding="ascii")
    memory.tofile(folder / "in")
    compiler = ["aarch64-linux-gnu-gcc", "-O1", "-static", "-o", "main", "main.c", "one.o"]
    for command in (compiler, ["qemu-aarch64", "-cpu", "max", "./main", "in", "out"]):
        subprocess.run(command, cwd=folder, check=True)
    return np.fromfile(folder / "out", np.uint8)


def of_tile(dot: products.Dot, rows: int) -> Made:
    """A tile of products: name, intrinsic, arguments, memory before, where what comes out lies, what it should be."""
    outputs = dot.outputs[(1, 2, 4).index(rows)]
    rng = np.random.default_rng(rows)
    weight = quantise(rng.normal(size=(outputs, INS)).astype(np.float32))[0]
    x = rng.integers(-127, 128, (rows, INS))
    x[0], x[-1, ::2] = 127, -127
    packed, numbers = pack_weights(weight), (x + dot.offset).astype(np.uint8).reshape(-1)
    x_at, out_at, apart = SIZE // 4, SIZE // 2, packed.size // (outputs // LANES)
    memory = np.zeros(SIZE, np.uint8)
    memory[: packed.size], memory[x_at : x_at + numbers.size] = packed, numbers
    places = ("at", f"{apart}", "0", "0", f"at + {x_at}", f"{INS}", f"at + {out_at}", "64", f"{4 * outputs}")
    tile = products._tile(dot, rows, outputs, chains=dot.chains if rows == 1 else 1)
    wanted = (x @ weight.T.astype(int)).astype(np.int32)
    return f"{rows} x {outputs} products", tile, (*places, f"{INS // 4}"), memory, out_at, wanted


def of_attention() -> Sequence[Made]:
    """What a query has in common with 16 keys, and the sum of values, in the same form."""
    rng = np.random.default_rng(1)
    query, shares = (rng.integers(-32767, 32768, count).astype(np.int16) for count in (64, PLACES))
    keys, values = rng.integers(-127, 128, (16, 64)), rng.integers(-127, 128, (PLACES, 64))
    scales = rng.normal(size=16).astype(np.float32)
    memory, scales_at, out_at = np.zeros(SIZE, np.uint8), SIZE // 4, SIZE // 2
    packed = keys.reshape(16, 32, 2).transpose(1, 0, 2).astype(np.int8)
    for start, part in ((0, query), (4096, packed), (scales_at, scales)):
        own = np.frombuffer(part.tobytes(), np.uint8)
        memory[start : start + own.size] = own
    matched = (keys @ query.astype(int)).astype(np.float32) * scales
    match = "match", attention._match, ("at", "at + 4096", f"at + {scales_at}", f"at + {out_at}", "at")
    mixed, packed = np.zeros(SIZE, np.uint8), values.reshape(PLACES // 2, 2, 64).transpose(0, 2, 1).astype(np.int8)
    for start, part in ((0, shares), (4096, packed)):
        own = np.frombuffer(part.tobytes(), np.uint8)
        mixed[start : start + own.size] = own
    mix = "mix", attention._mix, ("at", "at + 4096", f"{PLACES // 2}", f"at + {out_at}", "at")
    summed = (shares.astype(int) @ values).astype(np.float32)
    return (*match, memory, out_at, matched), (*mix, mixed, out_at, summed)


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    argparse.ArgumentParser(prog="make measure NAME=arm", description=__doc__.splitlines()[0]).parse_args(arguments)
    if missing := [package for tool, package in TOOLS.items() if not shutil.which(tool)]:
        print(f"Install {' '.join(missing)} first: apt install {' '.join(missing)}", file=sys.stderr)
        return 2
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    wrong = 0
    for processor, features in PROCESSORS.items():
        dot, pairs = products.dot_for(features.split(",")), products.pairwise_for(features.split(","))
        vars(attention).update(PAIRS=pairs, REALS=ir.VectorType(ir.FloatType(), pairs.lanes))
        for name, intrinsic, places, memory, out_at, wanted in (
            *(of_tile(dot, rows) for rows in (1, 2, 4)),
            *of_attention(),
        ):
            code = emitted(intrinsic, len(places), processor=processor, features=features)
            with tempfile.TemporaryDirectory() as folder:
                found = run(code, places, memory, Path(folder))[out_at : out_at + wanted.nbytes]
            same = found.tobytes() == wanted.tobytes()
            wrong += not same
            print(f"{processor}, {type(dot).__name__}: {name}: {'the same' if same else 'OTHER NUMBERS'}", flush=True)
    return int(wrong > 0)
