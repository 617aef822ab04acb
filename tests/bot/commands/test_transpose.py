"""`/transpose` and the button below a piece."""

import json
from dataclasses import replace

import pytest

from bot.making.transpose import Transpose
from tests.bot.commands.conftest import TUNE, button, open_world


def labelled(reply, label):
    return next(each for row in reply.buttons for each in row if each.label == label)


async def transposed(world, line):
    asked = await world.say(line)
    assert asked.replies[0].title == "On its way", asked.replies
    return asked.replies[0], await world.messenger.next_delivery()


async def abc_of(world, reply):
    piece = await world.services.store.pieces.get(reply.buttons[0][0].action.target)
    return (await world.services.store.pieces.source(piece.id)).abc, piece.record


async def test_a_piece_goes_to_another_key_and_says_where_it_comes_from(world):
    parent = (await world.piece()).buttons[0][0].action.target
    first, result = await transposed(world, f"/transpose {parent} to=Cm")
    assert f"Piece {parent} · up a minor third · C minor" in first.text
    assert f"From piece {parent}: up a minor third" in result.text
    assert "Chopin keyboard · 3/4" in result.text
    assert result.title == "Keyboard piece in C minor"
    abc, record = await abc_of(world, result)
    assert "K:Cmin" in abc
    assert "T:Keyboard piece in C minor" in abc
    assert "C:Notabot, after Chopin, transposed" in abc
    assert (record["parent"], record["kind"]) == (parent, "transpose")
    assert (await world.services.store.pieces.source(parent)).abc == TUNE, "the piece itself stays as it is"


async def test_a_part_is_written_for_an_instrument_and_its_range_is_told(world):
    parent = (await world.piece()).buttons[0][0].action.target
    _, result = await transposed(world, f'/transpose {parent} for="alto sax"')
    assert "part 1 for Alto sax" in result.text
    assert "Every note can be played: Alto sax." in result.text
    abc, _ = await abc_of(world, result)
    assert 'V:1 treble transpose=-9 nm="Alto Saxophone in E♭"' in abc
    _, result = await transposed(world, f"/transpose {parent} for=flute part=bass")
    assert "Flute: 4 notes are too low (bar 1, 2)." in result.text
    assert "out of reach" not in result.text, "nothing is said twice"
    assert "Several notes at once in bar 1;" in result.text


async def test_without_a_piece_the_newest_is_meant_and_without_a_way_there_are_buttons(world):
    nothing = (await world.say("/transpose to=C")).replies[0]
    assert nothing.private
    assert "no pieces yet" in nothing.text
    parent = (await world.piece()).buttons[0][0].action.target
    choice = (await world.say("/transpose")).replies[0]
    assert choice.private
    assert parent in choice.text
    assert len(choice.buttons) <= 5
    assert all(len(row) <= 5 for row in choice.buttons)
    for each in [each for row in choice.buttons for each in row]:
        await world.press(each)
        result = await world.messenger.next_delivery()
        assert f"From piece {parent}: " in result.text


async def test_the_button_below_a_piece_offers_the_same_and_the_new_piece_is_whose_who_pressed(world):
    piece = await world.piece()
    choice = (await world.press(button(piece, "transpose"), "bob")).replies[0]
    await world.press(labelled(choice, "Down a tone"), "bob")
    result = await world.messenger.next_delivery()
    assert "down a tone" in result.text
    (theirs,) = await world.services.store.pieces.of("test:bob")
    verbs = {each.action.verb for row in result.buttons for each in row}
    assert {"transpose", "continue", "vary"} <= verbs
    assert "again" not in verbs, "it was not composed"
    assert (await world.press(button(result, "transpose"), "eve")).replies[0].private
    details = (await world.press(button(result, "details"))).replies[0]
    assert "transposed" in details.text
    files = (await world.press(button(result, "files"))).replies[0].attachments
    assert json.loads(files[-1].read())["id"] == theirs.id


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ("to=C#major", "Ask for C# minor"),
        ("to=Am", "is in A minor already"),
        ("by=third", "minor or major"),
        ("by=xyz", "m3, -M2, P5"),
        ("for=kazoo", "Do you mean"),
        ("for=horn part=tuba", "1 (Piano)"),
        ("to=C by=m3", "not both"),
        ("part=1", "together with an instrument"),
    ],
)
async def test_what_cannot_be_done_is_one_private_sentence_and_nothing_is_accepted(world, options, complaint):
    parent = (await world.piece()).buttons[0][0].action.target
    refused = (await world.say(f"/transpose {parent} {options}")).replies[0]
    assert refused.private
    assert complaint in refused.text
    assert await world.services.jobs.board.waiting() == []


@pytest.mark.parametrize("argument", ["", "by", "by.m9", "to.99", "to.x", "for.kazoo", "up.1"])
async def test_a_button_that_means_nothing_is_answered_in_words(world, argument):
    parent = (await world.piece()).buttons[0][0].action.target
    answer = await world.press(f"v1:move:{parent}:{argument}" if argument else f"v1:move:{parent}")
    assert answer.replies[0].private


async def test_a_piece_that_is_deleted_meanwhile_ends_in_a_sentence(tmp_path):
    async with open_world(tmp_path) as world:
        parent = (await world.piece()).buttons[0][0].action.target
        task = Transpose.from_json({"piece": parent, "way": {"fifths": 1, "semitones": 7}, "length": 2})
        await world.services.store.pieces.delete(parent)
        context = world.context()
        accepted = await world.services.jobs.accept(
            task, person=context.person, address=context.address, language="en", event_key="e"
        )
        await world.services.jobs.placed(accepted.job, replace(context.address, message="m0"))
        assert f"Piece {parent} is no longer there" in (await world.messenger.next_delivery()).text


async def test_captions_of_transposed_pieces_are_in_the_persons_language(world):
    await world.say("/settings language=zh")
    await world.say("/compose chopin keyboard bars=2", language="zh")
    parent = (await world.messenger.next_delivery()).buttons[0][0].action.target
    await world.say(f"/transpose {parent} by=m3 for=horn", language="zh")
    result = await world.messenger.next_delivery()
    assert "升小三度" in result.text
    assert "圆号" in result.text
