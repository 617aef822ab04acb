"""The compiled kernels as machine code, kept on disk, so that a later start neither compiles nor loads numba.

Promises: the code is that of SOURCES as they stand, for this processor and these versions of numba and LLVM; where
something differs, or nothing can be kept, it is compiled anew. Only the first start on a machine waits for it (some ten
seconds). It is kept beside the module, as Python keeps what it compiled, else in the user's cache folder.
Not covered: what is computed (`kernels.py`).
"""

from __future__ import annotations

import ctypes
import json
import logging
import os
import platform
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, NamedTuple

import llvmlite.binding as llvm
import numpy as np
from numpy.typing import NDArray

log = logging.getLogger(__name__)
SOURCES = tuple(
    Path(__file__).with_name(f"{name}.py")
    for name in ("kernels", "attention", "draw", "vectors", "products", "emitting")
)
OUTSIDE = ("exp", "log", "pow", "sqrtf", "memcpy", "memmove", "memset")  # functions of C that the code may call
ENTRIES = {"read_patches": 2, "write_characters": 3, "draw_characters": 3}  # how many whole numbers they take
Table = NDArray[np.int64]


class Function(NamedTuple):
    """One function: its name, its symbol, and the object code that holds it."""

    name: str
    symbol: str
    code: bytes


class Kernels(NamedTuple):
    """The kernels, to be called with addresses of tables (`table_of`) and whole numbers, each as `kernels.py` says."""

    read_patches: Callable[[int, int], None]
    write_characters: Callable[[int, int, int], None]
    draw_characters: Callable[[int, int, int], None]


@cache
def load_kernels() -> Kernels:
    """The kernels, from disk or compiled. Raises whatever numba or LLVM have against this machine."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine(jit=True)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    # Where C's functions are not found in this process, numba brings them along.
    functions = _kept() if all(map(llvm.address_of_symbol, OUTSIDE)) else None
    if functions is None:
        functions = _compile()
        _keep(functions)
    for function in functions:
        engine.add_object_file(llvm.ObjectFileRef.from_data(function.code))
    engine.finalize_object()
    return Kernels(**{function.name: _callable(function, engine) for function in functions})


def table_of(*parts: object) -> Table:
    """What the kernels read of whole numbers, arrays and sequences of both.

    Numbers as they are; of arrays, which have to live on, the address and the sizes.
    """
    return np.array(list(_numbers(parts)), np.int64)


def _numbers(part: object) -> Sequence[int]:
    if isinstance(part, np.ndarray):
        assert part.flags.c_contiguous
        return [part.ctypes.data, *part.shape]
    if isinstance(part, int):
        return [part]
    assert isinstance(part, Sequence)
    return [number for one in part for number in _numbers(one)]


# --- compiling and loading -----------------------------------------------------------------------------------------


def _compile() -> list[Function]:
    from generator.model.compiled import kernels, products

    triple, processor, features = products.target()
    machine = llvm.Target.from_triple(triple).create_target_machine(
        cpu=processor, features=features, opt=3, codemodel="jitdefault", jit=True
    )
    functions = []
    for name, (symbol, text) in kernels.compile_entries().items():
        module = llvm.parse_assembly(text)
        called = {one.name for one in module.functions if one.is_declaration and not one.name.startswith("llvm.")}
        if strange := called.difference(OUTSIDE):  # LLVM ends the whole program where it does not find one
            raise RuntimeError(f"{name} calls {strange}")
        functions.append(Function(name, symbol, machine.emit_object(module)))
    return functions


def _callable(function: Function, engine: Any) -> Callable[..., None]:
    """A function that Python can call; other threads run meanwhile."""
    address = engine.get_function_address(function.symbol)
    # As numba compiles them they return a state, and take places for results and errors of which there are none.
    numbers = [ctypes.c_int64] * ENTRIES[function.name]
    entry = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, *numbers)(address)
    result, error = ctypes.c_void_p(), ctypes.c_void_p()
    result_at, error_at = ctypes.addressof(result), ctypes.addressof(error)

    def call(*numbers: int) -> None:
        entry(result_at, error_at, *numbers)

    call.memory = engine, result, error  # type: ignore[attr-defined]  # lives as long as the function
    return call


# --- keeping -------------------------------------------------------------------------------------------------------


def _mark() -> str:
    """What the code depends on, as one word."""
    parts = (
        *(sha256(source.read_bytes()).hexdigest() for source in SOURCES),
        *(version(package) for package in ("numba", "llvmlite", "numpy")),
        platform.python_version(),
        llvm.get_process_triple(),
        llvm.get_host_cpu_name(),
        llvm.get_host_cpu_features().flatten(),
        os.environ.get("NUMBA_CPU_NAME", ""),
        os.environ.get("NUMBA_CPU_FEATURES", ""),
    )
    return sha256("\n".join(parts).encode()).hexdigest()


def _places(mark: str) -> list[Path]:
    """Where code with this mark may be kept, the best first."""
    own = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    users = [Path(own)] if own else []
    with suppress(RuntimeError):  # nobody's home
        users.append(Path.home() / ".cache")
    name = f"kernels.{mark[:16]}.code"
    return [SOURCES[0].parent / "__pycache__" / name, *(user / "notabot" / name for user in users)]


def _kept() -> list[Function] | None:
    """What was kept of these kernels for this machine; None where there is nothing, or something damaged."""
    mark = _mark()
    for path in _places(mark):
        with suppress(OSError, ValueError, KeyError, TypeError):
            first, _, rest = path.read_bytes().partition(b"\n")
            about = json.loads(first)
            if about["mark"] == mark and about["sha256"] == sha256(rest).hexdigest():
                return _cut(about["functions"], rest)
    return None


def _cut(functions: Sequence[Sequence[Any]], code: bytes) -> list[Function]:
    found, start = [], 0
    for name, symbol, size in functions:
        found.append(Function(name, symbol, code[start : start + size]))
        start += size
    if {function.name for function in found} != set(ENTRIES) or start != len(code):
        raise ValueError("not all of it")
    return found


def _keep(functions: Sequence[Function]) -> None:
    """Write it down where that is possible, whole or not at all."""
    mark, code = _mark(), b"".join(function.code for function in functions)
    about = {
        "mark": mark,
        "sha256": sha256(code).hexdigest(),
        "functions": [(function.name, function.symbol, len(function.code)) for function in functions],
    }
    for path in _places(mark):
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as file, ExitStack() as undo:
                undo.callback(Path(file.name).unlink, missing_ok=True)  # a full disk would get fuller at every start
                file.write(json.dumps(about).encode() + b"\n" + code)
                file.flush()
                undo.pop_all()
            Path(file.name).chmod(0o644)
            Path(file.name).replace(path)
            return
    log.info("the compiled network cannot be kept here, so every start compiles it anew")
