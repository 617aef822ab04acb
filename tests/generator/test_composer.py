"""The composer with a real engine and a tiny network that knows nothing: what it promises must hold all the same."""

import asyncio
from contextlib import aclosing

import pytest

from config.settings import Settings
from generator.composer import open_composer
from generator.draft import Draft
from generator.errors import BadRequest, CheckpointError
from generator.model.checkpoint import save_network
from generator.model.network import Network, Shape
from generator.model.sampling import Sampling
from generator.notation import check_bars, parse_tune
from generator.request import Finished, Progress, Request
from generator.styles import load_catalogue

CATALOGUE = load_catalogue()
CHOPIN = CATALOGUE.find("chopin keyboard")
QUARTET = CATALOGUE.find("haydn chamber")


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    network = Network(Shape(patch_layers=1, char_layers=1, hidden=64, context_patches=128))
    network.init_weights(seed=3)
    path = tmp_path_factory.mktemp("weights") / "tiny.safetensors"
    save_network(network, path, precision="fp32", metadata={})
    return Settings(weights=path, slots=3, threads=1, _env_file=None)


def request(style=CHOPIN, **changes):
    return Request(**{"style": style, "seed": 7, "bars": 3, **changes})


async def compose_all(settings, *requests):
    async with open_composer(settings) as composer:
        return await asyncio.gather(*(composer.compose_whole(one) for one in requests))


async def test_a_model_that_knows_nothing_still_delivers_aligned_bars_of_the_number_asked(settings):
    for style in (CHOPIN, QUARTET):
        (piece,) = await compose_all(settings, request(style, sampling=Sampling(temperature=2.0)))
        assert len(piece.tune.bars) == 3
        assert check_bars(piece.tune) == []
        assert piece.counts.bars_repaired + piece.counts.bars_first_try <= 3
        assert piece.counts.patches >= piece.counts.kept_patches > 0


async def test_key_metre_and_tempo_asked_stand_in_the_header(settings):
    (piece,) = await compose_all(settings, request(key="Bmin", metre="3/4", tempo=90))
    assert {"K:Bmin", "M:3/4", "Q:1/4=90"} <= set(piece.abc.splitlines())
    assert piece.title == "Keyboard piece in B minor"
    assert piece.credit == "Notabot, after Chopin"


async def test_delivered_abc_stands_alone(settings):
    (piece,) = await compose_all(settings, request())
    lines = piece.abc.splitlines()
    assert lines[:3] == ["X:1", f"T:{piece.title}", f"C:{piece.credit}"]
    assert "[r:" not in piece.abc
    assert not any(line.startswith("%") and not line.startswith("%%") for line in lines)
    assert piece.abc.endswith("|]\n")
    voices = sorted((voice.id for voice in piece.tune.header.voices), key=int)
    assert all([voice.voice for voice in bar.voices] == voices for bar in parse_tune(piece.abc).bars)


async def test_same_request_and_seed_give_the_same_piece_alone_or_in_a_batch(settings):
    (alone,) = await compose_all(settings, request())
    crowd = await compose_all(settings, request(QUARTET, seed=1), request(), request(seed=8), request(seed=9))
    assert crowd[1].abc == alone.abc
    assert crowd[2].abc != alone.abc


async def test_progress_counts_the_bars_and_ends_with_the_piece(settings):
    async with open_composer(settings) as composer, aclosing(composer.compose(request())) as events:
        seen = [event async for event in events]
    assert [event.bar for event in seen if isinstance(event, Progress)] == [1, 2, 3]
    assert seen[-2].remaining_s == 0
    assert isinstance(seen[-1], Finished)


async def test_a_cancelled_piece_frees_its_slot(settings):
    async with open_composer(settings) as composer:
        for _ in range(4):  # one more than there are slots
            async with aclosing(composer.compose(request(bars=200))) as events:
                await anext(events)
        piece = await asyncio.wait_for(composer.compose_whole(request()), timeout=60)
    assert len(piece.tune.bars) == 3


async def test_an_engine_failure_reaches_everybody_who_waits_and_the_composer_goes_on(settings, monkeypatch):
    async with open_composer(settings) as composer:
        with monkeypatch.context() as patch:
            patch.setattr(composer.engine, "step", lambda _wanted, _guards: 1 / 0)
            results = await asyncio.gather(
                *(composer.compose_whole(request(seed=seed)) for seed in range(5)), return_exceptions=True
            )
        assert all(isinstance(result, ZeroDivisionError) for result in results)
        assert len((await composer.compose_whole(request())).tune.bars) == 3


@pytest.mark.parametrize("method", ["open_slot", "encode_window"])
async def test_a_piece_that_cannot_be_opened_fails_alone_and_keeps_no_slot(settings, monkeypatch, method):
    async with open_composer(settings) as composer:
        real = getattr(composer.engine, method)
        calls = []

        def fails_at_first(*given, **options):
            calls.append(given)
            return 1 / 0 if len(calls) == 1 else real(*given, **options)

        monkeypatch.setattr(composer.engine, method, fails_at_first)
        results = await asyncio.gather(
            *(composer.compose_whole(request(seed=seed)) for seed in range(3)), return_exceptions=True
        )
        assert [type(result) for result in results] == [ZeroDivisionError, Finished, Finished]
        assert sorted(composer.engine.free) == [0, 1, 2]


async def test_a_draft_that_fails_takes_no_other_piece_with_it(settings, monkeypatch):
    real = Draft.take

    def fails(draft, patch):
        if draft.bars_asked == 2:
            raise IndexError
        real(draft, patch)

    monkeypatch.setattr(Draft, "take", fails)
    async with open_composer(settings) as composer:
        results = await asyncio.gather(
            composer.compose_whole(request(bars=2)), composer.compose_whole(request()), return_exceptions=True
        )
    assert [type(result) for result in results] == [IndexError, Finished]


@pytest.mark.parametrize("bars", [0, -1, 10_000])
def test_impossible_numbers_of_bars_are_refused_with_the_possible_ones(bars):
    with pytest.raises(BadRequest, match="1 to 256"):
        request(bars=bars)


async def test_more_bars_than_the_settings_allow_are_refused(settings):
    with pytest.raises(BadRequest, match="at most 2 bars"):
        await compose_all(settings.model_copy(update={"max_bars": 2}), request())


async def test_a_missing_checkpoint_is_refused_by_name(tmp_path):
    with pytest.raises(CheckpointError, match=r"nothing\.pth"):
        async with open_composer(Settings(weights=tmp_path / "nothing.pth", _env_file=None)):
            pass
