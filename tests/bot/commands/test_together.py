"""Several people change one piece: who may, what they change at once, and who changed what."""

from dataclasses import replace

import pytest

from bot.commands.running import run_action, run_command
from bot.commands.words import find_command, read_words
from bot.making.kinds import read_task, write_task
from bot.making.merge import Merge
from bot.making.task import Showing
from tests.bot.commands.conftest import TUNE, button, open_world
from tests.bot.commands.test_editing import Drawing, Editor


@pytest.fixture
async def world(tmp_path):
    async with open_world(tmp_path) as world:
        world.maker.workshop = replace(world.maker.workshop, composer=Editor(), renderer=Drawing())
        yield world


def here(world, who, *, guild="77"):
    context = world.context(who, guild=guild)
    context.address = replace(context.address, name=who.capitalize())
    return context


async def say(world, line, who="ann", **circumstances):
    context = here(world, who, **circumstances)
    command, rest = find_command(world.registry, line)
    context.options = read_words(command, rest)
    await run_command(command, context)
    return context.replies[0]


async def press(world, pressed, who="ann", **circumstances):
    context = here(world, who, **circumstances)
    await run_action(world.registry, pressed.action.encode(), context)
    return (context.edits or context.replies or [None])[0]


async def composed(world):
    await say(world, "/compose chopin keyboard bars=2")
    return (await world.messenger.next_delivery()).piece


async def by_hand(world, who, piece, lines):
    """A bar written by hand; returns the piece that came of it."""
    context = here(world, who)
    await world.registry.answers["hand"](context, _Hand(piece), lines)
    assert context.replies[0].title == "On its way", context.replies
    return await world.messenger.next_delivery()


class _Hand:
    def __init__(self, piece):
        self.target = piece


async def abc(world, piece):
    return (await world.services.store.pieces.source(piece)).abc


async def record(world, piece):
    return (await world.services.store.pieces.get(piece)).record


def test_a_merge_is_read_as_it_was_written_and_counts_as_nothing():
    task = Merge(mine="a", theirs="b", base="c", root="c", take="theirs")
    assert read_task(write_task(task, Showing())) == (task, Showing())
    assert write_task(task, Showing())["pieces"] == 0


async def test_only_its_owner_opens_a_piece_and_takes_that_back(world):
    piece = await composed(world)
    assert "Only whoever it belongs to" in (await say(world, f"/together piece={piece}", "bob")).text
    assert "ask" in (await say(world, f"/together piece={piece} with=all", "bob")).text.lower()
    opened = await say(world, f"/together piece={piece} with=all")
    assert "Everybody here" in opened.text
    assert "NotYour" not in (await press(world, button(opened, "together"), "bob")).text
    assert (await record(world, piece))["together"]["scope"] == "test:77"
    closed = await press(world, opened.buttons[0][1])
    assert "Only whoever it belongs to" in closed.text
    assert (await record(world, piece))["together"] is None


async def test_what_others_change_belongs_to_the_piece_and_says_who_changed_what(world):
    piece = await composed(world)
    await say(world, f"/together piece={piece} with=alle")
    changed = await by_hand(world, "bob", piece, "2: [V:1]e2 e2 e2|")
    assert "Together – Bob: bar 2" in changed.text
    assert (await record(world, changed.piece))["together_of"] == piece
    further = await by_hand(world, "ann", changed.piece, "1: [V:1]c2 c2 e2|")
    assert "Together – Bob: bar 2; Ann: bar 1" in further.text
    assert "Put together" not in further.text
    assert "Bob" in (await say(world, f"/tree piece={further.piece}")).text


async def test_two_changes_of_different_bars_at_once_are_put_together(world):
    piece = await composed(world)
    await say(world, f"/together piece={piece} with=all")
    first = await by_hand(world, "bob", piece, "2: [V:1]e2 e2 e2|")
    second = await by_hand(world, "ann", piece, "1: [V:1]c2 c2 e2|")
    merged = await world.messenger.next_delivery()
    assert f"Put together from {second.piece} (bar 1) and {first.piece} (bar 2)" in merged.text
    assert "Ann: bar 1" in merged.text
    assert "Bob: bar 2" in merged.text
    bars = [line for line in (await abc(world, merged.piece)).splitlines() if line.startswith("[V:1]")]
    assert bars == ["[V:1]c2 c2 e2|[V:2]A,,2 [E,A,C]4|", "[V:1]e2 e2 e2|[V:2]A,,6|]"]
    again = await by_hand(world, "bob", merged.piece, "2: [V:1]c2 c2 c2|")
    assert "Put together" not in again.text.replace("Made from", "")


async def test_the_same_bar_changed_twice_is_a_clash_that_one_of_them_decides(world):
    piece = await composed(world)
    await say(world, f"/together piece={piece} with=all")
    first = await by_hand(world, "bob", piece, "2: [V:1]e2 e2 e2|")
    second = await by_hand(world, "ann", piece, "2: [V:1]c2 c2 c2|\n1: [V:1]c2 c2 e2|")
    clash = await world.messenger.next_delivery()
    assert "Both changed bar 2" in clash.text
    assert (first.piece in clash.text, second.piece in clash.text) == (True, True)
    assert "open to others, but not to you" in (await press(world, clash.buttons[1][0], "eve", guild="99")).text
    await press(world, clash.buttons[1][0], "bob")
    taken = await world.messenger.next_delivery()
    assert "[V:1]e2 e2 e2|" in await abc(world, taken.piece)
    assert "[V:1]c2 c2 e2|" in await abc(world, taken.piece)
    assert "decided already" in (await press(world, clash.buttons[1][1])).text
    assert [each.action.verb for row in (await say(world, f"/piece {clash.piece}")).buttons for each in row] == [
        "recall",
        "recall",
        "files",
        "delete",
    ]


async def test_both_may_stay_as_versions_and_are_never_put_together_again(world):
    piece = await composed(world)
    await say(world, f"/together piece={piece} with=all")
    first = await by_hand(world, "bob", piece, "2: [V:1]e2 e2 e2|")
    await by_hand(world, "ann", piece, "2: [V:1]c2 c2 c2|")
    clash = await world.messenger.next_delivery()
    assert "Both stay" in (await press(world, clash.buttons[1][2])).text
    await by_hand(world, "bob", first.piece, "1: [V:1]c2 c2 e2|")
    own = await world.services.store.pieces.of("test:bob", 10)
    assert all(one.record.get("kind") != "merge" for one in own)


async def test_people_are_named_by_how_they_are_called_here(world):
    piece = await composed(world)
    assert "I know nobody called “Bob”" in (await say(world, f"/together piece={piece} with=Bob")).text
    await say(world, "/compose chopin keyboard bars=2", "bob")
    await world.messenger.next_delivery()
    opened = await say(world, f"/together piece={piece} with=@bob")
    assert "Beside whoever it belongs to: Bob" in opened.text
    other = await by_hand(world, "eve", piece, "2: [V:1]c2 c2 c2|")
    assert "together_of" not in await record(world, other.piece)
    changed = await by_hand(world, "bob", piece, "2: [V:1]e2 e2 e2|")
    assert (await record(world, changed.piece))["together_of"] == piece


async def test_taken_back_what_others_make_is_their_own_again(world):
    piece = await composed(world)
    await say(world, f"/together piece={piece} with=all")
    await say(world, f"/together piece={piece} with=niemand")
    changed = await by_hand(world, "bob", piece, "2: [V:1]e2 e2 e2|")
    assert "together_of" not in await record(world, changed.piece)
    assert "Together" not in changed.text


async def test_in_a_private_talk_there_is_nobody_else(world):
    await world.piece()
    assert "only the two of us" in (await world.say("/together with=all")).replies[0].text
    assert "Everybody here" not in str((await world.say("/together")).replies[0].buttons)


async def test_the_owner_may_undo_what_somebody_else_changed(world):
    piece = await composed(world)
    await say(world, f"/together piece={piece} with=all")
    changed = await by_hand(world, "bob", piece, "2: [V:1]e2 e2 e2|")
    assert "Undone" in (await press(world, button(changed, "revert"))).text
    assert (await record(world, changed.piece))["choice"]["verdict"] == "undone"
    await by_hand(world, "ann", piece, "1: [V:1]c2 c2 e2|")
    own = await world.services.store.pieces.of("test:ann", 10)
    assert all(one.record.get("kind") != "merge" for one in own)


async def test_who_is_forgotten_is_named_nowhere_any_more(world):
    piece = await composed(world)
    await say(world, "/compose chopin keyboard bars=2", "bob")
    await world.messenger.next_delivery()
    await say(world, f"/together piece={piece} with=Bob")
    changed = await by_hand(world, "bob", piece, "2: [V:1]e2 e2 e2|")
    further = await by_hand(world, "ann", changed.piece, "1: [V:1]c2 c2 e2|")
    await world.services.store.people.erase("test:bob")
    assert (await record(world, piece))["together"]["people"] == []
    assert "Bob" not in str(await record(world, further.piece))
    assert TUNE.splitlines()[9] == (await abc(world, piece)).splitlines()[9]
