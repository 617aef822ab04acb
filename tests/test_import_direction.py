"""bot → generator, renderers → config: no import goes the other way, and generator and renderers never meet."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAY_IMPORT = {
    "bot": {"bot", "generator", "renderers", "config"},
    "generator": {"generator", "config"},
    "renderers": {"renderers", "config"},
    "config": {"config"},
}
# A foreign package stays behind its door: only the folders named may import it.
ONLY_IN = {
    "discord": ("bot/platforms/discord/",),
    "telegram": ("bot/platforms/telegram/",),
    "alembic": ("bot/store/",),
    "torch": ("generator/",),
    "verovio": ("renderers/",),
    "music21": ("renderers/", "generator/training/"),
}


def imported_modules(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module if node.level == 0 and node.module else path.relative_to(ROOT).parts[0]


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
