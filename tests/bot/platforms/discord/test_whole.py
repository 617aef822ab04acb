"""All real commands on Discord, with real jobs and a real store; only composing and drawing is a stand-in."""

import asyncio
from collections.abc import Callable
from contextlib import asynccontextmanager, suppress

import pytest

from bot.app import open_services
from bot.commands import build_registry
from bot.making.workshop import Order, Workshop
from bot.platforms.discord.commands import describe_all
from config.settings import Settings
from tests.fakes.stub_bot import HANGS, REFUSES, StubMaker

PATIENCE_S = 20.0
ENDINGS = {"png", "mp3"}


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(_env_file=None, data_dir=tmp_path, discord_token="never.used", cooldown_s=0)


@pytest.fixture
async def services(settings, empty_store):
    async with open_services(settings, maker=StubMaker(least_s=0.0, most_s=0.0)) as services:
        yield services


@pytest.fixture
def registry(settings):
    return build_registry(settings)


@asynccontextmanager
async def at_work(services, platform):
    """Jobs are made and delivered."""
    services.jobs.add_messenger(platform.messenger)
    task = asyncio.create_task(services.jobs.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(found: Callable[[], object]):
    async with asyncio.timeout(PATIENCE_S):
        while not (value := found()):  # noqa: ASYNC110  # nothing tells when a message has changed
            await asyncio.sleep(0.02)
    return value


def results(place):
    return [message for message in place.channel.history(viewer=place.alice) if message.attachments]


async def compose(place, **options):
    """Ask for a piece and wait for it."""
    before = len(results(place))
    await place.alice.slash(place.channel, "compose", style="chopin keyboard", bars=4, **options)
    await until(lambda: len(results(place)) > before)
    return max(results(place), key=lambda message: message.id)


async def test_a_piece_from_the_command_to_its_end(place, services, platform, simcord_env):
    async with at_work(services, platform):
        piece = await compose(place, seed=7, key="Am", metre="3/4", tempo=90, temperature=1.2, top_k=9, top_p=0.9)
        assert {file.filename.rpartition(".")[2] for file in piece.attachments} == ENDINGS
        assert "4 bars" in piece.embeds[0].description
        assert len(place.channel.history(viewer=place.alice)) == 1

        again = await place.bob.click(piece, label=_label(piece, "again"))
        await until(lambda: len(results(place)) == 2)
        assert not again.followups[0].ephemeral

        await simcord_env.restart_bot()
        details = await place.bob.click(piece, label=_label(piece, "details"))
        assert details.followups[0].ephemeral
        pdf = await place.bob.click(piece, label=_label(piece, "pdf"))
        assert pdf.followups[0].attachments[0].filename.endswith(".pdf")
        files = await place.bob.click(piece, label=_label(piece, "files"))
        assert pdf.followups[0].ephemeral
        assert files.followups[0].ephemeral
        assert len(files.followups[0].attachments) == 7  # with the PDF and the record

        refused = await place.bob.click(piece, label=_label(piece, "delete"))
        assert refused.followups[0].ephemeral
        assert not refused.followups[0].components
        public = len(place.channel.history(viewer=place.alice))
        about = await place.bob.context_menu(place.channel, "About this piece", piece)
        said = about.followups[0] if about.followups else about.response
        assert said.ephemeral
        assert not said.attachments
        assert _button(piece, "again").custom_id.split(":")[2] in said.embeds[0].description
        assert "4 bars" in said.embeds[0].description
        assert len(place.channel.history(viewer=place.alice)) == public

        asked = await place.alice.click(piece, label=_label(piece, "delete"))
        sure = next(
            button for button in asked.followups[0].components[0]["components"] if ":sure:" in button["custom_id"]
        )
        await place.alice.click(asked.followups[0], custom_id=sure["custom_id"])
        assert piece.id not in [message.id for message in place.channel.history(viewer=place.bob)]
        recalled = await place.bob.slash(place.channel, "piece", id=_button(piece, "again").custom_id.split(":")[2])
        assert recalled.response.ephemeral
        assert "was deleted" in recalled.response.content


async def test_a_mention_brings_a_piece_with_buttons_for_all(place, services, platform):
    async with at_work(services, platform):
        await place.alice.send(place.channel, f"<@{platform.client.user.id}> chopin keyboard, 4 bars")
        piece = (await until(lambda: results(place)))[0]
        assert any(file.filename.endswith("_p1.png") for file in piece.attachments)
        again = await place.bob.click(piece, label=_label(piece, "again"))
        await until(lambda: len(results(place)) == 2)
        assert not again.followups[0].ephemeral


async def test_a_piece_in_a_private_talk(place, services, platform):
    async with at_work(services, platform):
        await place.alice.user.slash("compose", style="chopin keyboard", bars=4)
        talk = place.alice.user.dm_channel
        await until(lambda: [message for message in talk.history(viewer=place.alice.user) if message.attachments])


async def test_a_piece_that_cannot_be_composed_ends_in_a_sentence(place, services, platform):
    async with at_work(services, platform):
        await place.alice.slash(place.channel, "compose", style="chopin keyboard", seed=REFUSES)
        shown = lambda: place.channel.last_message.embeds and place.channel.last_message.embeds[0].description  # noqa: E731
        await until(lambda: "cannot be composed" in (shown() or ""))


async def test_a_piece_being_composed_can_be_cancelled(place, services, platform):
    async with at_work(services, platform):
        status = await place.alice.slash(place.channel, "compose", style="chopin keyboard", seed=HANGS)
        rows = status.response.components
        button = next(each for row in rows for each in row["components"] if ":cancel:" in each["custom_id"])
        refused = await place.bob.click(status.response, custom_id=button["custom_id"])
        assert refused.followups[0].ephemeral
        await place.alice.click(status.response, custom_id=button["custom_id"])
        await until(lambda: not status.response.components)


async def test_the_picker_goes_from_period_to_piece(place, services, platform):
    async with at_work(services, platform):
        picker = await place.alice.slash(place.channel, "compose")
        for _ in range(3):
            choice = picker.response.components[0]["components"][0]
            await place.alice.click(picker.response, custom_id=choice["custom_id"])
        await until(lambda: results(place))


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("styles", {"words": "chopin"}),
        ("styles", {"words": "@everyone **loud**"}),
        ("queue", {}),
        ("cancel", {}),
        ("piece", {"id": "nothere1"}),
        ("settings", {"language": "zh", "bars": 8}),
        ("help", {}),
        ("about", {}),
        ("mydata show", {}),
        ("mydata export", {}),
        ("mydata erase", {}),
        ("compose", {"style": "no such thing @everyone"}),
        ("compose", {"style": "chopin keyboard", "key": "Q"}),
    ],
)
async def test_every_command_answers_privately_and_calls_nobody(place, command, options):
    answered = await place.alice.slash(place.channel, command, **options)
    assert answered.acknowledged
    said = answered.followups[0] if answered.followups else answered.response
    assert said.ephemeral
    words = said.content + "".join(str(embed.to_dict()) for embed in said.embeds)
    assert words
    assert "Traceback" not in words
    assert "@everyone" not in words


async def test_the_cascade_offers_only_what_is_possible(place):
    composers = await place.alice.autocomplete(place.channel, "compose", "composer", "", period="Baroque")
    names = [choice["value"] for choice in composers]
    assert any("Bach" in name for name in names)
    assert not any("Chopin" in name for name in names)
    styles = await place.alice.autocomplete(place.channel, "compose", "style", "chop")
    assert any("chopin" in choice["value"].lower() for choice in styles)


def test_the_real_commands_are_within_discord_s_limits(registry):
    payloads = describe_all(registry)
    assert len(payloads) <= 100
    for payload in payloads:
        assert len(payload.get("options", [])) <= 25
        assert _characters(payload) <= 8000
        for described in (payload, *payload.get("options", [])):
            assert described["name"].isascii() or payload["type"] == 3
            assert len(described["name"]) <= 32
            assert len(described.get("description", "")) <= 100
            assert all(len(text) <= 100 for text in described.get("description_localizations", {}).values())


def _characters(payload) -> int:
    own = len(payload["name"]) + len(payload.get("description", ""))
    choices = sum(len(choice["name"]) + len(str(choice["value"])) for choice in payload.get("choices", []))
    return own + choices + sum(map(_characters, payload.get("options", [])))


def _label(message, verb: str) -> str:
    """What the button for a verb says."""
    return _button(message, verb).label


def _button(message, verb: str):
    buttons = (button for row in message.components for button in row.children)
    return next(button for button in buttons if f":{verb}:" in button.custom_id)


async def test_a_duel_is_voted_on_in_a_channel_and_unveiled_there(place, services, platform, monkeypatch):
    async with at_work(services, platform):
        pieces = [_button(await compose(place, seed=seed), "again").custom_id.split(":")[2] for seed in (1, 2)]
        monkeypatch.setattr("bot.making.duel._blind", _no_drawing)
        services.jobs._runner._maker = _WithoutModel(services)
        before = len(results(place))
        await place.alice.slash(place.channel, "duel", pieces=",".join(pieces))
        await until(lambda: len(results(place)) > before)
        duel = max(results(place), key=lambda message: message.id)
        voted = await place.bob.click(duel, label="A is better")
        assert voted.followups[0].ephemeral
        assert "A 1, B 0" in str(voted.followups[0].embeds[0].description or voted.followups[0].content)
        own = await place.alice.click(duel, label="B is better")
        unveil = own.followups[0].components[0]["components"][0]
        await place.alice.click(own.followups[0], custom_id=unveil["custom_id"])
        told = await until(
            lambda: [
                each
                for each in place.channel.history(viewer=place.bob)
                if each.embeds and "2 votes" in str(each.embeds[0].description)
            ]
        )
        assert all(piece in told[0].embeds[0].description for piece in pieces)


async def _no_drawing(_abc, _workshop):
    return {"_p1.png": b"\x89PNG page", ".mp3": b"ID3 sound"}


class _WithoutModel:
    """Makes what needs no model."""

    def __init__(self, services):
        self._services = services

    async def make(self, job, task, *, language, on_progress, on_step):
        store = self._services.store
        workshop = Workshop(
            composer=None, renderer=None, catalogue=self._services.catalogue, model={}, find_source=store.pieces.source
        )
        order = Order(id=job, formats=(), language=language, on_progress=on_progress, on_step=on_step)
        return await task.make(workshop, order)
