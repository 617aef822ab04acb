"""What was compiled is kept, and taken as long as it is what would be compiled now."""

import ast
import re
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np

from generator.model.compiled import machine_code
from generator.model.compiled.machine_code import ENTRIES, Function, load_kernels, table_of

FUNCTIONS = [Function(name, f"symbol of {name}", name.encode() * 3) for name in ENTRIES]


def test_a_later_start_needs_no_numba():
    load_kernels()
    later = "from generator.model.compiled.machine_code import load_kernels; load_kernels(); import sys; "
    later += "print([name for name in ('numba', 'scipy', 'torch') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", later], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_is_kept_is_found_again(nothing_kept: Path):
    assert machine_code._kept() is None
    machine_code._keep(FUNCTIONS)
    assert machine_code._kept() == FUNCTIONS


def test_where_the_folder_of_the_module_cannot_be_written_to_the_users_is_taken(nothing_kept: Path):
    (nothing_kept / "__pycache__").write_text("no folder")
    machine_code._keep(FUNCTIONS)
    assert machine_code._kept() == FUNCTIONS
    assert len([*(nothing_kept / "cache").rglob("*.code")]) == 1


def test_where_nothing_can_be_kept_nothing_goes_wrong(nothing_kept: Path):
    for name in ("__pycache__", "cache", "home"):
        (nothing_kept / name).write_text("no folder")
    machine_code._keep(FUNCTIONS)
    assert machine_code._kept() is None


def test_a_disk_that_is_full_does_not_get_fuller(nothing_kept: Path):
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, usual[1]))
    try:
        machine_code._keep(FUNCTIONS)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert {path for path in nothing_kept.rglob("*") if path.is_file()} == {*machine_code.SOURCES}


def test_what_is_damaged_or_of_other_kernels_is_not_taken(nothing_kept: Path):
    machine_code._keep(FUNCTIONS)
    (kept,) = nothing_kept.rglob("*.code")
    whole = kept.read_bytes()
    for damaged in (b"", whole[:-1], whole[:-1] + b"!", b"[]\n" + whole.partition(b"\n")[2], b"\xff" + whole):
        kept.write_bytes(damaged)
        assert machine_code._kept() is None
    kept.write_bytes(whole)
    for source in machine_code.SOURCES:
        usual = source.read_text()
        source.write_text(usual + "\n")
        assert machine_code._kept() is None
        source.write_text(usual)
    assert machine_code._kept() == FUNCTIONS


def test_what_is_compiled_uses_nothing_of_ours_by_whose_change_it_would_not_be_compiled_anew():
    used = {name for source in machine_code.SOURCES for name in re.findall(r"generator[.\w]+", imports_of(source))}
    package = machine_code.__name__.rpartition(".")[0]
    assert used
    assert used <= {f"{package}.{source.stem}" for source in machine_code.SOURCES}


def imports_of(source: Path) -> str:
    tree = ast.parse(source.read_text())
    return "\n".join(ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom))


def test_a_table_says_where_numbers_are_and_how_many():
    numbers = np.zeros((2, 3), np.float32)
    assert table_of(7, (numbers, [numbers[1]])).tolist() == [
        *(7, numbers.ctypes.data, 2, 3),
        *(numbers.ctypes.data + 12, 3),
    ]
