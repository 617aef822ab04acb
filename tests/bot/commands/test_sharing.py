"""Favourites, stars and what comes of them: galleries, shared pieces, lists, reports, as people see them."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import update

from bot.chat.messages import Address
from bot.commands.command import Elsewhere, Here
from bot.jobs import curating
from bot.store import exhibits
from bot.store.tables import pieces
from tests.bot.commands.conftest import button

GUILD, GALLERY = "g1", "shop-window"


async def yes(*_):
    return True


async def find_place(named, _language):
    name = named.removeprefix("#")
    if name not in (GALLERY, "closed", "forbidden"):
        return None
    address = Address("test", "", chat=name, guild=GUILD)
    return Elsewhere(
        address=address, name=f"#{name}", bot_may_speak=name != "closed", person_may_write=name != "forbidden"
    )


MANAGER = Here(places=("room",), name_of=lambda place, _language: f"#{place}", is_managed=yes, find_place=find_place)
MEMBER = replace(MANAGER, is_managed=Here().is_managed)


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(exhibits, "AMEND_AFTER_S", 0.0)
    monkeypatch.setattr(curating, "AMEND_AFTER_S", 0.0)


async def within(queue):
    async with asyncio.timeout(10):
        return await queue.get()


async def text(world, line, who="ann", **circumstances):
    (reply,) = (await world.say(line, who, here=MEMBER, **circumstances)).replies
    return reply.text


async def pressed(world, which, who, **circumstances):
    (reply,) = (await world.press(which, who, here=MEMBER, **circumstances)).replies
    return reply.text


async def open_gallery(world, stars=2):
    (reply,) = (
        await world.say(f"/server gallery where=#{GALLERY} stars={stars}", "boss", guild=GUILD, here=MANAGER)
    ).replies
    assert f"#{GALLERY}" in reply.text


async def in_gallery(world, *, likers=("bob", "cem")):
    """A piece that came into the gallery; returns it as it was delivered, and as it is shown there."""
    await open_gallery(world)
    result = await world.piece(guild=GUILD)
    for liker in likers:
        await pressed(world, button(result, "star"), liker, guild=GUILD)
    return result, await world.messenger.next_delivery()


# --- favourites -------------------------------------------------------------------------------------------------------


async def test_a_star_is_a_favourite_that_is_found_again_and_taken_back(world):
    result = await world.piece()
    assert "among your favourites" in await pressed(world, button(result, "star"), "bob")
    assert "already" in await pressed(world, button(result, "star"), "bob")
    listed = (await world.say("/favourites", "bob")).replies[0]
    assert listed.personal
    assert result.piece in listed.text
    assert button(listed, "recall").action.target == result.piece
    assert "no favourites yet" in await text(world, "/favourites")
    assert "no favourite of yours any more" in await text(world, f"/favourites remove {result.piece}", "bob")
    assert "is no favourite of yours" in await text(world, f"/favourites remove {result.piece}", "bob")


async def test_a_piece_that_is_deleted_is_nobody_s_favourite(world):
    result = await world.piece()
    await text(world, f"/favourites add {result.piece}", "bob")
    await world.services.store.pieces.delete(result.piece)
    assert "no favourites yet" in await text(world, "/favourites", "bob")


# --- the gallery ------------------------------------------------------------------------------------------------------


async def test_a_piece_comes_into_the_gallery_once_and_its_stars_stay_true(world):
    result, shown = await in_gallery(world)
    assert "⭐ 2" in shown.text
    assert "Made for Ann" not in shown.text, "nobody said what she is called there"
    assert shown.piece == result.piece
    assert {"star", "recall", "report"} <= {each.action.verb for row in shown.buttons for each in row}
    await pressed(world, button(result, "star"), "dan", guild=GUILD)
    address, amended = await within(world.messenger.amended)
    assert (address.chat, "⭐ 3" in amended.text) == (GALLERY, True)
    await text(world, f"/favourites remove {result.piece}", "bob")
    assert "⭐ 2" in (await within(world.messenger.amended))[1].text
    await pressed(world, button(result, "star"), "cem", guild=GUILD)
    assert world.messenger._delivered.empty()
    assert world.messenger.amended.empty(), "somebody who likes it already likes it once"


async def test_nobody_s_own_star_counts_and_a_private_piece_gets_none(world):
    await open_gallery(world, stars=1)
    result, private = await world.piece(guild=GUILD), await world.piece()
    assert "your own" in await pressed(world, button(result, "star"), "ann", guild=GUILD)
    await pressed(world, button(private, "star"), "bob", guild=GUILD)
    assert await world.services.store.exhibits.of(result.piece) == []
    assert await world.services.store.exhibits.of(private.piece) == []


async def test_what_its_author_deletes_goes_from_the_gallery(world):
    result, _ = await in_gallery(world)
    await world.press(f"v1:sure:{result.piece}", "ann", guild=GUILD)
    address = await within(world.messenger.removed)
    assert address.chat == GALLERY
    assert address.message.startswith("m")


async def test_erasing_takes_gallery_stars_and_shares_along(world):
    result, _ = await in_gallery(world)
    await world.services.store.people.erase("test:bob")
    assert "⭐ 1" in (await within(world.messenger.amended))[1].text
    await world.services.store.people.erase("test:ann")
    assert (await within(world.messenger.removed)).chat == GALLERY
    assert await world.services.store.stars.count(f"test:{GUILD}", result.piece) == 0
    for person in ("test:ann", "test:bob"):
        known = await world.services.store.people.export(person)
        assert not any(known[name] for name in ("favourites", "stars", "exhibits", "reports"))


# --- sharing ----------------------------------------------------------------------------------------------------------


async def test_a_piece_is_shared_with_credit_once_and_taken_back(world):
    result = await world.piece()
    done = (await world.say(f"/share #{GALLERY} piece={result.piece}", guild=GUILD, here=MEMBER)).replies[0]
    assert done.private
    shown = await world.messenger.next_delivery()
    assert "Made for Ann" in shown.text
    assert shown.piece == result.piece
    assert "already" in await text(world, f"/share #{GALLERY} piece={result.piece}", guild=GUILD)
    assert "Somebody else" in await pressed(world, button(done, "unshare"), "bob", guild=GUILD)
    taken = (await world.press(button(done, "unshare"), "ann", guild=GUILD)).edits[0]
    assert "taken out" in taken.text
    assert (await within(world.messenger.removed)).chat == GALLERY


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/share #nowhere piece={id}", "no place “#nowhere”"),
        ("/share #closed piece={id}", "I may not post in #closed"),
        ("/share #forbidden piece={id}", "You may not write in #forbidden"),
    ],
)
async def test_where_a_piece_may_not_go_is_said_in_a_sentence(world, line, said):
    result = await world.piece()
    assert said in await text(world, line.format(id=result.piece), guild=GUILD)
    assert world.messenger._delivered.empty()


async def test_another_s_private_piece_is_not_shared_and_a_public_one_is_with_both_names(world):
    private, public = await world.piece(), await world.piece(guild=GUILD)
    assert "somebody else’s" in await text(world, f"/share #{GALLERY} piece={private.piece}", "bob", guild=GUILD)
    await text(world, f"/share #{GALLERY} piece={public.piece}", "bob", guild=GUILD)
    assert "Shared by Bob" in (await world.messenger.next_delivery()).text
    assert "to=" in await text(world, f"/share piece={private.piece}")


# --- lists ------------------------------------------------------------------------------------------------------------


async def test_top_counts_stars_of_this_server_and_random_shows_nothing_private(world):
    private, public, other = await world.piece(), await world.piece(guild=GUILD), await world.piece(guild="g2")
    assert "Nothing got a star" in await text(world, "/top", guild=GUILD)
    await pressed(world, button(public, "star"), "bob", guild=GUILD)
    await pressed(world, button(other, "star"), "bob", guild="g2")
    top = (await world.say("/top ever", guild=GUILD)).replies[0]
    assert "1. ⭐ 1" in top.text
    assert public.piece in top.text
    assert other.piece not in top.text
    for _ in range(5):
        shown = (await world.say("/random", f"zoe{_}", guild=GUILD)).replies[0]
        assert shown.piece == public.piece
    assert "gallery of this place is empty" in await text(world, "/random gallery", guild=GUILD)
    assert (await world.say("/random", "ann")).replies[0].piece in {private.piece, public.piece, other.piece}
    assert "no pieces and no favourites" in await text(world, "/random", "nobody")


@pytest.mark.parametrize("kind", ["duel", "takes"])
async def test_random_shows_no_duel_and_no_takes_which_are_pieces_only_to_the_table(world, kind):
    sheet = (await world.piece(guild=GUILD)).piece
    async with world.services.store.writing() as connection:
        record = {**(await world.services.store.pieces.get(sheet)).record, "kind": kind}
        await connection.execute(update(pieces).where(pieces.c.id == sheet).values(record=record))
    assert "no pieces and no favourites" in await text(world, "/random")
    assert "There is nothing to show" in await text(world, "/random", guild=GUILD)


# --- moderation -------------------------------------------------------------------------------------------------------


async def test_a_report_reaches_those_who_manage_the_server_without_a_name_and_takes_the_piece_down(world):
    result, shown = await in_gallery(world)
    reported = (await world.say("/server reported to=#shop-window", "boss", guild=GUILD, here=MANAGER)).replies[0]
    assert "#shop-window" in reported.text
    thanks = await text(world, f"/report {result.piece} it is *mine* @everyone", "quin", guild=GUILD)
    assert "nobody learns" in thanks
    case = await world.messenger.next_delivery()
    assert "mine" in case.text
    assert "quin" not in case.text.lower()
    assert "already" in await text(world, f"/report {result.piece}", "quin", guild=GUILD)
    await pressed(world, button(shown, "report"), "fay", guild=GUILD)
    assert "2 people" in (await within(world.messenger.amended))[1].text
    down = button(case, "takedown")
    assert "administrators" in await pressed(world, down, "quin", guild=GUILD)
    asking = await world.press(down, "boss", guild=GUILD, here=MANAGER)
    assert asking.asked[0].action.verb == "takedown"
    gone = await world.say(
        f"/server takedown piece={result.piece} reason=stolen from a neighbour", "boss", guild=GUILD, here=MANAGER
    )
    assert "taken down" in gone.replies[0].text
    assert (await within(world.messenger.removed)).chat == GALLERY
    assert "stolen" in (await within(world.messenger.amended))[1].text
    assert "stolen from a neighbour" in await text(world, f"/share #{GALLERY} piece={result.piece}", guild=GUILD)
    await pressed(world, button(result, "star"), "gus", guild=GUILD)
    assert await world.services.store.stars.count(f"test:{GUILD}", result.piece) == 0
    assert "Nothing" in await text(world, "/top", guild=GUILD)


async def test_reports_that_are_kept_are_listed_for_managers_alone(world):
    result = await world.piece(guild=GUILD)
    await text(world, f"/report {result.piece}", "quin", guild=GUILD)
    assert "administrators" in await text(world, "/server reports", "quin", guild=GUILD)
    listed = (await world.say("/server reports", "boss", guild=GUILD, here=MANAGER)).replies[0]
    assert result.piece in listed.text
    settled = await world.press(button(listed, "dismiss"), "boss", guild=GUILD, here=MANAGER)
    assert "it stays" in settled.replies[0].text
    assert "Nothing waits" in (await world.say("/server reports", "boss", guild=GUILD, here=MANAGER)).replies[0].text


async def test_a_report_of_nothing_is_asked_which_piece_it_means(world):
    assert "which piece" in await text(world, "/report", "quin", guild=GUILD)


async def test_reports_are_rationed(world, monkeypatch):
    monkeypatch.setattr(curating, "MOST_REPORTS", 1)
    first, second = await world.piece(guild=GUILD), await world.piece(guild=GUILD)
    await text(world, f"/report {first.piece}", "quin", guild=GUILD)
    assert "within a day" in await text(world, f"/report {second.piece}", "quin", guild=GUILD)


async def test_a_server_s_words_are_added_listed_and_kept_out_of_themes(world):
    async def manage(line):
        return (await world.say(line, "boss", guild=GUILD, here=MANAGER)).replies[0].text

    assert "Darn" not in await manage('/server words add="Darn, rotten egg"')
    assert "darn, rotten egg" in await manage("/server words")
    refused = await manage("/challenge create a d4rn waltz")
    assert "a word that those who manage this place" in refused
    assert "d4rn" not in refused
    await manage("/server words remove=darn")
    assert "list: rotten egg\n" in await manage("/server words")
    assert "is not on the list" in await manage("/server words remove=darn")
    assert "cannot be on the list" in await manage("/server words add=***")


async def test_what_a_client_makes_up_counts_where_it_comes_from_and_manages_nothing(world):
    result, shown = await in_gallery(world)
    forged = button(shown, "star").action.encode()
    before = await world.services.store.stars.count(f"test:{GUILD}", result.piece)
    await world.press(forged, "mallory", guild="g2", here=MEMBER)
    assert await world.services.store.stars.count(f"test:{GUILD}", result.piece) == before
    for made_up in (f"v1:takedown:{result.piece}:{GUILD}", f"v1:dismiss:{result.piece}:{GUILD}", "v1:unshare:nothing"):
        (refused,) = (await world.press(made_up, "mallory", guild="g2", here=MEMBER)).replies
        assert refused.private
    assert len(await world.services.store.exhibits.of(result.piece)) == 1
