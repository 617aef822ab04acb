"""The table of formats is the only place that knows them: whoever adds one writes a row, a function, and its words."""

import ast
from pathlib import Path

import pytest

from bot.cli.options import complete_formats, parse_formats
from bot.commands.showing import shown_files
from bot.commands.wording import Facts
from bot.store import PieceView, StoredFile
from bot.texts import texts
from renderers import formats
from renderers.formats import FORMATS, Format, chat_formats
from renderers.recipe import Recipe
from tests.renderers.test_sanitise import tune

OF_OTHERS = "bench"  # it asks other versions for formats, which have tables of their own
ROOT = Path(__file__).resolve().parents[1]
# Words that are spelt like a format and mean something else.
OTHER_WORDS = {
    "pdf": "what a person likes better than pictures, and the verb of a button",
    "abc": "what a rendering process is handed",
    "xml": "what verovio calls its input",
    "mei": "what verovio calls its input, and a kind of file that is read",
    "lead": "a way to print",
    "tab": "a clef",
    "mxl": "a kind of file that is read",
    "cover": "the picture in an MP3",
    "parts": "what players have: why there is no braille, what a duel unveils",
    "analysis": "a field in the record of a piece",
}


@pytest.fixture
def lilypond(monkeypatch):
    """A format that nobody knows, added as CONTRIBUTING says: one row, one function, and its words."""
    row = Format(name="ly", made_by="make_lilypond", ending=".ly")
    monkeypatch.setattr(formats, "FORMATS", (*FORMATS, row))
    monkeypatch.setattr(Recipe, "make_lilypond", lambda recipe: {row.ending: recipe._title.encode()}, raising=False)
    monkeypatch.setitem(texts("en"), "format.ly", "LilyPond")
    monkeypatch.setitem(texts("en"), "format_about.ly", "music as source text")
    return row


def test_a_new_format_is_a_row_and_a_function(lilypond):
    assert parse_formats("abc,ly") == ("abc", "ly")
    assert list(complete_formats("abc,ly")) == [("abc,ly", "music as source text")]
    assert "ly" in chat_formats(), "the maker behind the chats, and the doctor, ask for it"
    files = Recipe(tune("C8|"), title="Source").render(["ly", "abc"])
    assert list(files.items())[-1] == (".ly", b"Source")


def test_a_new_format_comes_with_the_piece_in_a_chat(lilypond):
    stored = [StoredFile(ending=ending, name=f"x{ending}", sha256="0" * 64, size=1) for ending in (".mid", ".ly")]
    piece = PieceView(
        id="x",
        person="p",
        platform="discord",
        guild=None,
        record={},
        created=0.0,
        deleted=None,
        files=tuple(stored),
    )
    shown = shown_files(Facts({}, None), piece, Path, "en")
    assert [(file.name, file.kind) for file in shown] == [("x.mid", "document"), ("x.ly", "document")]


def test_no_other_code_knows_a_format_by_its_name_or_its_ending():
    words = {row.name for row in FORMATS} - OTHER_WORDS.keys() | {row.ending for row in FORMATS}
    paths = [path for package in ("bot", "renderers") for path in (ROOT / package).rglob("*.py")]
    paths = [path for path in paths if OF_OTHERS not in path.parts]
    found = {path.relative_to(ROOT).as_posix(): words & strings_of(path) for path in paths}
    assert found.pop("renderers/formats.py") >= {"png", "mp3", ".pdf"}, "else nothing is proved here"
    assert {name: known for name, known in found.items() if known} == {}


def strings_of(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
