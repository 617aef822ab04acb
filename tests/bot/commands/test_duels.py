"""A duel from its request to what the two were: blind, one vote each, counts only for those who voted."""

import asyncio
import json
import time
from collections import Counter
from dataclasses import replace

import pytest

from bot.making.duel import Duel, Entrant, side_of
from bot.making.files import Piece
from bot.making.kinds import read_task, write_task
from bot.making.task import Showing
from bot.store.choices import votes
from generator.errors import BadRequest
from generator.request import Progress
from tests.bot.commands.conftest import PNG, TUNE, button, open_world, record_of
from tests.bot.commands.test_server import in_channel
from tests.bot.tasks import composing

GUILD = "77"
LETTERS = {"a": "A", "b": "B"}


@pytest.fixture(autouse=True)
def composed(monkeypatch):
    """Pieces come about without a model, each with a tune of its own; returns how each was asked for."""
    asked = []

    async def make(self, _workshop, order):
        asked.append(self.request)
        order.on_progress(Progress(self.bars, self.bars, 1.0, 0.0))
        record = record_of(order.id, self.request) | {"kind": "compose"}
        tune = TUNE.replace("A2 c2 e2|", f"A2 c2 {'cdefgab'[len(asked) % 7]}2|")
        return Piece(record=record, files={"_p1.png": PNG, ".abc": tune.encode(), ".mp3": b"sound"})

    monkeypatch.setattr("bot.making.compose.Compose.make", make)
    return asked


class Place:
    """A server's channel, in which "ann" manages, with a duel in it."""

    def __init__(self, world):
        self.world = world

    async def duel(self, line="/duel chopin keyboard bars=4 seed=7", who="ann"):
        said = (await self.world.say(line, who, guild=GUILD, here=in_channel("5", managed=who == "ann"))).replies
        assert "Duel" in said[0].text, said
        return await self.world.messenger.next_delivery()

    async def press(self, pressed, who="ann", guild=GUILD, **circumstances):
        here = in_channel("5", managed=who == "ann")
        context = await self.world.press(pressed, who, guild=guild, here=here, **circumstances)
        return (context.replies + context.edits)[-1]


@pytest.fixture
def place(world):
    return Place(world)


def vote(reply, verdict):
    return next(each for row in reply.buttons for each in row if each.action.argument == verdict)


def test_it_is_read_as_it_was_written():
    task = Duel(entrants=(Entrant(task=composing(seed=7)), Entrant(task=composing(seed=8))), hours=3)
    assert read_task(write_task(task, Showing())) == (task, Showing())
    assert (task.bars, task.pieces) == (2 * composing().bars, 2)
    there = Duel(entrants=(Entrant(piece="k3f9"), Entrant(piece="m2x1")))
    assert read_task(write_task(there, Showing())) == (there, Showing())
    assert there.pieces == 1


async def test_what_is_shown_is_blind_and_the_vote_unveils_it_in_a_private_talk(world, composed):
    shown = await world.piece("/duel chopin keyboard against=wild bars=4 seed=7")
    assert [request.seed for request in composed] == [7, 7]
    whole = f"{shown.title} {shown.text} {[(file.name, file.title, file.performer) for file in shown.attachments]}"
    assert "ild" not in whole
    assert [file.kind for file in shown.attachments] == ["picture"] + ["audio"] * (len(shown.attachments) - 1)
    assert [each.label for row in shown.buttons for each in row] == [
        "A is better",
        "B is better",
        "Both are good",
        "Neither",
    ]
    said = (await world.press(vote(shown, "a"))).replies[0]
    assert said.private
    assert "1 vote: A 1, B 0, both 0, neither 0" in said.text
    assert "Wild" in said.text
    assert Counter(each.action.verb for each in said.buttons[0]) == {"recall": 2}
    again = (await world.press(vote(shown, "b"))).replies[0]
    assert "A 1, B 0" in again.text, "what is unveiled is not voted on any more"
    assert "Your vote: A is better" in again.text


async def test_counts_are_for_those_who_voted_and_a_vote_may_change_until_it_is_unveiled(place):
    shown = await place.duel()
    for who, verdict in (("bea", "a"), ("cyd", "a"), ("dan", "both"), ("cyd", "b"), ("cyd", "b")):
        said = await place.press(vote(shown, verdict), who)
    assert "A 1, B 1, both 1, neither 0" in said.text
    assert said.private
    assert "record" not in said.text
    assert not [each for row in said.buttons for each in row if each.action.verb == "unveil"]
    assert "Only whoever asked" in (await place.press(f"v1:unveil:{shown.piece or duel_of(shown)}", "bea")).text
    own = await place.press(vote(shown, "neither"), "ann")
    await place.press(button(own, "unveil"), "ann")
    told = await place.world.messenger.next_delivery()
    assert "4 votes: A 1, B 1, both 1, neither 1" in told.text
    assert told.text.count("Chopin keyboard") == 2
    late = await place.press(vote(shown, "a"), "eve")
    assert "4 votes" in late.text
    assert "Your vote" not in late.text


def duel_of(reply):
    return reply.buttons[0][0].action.target


async def test_it_is_unveiled_at_its_time_once_and_where_nobody_voted_nothing_is_told(world, place):
    voted, unvoted = await place.duel("/duel chopin keyboard bars=4 hours=2"), await place.duel()
    await place.press(vote(voted, "a"), "bea")
    store, scheduler = world.services.store, world.services.jobs.scheduler
    for shown in (voted, unvoted):
        waiting = await store.appointments.get(duel_of(shown))
        kept = await world.services.jobs._writer.write(lambda one, waiting=waiting: keep(world, one, waiting))
        assert kept.ends
        again = await world.services.jobs._writer.write(lambda one, waiting=waiting: keep(world, one, waiting))
        assert again.ends
    world.services.jobs._outbox.wake()
    told = await world.messenger.next_delivery()
    assert "1 vote" in told.text
    assert world.messenger._delivered.empty()
    assert scheduler is not None
    assert (await store.duels.get(duel_of(unvoted))).unveiled is not None


async def keep(world, connection, appointment):
    return await world.services.jobs.duels.keep(connection, appointment, 0.0)


async def test_nobody_votes_from_elsewhere_or_with_a_button_of_their_own(place):
    shown = await place.duel()
    duel = duel_of(shown)
    assert "another server" in (await place.press(vote(shown, "a"), "bea", guild="78")).text
    assert "another server" in (await place.press(vote(shown, "a"), "bea", guild=None)).text
    for forged in (f"v1:duel:{duel}:c", f"v1:duel:{duel}", "v1:duel:nobody:a", f"v1:duel:{duel}:A", "v1:duel::a"):
        assert (await place.press(forged, "bea")).private
    async with place.world.services.store.reading() as connection:
        view = await place.world.services.store.duels.find(connection, duel)
        assert sum((await place.world.services.store.duels.counts(connection, view)).values()) == 0


async def test_whoever_is_forgotten_leaves_a_count_behind_where_a_duel_is_over(place):
    services = place.world.services
    over, on = await place.duel(), await place.duel()
    for shown in (over, on):
        await place.press(vote(shown, "a"), "bea")
    await services.jobs.duels.unveil(duel_of(over))
    exported = await services.store.people.export("test:bea")
    assert len(exported["duel_votes"]) == 2
    await services.store.people.erase("test:bea")
    for shown, count in ((over, 1), (on, 0)):
        async with services.store.reading() as connection:
            view = await services.store.duels.find(connection, duel_of(shown))
            assert (await services.store.duels.counts(connection, view))["a"] == count
    assert "bea" not in json.dumps(await services.store.people.export("test:bea")).replace("test:bea", "", 1)
    await services.store.people.erase("test:ann")
    assert (await services.store.duels.get(duel_of(over))).person is None


async def test_a_vote_teaches_only_with_consent(place):
    services = place.world.services
    shown = await place.duel()
    asked = await place.press(vote(shown, "a"), "bea")
    assert "May what you keep" in asked.text
    assert [vote async for vote in votes(services.store)] == []
    await services.store.people.change("test:bea", learning=True)
    assert "May what" not in (await place.press(vote(shown, "b"), "bea")).text
    await services.store.people.change("test:cyd", learning=True)
    await place.press(vote(shown, "neither"), "cyd")
    taught = [vote async for vote in votes(services.store)]
    assert sorted(vote["verdict"] for vote in taught) == ["b", "neither"]
    for one in taught:
        assert one["style"] == ["Romantic", "Chopin, Frederic", "Keyboard"]
        assert one["a"]["abc"] != one["b"]["abc"]
        assert {one["a"]["seed"], one["b"]["seed"]} == {7, 8}
        assert one["consent"] is True
        assert "bea" not in json.dumps(one)


async def test_where_a_group_reads_along_a_vote_is_answered_by_words_that_fit_into_an_alert(place):
    """200 voters had 200 questions with buttons put before a whole group, at 18 a minute."""
    shown = await place.duel()
    here = replace(in_channel("5", managed=True), shows_alone=False)
    for who in ("bea", "cyd"):
        [said] = (await place.world.press(vote(shown, "neither"), who, guild=GUILD, here=here)).replies
        assert (said.private, said.personal, said.buttons) == (True, False, ())
        assert len(f"{said.title}\n{said.text}") < 200


async def test_two_pieces_that_are_there_are_set_against_each_other(world):
    pieces = [(await world.piece(f"/compose chopin keyboard bars=4 seed={seed}")).piece for seed in (1, 2)]
    shown = await world.piece(f"/duel pieces={pieces[0]},{pieces[1]}")
    said = (await world.press(vote(shown, "both"))).replies[0]
    assert all(piece in said.text for piece in pieces)
    for wrong in (f"/duel pieces={pieces[0]}", f"/duel pieces={pieces[0]},{pieces[0]}", "/duel pieces=a,b,c"):
        assert "two" in (await world.say(wrong)).replies[0].text


@pytest.mark.parametrize("against", ["temperature", "top_k=", "Temperature"])
async def test_a_setting_without_its_number_is_asked_for_it(world, composed, against):
    [said] = (await world.say(f"/duel chopin keyboard against={against}")).replies

    assert "temperature 1.3" in said.text
    assert composed == []


@pytest.mark.parametrize(
    ("against", "differs"),
    [
        ("wild", {"setting": {"style", "wild"}}),
        ("wagemutig", None),
        ('"temperature 1.3"', {"setting": {"style", "temperature=1.3"}}),
        (
            '"bach keyboard"',
            {"style": {"Romantic/Chopin, Frederic/Keyboard", "Baroque/Bach, Johann Sebastian/Keyboard"}},
        ),
    ],
)
async def test_it_differs_in_what_was_asked_for(world, composed, against, differs):
    said = (await world.say(f"/duel chopin keyboard against={against} bars=4 seed=7")).replies[0]
    if differs is None:
        assert said.private
        assert composed == []
        return
    shown = await world.messenger.next_delivery()
    view = await world.services.store.duels.get(duel_of(shown))
    for kind, values in differs.items():
        assert {getattr(view.a, kind), getattr(view.b, kind)} == values


async def test_without_words_or_with_too_many_it_says_so(still_world):
    for line in ("/duel", "/duel bars=4", "/duel chopin keyboard bars=9999", "/duel chopin keyboard hours=0"):
        said = (await still_world.say(line)).replies
        assert len(said) == 1
        assert said[0].private


async def test_where_one_cannot_be_made_there_is_no_duel(world, monkeypatch):
    async def fail(_self, _workshop, _order):
        raise BadRequest(reason="seed")

    monkeypatch.setattr("bot.making.compose.Compose.make", fail)
    await world.say("/duel chopin keyboard bars=4")
    assert not (await world.messenger.next_delivery()).attachments


async def test_ratings_come_of_duels_that_differ_in_one_thing(place):
    assert "no ratings" in (await place.world.say("/duel ratings")).replies[0].text
    for _ in range(4):
        shown = await place.duel("/duel chopin keyboard against=wild bars=4")
        view = await place.world.services.store.duels.get(duel_of(shown))
        wild = "a" if view.a.setting == "wild" else "b"
        for who in ("bea", "cyd", "dan"):
            await place.press(vote(shown, wild), who)
    await place.press(vote(await place.duel(), "a"), "bea")
    said = (await place.world.say("/duel ratings")).replies[0].text
    lines = said.splitlines()
    assert lines[0] == "Settings"
    assert lines[1].startswith("1. Wild")
    assert "4 duels, 12 votes" in lines[1]


async def test_a_piece_stands_for_what_its_record_says(world):
    request = composing(seed=7).request
    side = side_of("k3f9", record_of("k3f9", request), world.services.catalogue)
    assert (side.piece, side.weights) == ("k3f9", "ab" * 6)
    assert side_of("x", {}, world.services.catalogue).style == ""


async def test_a_crowd_that_presses_at_once_and_again_is_counted_once_each(place):
    shown = await place.duel()
    voters = [f"voter{number}" for number in range(40)]
    presses = [(who, verdict) for number, who in enumerate(voters) for verdict in ("b", "ab"[number % 2])]
    for start in (0, 1):
        await asyncio.gather(*(place.press(vote(shown, verdict), who) for who, verdict in presses[start::2]))
    duels = place.world.services.store.duels
    async with place.world.services.store.reading() as connection:
        counts = await duels.counts(connection, await duels.find(connection, duel_of(shown)))
    assert counts == {"a": 20, "b": 20, "both": 0, "neither": 0}


async def test_what_a_duel_shows_blind_is_shown_nowhere_else_until_it_is_unveiled(place):
    """/random in a private talk, and any list of one's own pieces, had named both, with their settings."""
    world = place.world
    older = (await world.piece("/compose chopin keyboard bars=4 seed=1", guild=GUILD)).piece
    shown = await place.duel("/duel chopin keyboard against=wild bars=4")
    view = await world.services.store.duels.get(duel_of(shown))
    assert await drawn(world) == {older}
    listed = (await world.say("/piece", "ann")).replies[0].text
    assert older in listed
    assert not {side.piece for side in (view.a, view.b) if side.piece in listed}
    await world.services.jobs.duels.unveil(view.id)
    assert view.a.piece in (await world.say("/piece", "ann")).replies[0].text
    assert await drawn(world) == {older, view.a.piece, view.b.piece}


async def drawn(world):
    """What /random shows, to ann alone and in the server."""
    favourites, exhibits = world.services.store.favourites, world.services.store.exhibits
    return {one for _ in range(40) for one in (await favourites.random("test:ann"), await exhibits.random("test:77"))}


async def test_pieces_of_one_s_own_that_a_duel_is_between_stay_in_one_s_list(world):
    pieces = [(await world.piece(f"/compose chopin keyboard bars=4 seed={seed}")).piece for seed in (1, 2)]
    await world.piece(f"/duel pieces={pieces[0]},{pieces[1]}")
    listed = (await world.say("/piece")).replies[0].text
    assert all(piece in listed for piece in pieces)
    assert "no pieces" in (await world.say("/random")).replies[0].text


async def test_what_was_voted_and_what_is_due_outlive_the_process(tmp_path):
    """It dies after the votes, and again between unveiling and the message about it: told once, with all votes."""
    async with open_world(tmp_path) as world:
        place = Place(world)
        shown = await place.duel("/duel chopin keyboard bars=4 hours=1")
        for who in ("bea", "cyd", "dan"):
            await place.press(vote(shown, "b"), who)
    async with open_world(tmp_path, running=False) as world:
        late = world.services.jobs.scheduler
        late._now = lambda: time.time() + 2 * 3600.0
        assert await late.keep_due() == 1
        assert await late.keep_due() == 0
    async with open_world(tmp_path) as world:
        told = await world.messenger.next_delivery()
        assert "3 votes: A 0, B 3, both 0, neither 0" in told.text
        assert await world.services.store.appointments.of("duel") == []
        assert "3 votes" in (await Place(world).press(vote(shown, "a"), "eve")).text
        assert world.messenger._delivered.empty()


async def test_two_weights_compose_the_same_and_only_these_differ(tmp_path, composed, monkeypatch):
    """Also where the others take no guidance, which is left out of what they are asked."""
    rival = tmp_path / "others.safetensors"

    async def make(self, workshop, order):
        record = record_of(order.id, self.request) | {"kind": "compose", "model": dict(workshop.model)}
        record["sampling"] = record["sampling"] | ({"guidance": 0.0} if workshop.composer == "rival" else {})
        order.on_progress(Progress(self.bars, self.bars, 1.0, 0.0))
        return Piece(record=record, files={"_p1.png": PNG, ".abc": TUNE.encode(), ".mp3": b"sound"})

    async with open_world(tmp_path, rival_weights=rival) as world:
        monkeypatch.setattr("bot.making.compose.Compose.make", make)
        others = ("rival", {"sha256": "cd" * 32})
        world.maker.workshop = replace(world.maker.workshop, model={"sha256": "ab" * 32}, rival=others)
        shown = await world.piece("/duel chopin keyboard against=weights bars=4 seed=7")
        assert "weights" not in shown.text
        said = (await world.press(vote(shown, "a"))).replies[0]
        assert {"abababab", "cdcdcdcd"} <= set(said.text.replace(" ", "\n").split("\n"))
        assert "weights" in (await world.say("/duel ratings")).replies[0].text.lower()


async def test_without_other_weights_it_is_said_who_can_name_some(world):
    said = (await world.say("/duel chopin keyboard against=Gewichte")).replies[0].text
    assert "whoever runs the bot can name some" in said
