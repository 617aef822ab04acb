"""`notabot chat` from the first line to the last, with lines from a pipe."""

import io
import re
from pathlib import Path

from bot.cli.chat import talk
from bot.making.workshop import Workshop, no_source
from config.settings import Settings
from generator.catalogue.catalogue import load_catalogue
from tests.bot.commands.conftest import NoDrawing, StubMaker


async def chat(tmp_path, capsys, *lines, maker=None):
    """What is printed when these lines are typed."""
    settings = Settings(data_dir=tmp_path / "data")
    stream = io.StringIO("".join(f"{line}\n" for line in lines))
    await talk(settings, out=tmp_path / "out", stream=stream, maker=maker or StubMaker())
    return capsys.readouterr().out


async def test_a_piece_is_composed_and_its_files_are_written(tmp_path, capsys):
    printed = await chat(tmp_path, capsys, "/compose chopin keyboard bars=4 seed=7")
    assert "Keyboard piece in A minor" in printed
    written = sorted(path.name.rpartition("_")[2] for path in (tmp_path / "out").iterdir())
    assert len(written) == 6
    assert all(str(path) in printed for path in (tmp_path / "out").iterdir())


async def test_words_without_a_command_ask_for_a_piece(tmp_path, capsys):
    assert "Andantino (♩ = 90)" in await chat(tmp_path, capsys, "chopin keyboard seed=7")


async def test_a_button_is_pressed_by_its_number_after_what_it_belongs_to_has_come(tmp_path, capsys):
    before = await chat(tmp_path / "before", capsys, "/compose chopin keyboard seed=7")
    [number] = re.findall(r"\[(\d+)\] PDF", before)
    printed = await chat(tmp_path, capsys, "/compose chopin keyboard seed=7", number, "/quit", "/help")
    assert printed.count(".pdf") == 1
    assert "What I can do" not in printed


async def test_answers_stand_apart_and_start_is_known(tmp_path, capsys):
    printed = await chat(tmp_path, capsys, "/start", "/queue")
    first, second = printed.index("What I can do"), printed.index("The queue")
    assert first < second
    assert "\n\n" in printed[first:second]


async def test_buttons_work_in_the_next_session(tmp_path, capsys):
    await chat(tmp_path, capsys, "/compose chopin keyboard seed=7")
    printed = await chat(tmp_path, capsys, "/piece", "1")
    assert "Andantino (♩ = 90)" in printed


async def test_what_cannot_be_read_is_said_and_the_talk_goes_on(tmp_path, capsys):
    printed = await chat(tmp_path, capsys, "/sing", "99", "/compose chopin bars=many", "/about")
    for words in ("“/sing”", "no button 99", "has to be a number", "MIT licence"):
        assert words in printed
    assert "Traceback" not in printed


async def test_a_file_is_named_by_its_path(tmp_path, capsys):
    score = Path(__file__).parents[2] / "data" / "scores" / "prelude.musicxml"
    maker = StubMaker()
    maker.workshop = Workshop(
        composer=None, renderer=NoDrawing(), catalogue=load_catalogue(), model={}, find_source=no_source
    )
    printed = await chat(tmp_path, capsys, f'/render "{score}"', "/render nothing.mxl", maker=maker)
    assert "Prelude on Nothing · 6 bars" in printed
    assert "There is no file nothing.mxl" in printed
    assert "Made from prelude (musicxml)" in printed


async def test_what_is_asked_for_is_typed_on_the_next_lines_up_to_an_empty_one(tmp_path, capsys):
    before = await chat(tmp_path / "before", capsys, "/compose chopin keyboard seed=7")
    (number,) = re.findall(r"\[(\d+)\] Edit by hand", before)
    printed = await chat(
        tmp_path, capsys, "/compose chopin keyboard seed=7", number, "2: [V:1]e2 d2", "", "/about", number, ""
    )
    assert "2: [V:1]e2 ^d2 c2|" in printed
    assert "Line 1, bar 2, voice 1" in printed
    assert "MIT licence" in printed
