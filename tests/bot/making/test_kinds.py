"""Kinds of work: how tasks are written and read, and that a new kind needs nothing but its own module and the table."""

import json
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import update

from bot.making.files import Piece
from bot.making.film import Film
from bot.making.kinds import KINDS, Unreadable, kind_of, read_task, write_task
from bot.making.maker import RealMaker
from bot.making.onward import Rewrite, Vary
from bot.making.redraw import Redraw
from bot.making.task import Showing, Task
from bot.making.transpose import Transpose
from bot.making.workshop import Workshop, no_source
from bot.store.tables import jobs
from generator.catalogue.catalogue import load_catalogue
from generator.errors import BadRequest
from generator.notation.keys import Key
from generator.notation.limits import Metre
from generator.onward.work import How, Kind, Work
from generator.planning.chords import parse_progression
from generator.planning.form import parse_form
from generator.request import Request
from generator.transposing.transposition import Transposition
from tests.bot.jobs.conftest import Platform, open_bot  # noqa: F401 - a fixture
from tests.bot.tasks import CHOPIN, composing
from tests.test_import_direction import import_graph

TASKS = (
    composing(key=Key("F#", "min"), metre=Metre(6, 8), tempo=90, candidates=3, guidance_asked=True, parent="abc"),
    Transpose(piece="abc", way=Transposition(fifths=-3, semitones=3), key=Key("C", "min"), length=16),
    Transpose(piece="abc", way=Transposition(instrument="horn", voice="2"), key=None, length=2),
    Redraw(piece="abc", length=16),
    Film(piece="abc", length=16, shape="tall"),
    Rewrite(work=Work(kind=Kind.REWRITE, style=CHOPIN, seed=7, first=5, last=8), length=16, written=4, piece="abc"),
    Vary(
        work=Work(kind=Kind.VARY, style=CHOPIN, seed=7, first=1, last=8, how=How.SAME_RHYTHM, how_far=0.3),
        length=8,
        written=2,
        name="song",
        abc="X:1",
    ),
)


@pytest.mark.parametrize("task", TASKS)
def test_a_task_is_read_as_it_was_written(task):
    showing = Showing(pages="pdf", audio=False)
    assert read_task(write_task(task, showing)) == (task, showing)


def test_what_a_newer_version_adds_to_a_request_is_kept():
    written = write_task(composing(), Showing())
    written["request"]["mood"] = "sad"
    task, showing = read_task(written)
    assert task == composing()
    assert write_task(task, showing)["request"]["mood"] == "sad"


@pytest.mark.parametrize(
    "written",
    [
        {"kind": "paint", "piece": "abc", "showing": {"pages": "pdf", "video": True}},
        {"kind": "compose"},
        {"kind": "compose", "request": {"period": "Romantic"}},
        {"kind": "compose", "request": {**composing().request.to_json(), "bars": 0}},
        {"kind": "compose", "request": {**composing().request.to_json(), "key": "H#"}},
        {"kind": "transpose", "piece": "abc", "way": {"instrument": "kazoo"}, "length": 4},
        {"composer": "bach"},
        {},
    ],
)
def test_what_cannot_be_read_is_still_a_task_and_keeps_what_it_says(written):
    task, showing = read_task(written)
    assert isinstance(task, Unreadable)
    assert task.bars == 1
    assert task.describe(load_catalogue(), "en")
    kept = write_task(task, showing)
    assert {name: kept[name] for name in written if name != "showing"} == {
        name: value for name, value in written.items() if name != "showing"
    }


def test_a_record_that_says_no_kind_is_of_a_composition():
    assert kind_of({}) is KINDS["compose"]
    assert kind_of({"kind": "transpose"}) is Transpose
    assert kind_of({"kind": "paint"}) is Unreadable


def test_a_request_keeps_its_form_and_chords_on_its_way_through_json():
    asked = replace(composing().request, bars=16, form=parse_form("|:A:|B"), chords=parse_progression("Am F | C"))
    assert Request.from_json(json.loads(json.dumps(asked.to_json()))) == asked


@pytest.mark.parametrize("wish", [{"form": parse_form("ABACA")}, {"chords": parse_progression("C F G C F")}])
def test_more_sections_or_chords_than_bars_are_refused(wish):
    with pytest.raises(BadRequest):
        replace(composing().request, bars=4, **wish)


def test_a_request_refuses_what_is_impossible_also_from_json():
    with pytest.raises(BadRequest):
        Request.from_json({**composing().request.to_json(), "tempo": 0})
    with pytest.raises(BadRequest):
        replace(composing().request, bars=257)


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("transpose", {"bot.making.edit", "bot.commands.errands"}),
        ("onward", {"bot.making.edit", "bot.commands.editing", "bot.cli.edit"}),
    ],
)
def test_a_kind_is_known_to_the_table_to_the_two_lists_of_commands_and_to_who_hears_it_asked_for_in_words(kind, more):
    """So a new kind of work touches these files, beside its own and the texts."""
    own = {f"bot.{room}.{kind}" for room in ("making", "commands", "cli")}
    knowing = {module for module, others in import_graph().items() if others & own and module.startswith("bot")} - own
    assert knowing == {"bot.making.kinds", "bot.commands.registry", "bot.cli.app"} | more


# --- a new kind ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Bell(Task):
    """The smallest kind of work: its file holds its own words."""

    kind = "bell"

    words: str

    @property
    def bars(self):
        return 2

    def to_json(self):
        return {"words": self.words}

    @classmethod
    def from_json(cls, values):
        return cls(words=values["words"])

    def describe(self, catalogue, language):
        return f"bell {self.words}"

    async def make(self, workshop, order):
        order.on_step("ringing")
        return Piece(record={"kind": self.kind, "id": order.id, "name": f"bell_{order.id}"}, files={".abc": b"ding"})

    @classmethod
    def how_made(cls, record, language):
        return ["rung"]

    @classmethod
    def buttons(cls, record):
        return ()


async def test_a_new_kind_is_accepted_survives_a_crash_and_is_delivered_by_standing_in_the_table(
    open_bot,  # noqa: F811
    monkeypatch,
):
    monkeypatch.setitem(KINDS, "bell", Bell)
    workshop = Workshop(composer=None, renderer=None, catalogue=load_catalogue(), model={}, find_source=no_source)
    maker, platforms = RealMaker(workshop), [Platform()]
    async with open_bot(maker=maker, platforms=platforms, start=False) as bot:
        job = (await bot.ask(task=Bell(words="one two"))).job
        assert (await bot.jobs.board.waiting("discord:ada"))[0].job.task == Bell(words="one two")
        async with bot.store.writing() as connection:  # the process dies while it is made
            await connection.execute(update(jobs).values(state="running", attempt=1))
    async with open_bot(maker=maker, platforms=platforms) as bot:
        await bot.settled()
        assert (await bot.store.jobs.get(job)).crashes == 1
        assert (await bot.store.pieces.get(job)).file(".abc").name == f"bell_{job}.abc"
        assert f"result {job}" in bot.platforms["discord"].said()


async def test_a_kind_that_is_gone_ends_in_a_sentence(open_bot, monkeypatch):  # noqa: F811
    workshop = Workshop(composer=None, renderer=None, catalogue=load_catalogue(), model={}, find_source=no_source)
    monkeypatch.setitem(KINDS, "bell", Bell)
    platforms = [Platform()]
    async with open_bot(maker=RealMaker(workshop), platforms=platforms, start=False) as bot:
        job = (await bot.ask(task=Bell(words="one"))).job
    monkeypatch.delitem(KINDS, "bell")
    async with open_bot(maker=RealMaker(workshop), platforms=platforms) as bot:
        await bot.settled()
        assert (await bot.store.jobs.get(job)).state == "failed"
        (said,) = bot.platforms["discord"].said()
        assert "another version" in said
