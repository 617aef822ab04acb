import json
import math
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
import pytest_asyncio
from PIL import Image, ImageChops, ImageStat

from renderers.errors import InputRefused, RenderError, ToolTimedOut
from renderers.pipeline import open_renderer, render
from renderers.process.child import ProcessLimits
from renderers.score.files import ScoreFile
from tests.refusals import refuses
from tests.renderers.test_sanitise import load_tune, tune

pytestmark = pytest.mark.asyncio(loop_scope="module")

SCORES = Path(__file__).parents[1] / "data" / "scores"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def renderer():
    """One warm process for all tests here: each start takes seconds. It has to survive every one of them."""
    async with open_renderer() as renderer:
        yield renderer


async def test_all_formats_of_a_piece_come_back_by_their_endings(renderer):
    formats = ["abc", "xml", "png", "pdf", "mid", "mp3", "mp3-small", "analysis"]
    files = await renderer.render(load_tune("quartet.abc"), formats, title="Quartet", composer="Notabot")
    assert list(files) == ["_p1.png", ".mp3", ".mid", ".musicxml", ".abc", ".pdf", ".analysis.json"]
    assert files[".abc"].decode() == load_tune("quartet.abc")
    assert files[".musicxml"].startswith(b"<?xml")
    assert Image.open(BytesIO(files["_p1.png"])).format == "PNG"
    assert files[".pdf"].startswith(b"%PDF")
    assert files[".mid"].startswith(b"MThd")
    assert files[".mp3"].startswith(b"ID3")
    assert json.loads(files[".analysis.json"])["key"] == "D major"


async def test_a_video_tells_how_far_it_is_and_without_anything_to_do_the_process_goes(tmp_path):
    told = []
    async with open_renderer() as renderer:
        made = await renderer.render_most(tune("C|]"), ["mp4", "abc"], tell=told.append)
        assert list(made.files) == [".mp4", ".abc"]
        assert len(told) > 5
        assert told == sorted(told)
        assert renderer.is_well
        await renderer.rest()
        assert not renderer.is_well


async def test_the_first_page_is_shown_before_all_else_is_made(renderer):
    shown = []
    made = await renderer.render_most(tune("CDEFGABc|" * 60), ["png", "xml"], show=shown.append)
    assert len(made.files) > 2
    (early,) = (Image.open(BytesIO(page)).convert("L") for page in shown)
    page = Image.open(BytesIO(made.files["_p1.png"])).convert("L")
    assert early.size == (600, math.ceil(page.height * 600 / page.width))
    unlike = ImageChops.difference(early, page.resize(early.size, Image.Resampling.BOX))
    assert ImageStat.Stat(unlike).mean[0] < 4, "the same page"


async def test_only_what_is_asked_for_is_made(renderer):
    assert list(await renderer.render(load_tune("quartet.abc"), {"xml"})) == [".musicxml"]


async def test_every_file_says_what_the_abc_says_where_nothing_is_given(renderer):
    formats = ["xml", "png", "pdf", "mid"]
    named = await renderer.render(load_tune("song.abc"), formats, title="Evening", composer="Nobody")
    assert await renderer.render(load_tune("song.abc"), formats) == named


async def test_an_unknown_format_is_a_mistake_of_the_caller(renderer):
    with pytest.raises(ValueError, match="docx"):
        await renderer.render(load_tune("quartet.abc"), ["docx"])


async def test_after_a_refusal_the_same_process_goes_on(renderer):
    with refuses(InputRefused, match="tuplet"):
        await renderer.render("X:1\nK:C\n(65C8|\n", ["png"])
    with refuses(InputRefused, match="too long"):
        await renderer.render("C" * 1_000_000, ["png"])
    assert await renderer.render(load_tune("quartet.abc"), ["xml"])


@pytest.mark.parametrize(
    "abc",
    [
        tune("[CEG|[V:1](((C8|C,4[E,|"),
        tune('"^dolce C8|'),
        tune("!zzz!C4!foo(!C4+bar+|"),
        tune("[K:zzz][Q:0]C8|"),
        tune("|1C8:|2|:C8|::|]:|"),
        tune("C8-|" * 50),
        tune("^^^^^^C4____D4|"),
        tune("C999|C|"),
        tune("[V:9]C8|[V:1]C8|"),
        tune("&&C8&D8&|"),
        'X:1\nK:C\nV:1 nm="<a>&amp;\x08"\n[V:1]"^<b>&amp;]]>"C8|\n',
        "X:1\n%%score 1 2 3\nK:C\nV:1\nC8|\n",
        "CDEF",
    ],
)
async def test_broken_music_is_drawn_or_refused_and_kills_nothing(renderer, abc):
    with suppress(RenderError):
        assert await renderer.render(abc, ["png"], title="<&>", composer="%]")
    assert await renderer.render(tune("C8|"), ["xml"])


async def test_a_piece_that_takes_too_long_is_given_up():
    with refuses(ToolTimedOut, match="fewer bars"):
        await render(tune("CDEFGABc|" * 900), ["png"], limits=ProcessLimits(time_s=0.3))


async def test_a_file_that_takes_too_long_to_read_is_not_blamed_for_its_drawing():
    file = ScoreFile(name="mazurka.krn", content=(SCORES / "mazurka.krn").read_bytes())
    async with open_renderer(limits=ProcessLimits(time_s=0.05)) as renderer:
        with refuses(ToolTimedOut, match="Send a part of it"):
            await renderer.render_most(file, ["abc"])


async def test_two_renders_of_the_same_piece_are_the_same(renderer):
    abc = load_tune("quartet.abc")
    first, second = [await renderer.render(abc, ["xml", "png", "mid"], title="A") for _ in range(2)]
    assert first == second


async def test_what_could_not_be_kept_comes_back_with_the_files(renderer):
    rendering = await renderer.render_most("X:1\nT:Air\nC:Anna\nK:C\n!wobble!C8|\n", ["xml"])
    assert (rendering.title, rendering.composer) == ("Air", "Anna")
    assert [(remark.reason, remark.line, remark.values) for remark in rendering.remarks] == [
        ("sign", 5, {"text": "!wobble!"})
    ]
