"""Imports go one way: between the packages (bot → generator, renderers → config), between the rooms of a package (down
the floors that are drawn here), and between files (no circle). Imports for the sake of types count like any other.
"""

import ast
from functools import cache
from pathlib import Path

import pytest

from bot.platforms import PLATFORMS
from tests.import_graph import PACKAGES, ROOT, circles, import_graph, loose_modules, parsed, room

MAY_IMPORT = {
    "bot": {"bot", "generator", "renderers", "config"},
    "generator": {"generator", "config"},
    "renderers": {"renderers", "config"},
    "config": {"config"},
}
# A foreign package stays behind its door: only the folders named may import it.
ONLY_IN = {
    **{spec.library: (f"bot/platforms/{spec.name}/",) for spec in PLATFORMS},
    "alembic": ("bot/store/",),
    "torch": ("generator/",),
    "verovio": ("renderers/",),
    "music21": ("renderers/", "generator/training/"),
}
# From the roof to the cellar: a room may import from its own floor and from those below. `python -m tests.import_graph`
# prints who imports from whom. A new room needs its place here.
FLOORS = {
    "bot": (
        ("__main__",),
        ("cli",),
        ("app", "bench"),
        ("operations",),
        ("platforms",),
        ("commands",),
        ("jobs",),
        ("store",),
        ("challenges",),
        ("making",),
        ("chains",),
        ("chat", "duels", "guesses", "texts", "logs"),
        ("errors", "versions"),
    ),
    "generator": (
        ("evaluation",),
        ("training",),
        ("composer",),
        ("onward",),
        ("writing",),
        ("finishing", "guard", "request", "transposing"),
        ("critic",),
        ("wishes",),
        ("catalogue", "planning"),
        ("model",),
        ("hearing",),
        ("notation",),
        ("errors",),
    ),
    "renderers": (
        ("pipeline",),
        ("process",),
        ("recipe",),
        ("video",),
        ("pictures",),
        ("pages", "sound"),
        ("score",),
        ("sanitise",),
        ("limits",),
        ("errors", "formats"),
    ),
    "config": (("example",), ("settings",), ("choices",), ("errors", "files", "letters", "zones")),
}
# Known, and about to go: take a line out when it is not needed any more, and add none.
STILL_CLIMBING: set[tuple[str, str]] = set()
STILL_IN_A_CIRCLE: list[list[str]] = []
LOOSE_MODULES = {"bot": 7, "generator": 4, "renderers": 6}


def imported_modules(path: Path) -> list[str]:
    return _imported_modules(path, path.stat().st_mtime_ns)


@cache
def _imported_modules(path: Path, _changed_ns: int) -> list[str]:
    modules: list[str] = []
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            modules += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules.append(node.module if node.level == 0 and node.module else path.relative_to(ROOT).parts[0])
    return modules


def wrong_imports(package: str) -> list[str]:
    return [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in sorted((ROOT / package).rglob("*.py"))
        for module in imported_modules(path)
        if module.split(".")[0] in MAY_IMPORT and module.split(".")[0] not in MAY_IMPORT[package]
    ]


@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_imports_follow_the_arrow(package):
    assert list((ROOT / package).rglob("*.py")), f"{package}/ holds no code, so this test would prove nothing"
    assert wrong_imports(package) == []


def test_an_import_against_the_arrow_is_seen(tmp_path, monkeypatch):
    (tmp_path / "renderers").mkdir()
    (tmp_path / "renderers" / "wrong.py").write_text("def late():\n    from generator.notation import parse_tune\n")
    monkeypatch.setattr("tests.test_import_direction.ROOT", tmp_path)
    assert wrong_imports("renderers") == ["renderers/wrong.py imports generator.notation"]


@pytest.mark.parametrize("module", sorted(ONLY_IN))
def test_a_foreign_package_stays_behind_its_door(module):
    users = {
        path.relative_to(ROOT).as_posix()
        for package in MAY_IMPORT
        for path in (ROOT / package).rglob("*.py")
        if module in {name.split(".")[0] for name in imported_modules(path)}
    }
    assert users, f"nobody imports {module}, so this test would prove nothing"
    assert {user for user in users if not user.startswith(ONLY_IN[module])} == set()


# --- rooms and files -------------------------------------------------------------------------------------------------


def climbs(package: str, graph) -> list[str]:
    """Imports of this package that go up a floor, or from or to a room without a floor."""
    floor_of = {f"{package}.{name}": floor for floor, names in enumerate(FLOORS[package]) for name in names}
    return [
        f"{module} imports {other}"
        for module, others in sorted(graph.items())
        for other in sorted(others)
        if package not in (module, other)
        and module.split(".")[0] == other.split(".")[0] == package
        and (room(module), room(other)) not in STILL_CLIMBING
        and floor_of.get(room(other), -1) < floor_of.get(room(module), len(floor_of))
    ]


@pytest.mark.parametrize("package", sorted(FLOORS))
def test_no_import_climbs_a_floor(package):
    assert climbs(package, import_graph()) == []


def test_every_room_has_its_floor():
    rooms = {room(module) for module in import_graph() if "." in module}
    drawn = [f"{package}.{name}" for package, floors in FLOORS.items() for names in floors for name in names]
    assert sorted(drawn) == sorted(rooms)


def test_no_file_is_in_a_circle():
    assert [circle for circle in circles(import_graph()) if circle not in STILL_IN_A_CIRCLE] == []


@pytest.mark.parametrize("package", sorted(LOOSE_MODULES))
def test_the_first_level_of_a_package_can_be_taken_in_at_a_glance(package):
    assert len(loose_modules(package)) <= LOOSE_MODULES[package], loose_modules(package)


def write_files(folder: Path, files: dict[str, str]) -> None:
    for package in PACKAGES:
        (folder / package).mkdir()
        (folder / package / "__init__.py").touch()
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


FOR_TYPES = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from bot.store.database import Store\n"


@pytest.mark.parametrize(
    "files",
    [
        {"bot/store/jobs.py": FOR_TYPES, "bot/store/database.py": "from bot.store.jobs import JobTable\n"},
        {"bot/store/jobs.py": FOR_TYPES, "bot/store/database.py": "def late():\n    import bot.store.jobs\n"},
        {
            "bot/store/__init__.py": "from bot.store.database import Store\n",
            "bot/store/jobs.py": "from bot.store import Store\n",
            "bot/store/database.py": "from bot.store import jobs\n",
        },
        {
            "bot/store/__init__.py": "",
            "bot/store/jobs.py": "from .database import Store\n",
            "bot/store/database.py": "from . import jobs\n",
        },
    ],
    ids=["for types only", "late", "through the door", "relative"],
)
def test_a_circle_is_seen(tmp_path, files):
    write_files(tmp_path, files)
    found = circles(import_graph(tmp_path))
    assert len(found) == 1
    assert {"bot.store.database", "bot.store.jobs"} <= set(found[0])


def test_files_that_only_share_a_leaf_are_no_circle(tmp_path):
    write_files(
        tmp_path,
        {
            "bot/store/jobs.py": "from bot.store.connections import Connections\n",
            "bot/store/connections.py": "import asyncio\n",
            "bot/store/database.py": "import bot.store.jobs\nfrom bot.store.connections import Connections\n",
        },
    )
    assert circles(import_graph(tmp_path)) == []


def test_a_climb_is_seen(tmp_path):
    write_files(tmp_path, {"bot/chat/messages.py": "from bot.store import Store\n", "bot/store/__init__.py": ""})
    assert climbs("bot", import_graph(tmp_path)) == ["bot.chat.messages imports bot.store"]
