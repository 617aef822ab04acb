"""A challenge from its first word to its result, by the commands and buttons that people use."""

import asyncio
import random
import re
import time
from dataclasses import replace

import pytest
from sqlalchemy import update

from bot.challenges.prompts import prompt_of
from bot.commands.challenges.entering import anonymous, id_of_event
from bot.commands.command import Here
from bot.store.tables import deliveries
from bot.texts import languages
from generator.catalogue.catalogue import load_catalogue
from generator.wishes.reading import read_wishes
from tests.bot.commands.conftest import TUNE, button
from tests.bot.commands.test_render import sent
from tests.bot.commands.test_server import in_channel

GUILD = "77"


class Club:
    """A server with its messages, in which "ann" manages."""

    def __init__(self, world):
        self.world, self.host = world, world.services.jobs.host

    async def say(self, line, who="ann", **circumstances):
        here = in_channel("5", managed=who == "ann")
        return (await self.world.say(line, who, guild=GUILD, here=here, **circumstances)).replies[-1]

    async def press(self, pressed, who="ann", **circumstances):
        """The last thing that was said, privately or in place of the message."""
        here = in_channel("5", managed=who == "ann")
        context = await self.world.press(pressed, who, guild=GUILD, here=here, **circumstances)
        return (context.replies + context.edits)[-1]

    async def told(self):
        """The next message in the channel."""
        return await self.world.messenger.next_delivery()

    async def begin(self, words="Autumn rain, until 3 days"):
        """A challenge that is open; its id."""
        draft = await self.say(f"/challenge create {words}")
        assert "what I understood" in draft.text, draft.text
        await self.press(button(draft, "announce"))
        opened = await self.told()
        assert "is open" in opened.text
        return button(opened, "enter").action.argument

    async def piece(self, who):
        """A piece of somebody's; its id."""
        return (await self.world.piece(who=who)).piece

    async def enter(self, challenge, who):
        """Somebody's new piece, entered."""
        piece = await self.piece(who)
        return await self.press(f"v1:enter:{piece}:{challenge}", who)

    async def end(self, challenge):
        """What is on, ends."""
        return await self.say(f"/challenge end challenge={challenge}")


@pytest.fixture
async def club(world):
    return Club(world)


async def test_a_challenge_goes_on_in_a_group_that_got_another_id(club):
    challenge = await club.begin()
    await club.world.services.store.servers.move(f"test:{GUILD}", "test:78")
    assert "Autumn rain" in (await club.world.say("/challenge show", guild="78")).replies[-1].text
    assert (await club.world.services.store.challenges.get(challenge)).address.guild == "78"


async def test_a_challenge_goes_from_its_first_word_to_its_result(club):
    """Two entries, three voters, one of whom changes their mind; the names come out at the end only."""
    challenge = await club.begin()
    for who in ("bea", "cyd"):
        entered = await club.enter(challenge, who)
        assert entered.personal, "nobody else is told who entered"
        assert "Entered as entry" in entered.text
    await club.end(challenge)
    head, first, second, foot = [await club.told() for _ in range(4)]
    assert "2 entries" in head.text
    assert [button(entry, "vote").action.argument for entry in (first, second)] == ["1", "2"]
    for entry in (first, second):
        assert entry.attachments
        whole = f"{entry.title} {entry.text} {[(file.name, file.title, file.performer) for file in entry.attachments]}"
        assert not re.search("bea|cyd|chopin_keyboard", whole, re.IGNORECASE)
    assert button(foot, "ballot")
    for who, entry in (("dan", first), ("eve", second), ("eve", first), ("fay", first)):
        assert "Counted" in (await club.press(button(entry, "vote"), who)).text
    assert "nobody votes for themselves" in (await club.press(button(first, "vote"), "bea")).text
    heard = await club.press(button(foot, "playlist"), "dan")
    assert [(file.title, file.performer) for file in heard.attachments] == [("entry 1", "?"), ("entry 2", "?")]
    assert heard.personal, "nobody else is sent them"
    await club.end(challenge)
    result, listed = await club.told(), await club.told()
    assert "1. Bea – entry 1, 3 votes" in result.text
    assert "2 entries, 3 people voted" in result.text
    assert [file.kind for file in result.attachments] == ["picture"]
    assert "Bea" in listed.text
    assert "Cyd" in listed.text
    assert "over" in (await club.press(button(first, "vote"), "gus")).text
    log = await club.say("/challenge log", "gus")
    assert "· Ann · ended early" in log.text
    assert "· by itself · closed" in log.text
    await club.world.services.store.people.erase("test:ann")
    assert "· somebody · ended early" in (await club.say("/challenge log", "gus")).text


async def test_what_was_dropped_was_told_to_nobody(club):
    draft = await club.say("/challenge create Spring")
    dropped = await club.press(draft.buttons[0][1])
    assert "nobody was told" in dropped.text
    assert await club.world.services.store.challenges.of(f"test:{GUILD}", stages=("draft",)) == []


async def test_only_those_who_manage_a_server_begin_and_lead_a_challenge(club):
    assert "those who manage this server" in (await club.say("/challenge create Spring", "bea")).text
    challenge = await club.begin()
    for line in ("end", "extend until=5 days", "remove number=1", "cancel", "move", "disqualify number=1 reason=x"):
        refused = await club.say(f"/challenge {line} challenge={challenge}", "bea")
        assert "those who manage this server" in refused.text, line


async def test_a_piece_that_is_not_what_is_asked_for_is_refused_with_every_reason(club):
    challenge = await club.begin("key=C metre=4/4 motif='C D E' Winter, until 3 days".replace("'", '"'))
    refused = await club.enter(challenge, "bea")
    for words in ("Key: A minor ✗ (wanted: C major)", "Metre: 3/4 ✗ (wanted: 4/4)", "Motif: – ✗ (wanted: C D E)"):
        assert words in refused.text
    assert await club.world.services.store.challenges.entries(challenge) == []


async def test_what_the_demands_found_is_said_when_a_piece_enters(club):
    await club.begin('key=Am metre=3/4 bars=1-4 motif="A C E" range=C1-C7 style="chopin keyboard" Winter')
    piece = await club.piece("bea")
    entered = await club.say(f"/challenge enter piece={piece}", "bea")
    for words in ("Composer: Chopin ✓", "Key: A minor ✓", "Metre: 3/4 ✓", "Bars: 2 ✓", "Motif: in bar 1 ✓", "A2–E5 ✓"):
        assert words in entered.text


async def test_nobody_enters_twice_more_than_allowed_or_somebody_elses_piece(club):
    challenge = await club.begin()
    piece, other = await club.piece("bea"), await club.piece("bea")
    assert "Entered" in (await club.press(f"v1:enter:{piece}:{challenge}", "bea")).text
    assert "entered already" in (await club.press(f"v1:enter:{piece}:{challenge}", "bea")).text
    assert "may not enter more" in (await club.press(f"v1:enter:{other}:{challenge}", "bea")).text
    assert "Only whoever asked" in (await club.press(f"v1:enter:{other}:{challenge}", "cyd")).text


async def test_an_entry_that_is_taken_back_makes_room_and_its_votes_do_not_count(club):
    challenge = await club.begin()
    await club.enter(challenge, "bea")
    assert "Entry 1 is taken back" in (await club.say("/challenge withdraw", "bea")).text
    assert "entry 2" in (await club.enter(challenge, "bea")).text
    assert "no entry 2" in (await club.press(f"v1:withdraw:{challenge}:2", "cyd")).text


@pytest.mark.parametrize(("entrants", "words"), [((), "Nobody entered"), (("bea",), "wins without a vote: Bea")])
async def test_with_no_entry_or_one_there_is_no_vote(club, entrants, words):
    challenge = await club.begin()
    for who in entrants:
        await club.enter(challenge, who)
    await club.end(challenge)
    assert words in (await club.told()).text


async def test_nobody_voting_and_equal_votes_have_their_rules(club):
    challenge = await club.begin()
    for who in ("bea", "cyd"):
        await club.enter(challenge, who)
    await club.end(challenge)
    [await club.told() for _ in range(4)]
    for number, who in ((1, "dan"), (2, "eve")):
        await club.press(f"v1:vote:{challenge}:{number}", who)
    await club.end(challenge)
    result = await club.told()
    assert "1. Bea" in result.text
    assert "1. Cyd" in result.text
    assert "share the first place: Bea and Cyd" in result.text


async def test_what_could_not_be_told_is_said_and_told_where_the_challenge_is_moved_to(club):
    """The channel in which it was held is gone."""
    challenge = await club.begin()
    async with club.world.services.store.writing() as connection:
        closed = {"state": "failed", "error": "Unreachable: closed"}
        await connection.execute(update(deliveries).values(**closed))
    assert "1 message about it could not be told" in (await club.say("/challenge show", "bea")).text
    await club.say(f"/challenge move challenge={challenge}")
    assert "is open" in (await club.told()).text
    assert "goes on in this channel" in (await club.told()).text
    assert "could not be told" not in (await club.say("/challenge show", "bea")).text


async def test_a_button_of_another_way_to_vote_is_refused_in_words(club):
    """Somebody who had voted and pressed a made-up "compare" was told that something had gone wrong."""
    challenge = await club.begin()
    for who in ("bea", "cyd"):
        await club.enter(challenge, who)
    await club.end(challenge)
    await club.press(f"v1:vote:{challenge}:1", "dan")
    for made_up in (f"v1:compare:{challenge}", f"v1:better:{challenge}:1.2.1"):
        assert "voted on in another way" in (await club.press(made_up, "dan")).text


async def test_two_entries_are_compared_privately_and_in_turn(club):
    challenge = await club.begin("voting=pairs Spring, until 3 days")
    for who in ("bea", "cyd", "dan"):
        await club.enter(challenge, who)
    await club.end(challenge)
    _, *entries, foot = [await club.told() for _ in range(5)]
    assert all(not entry.buttons for entry in entries)
    for number in range(3):
        shown = await club.press(button(foot, "compare"), "eve")
        assert shown.personal
        assert len(shown.buttons[0]) == 3
        counted = await club.press(shown.buttons[0][0], "eve")
        assert f"{number + 1} comparison" in counted.text
    assert "all there is" in (await club.press(button(foot, "compare"), "eve")).text
    assert "all there is: 0" not in (await club.press(button(foot, "compare"), "bea")).text
    assert "voted on in another way" in (await club.press(f"v1:vote:{challenge}:1", "eve")).text


async def test_an_order_is_voted_by_pressing_in_order(club):
    challenge = await club.begin("voting=ranking Spring, until 3 days")
    for who in ("bea", "cyd", "dan"):
        await club.enter(challenge, who)
    await club.end(challenge)
    [await club.told() for _ in range(5)]
    for number in (3, 1, 3):
        said = await club.press(f"v1:vote:{challenge}:{number}", "eve")
    assert "1. entry 3, 2. entry 1" in said.text
    own = await club.say("/challenge votes", "eve")
    assert "1. entry 3" in own.text
    left = await club.press(own.buttons[0][0], "eve")
    assert "1. entry 1" in left.text
    await club.end(challenge)
    assert "1. Bea – entry 1, 2 points" in (await club.told()).text


async def test_organisers_take_entries_out_with_a_reason_that_all_can_read(club):
    challenge = await club.begin()
    for who in ("bea", "cyd", "dan"):
        await club.enter(challenge, who)
    await club.end(challenge)
    [await club.told() for _ in range(5)]
    await club.press(f"v1:vote:{challenge}:1", "eve")
    out = await club.say('/challenge disqualify number=1 reason="not one\'s own"')
    assert "Entry 1 by Bea is disqualified" in out.text
    await club.say("/challenge remove number=2 reason=spam")
    assert "no entry 1" in (await club.press(f"v1:vote:{challenge}:1", "fay")).text
    assert "entry 1 disqualified: not one's own" in (await club.say("/challenge log", "fay")).text
    await club.end(challenge)
    result, listed = await club.told(), await club.told()
    assert "wins without a vote: Dan" in result.text
    assert "disqualified: not one's own" in listed.text
    assert "Cyd" not in listed.text


async def test_a_challenge_that_is_extended_or_called_off_says_so(club):
    challenge = await club.begin()
    before = await club.world.services.store.challenges.get(challenge)
    assert "Extended" in (await club.say("/challenge extend until=5 days")).text
    assert "goes on for longer" in (await club.told()).text
    after = await club.world.services.store.challenges.get(challenge)
    assert after.plan.closes > before.plan.closes
    assert after.plan.ends - after.plan.closes == pytest.approx(before.plan.ends - before.plan.closes)
    await club.say("/challenge cancel reason=holidays")
    assert "called this challenge off" in (await club.told()).text
    assert "called off: holidays" in (await club.say("/challenge log", "bea")).text


async def test_the_next_of_a_series_is_planned_when_one_opens_and_can_be_stopped(club):
    challenge = await club.begin("every=week Spring, until 3 days")
    store = club.world.services.store.challenges
    following = next(view for view in await store.of(f"test:{GUILD}") if view.stage == "planned")
    first = await store.get(challenge)
    assert following.plan.opens - first.plan.opens == pytest.approx(7 * 86_400, abs=3700)
    assert following.place == 2
    await club.say(f"/challenge stop challenge={challenge}")
    assert [view.id for view in await store.of(f"test:{GUILD}")] == [challenge]


async def test_an_order_to_end_that_a_platform_repeats_ends_one_stage_only(club):
    challenge = await club.begin()
    for who in ("bea", "cyd"):
        await club.enter(challenge, who)
    for _ in range(2):
        await club.say(f"/challenge end challenge={challenge}", event="test:again")
    assert (await club.world.services.store.challenges.get(challenge)).stage == "voting"


async def test_another_one_like_an_earlier_one_needs_no_words(club):
    challenge = await club.begin("key=Am voting=approval Spring, until 3 days")
    draft = await club.say(f"/challenge create like={challenge}")
    assert draft.title == "Challenge: Spring"
    assert "Key: A minor" in draft.text
    assert "a vote for every entry" in draft.text


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/challenge create", "/challenge create a waltz"),
        ("/challenge create Spring until=soon", "no time that I understand"),
        ("/challenge create Spring until=5s", "for ten seconds at least"),
        ("/challenge create Spring zone=Moon/Base", "no time zone"),
        ("/challenge create Spring motif=xyz", "no motif"),
        ("/challenge create Spring range=low-high", "no range"),
        ("/challenge create Spring bars=many", "no number of bars"),
        ("/challenge create Spring where=#nowhere", "no channel"),
        ("/challenge create Spring until=3days vote_until=2026-12-02", "do not follow"),
        ("/challenge create Spring until=2020-01-01", "“2020-01-01” is over already"),
        ("/challenge create a waltz until yesterday", "“yesterday” is over already"),
        ("/challenge create a waltz until 3 days ago", "“3 days ago” is over already"),
        ("/challenge create ein Walzer bis gestern", "“gestern” is over already"),
        ("/challenge create a waltz from yesterday until friday", "“yesterday” is over already"),
        ("/challenge create a waltz until 31/12", "“31/12” is no time that I understand"),
        ("/challenge create a waltz until fryday", "“fryday” is no time that I understand"),
        ("/challenge create a waltz for -3 days", "“-3 days” is no time that I understand"),
        ("/challenge create a waltz, -3 bars, until friday", "“-3 bars” is no number of bars"),
        ("/challenge create a waltz, at most 0 bars", "“0 bars” is no number of bars"),
        ("/challenge create a waltz, 5000 bars", "“5000 bars” is no number of bars"),
        ("/challenge create a waltz, 0 entries each", "1 to 10 entries"),
        ("/challenge show challenge=zzzz", "no challenge “zzzz”"),
        ("/challenge enter", "No challenge takes pieces"),
        ("/challenge results", "No challenge is over here"),
        ("/challenge votes", "No challenge is being voted on here"),
    ],
)
async def test_what_cannot_be_is_refused_in_words(club, line, words):
    assert words in (await club.say(line)).text


async def test_a_challenge_belongs_to_where_it_is_held(club):
    challenge = await club.begin()
    elsewhere = await club.world.say(f"/challenge show challenge={challenge}", "ann", guild="88", here=Here())
    assert "another server" in elsewhere.replies[-1].text
    privately = await club.world.say(f"/challenge show challenge={challenge}", "bea")
    assert "open for pieces" in privately.replies[-1].text


async def test_a_button_to_enter_is_below_pieces_as_long_as_a_challenge_is_open_there(club):
    await club.begin()
    piece = await club.piece("bea")
    shown = await club.say(f"/piece {piece}", "bea")
    assert "Entered" in (await club.press(button(shown, "enter"), "bea")).text
    elsewhere = (await club.world.say(f"/piece {await club.piece('bea')}", "bea")).replies[-1]
    assert not any(each.action.verb == "enter" for row in elsewhere.buttons for each in row)


async def test_who_is_forgotten_leaves_neither_entry_nor_vote_and_a_challenge_without_organiser_goes_on(club):
    challenge = await club.begin()
    for who in ("bea", "cyd", "dan"):
        await club.enter(challenge, who)
    await club.end(challenge)
    [await club.told() for _ in range(5)]
    await club.press(f"v1:vote:{challenge}:2", "eve")
    people, store = club.world.services.store.people, club.world.services.store.challenges
    for who in ("bea", "eve", "ann"):
        await people.erase(f"test:{who}")
    assert [entry.number for entry in await store.entries(challenge)] == [2, 3]
    assert await store.ballots(challenge) == {}
    assert (await store.get(challenge)).organiser is None
    assert all(row.person is None for row in await store.log(challenge))
    await club.end(challenge)
    assert "Nobody voted" in (await club.told()).text


async def test_a_piece_that_is_deleted_takes_its_entry_along(club):
    challenge = await club.begin()
    await club.enter(challenge, "bea")
    (entry,) = await club.world.services.store.challenges.entries(challenge)
    await club.world.services.store.pieces.delete(entry.piece)
    await club.end(challenge)
    assert "Nobody entered" in (await club.told()).text


async def test_what_came_due_while_nobody_ran_is_done_once_and_in_order(club):
    """Both ends pass unseen: the result is told of, and not the vote that nobody could take part in."""
    challenge = await club.begin()
    for who in ("bea", "cyd"):
        await club.enter(challenge, who)
    store, now = club.world.services.store, time.time()
    view = await store.challenges.get(challenge)
    passed = replace(view.plan, opens=now - 30, closes=now - 20, ends=now - 10)
    async with store.writing() as connection:
        await store.challenges.change(connection, view, stage="open", plan=passed)
        (appointment,) = await store.appointments.of("challenge")
        await store.appointments.put(connection, replace(appointment, due=now - 20))
    scheduler = club.world.services.jobs.scheduler
    await asyncio.gather(scheduler.keep_due(), scheduler.keep_due())
    assert "Nobody voted" in (await club.told()).text
    stages = [row.what for row in await club.world.services.store.challenges.log(challenge)]
    assert stages == ["closed", "voting", "open"]


def test_a_file_that_enters_says_nothing_about_whose_it_is():
    assert "Chopin" not in anonymous(TUNE)
    assert "M:3/4" in anonymous(TUNE)
    assert id_of_event("a") == id_of_event("a") != id_of_event("b")


def forged(rng, challenge):
    """Callback data as a modified client may send them: near to ours, and far from it."""
    verb = rng.choice(("vote", "unvote", "better", "compare", "ballot", "enter", "withdraw", "announce"))
    number = rng.choice(("1", "2", "3", "0", "-1", "99", "1.2.1", "2.1.9", "1.1.1", "", "01", "٣", "1" * 30))
    target = rng.choice((challenge, challenge, challenge, "", "zzzz", challenge.upper(), challenge + "0"))
    whole = rng.choice(("v1:{}:{}:{}", "v1:{}:{}:{}", "v1:{}:{}:{}", "v2:{}:{}:{}", "{}:{}:{}", "v1:{}:{}:{}:x"))
    return whole.format(verb, target, number)


@pytest.mark.parametrize("voting", ["one", "pairs"])
async def test_whatever_a_client_sends_nobody_votes_twice_for_themselves_or_after_the_end(club, voting):
    challenge = await club.begin(f"voting={voting} Spring, until 3 days")
    for who in ("bea", "cyd", "dan"):
        await club.enter(challenge, who)
    await club.end(challenge)
    rng, store = random.Random(7), club.world.services.store.challenges
    for _ in range(60):
        who = rng.choice(("bea", "cyd", "eve"))
        await club.world.press(forged(rng, challenge), who, guild=GUILD, here=in_channel("5"))
    entries = {entry.person: entry.number for entry in await store.entries(challenge) if entry.is_in}
    ballots = await store.ballots(challenge)
    assert set(ballots) <= {"test:bea", "test:cyd", "test:eve"}
    for person, ballot in ballots.items():
        if voting == "one":
            assert len(ballot) == 1
            assert ballot[0] in range(1, 4)
            assert ballot[0] != entries.get(person)
        else:
            assert all(entries.get(person) not in pair[:2] for pair in ballot)
            assert len({tuple(pair[:2]) for pair in ballot}) == len(ballot)
    await club.end(challenge)
    for _ in range(15):
        await club.world.press(forged(rng, challenge), "fay", guild=GUILD, here=in_channel("5"))
    assert await store.ballots(challenge) == ballots


async def test_a_crowd_that_votes_at_once_is_counted_exactly(club):
    challenge = await club.begin()
    for who in ("bea", "cyd"):
        await club.enter(challenge, who)
    await club.end(challenge)
    pressed = [club.press(f"v1:vote:{challenge}:{1 + number % 2}", f"voter{number}") for number in range(40)]
    assert all("Counted" in answer.text for answer in await asyncio.gather(*pressed))
    ballots = await club.world.services.store.challenges.ballots(challenge)
    assert sorted(map(tuple, ballots.values())) == [(1,)] * 20 + [(2,)] * 20


async def win(club, first, second):
    """A challenge that the first of two wins; what is told of it in the end."""
    challenge = await club.begin()
    for who in (first, second):
        await club.enter(challenge, who)
    await club.end(challenge)
    [await club.told() for _ in range(4)]
    await club.press(f"v1:vote:{challenge}:1", "eve")
    await club.end(challenge)
    return [await club.told() for _ in range(2)]


async def test_who_wins_and_takes_part_in_a_row_is_in_the_hall_of_fame(club):
    """In everybody's words, without whoever is forgotten, and without names that are not wanted."""
    assert "/challenge show" in (await club.say("/challenge fame", "eve")).text
    await win(club, "bea", "cyd")
    result, _ = await win(club, "bea", "dan")
    assert "In a row: Bea 2 🔥" in result.text
    fame = await club.press(button(result, "fame"), "eve")
    assert fame.personal
    assert "1. Bea: 2 wins; 2 times on the podium; 2 challenges 🔥 2 in a row (best: 2)" in fame.text
    assert "1. Bea – Autumn rain\n2. Bea – Autumn rain" in fame.text
    piece = fame.buttons[0][0].action.target
    assert (await club.world.services.store.pieces.get(piece)).person == "test:bea"
    await club.say("/server words add=cyd")
    assert "somebody: 1 challenge" in (await club.say("/challenge fame", "eve")).text
    await club.world.services.store.people.erase("test:bea")
    fame = await club.say("/challenge fame", "eve")
    assert "Bea" not in fame.text
    assert not fame.buttons


async def test_whoever_was_alone_has_won_nothing(club):
    challenge = await club.begin()
    await club.enter(challenge, "bea")
    await club.end(challenge)
    await club.told()
    assert "1. Bea: 1 challenge\n" in (await club.say("/challenge fame", "eve")).text


async def test_words_that_a_server_does_not_want_are_in_no_entry_reason_or_motif(club):
    """Nor in private, where an entry is sent from; what is refused is kept, and nobody is kept out for their name."""
    await club.say("/server words add=dratted")
    challenge = await club.begin()
    refused = await club.say(f"/challenge remove number=1 reason=dratted challenge={challenge}")
    assert "Say it in other words" in refused.text
    file = sent(TUNE.replace("K:Amin", "T:Waltz\nK:Amin").replace("[V:1]A2", '[V:1]"^DRA-TTED"A2').encode())
    private = await club.world.say(f"/challenge enter challenge={challenge}", "bea", file=file)
    assert "nothing is lost" in private.replies[-1].text
    assert await club.world.services.store.challenges.entries(challenge) == []
    await club.enter(challenge, "dratted")
    await club.end(challenge)
    assert "without a vote: somebody, entry 1" in (await club.told()).text


async def test_the_listening_list_is_in_the_order_of_the_result(club):
    """Who came first is heard first, also where others entered before."""
    challenge = await club.begin()
    for who in ("bea", "cyd", "dan"):
        await club.enter(challenge, who)
    await club.say(f"/challenge disqualify number=3 reason=late challenge={challenge}")
    await club.end(challenge)
    [await club.told() for _ in range(4)]
    await club.press(f"v1:vote:{challenge}:2", "eve")
    await club.end(challenge)
    _, listed = await club.told(), await club.told()
    lines = [
        "1. Cyd – entry 2: Keyboard piece in A minor, 1 vote",
        "2. Bea – entry 1: Keyboard piece in A minor, 0 votes",
    ]
    assert listed.text.splitlines()[:2] == lines
    assert listed.text.splitlines()[2].endswith("disqualified: late")
    heard = await club.press(button(listed, "playlist"), "eve")
    assert [file.performer for file in heard.attachments] == ["Cyd", "Bea", "Dan"]
    assert "again in" in (await club.press(button(listed, "playlist"), "eve")).text


async def test_whoever_has_no_piece_is_told_what_to_ask_for(club):
    await club.begin('key=Am bars=8-16 style="bach choir" Winter, until 3 days')
    refused = await club.say("/challenge enter", "bea")
    assert re.search(r"/compose Bach choral, A minor, 16 bars", refused.text, re.IGNORECASE), refused.text
    assert "being voted on here" in (await club.say("/challenge votes", "bea")).text


async def test_one_that_was_ended_at_once_is_a_template_all_the_same(club):
    challenge = await club.begin()
    await club.end(challenge)
    await club.told()
    assert "what I understood" in (await club.say(f"/challenge create like={challenge}")).text


async def test_a_theme_comes_every_day_that_the_bot_thinks_of(club):
    """The next one has another theme of another genre, and is told of when it opens, so that nobody knows it before."""
    draft = await club.say("/challenge daily 23:00 zone=Europe/Berlin voting=approval")
    assert "I think of a new theme every time" in draft.text
    assert "23:00 (Europe/Berlin)" in draft.text
    await club.press(button(draft, "announce"))
    assert "A new challenge!" in (await club.told()).text
    store = club.world.services.store
    first = (await store.challenges.of(f"test:{GUILD}"))[0]
    due = await store.appointments.get(first.id)
    async with store.writing() as connection:
        plan = replace(first.plan, opens=time.time() - 60, closes=time.time() + 60, ends=time.time() + 120)
        await store.challenges.change(connection, first, stage="announced", plan=plan)
        await club.world.services.jobs.course.keep(connection, due, time.time())
    following = next(one for one in await store.challenges.of(f"test:{GUILD}") if one.stage == "planned")
    assert following.plan.theme != first.plan.theme
    assert following.plan.theme.split(" in ")[0] != first.plan.theme.split(" in ")[0]
    assert (await store.appointments.get(following.id)).due == following.plan.opens
    assert first.plan.demands.key


@pytest.mark.parametrize("language", languages())
def test_what_the_bot_thinks_of_can_be_composed(language):
    """A theme says no more than what is demanded, and is understood when somebody asks for it."""
    catalogue = load_catalogue()
    for place in range(1, 40):
        theme, demands = prompt_of("k3f9", place, language)
        said = read_wishes(theme, catalogue, is_request=True)
        assert said.key is not None, theme
        assert said.key.abc == demands.key, theme
        assert demands.metre in ("", str(said.metre)), theme
