"""Help from a language model: what it says is read by our own grammar, and without it ours stands."""

import json

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.commands import interpreter
from bot.commands.interpreter import interpret
from config.settings import Settings
from generator.catalogue.catalogue import load_catalogue
from generator.wishes.reading import read_wishes

CATALOGUE = load_catalogue()
WORDS = "chopin frobnicated quuxly"


class Model:
    """A server that answers what it is told to."""

    def __init__(self):
        self.asked, self.answer, self.status = [], "", 200

    async def reply(self, request):
        self.asked.append((request.headers.get("Authorization"), await request.json()))
        return web.Response(text=self.answer, status=self.status, content_type="application/json")


@pytest.fixture
async def model():
    told = Model()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", told.reply)
    async with TestServer(app) as server:
        told.settings = Settings(llm_url=str(server.make_url("/v1")), llm_key="sesame", _env_file=None)
        yield told


def says(words):
    return json.dumps({"choices": [{"message": {"content": words}}]})


async def helped(model, words=WORDS):
    offline = read_wishes(words, CATALOGUE, is_request=True)
    return offline, await interpret(words, offline, CATALOGUE, model.settings)


async def test_what_the_model_says_is_read_by_our_own_grammar(model):
    model.answer = says("Chopin, piano, waltz, key=E minor, bars=24, tempo=lento, sad")
    _, wishes = await helped(model)
    assert (wishes.style.name, wishes.genre, wishes.key.name, wishes.bars) == (
        "Chopin keyboard",
        "waltz",
        "E minor",
        24,
    )
    [(key, asked)] = model.asked
    assert key == "Bearer sesame"
    assert asked["messages"][-1] == {"role": "user", "content": WORDS}


@pytest.mark.parametrize(
    "answer",
    ["", "{}", "[]", '{"choices": []}', says("none"), says("xyzzy " * 90), says(["Chopin"]), "\x00", says("hello")],
)
async def test_an_answer_that_is_no_request_changes_nothing(model, answer):
    model.answer = answer
    offline, wishes = await helped(model)
    assert wishes == offline


async def test_a_model_that_fails_or_takes_too_long_changes_nothing(model, monkeypatch):
    model.status = 500
    offline, wishes = await helped(model)
    assert wishes == offline
    monkeypatch.setattr(interpreter, "LIMIT_S", 0.0)
    assert await interpret(WORDS, offline, CATALOGUE, model.settings) == offline


async def test_what_is_understood_goes_nowhere(model):
    await helped(model, "chopin nocturne in E minor")
    await helped(model, "hello")
    assert model.asked == []
