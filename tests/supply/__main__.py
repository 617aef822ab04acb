"""`python -m tests.supply`: the list. `python -m tests.supply lock --upgrade numpy`: one of them."""

import ast
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

COMMANDS = ("lock", "notices", "sbom", "audit", "image")
EXIT_DONE, EXIT_FIXABLE = 0, 2


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    if not arguments or arguments[0] not in COMMANDS:
        for name in COMMANDS:
            source = Path(__file__).with_name(f"{name}.py").read_text(encoding="utf-8")
            print(f"  {name:<8} {(ast.get_docstring(ast.parse(source)) or '').splitlines()[0]}")
        return EXIT_FIXABLE if arguments else EXIT_DONE
    code: int = importlib.import_module(f"tests.supply.{arguments[0]}").main(arguments[1:])
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
