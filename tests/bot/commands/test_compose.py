"""Asking for a piece: by words, by lists, by buttons."""

import re

import pytest

from bot.chat.messages import Action
from bot.commands import run_command, run_suggest
from bot.commands.cascade import chosen_wish
from bot.commands.picker import read_wishes, write_wishes
from bot.commands.words import SPOKEN
from generator.notation import Key, Metre
from tests.bot.commands.conftest import button, open_world


async def test_a_request_is_accepted_and_the_piece_comes_with_all_it_says(world):
    piece = await world.piece("/compose chopin keyboard bars=4 seed=7 temperature=1.5 top_k=0")
    assert piece.title == "Keyboard piece in A minor"
    target = piece.buttons[0][0].action.target
    assert piece.text == f"Chopin keyboard · 3/4 · Andantino (♩ = 90) · 4 bars, 38 s\nPiece {target}"
    details = (await world.press(button(piece, "details"))).replies[0].text
    for words in ("seed 7", "temperature 1.5", "among the 128", "up to 0.9", "leaning on its composer: "):
        assert words in details
    assert len(piece.title + piece.text) <= 1000
    assert [file.name.partition(piece.buttons[0][0].action.target)[2] for file in piece.attachments] == [
        "_p1.png",
        ".mp3",
        ".mid",
        ".musicxml",
        ".abc",
        "_p2.png",
    ]
    assert piece.attachments[0].description == (
        "Sheet music, page 1 of 2: Keyboard piece in A minor, "
        "Chopin keyboard · 3/4 · Andantino (♩ = 90) · 4 bars, 38 s."
    )


async def test_the_first_answer_says_what_and_when_and_can_be_cancelled(still_world):
    first = (await still_world.say("/compose chopin keyboard key=Am")).replies[0]
    assert first.title == "On its way"
    assert "Chopin keyboard · 16 bars · A minor" in first.text
    assert button(first, "cancel").style == "danger"
    assert not first.private


async def test_only_guidance_that_a_person_names_was_asked_for(world):
    for words in ("", " guidance=2", " guidance=0"):
        await world.piece(f"/compose chopin keyboard bars=1{words}")
    assert [task.guidance_asked for task in world.maker.tasks] == [False, True, False]


async def test_the_same_event_makes_one_piece(still_world):
    await still_world.say("/compose chopin keyboard", event="e1")
    again = await still_world.say("/compose chopin keyboard", event="e1")
    assert again.replies == []
    assert len(await still_world.services.jobs.board.waiting("test:ann")) == 1


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("/compose xyzzy plugh", "I have nothing called “xyzzy plugh”"),
        ("/compose chopin key=H#", "sharps or flats"),
        ("/compose chopin metre=3/5", "3/5"),
        ("/compose seed=7", "Say as well what you would like to hear"),
    ],
)
async def test_what_cannot_be_composed_is_refused_privately_before_anything_is_accepted(still_world, line, complaint):
    answer = (await still_world.say(line)).replies[-1]
    assert answer.private
    assert complaint in answer.text
    assert await still_world.services.jobs.board.waiting() == []


async def test_a_chinese_person_is_answered_in_chinese(still_world):
    wrong = (await still_world.say("/compose chopin guitar", language="zh")).replies[0]
    assert "肖邦" in wrong.text
    right = (await still_world.say("/compose 肖邦 键盘 key=F#m", language="zh")).replies[0]
    assert right.title == "已接受"
    assert "肖邦 键盘 · 16 小节 · 升f小调" in right.text


async def test_a_refused_request_is_answered_with_what_to_do(tmp_path):
    async with open_world(tmp_path, running=False, max_waiting_per_person=1) as world:
        await world.say("/compose chopin keyboard")
        answer = (await world.say("/compose chopin keyboard")).replies[0]
        assert answer.private
        assert "/cancel" in answer.text


async def test_no_markup_or_mention_finds_a_style(still_world):
    answer = (await still_world.say("/compose @everyone **plugh** \u202egnp")).replies[0]
    assert answer.private
    assert "\u202e" not in answer.text


# --- lists that show only what is possible --------------------------------------------------------------------------


async def suggestions(world, name, typed, language="en", **options):
    option = next(each for each in world.registry.command("compose").options if each.name == name)
    return await run_suggest(option, world.context(language=language, options=options), typed)


async def test_only_what_goes_with_the_other_fields_is_suggested(still_world):
    baroque = [each.value for each in await suggestions(still_world, "composer", "", period="Baroque")]
    assert "Bach, Johann Sebastian" in baroque
    assert "Chopin, Frederic" not in baroque
    for_chopin = await suggestions(still_world, "instrumentation", "", composer="Chopin, Frederic")
    catalogue = still_world.services.catalogue
    mine = [style for style in catalogue.styles if style.composer == "Chopin, Frederic"]
    assert {each.value for each in for_chopin} == {s.instrumentation for s in mine if catalogue.knows(s)}
    assert [each.value for each in await suggestions(still_world, "period", "", composer="Chopin, Frederic")] == [
        "Romantic"
    ]


async def test_suggestions_speak_the_persons_language(still_world):
    found = await suggestions(still_world, "composer", "肖邦", language="zh", period="浪漫")
    assert [(each.label, each.value) for each in found] == [("肖邦", "Chopin, Frederic")]


async def test_free_words_suggest_styles_and_never_too_many(still_world):
    found = await suggestions(still_world, "style", "chopin")
    assert found[0].value.startswith("Chopin")
    assert len(await suggestions(still_world, "composer", "")) == 25
    assert await suggestions(still_world, "key", "x") == ()
    assert {each.value for each in await suggestions(still_world, "key", "F#")} == {"F#", "F#min"}
    assert "3/4" in [each.value for each in await suggestions(still_world, "metre", "")]
    assert [each.value for each in await suggestions(still_world, "bars", "1")][:2] == ["12", "16"]
    assert "132" in [each.value for each in await suggestions(still_world, "tempo", "1")]


@pytest.mark.parametrize(
    ("typed", "composer"), [("moz", "Mozart"), ("tch", "Tchaikovsky"), ("肖", "Chopin"), ("viv", "Vivaldi")]
)
async def test_the_first_letters_typed_on_discord_complete_what_begins_so(still_world, typed, composer):
    found = await suggestions(still_world, "style", typed)
    assert found[0].value.startswith(composer)


async def test_words_that_say_more_than_a_style_are_offered_as_they_are(still_world):
    first, *_ = await suggestions(still_world, "style", "a sad waltz in E minor")
    assert first.value == "a sad waltz in E minor"
    assert "E minor · 3/4" in first.label
    for hostile in ("a sad waltz \udfff", "a sad waltz \u202e gnp", "a sad waltz " * 20):
        assert all(each.value.isprintable() for each in await suggestions(still_world, "style", hostile))


async def test_three_fields_make_a_style(still_world):
    await still_world.say('/compose composer="Chopin, Frederic" instrumentation=Keyboard')
    (waiting,) = await still_world.services.jobs.board.waiting()
    style = waiting.job.task.request.style
    assert (style.composer, style.instrumentation) == ("Chopin, Frederic", "Keyboard")


# --- choosing with buttons --------------------------------------------------------------------------------------


def labelled(reply, label):
    return next(each for row in reply.buttons for each in row if each.label == label)


async def test_buttons_lead_from_period_to_the_piece_and_carry_the_other_wishes(still_world):
    periods = (await still_world.say("/compose bars=24 key=F#m metre=3/4 tempo=90")).replies[0]
    composers = (await still_world.press(labelled(periods, "Romantic"))).edits[0]
    while not any(each.label == "Chopin" for row in composers.buttons for each in row):
        composers = (await still_world.press(labelled(composers, "Next ▶"))).edits[0]
    instruments = (await still_world.press(labelled(composers, "Chopin"))).edits[0]
    last = await still_world.press(labelled(instruments, "Keyboard"))
    assert "Chopin keyboard · 24 bars · F♯ minor · 3/4 · ♩ = 90" in last.replies[0].text
    assert "Chopin keyboard" in last.edits[0].text


async def test_every_list_of_buttons_fits_into_every_chat(still_world):
    todo = [(await still_world.say("/compose bars=64 key=Bbm metre=12/16 tempo=300")).replies[0]]
    seen = set()
    while todo:
        reply = todo.pop()
        assert len(reply.buttons) <= 5
        for row in reply.buttons:
            assert len(row) <= 5
            for each in row:
                encoded = each.action.encode()
                depth = each.action.argument.count(".")
                if encoded not in seen and depth < 2:
                    seen.add(encoded)
                    todo += (await still_world.press(each)).edits
    composers = {style.composer for style in still_world.services.catalogue.offered()}
    assert len(seen) > len(composers)


async def test_a_style_that_was_hardly_taught_is_not_offered_and_says_so_before_it_is_composed(still_world):
    offered = await suggestions(still_world, "style", "scarlatti")
    assert not any("Scarlatti" in each.value for each in offered) or len(offered) == 1
    said = (await still_world.say("/compose scarlatti keyboard")).replies[0].text
    assert re.search(r"I know (no music by Scarlatti|only \d+ pieces) of this kind \(keyboard\)", said)
    assert "in the manner of the Baroque" in said
    assert "I know" not in (await still_world.say("/compose chopin keyboard")).replies[0].text


async def test_who_plays_is_said_before_it_is_composed(still_world):
    assert "flute, piano" in (await still_world.say("/compose mozart flute and piano")).replies[0].text
    assert "wind quintet" in (await still_world.say("/compose wind quintet")).replies[0].text


@pytest.mark.parametrize("argument", ["zzzzz", "1.2.3.4", ",x", "00000,1"])
async def test_a_button_whose_choice_is_gone_says_so(still_world, argument):
    answer = await still_world.press(Action("pick", "", argument).encode())
    assert "too old" in answer.replies[0].text


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"bars": 24, "tempo": 120, "metre": Metre(12, 16), "key": Key("Bb", "min")},
        {"key": Key("F#")},
        {"metre": Metre(3, 4)},
    ],
)
def test_wishes_survive_their_way_through_a_button(options):
    written = write_wishes(options)
    assert len(written) <= 20
    assert read_wishes(written) == options


async def test_a_full_stop_of_the_work_does_not_stop_accepting(still_world):
    await still_world.say("/admin pause", "root")
    reply = (await still_world.say("/compose chopin keyboard")).replies[0]
    assert "paused" in reply.text


# --- in one's own words -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/compose chopin key=F# minor", "Chopin keyboard · 16 bars · F♯ minor"),
        ("/compose chopin nocturne in e minor", "Chopin keyboard · 16 bars · E minor"),
        ("/compose bach choral 8 bars", "Bach choral · 8 bars"),
        ("/compose chopin tempo=allegro bars=4,", "Chopin keyboard · 4 bars · ♩ = 132"),
        ("/compose chopin metre=waltz", "3/4"),
        ("/compose 肖邦 调=Am 小节=4", "Chopin keyboard · 4 bars · A minor"),
        ("/compose a waltz for violin and piano", "“waltz”: 3/4"),
        ("/compose chopin and a frobnicator", "I did not understand: frobnicator."),
        ("/compose a waltz like Verdi", "I have no music by Giuseppe Verdi"),
        ("/compose Schubrt impromptu", "I read “Schubrt” as Schubert."),
    ],
)
async def test_the_status_says_what_was_made_of_the_words(still_world, line, said):
    first = (await still_world.say(line)).replies[0]
    assert first.title == "On its way"
    assert said in first.text


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/compose hello", "Hello!"),
        ("/compose danke", "You are welcome."),
        ("/compose another one", "another one of"),
        ("/compose chopin --bars", "No value stands behind bars"),
        ("/compose chopin bars=many", "for example bars=16"),
        ("/compose chopin tempo=quick-ish", "for example tempo=90"),
    ],
)
async def test_what_is_no_request_gets_an_answer_and_no_piece(still_world, line, said):
    answer = (await still_world.say(line)).replies[-1]
    assert answer.private
    assert said in answer.text
    assert await still_world.services.jobs.board.waiting() == []


@pytest.mark.parametrize(("word", "label"), [("shopin", "Chopin keyboard"), ("weber", "Schubert"), ("frank", "Bridge")])
async def test_a_name_that_is_only_near_is_a_question_whose_button_composes(still_world, word, label):
    question = (await still_world.say(f"/compose {word}")).replies[-1]
    assert await still_world.services.jobs.board.waiting() == []
    (choice,) = question.buttons[0]
    assert label in choice.label
    await still_world.press(choice)
    assert len(await still_world.services.jobs.board.waiting()) == 1


async def test_where_it_is_not_clear_that_a_piece_is_wanted_one_is_offered_by_a_button(still_world):
    said = {"style": "grandma danced polka in her youth", SPOKEN: True}
    context = still_world.context("ann", options=said)
    await run_command(still_world.registry.command("compose"), context)
    (offer,) = context.replies
    assert offer.title == "Shall I compose this?"
    assert offer.private
    assert await still_world.services.jobs.board.waiting() == []
    await still_world.press(offer.buttons[0][0])
    assert len(await still_world.services.jobs.board.waiting()) == 1


async def test_nobody_is_offered_an_unknown_period_and_who_had_one_stands_in_his_own(still_world):
    periods = [each.value for each in await suggestions(still_world, "period", "")]
    assert "Romantic" in periods
    assert "Unknown" not in periods
    catalogue = still_world.services.catalogue
    wish = chosen_wish(catalogue, {"composer": "Schoenberg, Arnold", "period": "Romantic"})
    assert wish.style.composer == "Schoenberg, Arnold"
    assert wish.style.period == "Unknown", "as the network was taught it"
    assert all(style.era != "Unknown" for style in catalogue.styles)


async def test_a_length_that_is_shortened_is_told_once(still_world):
    text = (await still_world.say("/compose a waltz, 20 minutes long")).replies[0].text
    assert "it gets" in text
    assert len(set(re.findall(r"(\d+) bars", text))) == 1


async def test_a_single_suggestion_is_not_one_of_several(still_world):
    asked = (await still_world.say("/compose xylophonist")).replies[0]
    assert len(asked.buttons[0]) == 1
    assert "one of" not in asked.text
