"""What a recipe makes of formats that depend on each other."""

import threading
from io import BytesIO

import pytest
import soundfile
from mutagen.mp3 import MP3

from renderers import formats, recipe
from renderers.recipe import Recipe
from tests.renderers.test_sanitise import load_tune


def test_a_small_mp3_is_made_where_it_is_named_alone_or_the_other_one_might_not_pass(monkeypatch):
    def quartet():
        return Recipe(load_tune("quartet.abc"), title="Quartet", composer="Notabot")

    alone = quartet().render(["mp3-small"])
    assert list(quartet().render(["mp3", "mp3-small"])) == [".mp3"]
    monkeypatch.setattr(formats, "SPARE_FROM_BYTES", 1000)
    both = quartet().render(["mp3", "mp3-small"])
    assert both["_small.mp3"] == alone["_small.mp3"]
    large, small = MP3(BytesIO(both[".mp3"])), MP3(BytesIO(both["_small.mp3"]))
    assert (small.info.channels, small.info.bitrate) == (1, 64_000)
    assert small.info.length == pytest.approx(large.info.length, abs=0.1)
    assert str(small.tags["TIT2"]) == "Quartet"
    assert len(both["_small.mp3"]) < len(both[".mp3"]) / 2


def test_what_is_expected_is_encoded_at_the_same_time_and_is_the_same(monkeypatch):
    names = ["mp3", "opus", "flac", "voice-note"]
    one_by_one = Recipe(load_tune("quartet.abc"), title="Quartet", composer="Notabot").render(names)
    together = threading.Barrier(2, timeout=20)
    for name in ("make_opus", "encode"):
        monkeypatch.setattr(recipe, name, met_before(getattr(recipe, name), together))
    quartet = Recipe(load_tune("quartet.abc"), title="Quartet", composer="Notabot")
    quartet.expect(formats.in_order(names))
    made = quartet.render(names)
    assert made == one_by_one
    for ending, rate in ((".opus", 48_000), (".flac", 44_100), ("_voice.ogg", 48_000)):
        assert soundfile.info(BytesIO(made[ending])).samplerate == rate


def test_the_cover_is_drawn_while_the_sound_is_encoded_and_the_mp3_is_the_same(monkeypatch):
    alone = Recipe(load_tune("quartet.abc"), title="Quartet", composer="Notabot").render(["mp3"])
    together = threading.Barrier(2, timeout=20)
    for name in ("encode", "draw_artwork"):
        monkeypatch.setattr(recipe, name, met_before(getattr(recipe, name), together))
    quartet = Recipe(load_tune("quartet.abc"), title="Quartet", composer="Notabot")
    quartet.expect([formats.AUDIO])
    assert quartet.render(["mp3"]) == alone


@pytest.mark.parametrize("is_wanted", [True, False])
def test_a_page_comes_early_only_where_somebody_waits_for_it(is_wanted, monkeypatch):
    widths, shown = [], []
    paint = recipe.Painter.paint
    monkeypatch.setattr(recipe.Painter, "paint", lambda self, **size: widths.append(size) or paint(self, **size))
    made = Recipe(load_tune("quartet.abc"), show=shown.append if is_wanted else None).render(["png"])
    assert widths == [*([{"width": recipe.EARLY_PX}] if is_wanted else []), {}]
    assert [list(files) for files in shown] == [list(made)] * is_wanted


def met_before(work, together):
    def wait_and_work(*arguments, **options):
        together.wait()  # breaks where nobody else comes
        return work(*arguments, **options)

    return wait_and_work
