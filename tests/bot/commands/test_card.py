"""The request card: each part of a request can be changed by a button, before the piece is begun and after."""

import pytest

from bot.chat.messages import Action, Button, Menu, Reply
from bot.commands.card import CHORDS, FORMS, MAJORS, METRES, MINORS, Changes, _read_key, _write_key
from bot.platforms.discord.message import build_message
from bot.platforms.telegram.wording import keyboard
from generator.catalogue.catalogue import load_catalogue
from generator.catalogue.style import Style
from generator.notation.keys import Key, parse_key
from generator.notation.limits import Metre
from generator.planning.chords import parse_progression
from generator.planning.form import parse_form
from tests.bot.commands.conftest import button
from tests.bot.tasks import composing


def labelled(reply, label):
    return next(each for row in reply.rows for each in row if each.label == label)


async def choose(world, card, part, value, who="ann"):
    """Press a part of the card, then a value of it; the card as it is then."""
    values = (await world.press(labelled(card, part), who)).edits[0]
    return (await world.press(labelled(values, value), who)).edits[0]


async def test_while_it_waits_a_request_is_changed_in_its_place(still_world):
    asked = (await still_world.say("/compose chopin keyboard bars=16 seed=7")).replies[0]
    card = (await still_world.press(labelled(asked, "Change …"))).replies[0]
    assert card.private
    assert "Key: As suits the style" in card.text
    card = await choose(still_world, card, "Key", "B♭ minor")
    card = await choose(still_world, card, "Metre", "3/4")
    card = await choose(still_world, card, "Length", "24 bars")
    card = await choose(still_world, card, "Tempo", "Andantino (♩ = 92)")
    card = await choose(still_world, card, "Form", "ABA")
    card = await choose(still_world, card, "Chords", "I V vi IV")
    card = await choose(still_world, card, "How daring", "Wild")
    assert card.text.splitlines() == [
        "Style: Chopin keyboard",
        "Key: B♭ minor",
        "Metre: 3/4",
        "Length: 24 bars",
        "Tempo: Andantino (♩ = 92)",
        "Form: ABA",
        "Chords: I V vi IV",
        "How daring: Wild",
    ]
    done = (await still_world.press(labelled(card, "Compose it"))).edits[0]
    assert "keeps its place" in done.text
    (waiting,) = await still_world.services.jobs.board.waiting("test:ann")
    request = waiting.job.task.request
    assert (request.key, request.metre, request.bars, request.tempo) == (Key("Bb", "min"), Metre(3, 4), 24, 92)
    assert (str(request.form), str(request.chords)) == ("ABA", "I V vi IV")
    assert request.seed == 7
    assert waiting.job.id == asked.buttons[0][0].action.target


async def test_below_a_piece_the_card_is_filled_in_and_asks_for_another_one(world):
    piece = await world.piece("/compose chopin keyboard bars=4 key=Am seed=7")
    card = (await world.press(button(piece, "card"), "bob")).replies[0]
    assert "Key: A minor" in card.text
    card = await choose(world, card, "Key", "As suits the style", "bob")
    card = await choose(world, card, "Style", "Bach keyboard", "bob")
    pressed = await world.press(labelled(card, "Compose it"), "bob")
    assert pressed.replies[0].title == "On its way"
    assert "Bach keyboard · 4 bars" in pressed.edits[0].text
    await world.messenger.next_delivery()
    task = world.maker.tasks[-1]
    assert (task.request.style.surname, task.request.key, task.way) == ("Bach", None, "changed")
    assert task.parent == piece.buttons[0][0].action.target
    assert task.request.seed != 7


async def test_leaving_the_card_changes_nothing(still_world):
    asked = (await still_world.say("/compose chopin keyboard bars=16")).replies[0]
    card = (await still_world.press(labelled(asked, "Change …"))).replies[0]
    card = await choose(still_world, card, "Length", "4 bars")
    assert "stays" in (await still_world.press(labelled(card, "Leave it"))).edits[0].text
    (waiting,) = await still_world.services.jobs.board.waiting("test:ann")
    assert waiting.job.task.bars == 16


async def test_nobody_changes_what_somebody_else_waits_for(still_world):
    asked = (await still_world.say("/compose chopin keyboard")).replies[0]
    change = labelled(asked, "Change …")
    refused = (await still_world.press(change, "bob")).replies[0]
    assert refused.private
    assert "Somebody else asked" in refused.text
    forged = Action("card", change.action.target, "go-b4").encode()
    assert "Somebody else asked" in (await still_world.press(forged, "bob")).replies[0].text
    (waiting,) = await still_world.services.jobs.board.waiting("test:ann")
    assert waiting.job.task.bars == 16


@pytest.mark.parametrize("argument", ["go-b999", "go-b65", "zz-", "go-q4", "k-,zzzzz", "go-kh", "go-m99x99", "go-t9"])
async def test_a_button_that_nobody_wrote_is_refused_in_words(still_world, argument):
    asked = (await still_world.say("/compose chopin keyboard")).replies[0]
    said = await still_world.press(Action("card", asked.buttons[0][0].action.target, argument).encode())
    assert said.replies[0].private
    assert "unexpected" not in said.replies[0].text
    assert "reference" not in said.replies[0].text
    (waiting,) = await still_world.services.jobs.board.waiting("test:ann")
    assert waiting.job.task.bars == 16


def test_all_that_can_be_changed_fits_into_one_button():
    style = load_catalogue().popular(1)[0]
    for metre in METRES:
        for name in (*MAJORS, *MINORS, "C# dorian", "Bb lydian"):
            changes = Changes(
                bars="128", tempo="240", metre=metre.replace("/", "x"), key=_write_key(parse_key(name)), mood="3",
                form="8", chords="9", style="3f2a1",
            )  # fmt: skip
            action = Action("card", "abcdefgh", f"go-{changes.encode()}")
            assert len(action.encode()) + 7 <= 64, "an owner's mark comes behind it"
            assert Changes.decode(action.argument.partition("-")[2]) == changes
            assert _read_key(changes.key) == parse_key(name)
    assert style is not None


async def test_only_forms_and_chords_that_a_piece_is_long_enough_for_are_offered(still_world):
    asked = (await still_world.say("/compose chopin keyboard bars=4 form=A")).replies[0]
    card = (await still_world.press(labelled(asked, "Change …"))).replies[0]
    chords = (await still_world.press(labelled(card, "Chords"))).edits[0]
    assert {choice.label for choice in chords.menu.choices} >= {"As suits the style", "I V vi IV"}
    assert all(
        len(choice.label.split()) <= 4 or not choice.label.startswith(("I", "i")) for choice in chords.menu.choices
    )


def test_every_form_and_every_chord_of_the_card_fits_into_sixteen_bars():
    for name in FORMS:
        parse_form(name).check_bars(16 if name != "ABACA" else 24)
    assert len(FORMS) <= 8
    assert len(CHORDS) <= 9
    for name in CHORDS:
        parse_progression(name).check_bars(16)


def test_what_does_not_fit_any_more_is_left_out():
    task = composing(style=Style("Romantic", "Chopin, Frederic", "Keyboard"), players=("piano",))
    changed = Changes(bars="1", key="0", style=None).applied(task, load_catalogue())
    assert (changed.request.bars, changed.request.key) == (1, None)


def test_a_menu_is_a_list_on_discord_and_buttons_elsewhere():
    choices = [Button(f"Key {number}", Action("card", "abcdefgh", f"c-b{number}")) for number in range(1, 26)]
    reply = Reply("Key", menu=Menu("Key", choices), buttons=((Button("Back", Action("card", "abcdefgh", "c-")),),))
    select, row = build_message(reply).data["components"]
    (menu,) = select["components"]
    assert (menu["type"], len(menu["options"])) == (3, 25)
    assert menu["options"][3]["value"] == "v1:card:abcdefgh:c-b4"
    assert row["components"][0]["label"] == "Back"
    assert [len(part) for part in keyboard(reply.rows).inline_keyboard] == [3] * 8 + [1, 1]
