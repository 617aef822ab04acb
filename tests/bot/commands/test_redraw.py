"""The button that brings what could not be made of a piece."""

from bot.making.redraw import Redraw
from renderers.errors import ToolTimedOut
from renderers.pipeline import Rendering
from tests.bot.commands.conftest import ABC, PNG, TUNE, button, open_world


class Drawing:
    """A renderer that cannot do what `lacks` names."""

    def __init__(self):
        self.lacks = ()

    async def render_most(self, abc, formats, *, title, composer, tune, **_):
        files = {".abc": abc.encode(), "_p1.png": PNG, ".mid": ABC, ".mp3": ABC}
        missing = {name: ToolTimedOut() for name in self.lacks}
        return Rendering(files={e: c for e, c in files.items() if e[1:] not in self.lacks}, missing=missing)


def without_sound(maker):
    """The maker makes compositions without MP3, and what is made of them by a renderer that is returned."""
    plain = maker.make

    async def make(job, task, **hearing):
        piece = await plain(job, task, **hearing)
        if not isinstance(task, Redraw):
            piece.record["missing"] = {"mp3": "ToolTimedOut"}
            del piece.files[".mp3"]
        return piece

    maker.make = make
    drawing = Drawing()
    object.__setattr__(maker.workshop, "renderer", drawing)
    return drawing


def verbs(reply):
    return [each.action.verb for row in reply.buttons for each in row]


async def test_a_piece_with_everything_has_no_such_button(world):
    assert "bring" not in verbs(await world.piece())


async def test_what_only_some_pieces_can_be_is_missed_by_nobody_but_who_looks_at_all_files(world):
    plain = world.maker.make

    async def make(job, task, **hearing):
        piece = await plain(job, task, **hearing)
        piece.record["missing"] = {"brf": "NotInBraille"}
        return piece

    world.maker.make = make
    first = await world.piece()
    assert "bring" not in verbs(first)
    assert "raille" not in first.text
    (handed,) = (await world.press(button(first, "files"), "bob")).replies
    assert "There is no Braille music of this piece: braille is written for one player" in handed.text


async def test_what_was_missing_is_brought_with_the_same_notes_and_the_same_words(world):
    without_sound(world.maker)
    first = await world.piece()
    assert "MP3 could not be made" in first.text
    asked = await world.press(button(first, "bring"), "bob")
    assert f"Piece {button(first, 'files').action.target}: drawn again" in asked.replies[0].text
    second = await world.messenger.next_delivery()
    assert "could not be made" not in second.text
    assert "bring" not in verbs(second)
    assert {"audio"} <= {each.kind for each in second.attachments}
    same = [line for line in first.text.splitlines() if "could not" not in line and "Piece" not in line]
    assert [line for line in second.text.splitlines() if "Piece" not in line] == same
    (theirs,) = await world.services.store.pieces.of("test:bob")
    assert (await world.services.store.pieces.source(theirs.id)).abc == TUNE
    assert verbs(second) == [verb for verb in verbs(first) if verb not in ("bring", "page", "pdf")]


async def test_what_still_cannot_be_made_is_said_and_can_be_tried_again(world):
    drawing = without_sound(world.maker)
    drawing.lacks = ("mp3",)
    first = await world.piece()
    await world.press(button(first, "bring"))
    second = await world.messenger.next_delivery()
    assert "MP3 could not be made" in second.text
    assert "bring" in verbs(second)


async def test_the_button_works_after_a_restart_and_not_for_a_piece_that_was_deleted(tmp_path):
    async with open_world(tmp_path) as world:
        without_sound(world.maker)
        first = await world.piece()
    async with open_world(tmp_path) as world:
        without_sound(world.maker)
        await world.press(button(first, "bring"), event="test:after the restart")
        assert "could not be made" not in (await world.messenger.next_delivery()).text
        await world.services.store.pieces.delete(button(first, "files").action.target)
        refused = (await world.press(button(first, "bring"), event="test:later")).replies[0]
        assert refused.private
        assert "deleted" in refused.text
