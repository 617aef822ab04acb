"""Which file imports which, read from the sources; also what is imported late or only for the sake of types.

    python -m tests.import_graph            circles, rooms and arrows of this repository
    python -m tests.import_graph FOLDER     the same of another checkout

What is promised: every import statement counts, wherever it stands. `from package import name` means the module of that
name where there is one, else the package's door and, through it, the module that the door takes the name from.
What is not: what is imported by a name put together while the program runs.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("bot", "generator", "renderers", "config")

Graph = Mapping[str, frozenset[str]]


def import_graph(root: Path = ROOT, packages: Iterable[str] = PACKAGES) -> Graph:
    """Module → the modules of these packages that its file imports. A package's door has the package's name.

    This repository is read once: nobody changes it while tests run.
    """
    return _repository() if root == ROOT and tuple(packages) == PACKAGES else _graph(root, packages)


@cache
def _repository() -> Graph:
    return _graph(ROOT, PACKAGES)


def _graph(root: Path, packages: Iterable[str]) -> Graph:
    paths = {_name(path, root): path for package in packages for path in sorted((root / package).rglob("*.py"))}
    trees = {name: parsed(path) for name, path in paths.items()}
    doors = {name: _door(trees[name]) for name, path in paths.items() if path.name == "__init__.py"}
    return {
        name: frozenset(_meant(tree, name, trees.keys(), doors, is_door=name in doors) - {name})
        for name, tree in trees.items()
    }


def parsed(path: Path) -> ast.Module:
    """The source of a file, parsed once however many ask."""
    return _parsed(path, path.stat().st_mtime_ns)


@cache
def _parsed(path: Path, _changed_ns: int) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _name(path: Path, root: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _door(tree: ast.Module) -> dict[str, str]:
    """Which module a package's door takes a name from."""
    return {
        alias.asname or alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0
        for alias in node.names
    }


def _meant(
    tree: ast.Module, name: str, known: Iterable[str], doors: Mapping[str, Mapping[str, str]], *, is_door: bool
) -> set[str]:
    meant: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            meant |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = _package(node, name, is_door=is_door)
            for alias in node.names:
                inside = f"{package}.{alias.name}"
                meant |= {inside} if inside in known else {package, doors.get(package, {}).get(alias.name, package)}
    return meant & set(known)


def _package(node: ast.ImportFrom, name: str, *, is_door: bool) -> str:
    if node.level == 0:
        return node.module or ""
    parts = name.split(".")
    above = parts[: len(parts) - node.level + (1 if is_door else 0)]
    return ".".join([*above, *([node.module] if node.module else [])])


def circles(graph: Graph) -> list[list[str]]:
    """Files that can be reached from each other: every circle once, the largest first. After Tarjan, 1972."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    path: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        order[name] = lowest[name] = len(order)
        path.append(name)
        for other in sorted(graph[name]):
            if other not in order:
                visit(other)
                lowest[name] = min(lowest[name], lowest[other])
            elif other in path:
                lowest[name] = min(lowest[name], order[other])
        if lowest[name] == order[name]:
            circle = path[path.index(name) :]
            del path[path.index(name) :]
            if len(circle) > 1:
                found.append(sorted(circle))

    for name in sorted(graph):
        if name not in order:
            visit(name)
    return sorted(found, key=lambda circle: (-len(circle), circle))


def room(module: str) -> str:
    """The first level of a package: its folder `bot.store`, or the loose module `bot.app`."""
    return ".".join(module.split(".")[:2])


def arrows(graph: Graph) -> set[tuple[str, str]]:
    """From which room to which other."""
    pairs = {(room(module), room(other)) for module, others in graph.items() for other in others}
    return {(one, other) for one, other in pairs if one != other}


def loose_modules(package: str, root: Path = ROOT) -> list[str]:
    """Modules that lie in no room: the files of the first level, without the package's own."""
    own = {"__init__.py", "__main__.py"}
    return sorted(path.name for path in (root / package).glob("*.py") if path.name not in own)


def _lines(root: Path) -> Iterator[str]:
    graph = import_graph(root)
    found = circles(graph)
    yield f"{len(graph)} files, {sum(map(len, graph.values()))} imports, {len(found)} circles"
    for circle in found:
        yield f"  {len(circle)} files: {', '.join(circle)}"
    for package in PACKAGES:
        yield f"{package}: {len(loose_modules(package, root))} loose modules"
    for one, other in sorted(arrows(graph)):
        yield f"  {one} → {other}"


if __name__ == "__main__":
    sys.stdout.write("\n".join(_lines(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT)) + "\n")
