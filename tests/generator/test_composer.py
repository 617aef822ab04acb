"""The composer with a real engine and a tiny network that knows nothing: what it promises must hold all the same."""

import asyncio
from contextlib import aclosing
from operator import attrgetter
from random import Random

import pytest

from config.settings import Settings
from generator.catalogue.catalogue import load_catalogue
from generator.composer import SHIPPED_WEIGHTS, open_composer
from generator.critic.choice import MOST_ROUNDS, candidate_seeds
from generator.critic.judgement import Judgement, Originality
from generator.errors import BadRequest, CheckpointError
from generator.guard.leave import Leave
from generator.model.checkpoint import load_network, save_network
from generator.model.engine import Engine
from generator.model.network import Network, Shape
from generator.model.patches import decode_patch
from generator.model.sampling import Sampling
from generator.notation import Key, Metre, check_bars, parse_bar, parse_tune
from generator.planning.chords import parse_progression
from generator.planning.form import parse_form
from generator.request import Finished, Progress, Request
from generator.writing.candidate import Candidate, Watch, guide_away_from
from generator.writing.draft import Draft
from tests.refusals import refuses

CATALOGUE = load_catalogue()
CHOPIN = CATALOGUE.find("chopin keyboard")
QUARTET = CATALOGUE.find("haydn chamber")
GUITAR = CATALOGUE.find("sor guitar")
GUITAR_VOICES = 3  # of the opening that the seed of `request` draws; the piano piece has four


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    network = Network(Shape(patch_layers=1, char_layers=1, hidden=64, context_patches=128))
    network.init_weights(seed=3)
    path = tmp_path_factory.mktemp("weights") / "tiny.safetensors"
    save_network(network, path, precision="fp32", metadata={})
    return Settings(weights=path, slots=3, threads=1, tries_per_bar=1, candidates=1, _env_file=None)


def request(style=CHOPIN, **changes):
    return Request(**{"style": style, "seed": 7, "bars": 3, **changes})


class Judging:
    """A judge who likes pieces by their seed, and finds copies where it is told to."""

    def __init__(self, *, copies=(), all_copy=False):
        self.copies, self.all_copy, self.heard = copies, all_copy, []

    def prepare(self):
        pass

    def judge(self, tune, style, *, seed):
        self.heard.append(seed)
        number = len(self.heard)
        copied = self.all_copy or number in self.copies
        shared = Originality(
            notes=20 - number if copied else 5, piece="Aria", source="", licence="", bar=0, limit=10, of="all pieces"
        )
        return Judgement(seed=seed, liking=float(seed % 1000), originality=shared)


async def compose_all(settings, *requests, judge=None):
    async with open_composer(settings, judge=judge) as composer:
        return await asyncio.gather(*(composer.compose_whole(one) for one in requests))


async def test_a_model_that_knows_nothing_still_delivers_aligned_bars_of_the_number_asked(settings):
    for style in (CHOPIN, QUARTET):
        (piece,) = await compose_all(settings, request(style, sampling=Sampling(temperature=2.0)))
        assert len(piece.tune.bars) == 3
        assert check_bars(piece.tune) == []
        assert piece.counts.bars_repaired + piece.counts.bars_first_try <= 3
        assert piece.counts.patches >= piece.counts.kept_patches > 0


async def test_key_metre_and_tempo_asked_stand_in_the_header(settings):
    (piece,) = await compose_all(settings, request(key=Key("B", "min"), metre=Metre(3, 4), tempo=90))
    assert {"K:Bmin", "M:3/4", "Q:1/4=90"} <= set(piece.abc.splitlines())
    assert piece.title == "Keyboard piece in B minor"
    assert piece.credit == "Notabot, after Chopin"


async def test_a_form_and_chords_that_a_model_knows_nothing_of_still_leave_whole_bars(settings):
    wishes = {"form": parse_form("|:A:|B"), "chords": parse_progression("Dm7 | G7 Cmaj7")}
    (finished,) = await compose_all(settings, request(bars=4, **wishes), judge=Judging())
    assert len(finished.tune.bars) == 4
    assert check_bars(finished.tune) == []
    assert finished.tune.header.key == "C", "named chords bring their key along"
    assert finished.plan.to_json()["form"] == "|:A:|B"
    assert ":|" in str(finished.tune.bars[1]), "the repeat stands where it was asked for"


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


async def test_guidance_changes_the_piece_where_the_network_knows_unnamed_prompts(settings, tmp_path):
    network = load_network(SHIPPED_WEIGHTS)
    with_weights = []
    for share in ("0", "0.15"):
        path = tmp_path / f"{share}.safetensors"
        save_network(network, path, precision="int8", metadata={"unnamed_share": share})
        with_weights.append(settings.model_copy(update={"weights": path}))
    asked = request(sampling=Sampling(guidance=3.0))
    ignored, heeded = [await compose_all(one, request(), asked) for one in with_weights]
    assert ignored[0].abc == ignored[1].abc == heeded[0].abc != heeded[1].abc
    assert (ignored[1].sampling, heeded[1].sampling) == (Sampling(), Sampling(guidance=3.0))
    (alone,) = await compose_all(with_weights[1], asked)
    assert alone.abc == heeded[1].abc


AB_MAJOR = ["%%score { 1 | 2 }", "L:1/8", "M:3/4", "K:Ab", 'V:1 treble nm="Piano"', "V:2 bass"]


def test_a_network_that_writes_at_home_reads_another_key_than_people_do():
    work = Candidate(request(key=Key("Ab")), AB_MAJOR, Watch(), at_home=True)
    engine = Engine(load_network(SHIPPED_WEIGHTS), slots=1)
    work.open(engine, tries_per_bar=1)
    read = "".join(map(decode_patch, work.draft.slot.patches))
    assert read.startswith("%Romantic\n%Chopin, Frederic\n%Keyboard\n%+4\n%%score { 1 | 2 }\nL:1/8\nM:3/4\nK:C\nV:1")
    work.draft.bars.append(parse_bar("[r:0/0][V:1]c2 ^d2 e2|[V:2]C6|"))
    finished = work.tune
    assert finished.header.key == "Ab"
    assert str(finished.bars[0]) == "[V:1]A2 =B2 c2|][V:2]A,6|]"


async def test_a_piece_written_at_home_is_delivered_in_the_key_that_was_asked_for(settings, tmp_path):
    at_home = tmp_path / "at_home.safetensors"
    save_network(load_network(SHIPPED_WEIGHTS), at_home, precision="int8", metadata={"home_key_share": "0.75"})
    pieces = await compose_all(
        settings.model_copy(update={"weights": at_home}),
        *(request(key=Key(*key)) for key in (("Ab",), ("F#", "min"), ("C",))),
    )
    assert [piece.tune.header.key for piece in pieces] == ["Ab", "F#min", "C"]
    assert [piece.title.rpartition(" in ")[2] for piece in pieces] == ["Ab major", "F# minor", "C major"]
    assert all(check_bars(piece.tune) == [] for piece in pieces)


def test_what_guidance_leads_away_from_is_the_prompt_without_period_and_composer():
    guide = guide_away_from(["%Romantic", "%Chopin, Frederic", "%Keyboard"])
    read = "".join(map(decode_patch, guide.patches))
    assert read == "%\n%\n%Keyboard\n"
    assert guide.replaced == 1 + 1 + 2 + 1  # BOS, and a patch for every 16 characters of a line


async def test_progress_counts_the_bars_and_ends_with_the_piece(settings):
    async with open_composer(settings) as composer, aclosing(composer.compose(request())) as events:
        seen = [event async for event in events]
    assert [event.bar for event in seen if isinstance(event, Progress)] == [1, 2, 3]
    assert seen[-2].remaining_s == 0
    assert isinstance(seen[-1], Finished)


async def test_of_several_candidates_the_one_the_judge_likes_best_is_delivered(settings):
    judge = Judging()
    (piece,) = await compose_all(settings, request(bars=1, candidates=3), judge=judge)
    assert judge.heard == candidate_seeds(7, candidates=3, round_number=1)
    best = max(judge.heard, key=lambda seed: seed % 1000)
    assert piece.choice.won.seed == best
    assert [judgement.seed for judgement in piece.choice.judgements] == judge.heard
    (alone,) = await compose_all(settings, request(bars=1, seed=best), judge=Judging())
    assert piece.abc == alone.abc
    assert piece.card.originality is piece.choice.won.originality
    assert piece.card.counts == piece.counts.to_json()
    assert (piece.counts.pieces, piece.counts.copies_rejected) == (3, 0)
    assert piece.counts.patches == alone.counts.patches
    assert piece.counts.other_patches > 0


async def test_candidates_are_the_same_in_any_company_and_with_fewer_slots_than_candidates(settings):
    crowd = await compose_all(
        settings, request(seed=1), request(bars=2, candidates=2), request(seed=8), judge=Judging()
    )
    one_slot = settings.model_copy(update={"slots": 1})
    (alone,) = await compose_all(one_slot, request(bars=2, candidates=2), judge=Judging())
    assert crowd[1].abc == alone.abc
    assert crowd[1].choice.won == alone.choice.won


@pytest.mark.parametrize("slots", [4, 16, 64])
async def test_the_pieces_are_the_same_with_so_many_slots_as_with_one(settings, slots):
    requests = [request(seed=seed, bars=1) for seed in (1, 2, 3)]
    one_by_one = await compose_all(settings.model_copy(update={"slots": 1}), *requests, judge=Judging())
    together = await compose_all(settings.model_copy(update={"slots": slots}), *requests, judge=Judging())
    assert [piece.abc for piece in together] == [piece.abc for piece in one_by_one]


async def test_while_the_context_of_one_piece_is_read_again_others_are_written(settings, monkeypatch):
    """Until a piece that had to wait goes on: to write both to their end takes four times as long."""
    async with open_composer(settings, judge=Judging()) as composer:
        engine, step, waited = composer.engine, composer.engine.step, set()
        goes_on, loop = asyncio.Event(), asyncio.get_running_loop()

        def watched(prefixes, guards):
            waited.update(slot for slot in engine.opened.values() if slot not in prefixes and slot.read < slot.used)
            if not waited.isdisjoint(prefixes):
                loop.call_soon_threadsafe(goes_on.set)
            return step(prefixes, guards)

        monkeypatch.setattr(engine, "step", watched)
        composing = [asyncio.create_task(composer.compose_whole(request(bars=24, seed=seed))) for seed in range(2)]
        watching = asyncio.create_task(goes_on.wait())
        await asyncio.wait([watching, asyncio.gather(*composing)], return_when=asyncio.FIRST_COMPLETED)
        for task in (*composing, watching):
            task.cancel()
        await asyncio.gather(*composing, watching, return_exceptions=True)
    assert goes_on.is_set()


async def test_how_many_candidates_there_are_the_settings_say_if_nobody_else_does(settings):
    two = settings.model_copy(update={"candidates": 2})
    first, second = await compose_all(two, request(bars=1), request(bars=1, candidates=1), judge=Judging())
    assert (first.counts.pieces, second.counts.pieces) == (2, 1)


async def test_progress_of_several_candidates_counts_each_bar_once_when_all_have_it_on_average(settings):
    composing = open_composer(settings.model_copy(update={"slots": 1}), judge=Judging())
    async with composing as composer, aclosing(composer.compose(request(candidates=2))) as events:
        seen = [event async for event in events]
    assert [event.bar for event in seen if isinstance(event, Progress)] == [1, 2, 3]
    assert isinstance(seen[-1], Finished)


async def test_a_piece_that_copies_is_composed_again_with_another_seed(settings):
    judge = Judging(copies={1})
    async with (
        open_composer(settings, judge=judge) as composer,
        aclosing(composer.compose(request(bars=2))) as events,
    ):
        seen = [event async for event in events]
    piece = seen[-1]
    assert [event.bar for event in seen if isinstance(event, Progress)] == [1, 2, 1, 2]
    assert piece.choice.winner == 2
    assert piece.choice.won.seed == judge.heard[1] != 7
    assert (piece.counts.pieces, piece.counts.copies_rejected) == (2, 1)


async def test_a_piece_that_nobody_can_play_is_composed_again_and_the_card_says_so(settings, monkeypatch):
    found = iter((2, 0))
    monkeypatch.setattr("generator.composer.count_unplayable", lambda tune: next(found))
    (piece,) = await compose_all(settings, request(bars=1), judge=Judging())
    assert piece.choice.winner == 2
    assert piece.counts.unplayable_rejected == piece.card.counts["unplayable_rejected"] == 1


async def test_a_copy_among_the_candidates_does_not_win_however_it_is_liked(settings):
    best = max(range(3), key=lambda place: candidate_seeds(7, candidates=3, round_number=1)[place] % 1000)
    (piece,) = await compose_all(settings, request(bars=1, candidates=3), judge=Judging(copies={best + 1}))
    assert piece.choice.winner != best + 1
    assert not piece.choice.won.copied
    assert (piece.counts.pieces, piece.counts.copies_rejected) == (3, 1)


async def test_if_every_try_copies_the_one_that_copies_least_is_delivered_and_says_so(settings):
    (piece,) = await compose_all(settings, request(bars=1), judge=Judging(all_copy=True))
    assert piece.counts.pieces == MOST_ROUNDS == piece.choice.winner
    assert piece.choice.won.copied
    assert piece.choice.to_json()["candidates"][-1]["copied"] is True


@pytest.mark.parametrize("candidates", [0, 17])
def test_impossible_numbers_of_candidates_are_refused_with_the_possible_ones(candidates):
    with refuses(BadRequest, match="1 and 16"):
        request(candidates=candidates)


async def test_a_cancelled_piece_frees_its_slot(settings):
    async with open_composer(settings) as composer:
        for candidates in (1, 2, 1, 5):  # more than there are slots, in all and at once
            async with aclosing(composer.compose(request(bars=200, candidates=candidates))) as events:
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


@pytest.mark.parametrize(("owner", "method"), [("engine", "open_slot"), ("engine.contexts", "open")])
async def test_a_piece_that_cannot_be_opened_fails_alone_and_keeps_no_slot(settings, monkeypatch, owner, method):
    async with open_composer(settings) as composer:
        owner = attrgetter(owner)(composer)
        real = getattr(owner, method)
        calls = []

        def fails_at_first(*given, **options):
            calls.append(given)
            return 1 / 0 if len(calls) == 1 else real(*given, **options)

        monkeypatch.setattr(owner, method, fails_at_first)
        results = await asyncio.gather(
            *(composer.compose_whole(request(seed=seed)) for seed in range(3)), return_exceptions=True
        )
        assert [type(result) for result in results] == [ZeroDivisionError, Finished, Finished]
        assert sorted(composer.engine.free) == [0, 1, 2]


@pytest.mark.parametrize(("owner", "method"), [(Draft, "take"), (Leave, "allows")])
async def test_a_draft_or_guard_that_fails_takes_no_other_piece_with_it(settings, monkeypatch, owner, method):
    real = getattr(owner, method)

    def fails(owned, *given):
        if len(owned.checker.known) == GUITAR_VOICES:
            raise IndexError
        return real(owned, *given)

    monkeypatch.setattr(owner, method, fails)
    async with open_composer(settings) as composer:
        results = await asyncio.gather(
            composer.compose_whole(request(GUITAR)), composer.compose_whole(request()), return_exceptions=True
        )
    assert [type(result) for result in results] == [IndexError, Finished]


@pytest.mark.parametrize("bars", [0, -1, 10_000])
def test_impossible_numbers_of_bars_are_refused_with_the_possible_ones(bars):
    with refuses(BadRequest, match="1 to 256"):
        request(bars=bars)


async def test_more_bars_than_the_settings_allow_are_refused(settings):
    with refuses(BadRequest, match="at most 2 bars"):
        await compose_all(settings.model_copy(update={"max_bars": 2}), request())


async def test_a_missing_checkpoint_is_refused_by_name(tmp_path):
    with refuses(CheckpointError, match=r"nothing\.pth"):
        async with open_composer(Settings(weights=tmp_path / "nothing.pth", _env_file=None)):
            pass


@pytest.mark.parametrize("prompted", [True, False])
def test_a_network_that_was_taught_no_prompts_reads_none(settings, prompted):
    engine = Engine(load_network(settings.weights), slots=1, threads=1)
    opening = CATALOGUE.opening(CHOPIN, rng=Random(7))
    candidate = Candidate(request(), opening.lines, Watch(), prompted=prompted)
    candidate.open(engine, tries_per_bar=1)
    read = "".join(map(decode_patch, candidate.draft.slot.patches[1:]))
    assert read.startswith("%Romantic\n" if prompted else "%%score")
    assert ("Chopin" in read) is prompted
