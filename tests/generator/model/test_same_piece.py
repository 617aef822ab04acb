"""The promise of the engine: same opening, settings, seed and calls, same patches, alone or in any company."""

from collections.abc import Callable
from random import Random

import pytest
import torch

from generator.model.context import PATCHES_AT_ONCE
from generator.model.engine import Engine
from generator.model.network import Network, Shape
from generator.model.patches import BOS_PATCH, encode_header
from generator.model.sampling import Sampling
from generator.model.slot import Guide, Slot

from .conftest import random_network

Patch = tuple[int, ...]
OPENING = [BOS_PATCH, *encode_header(["%Romantic\n", "%Chopin, Frederic\n", "L:1/8\n", "K:Ab\n"])]
SETTINGS = [
    Sampling(),
    Sampling(temperature=2, top_k=0, top_p=1),
    Sampling(temperature=0.8, top_k=30, top_p=0.99),
    Sampling(top_k=30, guidance=1.5),
]
PROMPT_PATCHES = 1 + len(encode_header(["%Romantic\n", "%Chopin, Frederic\n"]))
GUIDE = Guide((BOS_PATCH, *map(tuple, encode_header(["%\n", "%\n"]))), replaced=PROMPT_PATCHES)


@pytest.fixture(scope="module")
def network() -> Network:
    return random_network(Shape(patch_layers=2, char_layers=1, hidden=128, context_patches=48))


class Piece:
    """A made-up piece of music: forces a prefix now and then, feeds patches, throws patches away."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.whims = Random(number)
        self.drawn: list[Patch] = []

    def open(self, engine: Engine) -> Slot:
        sampling = SETTINGS[self.number % len(SETTINGS)]
        opening = OPENING + encode_header([f"V:{self.number}\n"] * (self.number % 4))
        return engine.open_slot(opening, sampling=sampling, seed=self.number, guide=GUIDE)

    def before_step(self, engine: Engine, slot: Slot) -> str:
        whim = self.whims.random()
        self.mark = slot.mark()
        if whim < 0.1:
            engine.feed({slot: encode_header(["[V:1]c4|[V:2]G4|\n"])})
        return "[r:1/2]" if whim < 0.3 else ""

    def after_step(self, engine: Engine, slot: Slot, patch: Patch) -> None:
        self.drawn.append(patch)
        if self.whims.random() < 0.15:
            engine.rollback(slot, self.mark)


def engine_of(network: Network, precision: str, *, slots: int) -> Engine:
    return Engine(network, slots=slots, precision=precision)


def write_together(engine: Engine, pieces: list[Piece], *, patches: int, who: Callable[[int], list[Piece]]) -> None:
    """Write pieces until each has drawn so many patches; `who` names those that take part in a step."""
    slots: dict[Piece, Slot] = {}
    step = 0
    while any(len(piece.drawn) < patches for piece in pieces):
        now = [piece for piece in who(step) if len(piece.drawn) < patches]
        step += 1
        for piece in now:
            if piece not in slots:
                slots[piece] = piece.open(engine)
        prefixes = {slots[piece]: piece.before_step(engine, slots[piece]) for piece in now}
        drawn = engine.step(prefixes)
        for piece in now:
            piece.after_step(engine, slots[piece], drawn[slots[piece]])
            if len(piece.drawn) == patches:
                engine.close(slots[piece])


@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_a_piece_is_the_same_alone_and_in_ever_changing_company(network: Network, precision: str):
    patches = 80
    alone = [Piece(number) for number in range(4)]  # the last of them is guided
    for piece in alone:
        write_together(
            engine_of(network, precision, slots=1), [piece], patches=patches, who=lambda _, piece=piece: [piece]
        )
    company = [Piece(number) for number in range(7)]
    rng = Random(5)
    # Anything from nobody to all seven, in any order.
    write_together(
        engine_of(network, precision, slots=7),
        company,
        patches=patches,
        who=lambda _: rng.sample(company, rng.randint(0, 7)),
    )
    for one, other in zip(alone, company, strict=False):
        assert one.drawn == other.drawn
    # Able to fail: the pieces are long, slide, and differ from each other.
    assert len({tuple(piece.drawn) for piece in company}) == 7
    assert patches > network.shape.context_patches


@pytest.mark.parametrize("precision", ["fp32", "bf16", "int8"])
def test_vectors_are_the_same_to_the_last_bit_at_the_shipped_width(precision: str):
    network = random_network(Shape(patch_layers=2, char_layers=1, hidden=256, context_patches=64))
    alone, together = (Engine(network, slots=slots, precision=precision) for slots in (1, 9))
    guided = Sampling(guidance=1)
    lone = alone.open_slot(OPENING, sampling=guided, seed=3, guide=GUIDE)
    rest = [together.open_slot(OPENING * 2, sampling=Sampling(), seed=seed) for seed in range(8)]
    same = together.open_slot(OPENING, sampling=guided, seed=3, guide=GUIDE)
    for step in range(24):
        assert alone.step({lone: ""})[lone] == together.step(dict.fromkeys([*rest[step % 8 :], same], ""))[same]
    used = lone.used
    vectors = (alone.contexts.cache.encoded[lone.index, :used], together.contexts.cache.encoded[same.index, :used])
    assert torch.equal(*map(torch.as_tensor, vectors))


def slide_beside(engine: Engine, *, others: int) -> tuple[list[Patch], list[int]]:
    """A guided piece that is longer than the context, and short ones beside it, as the composer steps them.

    What it drew, and for each part of its context that was read again how many of the others stepped meanwhile.
    """
    guided = Sampling(guidance=1)
    long = engine.open_slot(OPENING, sampling=guided, seed=3, guide=GUIDE)
    short = [engine.open_slot(OPENING, sampling=Sampling(), seed=seed) for seed in range(others)]
    begins = {slot: slot.mark() for slot in short}
    drawn, meanwhile = list[Patch](), list[int]()
    while len(drawn) < engine.contexts.most_patches:
        ready = engine.read_on([long, *short])
        stepped = engine.step(dict.fromkeys(ready, ""))
        if long in stepped:
            drawn.append(stepped[long])
        else:
            meanwhile.append(len(stepped))
        for slot in short:
            engine.rollback(slot, begins[slot])
    return drawn, meanwhile


@pytest.mark.parametrize(("precision", "company"), [("fp32", (0, 1)), ("int8", (0, 3, 15))])
def test_others_go_on_while_a_context_that_slid_is_read_again_and_the_piece_stays_the_same(
    precision: str, company: tuple[int, ...]
):
    network = random_network(Shape(patch_layers=2, char_layers=1, hidden=64, context_patches=80))
    at_once = Engine(network, slots=1, precision=precision)
    slot = at_once.open_slot(OPENING, sampling=Sampling(guidance=1), seed=3, guide=GUIDE)
    whole = [at_once.step({slot: ""})[slot] for _ in range(80)]
    assert slot.start > slot.pinned  # it has slid
    for others in company:
        drawn, meanwhile = slide_beside(Engine(network, slots=others + 1, precision=precision), others=others)
        assert drawn == whole
        assert len(meanwhile) > 3
        assert set(meanwhile) == {others}


def test_nothing_longer_than_a_part_is_read_between_two_steps(network: Network, monkeypatch: pytest.MonkeyPatch):
    engine = Engine(network, slots=2, precision="int8")
    read = list[int]()
    extend = engine.contexts.cache.extend
    monkeypatch.setattr(
        engine.contexts.cache, "extend", lambda place, start, rows: (read.append(len(rows)), extend(place, start, rows))
    )
    slot = engine.open_slot(OPENING, sampling=Sampling(), seed=1)
    mark = slot.mark()
    engine.feed({slot: encode_header(["[V:1]c4|[V:2]G4|\n"] * 30)})
    engine.rollback(slot, mark)  # over a slide
    engine.feed({slot: encode_header(["[V:1]c4|[V:2]G4|\n"] * 30)})
    del read[0]  # what is pinned
    assert not read
    while slot not in engine.read_on([slot]):
        pass
    assert max(read) == PATCHES_AT_ONCE
    assert sum(read) == slot.used - slot.pinned


def test_another_seed_gives_another_piece(network: Network):
    engine = Engine(network, slots=2)
    one, other = (engine.open_slot(OPENING, sampling=Sampling(), seed=seed) for seed in (1, 2))
    drawn = [engine.step({one: "", other: ""}) for _ in range(4)]
    assert [patches[one] for patches in drawn] != [patches[other] for patches in drawn]
