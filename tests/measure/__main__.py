"""`python -m tests.measure`: the list. `python -m tests.measure speed --pieces 10`: one of them."""

import ast
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

EXIT_DONE, EXIT_FIXABLE = 0, 2


def names() -> list[str]:
    """What can be measured: the modules beside this one that have a `main`; others help them."""
    beside = [path for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith(("_", "test_"))]
    return sorted(path.stem for path in beside if "\ndef main(" in path.read_text(encoding="utf-8"))


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    if not arguments:
        for name in names():
            source = Path(__file__).with_name(f"{name}.py").read_text(encoding="utf-8")
            first_line = (ast.get_docstring(ast.parse(source)) or "").splitlines()[0]
            print(f"  make measure NAME={name:<11} {first_line}")
        return EXIT_DONE
    if arguments[0] not in names():
        print(f"There is no measurement {arguments[0]}. Choose from {', '.join(names())}.", file=sys.stderr)
        return EXIT_FIXABLE
    code: int = importlib.import_module(f"tests.measure.{arguments[0]}").main(arguments[1:])
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
