"""Runs a program and says what it used: FILE, to write that to, then the PROGRAM with its arguments.

Linux counts what memory a process has held as that of those it starts. Between a bench that holds much and what it
measures stands this, which holds next to nothing.
"""

import json
import os
import sys
import time


def main(file: str, program: list[str]) -> int:
    """Returns the program's exit code, as a shell would."""
    began_s = time.perf_counter()
    _, status, used = os.wait4(os.posix_spawn(program[0], program, os.environ), 0)
    wall_s = time.perf_counter() - began_s
    cost = {"processor_s": used.ru_utime + used.ru_stime, "wall_s": wall_s, "memory_kib": used.ru_maxrss}
    with open(file, "w", encoding="ascii") as report:  # noqa: PTH123  # pathlib would be one more thing to load
        json.dump(cost, report)
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
