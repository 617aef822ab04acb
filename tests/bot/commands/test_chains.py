"""A hidden chain from its first word to its score, by the commands and buttons that people use."""

import pytest
from sqlalchemy import update

from bot.commands.chains import telling
from bot.commands.command import Here
from bot.commands.running import run_answer
from bot.store.tables import appointments
from generator.notation import parse_tune
from generator.onward.links import Takes
from tests.bot.commands.conftest import PNG, button

GUILD = "77"
USUAL = "chopin keyboard key=Am metre=3/4 players=3"
BAR = "[V:1]{note}2 {note}2 {note}2|[V:2]A,,6|"


class Typist:
    """A composer whose takes are one note, three times, in as many bars as are asked for."""

    def next_bars(self, _chain, asked):
        async def events():
            take = tuple(BAR.format(note="c") for _ in range(asked.bars))
            yield Takes(
                takes=(take, tuple(bar.replace("c", "e") for bar in take), tuple(bar.replace("c", "g") for bar in take))
            )

        return events()


class Table:
    """A server in which people play; what each is told, in public and privately."""

    def __init__(self, world):
        self.world, self.host = world, world.services.jobs.chains
        self.store = world.services.store.chains

    async def say(self, line, who="ann", **circumstances):
        return (await self.world.say(line, who, guild=GUILD, here=self.here(who), **circumstances)).replies[-1]

    async def press(self, pressed, who, **circumstances):
        context = await self.world.press(pressed, who, guild=GUILD, here=self.here(who), **circumstances)
        return (context.replies + context.edits + context.asked)[-1]

    def here(self, who):
        async def is_managed():
            return who == "manager"

        return Here(private_chat=f"dm-{who}", is_managed=is_managed)

    async def told(self, words=""):
        """The next message that has these words; those before it are let go."""
        while True:
            reply = await self.world.messenger.next_delivery()
            if words in f"{reply.title}\n{reply.text}":
                return reply

    async def start(self, words=USUAL, *others):
        """A chain in which ann and the others play; its id."""
        await self.say(f"/chain start {words}")
        opened = await self.told("A hidden chain")
        for who in others:
            assert "You play" in (await self.press(button(opened, "chainjoin"), who)).text
        return button(opened, "chainjoin").action.target

    async def write(self, chain, who, text=None):
        """Four bars in words, kept."""
        text = text or "\n".join([BAR.format(note="A")] * 4)
        shown = await self.say(f'/chain write "{text}" chain={chain}', who)
        assert "would stand" in shown.text, shown.text
        return await self.press(button(shown, "chainkeep"), who)

    async def answer(self, chain, who, text):
        """Words in the form that asks for bars."""
        number = (await self.whole(chain)).on.number
        context = self.world.context(who, guild=GUILD, here=self.here(who))
        await run_answer(self.world.registry, f"v1:chainwrite:{chain}:{number}", text, context)
        return context.replies[-1]

    async def sleep(self, chain):
        """The time of the turn is over."""
        async with self.world.services.store.writing() as connection:
            await self.store.change(connection, chain, due=1.0)
            await connection.execute(update(appointments).where(appointments.c.id == chain).values(due=1.0))

    async def whole(self, chain):
        return await self.store.get(chain)


@pytest.fixture
async def table(world, monkeypatch):
    async def drawn(_self, _abc):
        return {"_p1.png": PNG, ".mp3": b"ID3"}

    monkeypatch.setattr(telling.Drawer, "_draw", drawn)
    workshop = world.maker.workshop
    object.__setattr__(workshop, "composer", Typist())
    object.__setattr__(workshop, "find_chain", world.services.store.chains.score)
    return Table(world)


async def test_a_chain_goes_from_its_first_word_to_its_score(table):
    """A take, words, and the last one sleeps; each sees two bars, and the names are over the bars at the end."""
    chain = await table.start(USUAL, "bea", "cyd")
    first = await table.told("It is your turn")
    assert "nothing stands yet" in first.text
    coming = await table.press(button(first, "chaintakes"), "ann")
    assert "privately" in coming.text
    takes = await table.told("3 takes")
    stands = await table.press(button(takes, "chaintake"), "ann")
    assert "Your bars stand" in stands.text
    second = await table.told("bars 5–8")
    assert [file.kind for file in second.attachments] == ["picture", "audio"] or not second.attachments
    mine = await table.press(f"v1:chainmine:{chain}", "bea")
    assert mine.personal
    assert [file.kind for file in mine.attachments] == ["picture", "audio"]
    assert "Your bars stand" in (await table.write(chain, "bea")).text
    assert len((await table.whole(chain)).view.music.bars) == 8
    await table.write(chain, "cyd")
    assert "The chain is finished" in (await table.told("finished")).text
    score = await table.told("Hidden chain")
    assert "Bars 1–4: Ann" in score.text
    assert "Bars 5–8: Bea" in score.text
    piece = await table.world.services.store.pieces.get(score.piece)
    source = await table.world.services.store.pieces.source(piece.id)
    for bar, name in ((0, "Ann"), (4, "Bea"), (8, "Cyd")):
        assert f'"^{name}"' in str(parse_tune(source.abc).bars[bar])


async def test_whose_turn_it_is_reads_it_in_the_language_that_they_chose_meanwhile(table):
    chain = await table.start("chopin keyboard key=Am metre=3/4 players=2", "bea")
    await table.say("/settings language=de", "bea")
    await table.write(chain, "ann")
    assert (await table.told("Takte 5–8. Das siehst nur du")).language == "de"


async def test_a_time_for_a_turn_that_is_none_is_refused_with_lengths_of_time(table):
    assert "no length of time" in (await table.say('/chain start chopin keyboard turn="2 parsecs"')).text


async def test_a_turn_of_one_bar_is_told_of_as_one(table):
    chain = await table.start("chopin keyboard key=Am metre=3/4 players=2 bars=1", "bea")
    assert "you write bar 1." in (await table.told("It is your turn")).text
    await table.write(chain, "ann", BAR.format(note="A"))
    assert "Ann has written bar 1.\nNext: Bea, bar 2 of about 2." in (await table.told("Next: Bea")).text


async def test_a_chain_goes_on_in_a_group_that_got_another_id(table):
    chain = await table.start("chopin keyboard key=Am metre=3/4 players=2", "bea")
    await table.world.services.store.servers.move(f"test:{GUILD}", "test:78")
    assert "being played" in (await table.world.say("/chain show", "bea", guild="78")).replies[-1].text
    assert (await table.whole(chain)).view.address.guild == "78"


async def test_nobody_is_shown_the_music_but_whose_turn_it_is(table):
    chain = await table.start(USUAL, "bea", "cyd")
    await table.write(chain, "ann")
    assert "not your turn" in (await table.press(f"v1:chainmine:{chain}", "ann")).text
    assert "not your turn" in (await table.press(f"v1:chainmine:{chain}", "cyd")).text
    assert "do not play" in (await table.press(f"v1:chainmine:{chain}", "dan")).text
    public = await table.told("Next: Bea")
    assert not public.attachments


async def test_who_sleeps_is_skipped_with_a_word_and_who_leaves_keeps_their_bars(table):
    """Of four one sleeps and one leaves while it is his turn; the chain is finished all the same."""
    chain = await table.start(USUAL.replace("players=3", "players=4"), "bea", "cyd", "dan")
    await table.write(chain, "ann")
    await table.sleep(chain)
    skipped = await table.told("did not answer in time")
    assert "Bea" in skipped.text
    assert "Next: Cyd" in skipped.text
    assert "not your turn" in (await table.say(f'/chain write "A6" chain={chain}', "bea")).text
    assert "You have left" in (await table.say("/chain leave", "cyd")).text
    left = await table.told("Cyd has left")
    assert "Next: Dan" in left.text
    await table.write(chain, "dan")
    score = await table.told("Bars 1–4: Ann")
    assert "Bars 5–8: Dan" in score.text
    whole = await table.whole(chain)
    assert [turn.outcome for turn in whole.turns] == ["written", "slept", "left", "written"]
    assert whole.view.piece == score.piece


async def test_a_chain_that_is_ended_early_or_in_which_nobody_is_left_has_its_word(table):
    chain = await table.start(USUAL, "bea")
    assert "Only whoever began" in (await table.say("/chain end", "bea")).text
    await table.say("/chain end")
    assert "before anybody wrote" in (await table.told("was ended")).text
    chain = await table.start(USUAL, "bea")
    await table.say("/chain begin")
    await table.write(chain, "ann")
    await table.say("/chain end", "manager")
    assert "ended early" in (await table.told("ended early")).text
    assert "Bars 1–4: Ann" in (await table.told("Bars 1–4")).text
    other = await table.start(USUAL)
    await table.say(f"/chain leave chain={other}")
    assert "Nobody plays" in (await table.told("Nobody plays")).text


async def test_one_alone_writes_all_turns(table):
    chain = await table.start(USUAL)
    await table.say("/chain begin")
    assert "plays alone" in (await table.told("plays alone")).text
    for _ in range(3):
        await table.write(chain, "ann")
    assert "12 bars" in (await table.told("Bars 9–12: Ann")).text


async def test_whoever_is_forgotten_is_named_in_no_score_any_more(table):
    """The old score is gone at once; the new one has the same bars."""
    chain = await table.start(USUAL, "bea", "cyd")
    for who in ("ann", "bea", "cyd"):
        await table.write(chain, who)
    old = (await table.told("Bars 5–8: Bea")).piece
    store = table.world.services.store
    await store.people.erase("test:bea")
    assert (await store.pieces.get(old)).deleted is not None
    new = await table.told("Bars 5–8: somebody")
    assert "Bars 1–4: Ann" in new.text
    source = await store.pieces.source(new.piece)
    assert "Bea" not in f"{source.abc} {source.record}"
    assert source.record["redrawn"] == old
    assert (await store.people.export("test:bea"))["chain_players"] == []


async def test_who_is_forgotten_while_it_is_their_turn_holds_up_nobody(table):
    chain = await table.start(USUAL, "bea", "cyd")
    await table.write(chain, "ann")
    await table.told("Next: Bea")
    await table.world.services.store.people.erase("test:bea")
    assert "Next: Cyd" in (await table.told("somebody has left")).text
    assert (await table.whole(chain)).view.starter == "test:ann"


async def test_what_does_not_fit_is_said_with_its_bar_and_nothing_is_lost(table):
    chain = await table.start(USUAL, "bea")
    await table.say("/chain begin")
    lines = [BAR.format(note="A")] * 4
    for text, words in (
        ("\n".join(lines[:3]), "Bars: 3, and there is room for 4"),
        ("\n".join([*lines[:3], "[V:1]A2 A2|[V:2]A,,4|"]), "bar 4 of yours"),
        ("X:1\nM:4/4\nL:1/4\nK:Am\n" + "A B c d | " * 4, "in 3/4, this is in 4/4"),
        ("hello", "still your turn"),
        (" ".join(lines[:2]), "Bars: 2, and"),
    ):
        refused = await table.answer(chain, "ann", text)
        assert words in refused.text, refused.text
    assert (await table.whole(chain)).on.number == 1
    moved = await table.answer(chain, "ann", "X:1\nM:3/4\nL:1/4\nK:Em\n" + "E G B | " * 4)
    assert "another key" in moved.text
    assert "others rest" in moved.text
    dropped = await table.press(button(moved, "chaindrop"), "ann")
    assert "still your turn" in dropped.text
    assert "shown other bars" in (await table.press(button(moved, "chainkeep"), "ann")).text


async def test_a_press_that_comes_again_writes_once(table):
    chain = await table.start(USUAL, "bea")
    await table.say("/chain begin")
    shown = await table.say(f'/chain write "{chr(10).join([BAR.format(note="A")] * 4)}" chain={chain}')
    keep = button(shown, "chainkeep")
    for _ in range(3):
        await table.press(keep, "ann", event="test:same")
    await table.press(keep, "ann")
    whole = await table.whole(chain)
    assert len(whole.view.music.bars) == 4
    assert [turn.outcome for turn in whole.turns] == ["written", None]


async def test_joining_has_its_limits(table):
    chain = await table.start(USUAL, "bea")
    assert "play already" in (await table.press(f"v1:chainjoin:{chain}", "bea")).text
    await table.press(f"v1:chainjoin:{chain}", "cyd")
    assert "takes nobody in" in (await table.press(f"v1:chainjoin:{chain}", "dan")).text
    assert "no chain" in (await table.press("v1:chainjoin:nothere", "dan")).text
    elsewhere = await table.world.press(f"v1:chainjoin:{chain}", "dan", guild="78")
    assert "elsewhere" in elsewhere.replies[-1].text
