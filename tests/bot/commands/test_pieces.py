"""Buttons below a piece: they live as long as the piece, and only its owner may delete it."""

import json
from dataclasses import replace

import pytest

from bot.chat.messages import Action
from bot.commands import run_about, run_action
from bot.store.tables import files
from bot.texts.report import report_line
from generator.critic import report_card
from generator.notation import Key, Metre, parse_tune
from tests.bot.commands.conftest import RecordingContext, button, open_world


async def pressed(world, piece, verb, who="ann", **circumstances):
    return await world.press(button(piece, verb), who, **circumstances)


async def test_again_hotter_and_cooler_make_a_piece_for_whoever_pressed(world):
    piece = await world.piece("/compose chopin keyboard bars=4 seed=7 temperature=1.0 guidance=0.5")
    for verb in ("again", "hotter", "cooler"):
        assert (await pressed(world, piece, verb, "bob")).replies[0].title == "On its way"
        await world.messenger.next_delivery()
    first, again, hotter, cooler = (task.request for task in world.maker.tasks)
    assert again.seed != first.seed
    assert again.sampling == first.sampling
    assert (hotter.seed, hotter.sampling.temperature) == (7, 1.15)
    assert (cooler.seed, cooler.sampling.temperature) == (7, 0.87)
    assert len(await world.services.store.pieces.of("test:bob")) == 3
    assert {(task.bars, task.request.sampling.guidance) for task in world.maker.tasks} == {(4, 0.5)}


async def test_everybody_may_look_at_a_piece(world):
    piece = await world.piece()
    target = piece.buttons[0][0].action.target
    recalled = (await world.say(f"/piece {target.upper()}", "bob")).replies[0]
    assert (recalled.text, recalled.buttons) == (piece.text, piece.buttons)
    (pdf,) = (await pressed(world, piece, "pdf", "bob")).replies[0].attachments
    assert pdf.name.endswith(f"{target}.pdf")
    files = (await pressed(world, piece, "files", "bob")).replies[0].attachments
    assert len(files) == 8
    assert json.loads(files[-1].read())["seed"] == 7
    details = (await pressed(world, piece, "details", "bob")).replies[0]
    assert details.private
    for words in ("composing 1.5 s", "tiny.safetensors", "notabot 0.1.0", "Notabot, after Chopin"):
        assert words in details.text
    page = (await pressed(world, piece, "page", "bob")).replies[0]
    assert page.attachments[0].description.startswith("Sheet music, page 2 of 2")


async def test_a_piece_whose_notation_is_gone_is_shown_where_nobody_looks_for_words(world):
    piece = (await world.piece()).piece
    store = world.services.store
    store.blobs.path((await store.pieces.get(piece)).file(".abc").sha256).unlink()
    assert (await world.say(f"/piece {piece}")).replies[-1].piece == piece


async def test_about_a_message_says_what_its_piece_is(world):
    piece = await world.piece()
    context = world.context("bob")
    target = piece.buttons[0][0].action.target
    await run_about(target, context)
    assert target in context.replies[0].text
    assert "4 bars" in context.replies[0].text


async def test_the_list_of_ones_own_pieces_recalls_them(world):
    assert "no pieces yet" in (await world.say("/piece")).replies[0].text
    piece = await world.piece()
    listed = (await world.say("/piece")).replies[0]
    assert (await world.press(listed.buttons[0][0])).replies[0].text == piece.text


async def test_only_the_owner_deletes_and_is_asked_once(world):
    piece = await world.piece()
    target = piece.buttons[0][0].action.target
    for verb in ("delete", "sure"):
        refused = (await world.press(Action(verb, target).encode(), "bob")).replies[0]
        assert refused.private
        assert "Only whoever asked" in refused.text
    question = (await pressed(world, piece, "delete")).replies[0]
    assert question.private
    assert "stays" in (await world.press(button(question, "keep"))).edits[0].text
    assert "is deleted" in (await world.press(button(question, "sure"))).edits[0].text
    assert "was deleted" in (await world.say(f"/piece {target}")).replies[0].text
    assert "was deleted" in (await pressed(world, piece, "again")).replies[0].text
    assert not (await pressed(world, piece, "delete", "bob")).deleted
    assert (await pressed(world, piece, "delete")).deleted


async def test_a_confirmed_delete_takes_the_messages_out_of_the_chat_where_they_came(world):
    piece = await world.piece()
    target = piece.buttons[0][0].action.target
    await world.settled(target)
    done = await world.press(Action("sure", target).encode())
    assert done.removed == ["message1", "m"]
    assert "and its message" in done.edits[0].text


async def test_files_come_to_whoever_asked_and_to_nobody_else(world):
    piece = await world.piece()
    for verb in ("pdf", "files", "page"):
        replies = (await pressed(world, piece, verb, "bob")).replies
        assert replies
        assert all(reply.private for reply in replies)


async def test_a_page_is_turned_in_its_place(world):
    piece = await world.piece()
    page = (await pressed(world, piece, "page")).replies[0]
    turned = await world.press(button(page, "turn"))
    assert [reply.attachments[0].name[-6:] for reply in turned.edits] == ["p1.png"]


async def test_nobody_gets_files_again_and_again(world):
    """Somebody's finger on a button must not keep the bot from all others; others may press meanwhile."""
    piece = await world.piece()
    assert (await pressed(world, piece, "files", "bob")).replies[0].attachments
    (refused,) = (await pressed(world, piece, "files", "bob")).replies
    assert refused.private
    assert "sent again in" in refused.text
    assert not refused.attachments
    assert (await pressed(world, piece, "pdf", "bob")).replies[0].attachments
    assert (await pressed(world, piece, "files", "carl")).replies[0].attachments


async def test_files_have_a_quota_an_hour(tmp_path):
    async with open_world(tmp_path, files_per_person_per_hour=2, files_cooldown_s=0) as world:
        piece = await world.piece()
        answers = [(await pressed(world, piece, "files", "bob")).replies[0] for _ in range(3)]
    assert [bool(answer.attachments) for answer in answers] == [True, True, False]
    assert "2 times" in answers[-1].text


async def test_what_could_not_be_sent_is_not_counted(world):
    piece = await world.piece()

    class Closed(RecordingContext):
        async def reply(self, reply):
            self.replies.append(reply)

    for _ in range(2):
        there = world.context("bob")
        closed = Closed(
            **{name: getattr(there, name) for name in ("services", "person", "address", "language")}, event_key="e"
        )
        await run_action(world.registry, button(piece, "files").action.encode(), closed)
        assert closed.replies[0].attachments


async def test_a_delete_from_another_chat_leaves_the_messages_and_says_so(world):
    piece = await world.piece()
    done = world.context()
    done.address = replace(done.address, chat="elsewhere")
    await run_action(world.registry, Action("sure", piece.buttons[0][0].action.target).encode(), done)
    assert done.removed == []
    assert "Where it still stands in a chat" in done.edits[0].text


async def test_spares_stand_ready_for_what_may_be_too_large(world):
    picture, audio, *_, second = (await world.piece()).attachments
    assert audio.spare.name.endswith("_small.mp3")
    assert (audio.spare.kind, audio.spare.title, audio.spare.cover) == ("audio", audio.title, audio.cover)
    assert audio.spare.read() != audio.read()
    assert picture.spare.name.endswith(".pdf")
    assert second.spare == picture.spare


async def test_the_files_of_a_long_piece_come_in_several_messages(world):
    piece = await world.piece()
    target = piece.buttons[0][0].action.target
    stored = await world.services.store.pieces.get(target)
    page = stored.file("_p2.png")
    async with world.services.store.writing() as connection:
        for number in range(3, 8):
            row = {"ending": f"_p{number}.png", "name": page.name.replace("_p2", f"_p{number}"), "piece": target}
            await connection.execute(files.insert().values(**row, sha256=page.sha256, size=page.size))
    replies = (await pressed(world, piece, "files")).replies
    assert [len(reply.attachments) for reply in replies] == [10, 3]
    assert not any(each.name.endswith("_small.mp3") for reply in replies for each in reply.attachments)


async def test_an_operator_may_delete_anything(world):
    piece = await world.piece()
    question = (await pressed(world, piece, "delete", "root")).replies[0]
    assert "is deleted" in (await world.press(button(question, "sure"), "root")).edits[0].text


@pytest.mark.parametrize("wanted", ["nosuch", "../../etc/passwd", "'; drop table pieces", "\u202e", "x" * 200])
async def test_an_unknown_piece_is_refused(world, wanted):
    answer = (await world.say(f'/piece "{wanted}"')).replies[0]
    assert answer.private
    assert len(answer.text) < 120


@pytest.mark.parametrize("encoded", ["", "v1:nosuch:x", "v1:page:x:99", "v1:again:nosuch", "rubbish", "v1:set::a.b"])
async def test_a_button_that_means_nothing_is_answered_in_words(world, encoded):
    answer = await world.press(encoded)
    assert len(answer.replies) == 1
    assert answer.replies[0].private


async def test_people_get_pages_and_audio_as_they_like(world):
    await world.say("/settings pages=pdf audio=off")
    endings = [file.name.rpartition(".")[2] for file in (await world.piece()).attachments]
    assert endings == ["png", "mid", "musicxml", "abc", "pdf"]


async def test_only_page_player_and_what_was_chosen_take_messages_of_their_own(world):
    needed = [file.name.rpartition(".")[2] for file in (await world.piece()).attachments if not file.optional]
    assert needed == ["png", "mp3"]
    await world.say("/settings pages=pdf")
    needed = [file.name.rpartition(".")[2] for file in (await world.piece()).attachments if not file.optional]
    assert needed == ["png", "mp3", "pdf"]


async def test_captions_are_in_the_language_of_the_job(world):
    await world.say("/settings language=zh")
    asked = await world.say("/compose chopin keyboard bars=4 seed=7", language="zh")
    assert asked.replies[0].title == "已接受"
    piece = await world.messenger.next_delivery()
    assert piece.title == "a小调小行板"
    assert piece.text.startswith("肖邦 键盘 · 3/4 · ♩ = 90 · 4 小节、38 秒\n")
    assert piece.attachments[0].description.startswith("乐谱第 1 页")


WALTZ = "M:3/4\nL:1/8\nQ:1/4=90\nK:Am\nV:1\n[V:1]A2 c2 e2|\n[V:1]A2 c2 e2|\n[V:1]A2 c2|\n"


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"key": Key("A", "min"), "metre": Metre(3, 4), "bars": 3},
        {"key": Key("C"), "metre": Metre(4, 4), "bars": 8},
    ],
)
def test_the_report_line_speaks_the_persons_language(asked):
    card = report_card(parse_tune(WALTZ), **asked, counts={"bars_repaired": 1})
    assert report_line(card.to_json(), "en").startswith("3 bars")
    chinese = report_line(card.to_json(), "zh")
    assert "小节" in chinese
    assert "bars" not in chinese
