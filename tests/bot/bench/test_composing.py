"""The real scripts in processes of their own, as little as can be measured; what is made of it, on a stand-in."""

from pathlib import Path

from bot.bench.composing import MANY, measure_composing
from bot.bench.turns import OURS, Versions, run_script

WALTZ = Path(__file__).parents[2] / "data" / "waltz.abc"
# Composes in no time, with 64 slots another second piece, and says what it was asked.
STAND_IN = {
    "config/__init__.py": "",
    "generator/__init__.py": "",
    "generator/catalogue/__init__.py": "",
    "config/settings.py": """
import os
class Settings:
    slots = int(os.environ["NOTABOT_SLOTS"])
""",
    "generator/catalogue/catalogue.py": """
class Catalogue:
    find = str
load_catalogue = Catalogue
""",
    "generator/request.py": """
from types import SimpleNamespace
class Request(SimpleNamespace): pass
class Finished(SimpleNamespace): pass
""",
    "generator/composer.py": """
from contextlib import asynccontextmanager
from types import SimpleNamespace
from config.settings import Settings
from generator.request import Finished
class Composer:
    async def compose(self, request):
        other = Settings.slots if request.seed == 2 and Settings.slots == 64 else 0
        yield Finished(abc=f"{request} {other}", counts=SimpleNamespace(patches=10))
    async def compose_whole(self, request):
        return [event async for event in self.compose(request)][-1]
@asynccontextmanager
async def open_composer(settings):
    yield Composer()
""",
}


def test_pieces_of_a_tiny_network_are_composed_and_counted(tiny_weights):
    found = run_script(OURS, "composing", 2, 1, 1, weights=str(tiny_weights), slots="2", candidates="1").found
    assert found["processor_s"] > 0
    assert found["patches"] > 0
    assert len(found["first_bar_s"]) == len(set(found["pieces"])) == 2


def test_versions_are_set_beside_each_other_and_pieces_that_slots_change_are_noticed(tmp_path):
    for name, text in STAND_IN.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    versions = Versions(now=tmp_path, before=tmp_path / "generator" / "..")
    (*timed, times, same) = measure_composing(versions, rounds=1, pieces=2)
    assert same.now == (1.0,)
    assert [len(figure.now) == len(figure.before) for figure in timed] == [True] * 4
    assert f"{MANY} slots" in times.name


def test_a_tune_is_drawn_and_timed():
    found = run_script(OURS, "rendering", "mid", WALTZ).found
    assert found["whole_s"] > 0
    assert found["page_s"] > 0
