"""The real maker: a real composer with a network that knows nothing, and a renderer that draws nothing."""

import pytest

from bot.making.maker import RealMaker
from bot.making.workshop import Workshop, no_source
from config.settings import Settings
from generator.catalogue.catalogue import load_catalogue
from generator.composer import open_composer
from generator.model.sampling_settings import Sampling
from generator.notation.keys import Key
from generator.notation.limits import Metre
from renderers.errors import ToolCrashed, ToolTimedOut
from renderers.formats import chat_formats
from renderers.pipeline import Rendering
from renderers.score.abc import Remark
from tests.bot.tasks import composing


class NoDrawing:
    async def render_most(self, abc, formats, *, title, composer, show, tune="", **_):
        show(b"the first page")
        assert set(chat_formats()) <= set(formats)
        missing = {"mp3": ToolTimedOut(), "analysis": ToolCrashed()}
        remarks = (Remark("words", 7),)
        return Rendering(files={".abc": abc.encode()}, missing=missing, remarks=remarks, seconds=61.04)


def workshop(composer):
    return Workshop(
        composer=composer,
        renderer=NoDrawing(),
        catalogue=load_catalogue(),
        model={"file": "tiny"},
        find_source=no_source,
    )


async def test_a_piece_has_the_id_of_its_job_and_reports_every_bar(tiny_weights):
    bars, steps = [], []
    settings = Settings(weights=tiny_weights, threads=1, tries_per_bar=1, slots=1)
    async with open_composer(settings) as composer:
        maker = RealMaker(workshop(composer))
        task = composing(bars=2, key=Key("A", "min"), metre=Metre(3, 4))
        made = await maker.make("abcd2345", task, language="de", on_progress=bars.append, on_step=steps.append)
    assert made.record["id"] == "abcd2345"
    assert made.record["name"].endswith("_abcd2345")
    assert made.record["seed"] == task.request.seed
    assert b"K:Amin" in made.files[".abc"]
    assert b'nm="Klavier"' in made.files[".abc"], "as whoever asked calls it"
    assert [progress.bar for progress in bars] == [1, 2]
    assert [getattr(step, "page", None) for step in steps] == [None, b"the first page"]
    assert made.record["missing"] == {"mp3": "ToolTimedOut"}, "what only programs read is missed by nobody"
    assert [remark["text"] for remark in made.record["remarks"]] == ["Line 7: some of the words stand under no note."]
    assert made.record["seconds"] == made.record["report_card"]["seconds"] == 61.0, "as it is played, repeats and all"
    assert "1 min 1 s" in made.record["report"]


@pytest.mark.parametrize(
    ("weights", "asked", "left_out"),
    [("tiny_weights", True, False), ("unguidable_weights", True, True), ("unguidable_weights", False, False)],
)
async def test_the_record_says_if_guidance_that_was_asked_for_was_left_out(weights, asked, left_out, request):
    settings = Settings(weights=request.getfixturevalue(weights), threads=1, tries_per_bar=1, slots=1)
    async with open_composer(settings) as composer:
        maker = RealMaker(workshop(composer))
        task = composing(bars=1, sampling=Sampling(1.0, 9, 0.9, 2.0), guidance_asked=asked)
        made = await maker.make("abcd2345", task, language="de", on_progress=lambda _: None, on_step=lambda _: None)
    assert made.record["guidance_left_out"] is left_out
