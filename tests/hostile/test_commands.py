"""Everything a person can type, choose or press, at the doors that all platforms use."""

import json
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.messages import Action
from bot.commands import run_about, run_command, run_suggest
from bot.texts import languages, say
from tests.hostile import volumes, words
from tests.hostile.judge import check_reply, check_words
from tests.hostile.throwing import hostile, several, throw_all
from tests.hostile.world import ADMIN, ATTACKERS, BLOCKED

COMMANDS = ("compose", "styles", "queue", "cancel", "piece", "settings", "help", "about", "mydata")
FAMILIES = ("mydata show", "mydata export", "mydata erase", "admin pause", "admin clear", "admin stats", "admin block")
LANGUAGES = languages()


def check(stage, context, thrown):
    stage.thrown += 1
    assert context.was_answered
    for reply in context.replies:
        check_reply(reply, data=stage.world.data, thrown=thrown)


def test_any_line_is_answered_in_words(stage, victim):
    for command, of_victim in product(("cancel", "piece"), victim.ids):
        aimed = f"/{command} {of_victim}"
        check(stage, stage.run(stage.world.say(aimed, ATTACKERS[0])), aimed)

    @hostile(volumes.COMMAND_LINES)
    @given(
        several(words.lines(COMMANDS + FAMILIES, victim.ids), st.sampled_from(ATTACKERS), st.sampled_from(LANGUAGES))
    )
    def throw(said):
        for line, who, language in said:
            check(stage, stage.run(stage.world.say(line, who, language=language)), line)

    throw_all(stage, throw, at_least=volumes.COMMAND_LINES)
    stage.run(victim.check_untouched())


def test_any_options_are_answered_in_words(stage, victim):
    """As Discord hands them over, and as a client could that does not keep to what we described."""
    registry = stage.world.registry
    commands = [each for family in registry.commands for each in (family.subcommands or (family,))]

    def options_of(command):
        names = st.sampled_from([option.name for option in command.options] + ["nothing"])
        return st.tuples(st.just(command), st.dictionaries(names, words.typed_values(victim.ids), max_size=5))

    @hostile(volumes.TYPED_OPTIONS)
    @given(several(st.sampled_from(commands).flatmap(options_of), st.sampled_from(ATTACKERS)))
    def throw(called):
        for (command, options), who in called:
            context = stage.run(stage.world.call(command, options, who))
            check(stage, context, options)

    throw_all(stage, throw, at_least=volumes.TYPED_OPTIONS)
    stage.run(victim.check_untouched())


def test_any_callback_data_are_answered_in_words(stage, victim):
    verbs = tuple(stage.world.registry.actions)
    for verb, of_victim in product(verbs, victim.ids):
        aimed = Action(verb, of_victim).encode()
        check(stage, stage.run(stage.world.press(aimed, ATTACKERS[0])), aimed)

    @hostile(volumes.CALLBACK_DATA)
    @given(
        several(
            words.callbacks(verbs, victim.ids + stage.own + ATTACKERS),
            st.sampled_from(ATTACKERS),
            st.sampled_from(LANGUAGES),
        )
    )
    def throw(pressed):
        for data, who, language in pressed:
            check(stage, stage.run(stage.world.press(data, who, language=language)), data)

    throw_all(stage, throw, at_least=volumes.CALLBACK_DATA)
    stage.run(victim.check_untouched())


def test_any_typing_gets_suggestions_that_can_be_shown(stage, victim):
    options = [
        (command, option) for command in stage.world.registry.commands for option in command.options if option.suggest
    ]

    @hostile(volumes.SUGGESTIONS)
    @given(
        several(
            st.sampled_from(options),
            words.text,
            st.dictionaries(st.sampled_from(words.NAMES), words.typed_values(victim.ids), max_size=2),
        )
    )
    def throw(typed):
        for (_, option), text, others in typed:
            context = stage.world.context(ATTACKERS[0])
            context.options = others
            suggestions = stage.run(run_suggest(option, context, text))
            stage.thrown += 1
            assert len(suggestions) <= 25
            for suggestion in suggestions:
                check_words(suggestion.label)
                assert 1 <= len(suggestion.label) <= 100
                assert 1 <= len(suggestion.value) <= 100
                assert suggestion.value not in victim.ids

    throw_all(stage, throw, at_least=volumes.SUGGESTIONS)


# --- who may what -----------------------------------------------------------------------------------------------------


def test_admin_commands_are_refused_however_they_are_spelled(stage, victim):
    """For those who do not run the bot: the switches, the rules and everybody's jobs stay as they are."""
    world = stage.world
    names = tuple(f"admin {each.name}" for each in world.registry.command("admin").subcommands)

    async def state():
        summary = await world.services.jobs.board.summary()
        return await world.services.store.rules.all(), summary.paused, summary.draining

    @hostile(volumes.ADMIN_LINES)
    @given(several(words.lines(names, victim.ids), st.sampled_from((*ATTACKERS, BLOCKED))))
    def throw(said):
        for line, who in said:
            context = stage.run(world.say(line, who))
            check(stage, context, line)
            assert stage.run(state()) == before

    before = stage.run(state())
    throw_all(stage, throw, at_least=volumes.ADMIN_LINES)
    stage.run(victim.check_untouched())


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_is_blocked_is_told_so_whatever_they_send(stage, victim, language):
    world = stage.world
    refusal = say("error.NotAllowed", language)
    option = next(option for option in world.registry.command("compose").options if option.suggest)

    async def knock():
        for command in COMMANDS:
            family = world.registry.command(command)
            for each in family.subcommands or (family,):
                context = world.context(BLOCKED, language=language)
                context.options = {option.name: "5" for option in each.options if option.required}
                await run_command(each, context)
                assert [reply.text for reply in context.replies] == [refusal]
        for verb in world.registry.actions:
            pressed = await world.press(Action(verb, victim.pieces[0]).encode(), BLOCKED, language=language)
            assert [reply.text for reply in pressed.replies] == [refusal]
        shown = world.context(BLOCKED, language=language)
        await run_about(victim.pieces[0], shown)
        assert [reply.text for reply in shown.replies] == [refusal]
        assert await run_suggest(option, world.context(BLOCKED), "chopin") == ()
        assert await world.services.store.people.export(f"telegram:{BLOCKED}") == before

    before = stage.run(world.services.store.people.export(f"telegram:{BLOCKED}"))
    stage.run(knock())
    stage.run(victim.check_untouched())


def test_an_operator_s_slips_are_answered_in_words_too(stage, victim):
    world = stage.world
    names = ("admin block", "admin unblock", "admin allow", "admin quota", "admin queue", "admin stats", "admin")

    @hostile(100)
    @given(several(words.lines(names, victim.ids)))
    def throw(said):
        for (line,) in said:
            check(stage, stage.run(world.say(line, ADMIN)), line)

    try:
        throw()
    finally:
        stage.run(forget_rules(world))
    stage.run(victim.check_untouched())


async def forget_rules(world):
    for rule in await world.services.store.rules.all():
        await world.services.store.rules.set(rule.kind, rule.key, None)
        if rule.kind != "chat":
            await world.services.store.rules.set_quota(rule.kind, rule.key, None)


def test_damaged_buttons_are_explained_in_the_person_s_language(stage):
    for language in LANGUAGES:
        pressed = stage.run(stage.world.press("v1:rm -rf:..", ATTACKERS[0], language=language))
        assert [reply.text for reply in pressed.replies] == [say("error.StaleButton", language)]


def test_a_piece_and_a_job_of_somebody_else_stay(stage, victim):
    """Not by chance but one by one: every button that destroys, with the right ids, by the wrong person."""
    world, attacker = stage.world, ATTACKERS[0]

    async def attack():
        piece = victim.pieces[0]
        for verb in ("delete", "sure"):
            refused = await world.press(Action(verb, piece).encode(), attacker)
            assert [reply.text for reply in refused.replies] == [say("error.NotYourPiece", "en")]
        for data in (Action("cancel", victim.job).encode(),):
            refused = await world.press(data, attacker)
            assert [reply.text for reply in refused.replies] == [say("error.NotYours", "en")]
        refused = await world.say(f"/cancel {victim.job}", attacker)
        assert [reply.text for reply in refused.replies] == [say("error.NotYours", "en")]
        refused = await world.press(Action("erase", victim.ids[-1]).encode(), attacker)
        assert [reply.text for reply in refused.replies] == [say("error.NotYourButton", "en")]
        exported = await world.say("/mydata export", attacker)
        known = json.loads(exported.replies[0].attachments[0].read())
        assert known["person"] == f"telegram:{attacker}"
        rows = [*known["pieces"], *known["jobs"]]
        assert all(row["person"] == known["person"] for row in rows)
        assert {row["id"] for row in rows}.isdisjoint(victim.ids)

    stage.run(attack())
    stage.run(victim.check_untouched())
