"""`/print` and the buttons below a PDF."""

from dataclasses import replace

import pytest

from bot.making.kinds import read_task, write_task
from bot.making.print_out import PrintOut
from bot.making.task import Showing
from renderers.errors import InputRefused
from renderers.formats import PARTS, PDF
from renderers.pages.printing import Printing, Size
from renderers.pipeline import Rendering
from tests.bot.commands.conftest import TUNE, button


class Press:
    """A renderer that remembers how it was to print."""

    def __init__(self):
        self.asked, self.colophons = [], []

    async def render_most(self, abc, formats, *, title, composer, printing, tune="", **_):
        self.asked.append((tuple(formats), replace(printing, colophon="")))
        self.colophons.append(printing.colophon)
        if printing.large and printing.size is Size.LETTER:
            raise InputRefused(reason="large_print")
        row = PARTS if PARTS.name in formats else PDF
        return Rendering(files={row.ending: b"paper"})


@pytest.fixture
def printer(world):
    printer = Press()
    world.maker.workshop = replace(world.maker.workshop, renderer=printer)
    return printer


async def printed(world, line):
    asked = await world.say(line)
    assert asked.replies[0].title == "On its way", asked.replies
    return await world.messenger.next_delivery()


async def test_without_options_the_newest_piece_is_printed_on_a4(world, printer):
    parent = button(await world.piece(), "files").action.target
    result = await printed(world, "/print")
    assert printer.asked == [((PDF.name,), Printing())]
    assert f"Piece {parent} to print · full score · A4" in result.text
    (file,) = result.attachments
    assert (file.kind, file.name.endswith(PDF.ending), file.read()) == ("document", True, b"paper")


async def test_after_a_print_the_piece_itself_is_printed_again_and_heard(world, printer):
    """One print was of the other, and /play showed a page without a player."""
    parent = button(await world.piece(), "files").action.target
    await printed(world, "/print")
    assert f"Piece {parent} to print · full score · Letter" in (await printed(world, "/print letter")).text
    shown = (await world.say("/play")).replies[0]
    assert f"Piece {parent}" in shown.text
    assert any(file.kind == "audio" for file in shown.attachments)


async def test_parts_for_people_who_see_little_come_on_the_paper_that_is_named(world, printer):
    parent = button(await world.piece(), "files").action.target
    await world.say("/compose chopin keyboard")
    await world.messenger.next_delivery()
    asked = await world.say(f"/print parts piece={parent} large=yes")
    assert f"Print of piece {parent} · each part alone · A4 · large print" in asked.replies[0].text
    result = await world.messenger.next_delivery()
    assert printer.asked[-1] == ((PARTS.name,), Printing(large=True))
    assert [file.name.endswith(PARTS.ending) for file in result.attachments] == [True]


async def test_the_buttons_below_a_pdf_print_it_otherwise(world):
    piece = await world.piece()
    pdf = (await world.press(button(piece, "pdf"), "bob")).replies[0]
    assert [each.label for each in pdf.buttons[0]] == ["Letter", "Large print", "Parts", "Lead sheet"]
    printer = Press()
    world.maker.workshop = replace(world.maker.workshop, renderer=printer)
    await world.press(pdf.buttons[0][0], "bob")
    await world.messenger.next_delivery()
    assert printer.asked == [((PDF.name,), Printing(size=Size.LETTER))]
    (theirs,) = await world.services.store.pieces.of("test:bob")
    assert (theirs.record["kind"], theirs.record["parent"]) == ("print", button(piece, "files").action.target)
    assert (await world.services.store.pieces.source(theirs.id)).abc == TUNE


async def test_the_colophon_names_the_piece_that_is_printed_and_not_the_print(world, printer):
    parent = button(await world.piece(), "files").action.target
    await printed(world, "/print")
    assert printer.colophons[-1].endswith(f"piece {parent}")


async def test_what_cannot_be_printed_so_is_said_with_what_to_do(world, printer):
    await world.piece()
    result = await printed(world, "/print large=yes paper=letter")
    assert "is higher than the page" in result.text
    assert "what=parts" in result.text


async def test_a_button_of_another_version_prints_the_score(world, printer):
    piece = await world.piece()
    files = button(piece, "files")
    await world.press(replace(files, action=replace(files.action, verb="print", argument="poster")), "bob")
    await world.messenger.next_delivery()
    assert printer.asked == [((PDF.name,), Printing())]


@pytest.mark.parametrize("language", ["en", "de", "zh", "zh-hant"])
def test_what_is_wanted_is_said_in_every_language(language):
    task = PrintOut(piece="k3f9abcd", form="parts", printing=Printing(size=Size.LETTER, large=True), length=8)
    words = task.describe(None, language)
    assert "k3f9abcd" in words
    assert words.count(" · ") == 3


def test_it_can_be_written_down_and_read_again():
    task = PrintOut(piece="k3f9abcd", form="parts", printing=Printing(size=Size.LETTER, large=True), length=8)
    assert read_task(write_task(task, Showing()))[0] == task
    assert read_task(write_task(replace(task, form="poster"), Showing()))[0].kind == "unreadable"
