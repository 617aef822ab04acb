"""A piece is edited in words, and what becomes of the edit: kept, undone, another; for its owner only."""

from dataclasses import replace

import pytest

from bot.commands.changing import ABOUT
from bot.commands.running import run_answer, run_command
from bot.commands.words import SPOKEN, find_command
from bot.making.edit import EditPiece
from generator.critic.judgement import Judgement
from generator.onward.editing import edit_piece
from generator.onward.step import Edit
from renderers.formats import COMPARISON
from renderers.pipeline import Rendering
from tests.bot.commands.conftest import PNG, TUNE, button, open_world
from tests.bot.commands.test_onward import Copyist


class Editor(Copyist):
    """Edits by rule as the composer does; what the network would write is the first bar again."""

    async def judge_tune(self, tune, style, *, seed):
        return Judgement(seed=seed, liking=0.0)

    async def work_on(self, brought, work):
        events = edit_piece(self, brought, work) if isinstance(work, Edit) else super().work_on(brought, work)
        async for event in events:
            yield event


class Drawing:
    """Draws a page, and what differs where it is asked for."""

    def __init__(self):
        self.compared = []

    async def render_most(self, abc, formats, *, title, composer, tune="", **_):
        if COMPARISON.name in formats:
            self.compared.append(abc)
            return Rendering(files={COMPARISON.ending: PNG + b"compared"})
        return Rendering(files={".abc": abc.encode(), "_p1.png": PNG})


@pytest.fixture
async def world(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "generator.onward.editing.work_on", lambda place, brought, work: Copyist().work_on(brought, work)
    )
    async with open_world(tmp_path) as world:
        world.maker.workshop = replace(world.maker.workshop, composer=Editor(), renderer=Drawing())
        yield world


async def edited(world, line, who="ann"):
    asked = await world.say(line, who)
    assert asked.replies[0].buttons, asked.replies
    return asked.replies[0], await world.messenger.next_delivery()


def target(reply):
    return button(reply, "details").action.target


async def source(world, reply):
    return (await world.services.store.pieces.source(target(reply))).abc


@pytest.mark.parametrize(
    ("words", "done"),
    [
        ("bar 2 calmer", "bar 2: calmer"),
        ("Takt 1 reicher", "bar 1: richer"),
        ("第2小节重写", "bar 2: written anew"),
        ("make bar 1 richer please", "bar 1: richer"),
        ("a bit faster", "faster"),
        ("transpose it to D", "transposed: D"),
        ("the melody higher in bar 2", "melody, bar 2: an octave higher"),
        ("less sad", "in major; faster"),
        ("bar 2 different, end in major", "bar 2: written anew; ends in major"),
        ("bar 2 leiser", "bar 2: softer"),
        ("bar 1 pianissimo", "bar 1: pp"),
        ("a crescendo in bars 1-2", "bars 1–2: getting louder"),
        ("repeat bar 2", "bar 2: repeated"),
        ("copy bar 1 to bar 2", "bar 2: like bar 1"),
    ],
)
async def test_words_edit_the_last_piece_and_say_what_was_done(world, words, done):
    parent = target(await world.piece())
    first, result = await edited(world, f"/compose {words}")
    assert done in first.text
    assert f"Made from {parent}: {done}" in result.text
    assert (await world.services.store.pieces.source(parent)).abc == TUNE


async def test_what_was_not_understood_and_what_found_nothing_is_said(world):
    await world.piece()
    first, result = await edited(world, "/edit bar 2 different and with more banjo, in minor")
    assert "Not understood: banjo" in first.text
    assert "Not understood: banjo" in result.text
    assert "Nothing to change there: in minor" in result.text


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("/compose bars 5-8 calmer", "ends with bar 2"),
        ("/compose bars 1-2 purple", "what is to be changed: “purple”"),
        ("/compose more rests", "what is to be changed: “more rests”"),
        ("/compose lösche Takt 2", "what is to be changed: “lösche Takt 2”"),
        ("/edit lovely", "what is to be changed: “lovely”"),
        ("/edit in minor", "nothing in these bars"),
        ("/edit", "Say what is to be changed"),
    ],
)
async def test_what_cannot_be_done_is_one_sentence(world, line, complaint):
    await world.piece()
    asked = await world.say(line)
    told = asked.replies[0].text if not asked.replies[0].buttons else (await world.messenger.next_delivery()).text
    assert complaint in told


async def test_the_bars_that_changed_are_shown_first_old_and_new_and_all_others_stand(world):
    await world.piece()
    _, result = await edited(world, "/edit bar 2 different")
    assert result.attachments[0].name.endswith("_compare.png")
    assert result.attachments[0].description
    (text,) = world.maker.workshop.renderer.compared
    assert "%%changed 2" in text
    assert (await source(world, result)).splitlines()[9] == TUNE.splitlines()[9]


async def test_keep_is_for_its_owner_alone_and_is_written_down(world):
    await world.piece()
    _, result = await edited(world, "/edit bar 2 different")
    refused = await world.press(button(result, "accept"), "bob")
    assert "Only whoever asked for the edit" in refused.replies[0].text
    kept = await world.press(button(result, "accept"))
    assert "Kept" in kept.replies[0].text
    piece = await world.services.store.pieces.get(target(result))
    assert (piece.record["choice"]["verdict"], piece.record["choice"]["consent"]) == ("kept", False)


async def test_who_was_never_asked_is_asked_once_whether_it_may_teach(world):
    await world.piece()
    _, result = await edited(world, "/edit bar 2 different")
    asked = (await world.press(button(result, "accept"))).replies[0]
    assert "May what you keep" in asked.text
    again = (await world.press(button(result, "accept"))).replies[0]
    assert not again.buttons
    assert "May what" not in again.text
    await world.press(asked.buttons[0][0])
    await world.press(button(result, "accept"))
    piece = await world.services.store.pieces.get(target(result))
    assert piece.record["choice"]["consent"] is True


async def test_undo_shows_what_it_came_from_which_is_then_meant(world):
    parent = target(await world.piece())
    _, result = await edited(world, "/edit bar 2 different")
    undone = await world.press(button(result, "revert"))
    assert f"back to {parent}" in undone.replies[0].text
    assert target(undone.replies[1]) == parent
    _, next_one = await edited(world, "/compose slower")
    assert f"Made from {parent}" in next_one.text


async def test_another_is_the_same_edit_with_another_seed_and_only_where_that_differs(world):
    parent = target(await world.piece())
    _, result = await edited(world, "/edit bar 2 different")
    await world.press(button(result, "other"))
    await world.messenger.next_delivery()
    first, second = [task for task in world.maker.tasks if isinstance(task, EditPiece)]
    assert (second.piece, second.instead_of) == (parent, target(result))
    assert first.edit.seed != second.edit.seed
    assert first.edit.steps == second.edit.steps
    _, by_rule = await edited(world, "/edit slower")
    assert not [each for row in by_rule.buttons for each in row if each.action.verb == "other"]


async def test_the_piece_that_is_answered_is_meant(world):
    first = target(await world.piece())
    await world.piece("/compose bach keyboard bars=8 key=C seed=8")
    command, _ = find_command(world.registry, "/compose")
    for words in ("in D", "slower"):
        await run_command(command, world.context(options={"style": words, SPOKEN: True, ABOUT: first}))
        assert f"Made from {first}" in (await world.messenger.next_delivery()).text


async def test_titles_say_the_new_key_and_what_comes_out_can_be_edited_again(world):
    await world.piece()
    _, result = await edited(world, "/edit transpose it to D")
    assert "D minor" in result.title
    _, again = await edited(world, "/edit end in major, slower")
    assert f"Made from {target(result)}" in again.text
    assert "C:Notabot, after Chopin, edited" in await source(world, again)


async def test_captions_are_in_the_language_of_the_person(world):
    await world.piece()
    await world.say("/settings language=zh")
    asked = await world.say("/edit 第2小节更平静，慢一点", language="zh")
    assert "第 2 小节：更平静；放慢" in asked.replies[0].text
    assert "第 2 小节：更平静；放慢" in (await world.messenger.next_delivery()).text


async def answer(world, asked, text, who="ann"):
    context = world.context(who)
    await run_answer(world.registry, asked.action.encode(), text, context)
    return context


async def test_a_button_asks_which_bars_and_how_and_does_it(world):
    piece = await world.piece()
    (ask,) = (await world.press(button(piece, "bars"))).asked
    refused = await answer(world, ask, "lovely")
    assert "what is to be changed: “lovely”" in refused.replies[0].text
    taken = await answer(world, ask, "2 calmer")
    assert "bar 2: calmer" in taken.replies[0].text
    assert f"Made from {target(piece)}" in (await world.messenger.next_delivery()).text


async def test_bars_are_written_by_hand_and_what_is_wrong_loses_nothing(world):
    piece = await world.piece()
    (ask,) = (await world.press(button(piece, "hand"))).asked
    assert ask.is_long
    assert ask.prefill.splitlines()[1].startswith("2: [V:1]e2 ^d2 c2|")
    wrong = await answer(world, ask, "2: [V:1]e2 d2 c2 c2|")
    assert "Line 1, bar 2, voice 1" in wrong.replies[0].text
    assert "2: [V:1]e2 d2 c2 c2|" in wrong.replies[0].text
    await answer(world, ask, "2: [V:1]e2 d2 c2|")
    result = await world.messenger.next_delivery()
    assert "written by hand" in result.text
    assert "[V:1]e2 d2 c2|[V:2]A,,6|]" in await source(world, result)
    _, further = await edited(world, "/edit bar 1 an octave higher")
    assert f"Made from {target(result)}" in further.text
    assert "[V:1]e2 d2 c2|[V:2]A,,6|]" in await source(world, further)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("undo", "Undone"),
        ("rückgängig", "Undone"),
        ("撤销", "Undone"),
        ("keep it", "Kept"),
        ("behalte es", "Kept"),
        ("保留", "Kept"),
    ],
)
async def test_what_becomes_of_an_edit_is_said_in_words(world, words, said):
    await world.piece()
    _, result = await edited(world, "/edit bar 2 different")
    context = await about(world, words, target(result))
    assert said in context.replies[0].text


async def test_once_more_makes_another_edit_of_an_edit_and_another_piece_of_a_piece(world):
    parent = await world.piece()
    _, result = await edited(world, "/edit bar 2 different")
    await about(world, "noch mal", target(result))
    again = await world.messenger.next_delivery()
    piece = await world.services.store.pieces.get(target(again))
    assert piece.record["edited"]["instead_of"] == target(result)
    await about(world, "noch mal", target(parent))
    assert (await world.services.store.pieces.get(target(await world.messenger.next_delivery()))).record["request"]


async def test_undo_is_a_command_and_says_where_there_is_nothing_to_undo(world):
    parent = target(await world.piece())
    assert "made from no other" in (await world.say("/undo")).replies[0].text
    await edited(world, "/edit bar 2 different")
    replies = (await world.say("/undo")).replies
    assert f"back to {parent}" in replies[0].text
    assert target(replies[1]) == parent
    assert "made from no other" in (await world.say("/undo")).replies[0].text


async def test_while_the_first_piece_is_composed_it_is_said_to_be_on_its_way(tmp_path):
    async with open_world(tmp_path, running=False) as world:
        await world.say("/compose chopin keyboard bars=4")
        for line in ("/edit bar 2 calmer", "/undo", "/continue", "/compose louder", "/compose bars 1-2 softer"):
            assert "is not there yet" in (await world.say(line)).replies[0].text


async def test_words_that_can_only_be_about_a_piece_compose_none(tmp_path):
    async with open_world(tmp_path, running=False) as world:
        for line in ("/compose louder", "/compose bars 3-4 softer", "/compose linke Hand leiser"):
            assert "You have no pieces yet" in (await world.say(line)).replies[0].text
        assert await world.services.jobs.board.waiting() == []


async def test_what_a_sweep_has_tried_out_is_not_what_one_speaks_of(world):
    piece, tried = target(await world.piece()), target(await world.piece())
    await world.services.store.pieces.note(tried, sweep={"sheet": "sheet", "number": 1})
    first, _ = await edited(world, "/compose bar 2 leiser")
    assert f"Piece {piece}" in first.text


async def about(world, words, piece):
    context = world.context()
    context.options = {"style": words, SPOKEN: True, ABOUT: piece}
    await run_command(world.registry.command("compose"), context)
    return context
