"""What a database cannot read never reaches it: the same words on SQLite and on PostgreSQL."""

import re

import pytest

from bot.chat.messages import Action
from bot.commands import run_about, run_command
from tests.bot.store.postgres import run_postgres
from tests.hostile import words
from tests.hostile.judge import check_reply
from tests.hostile.world import ADMIN, ATTACKERS, Stage, Victim, copy_empty

WHAT_DATABASES_MIND = re.compile("[\0\ud800-\udfff'\";%{$\\\\]|^[0-9.-]+$|.{200}", re.DOTALL)
ODD_TEXTS = (
    *filter(WHAT_DATABASES_MIND.search, words.POISONS), "a\0", "\ud800", "abc\udfffdef", "x" * 4000,
)  # fmt: skip
ASKED = (("cancel", "job"), ("piece", "id"), ("compose", "style"))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def stage(request, tmp_path_factory, template):
    """A world of its own on each of the two."""
    data = tmp_path_factory.mktemp(request.param) / "data"
    if request.param == "sqlite":
        copy_empty(template, data)
        stage = Stage(data)
        yield stage
        stage.close()
        return
    with run_postgres() as server:
        stage = Stage(data, database_url=server.new_database())
        yield stage
        stage.close()


@pytest.fixture(scope="module")
def victim(stage):
    return stage.run(Victim(stage.world).settle())


def check(stage, context, thrown):
    assert context.was_answered, thrown
    for reply in context.replies:
        check_reply(reply, data=stage.world.data, thrown=thrown)


def test_any_text_behind_a_command_is_answered(stage, victim):
    """As options, past everything that reads a line, and as a line."""
    world = stage.world
    for thrown in (*ODD_TEXTS, *words.ODD_VALUES):
        for name, option in ASKED:
            context = stage.run(world.call(world.registry.command(name), {option: thrown}, ATTACKERS[0]))
            check(stage, context, thrown)
        check(stage, stage.run(world.say(f"/cancel {thrown}", ATTACKERS[0])), thrown)
    stage.run(victim.check_untouched())


def test_any_id_is_answered(stage, victim):
    """In a button and in the name of a file, where the platform says what the id is."""
    world = stage.world
    for thrown in ODD_TEXTS:
        for verb in ("cancel", "sure"):
            check(stage, stage.run(world.press(f"v1:{verb}:{thrown}", ATTACKERS[0])), thrown)
        context = world.context(ATTACKERS[0])
        stage.run(run_about(thrown, context))
        check(stage, context, thrown)
    stage.run(victim.check_untouched())


def test_any_name_can_be_looked_for_by_an_operator(stage):
    world = stage.world
    command = next(each for each in world.registry.command("admin").subcommands if each.name == "unblock")
    for thrown in (*ODD_TEXTS, *words.ODD_VALUES):
        context = world.context(ADMIN)
        context.options = {"who": thrown}
        stage.run(run_command(command, context))
        check(stage, context, thrown)
    assert stage.run(world.services.store.rules.all()) == []


def test_the_same_number_on_another_platform_is_another_person(stage, victim):
    """discord:900 is not telegram:900."""
    world = stage.world
    for data in (Action("sure", victim.pieces[0]), Action("cancel", victim.job), Action("erase", victim.ids[-1])):
        check(stage, stage.run(world.press(data.encode(), victim.ids[-1], platform="discord")), data)
    stage.run(victim.check_untouched())
