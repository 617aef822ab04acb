"""`/video` and the button below a piece."""

import pytest

from bot.making import film as filming
from renderers.errors import ToolTimedOut
from renderers.formats import in_order
from renderers.pipeline import Rendering
from renderers.video import camera
from renderers.video.shapes import LEAD_S
from tests.bot.commands.conftest import TUNE, button


class Camera:
    """Makes a video of so many bytes, or fails; says how far it is."""

    def __init__(self):
        self.formats, self.rests, self.error = [], 0, None

    async def render_most(self, abc, formats, *, title, composer, tune, tell, **_):
        self.formats.append(tuple(formats))
        tell(0.4)
        if self.error:
            raise self.error
        (row,) = in_order(formats)
        return Rendering(files={row.ending: b"video"}, seconds=8.0)

    async def rest(self):
        self.rests += 1


@pytest.fixture
def its_camera(world, monkeypatch):
    monkeypatch.setattr(camera, "find_spec", lambda name: object())
    made = Camera()
    object.__setattr__(world.maker.workshop, "camera", made)
    return made


def verbs(reply):
    return [each.action.verb for row in reply.buttons for each in row]


async def test_the_button_below_a_piece_gives_its_video(world, its_camera):
    piece = await world.piece()
    id_ = button(piece, "files").action.target
    asked = await world.press(button(piece, "video"), "bob")
    assert f"Video of piece {id_}" in asked.replies[0].text
    result = await world.messenger.next_delivery()
    assert f"Piece {id_} as a video" in result.text
    (shown,) = result.attachments
    assert (shown.kind, shown.read(), shown.sides) == ("video", b"video", (1280, 720))
    assert shown.duration_s == pytest.approx(8 + LEAD_S)
    assert "video" not in verbs(result), "it is one"
    assert {"again", "transpose", "files", "delete"} <= set(verbs(result))
    (theirs,) = await world.services.store.pieces.of("test:bob")
    assert (await world.services.store.pieces.source(theirs.id)).abc == TUNE
    assert theirs.record["parent"] == id_
    assert its_camera.rests == 1


async def test_the_command_takes_a_piece_and_a_shape(world, its_camera):
    piece = button(await world.piece(), "files").action.target
    await world.say(f"/video {piece} shape=tall")
    (shown,) = (await world.messenger.next_delivery()).attachments
    assert shown.sides == (720, 1280)
    assert shown.name.endswith("_tall.mp4")
    await world.say("/video")  # of the newest, which is that video: of its notes
    assert (await world.messenger.next_delivery()).attachments[0].sides == (1280, 720)
    assert its_camera.formats == [("mp4-tall",), ("mp4",)]
    assert "shape" in (await world.say("/video shape=round")).replies[0].text


async def test_keys_and_what_falls_on_them_are_another_view_a_button_away(world, its_camera):
    piece = button(await world.piece(), "files").action.target
    await world.say(f"/video {piece} tall")
    page = await world.messenger.next_delivery()
    assert "roll" in verbs(page)
    assert "follow" not in verbs(page)
    await world.press(button(page, "roll"))
    roll = await world.messenger.next_delivery()
    assert "falls onto its key" in roll.text
    (shown,) = roll.attachments
    assert (shown.kind, shown.sides) == ("video", (720, 1280)), "as tall as the one before"
    assert shown.name.endswith("_roll_tall.mp4")
    assert "keyboard" in shown.description
    assert "follow" in verbs(roll)
    assert not {"roll", "video"} & set(verbs(roll))
    await world.press(button(roll, "follow"))
    assert (await world.messenger.next_delivery()).attachments[0].name.endswith("_tall.mp4")
    await world.say(f"/video {piece} roll")
    assert (await world.messenger.next_delivery()).attachments[0].sides == (1280, 720)
    assert its_camera.formats == [("mp4-tall",), ("mp4-roll-tall",), ("mp4-tall",), ("mp4-roll",)]
    assert "view" in (await world.say("/video view=spiral")).replies[0].text


async def test_videos_of_a_version_that_knew_pages_only_are_still_shown(world, its_camera):
    piece = button(await world.piece(), "files").action.target
    await world.say(f"/video {piece}")
    await world.messenger.next_delivery()
    (film, *_) = await world.services.store.pieces.of("test:ann")
    old = filming.form_of({name: value for name, value in film.record.items() if name != "view"})
    assert old is filming.FORMS["page", "wide"]
    assert filming.Film.from_json({"piece": "a", "length": 8, "shape": "tall"}).view == "page"


async def test_what_fails_is_said_in_a_sentence_and_the_process_goes(world, its_camera):
    its_camera.error = ToolTimedOut()
    piece = await world.piece()
    await world.press(button(piece, "video"))
    assert "too long" in (await world.messenger.next_delivery()).text
    assert its_camera.rests == 1


async def test_without_the_extra_there_is_no_button_and_the_command_says_why(world, monkeypatch):
    monkeypatch.setattr(camera, "find_spec", lambda name: None)
    assert "video" not in verbs(await world.piece())
    said = (await world.say("/video")).replies[0]
    assert "notabot[video]" in said.text
    assert said.private


async def test_a_piece_of_a_quarter_of_an_hour_is_refused_at_once(world, its_camera):
    piece = button(await world.piece(), "files").action.target
    await world.services.store.pieces.note(piece, seconds=900.0)
    said = (await world.say(f"/video {piece}")).replies[0]
    assert "10 minutes" in said.text
    assert not its_camera.formats


async def test_a_piece_that_is_gone_is_said_to_be(world, its_camera):
    assert "zzzz" in (await world.say("/video zzzz")).replies[0].text


def test_a_shape_that_this_version_does_not_know_is_no_film():
    with pytest.raises(ValueError, match="round"):
        filming.Film.from_json({"piece": "a", "length": 8, "shape": "round"})
    with pytest.raises(ValueError, match="spiral"):
        filming.Film.from_json({"piece": "a", "length": 8, "view": "spiral"})
