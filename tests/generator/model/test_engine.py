from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
import torch

from generator.errors import NoFreeSlot
from generator.hearing.numbers import NUMBERS, ROW_BYTES
from generator.model.engine import Engine
from generator.model.kv_cache import PatchCache
from generator.model.network import Network, Shape
from generator.model.patches import BOS_PATCH, EOS, PAD, decode_patch, encode_body_line, encode_header
from generator.model.sampling import Hint, Sampling
from generator.model.slot import Guide, Slot

from .conftest import random_network

OPENING = [BOS_PATCH, *encode_header(["%Romantic\n", "L:1/8\n", "K:Ab\n"])]
CONTEXT = 32


@pytest.fixture(scope="module")
def network() -> Network:
    return random_network(Shape(patch_layers=2, char_layers=2, hidden=128, context_patches=CONTEXT))


@pytest.fixture
def engine(network: Network) -> Engine:
    return Engine(network, slots=3)


def open_slot(engine: Engine, *, seed: int = 1, sampling: Sampling | None = None) -> Slot:
    return engine.open_slot(OPENING, sampling=sampling or Sampling(), seed=seed)


def encoded(engine: Engine, slot: Slot) -> torch.Tensor:
    """The vectors of everything in the slot's context."""
    while slot not in engine.read_on([slot]):
        pass
    return engine.contexts.cache.encoded[slot.index, : slot.used]


def read_afresh(engine: Engine, slot: Slot) -> torch.Tensor:
    """The same vectors from the whole network without caches."""
    window = slot.patches[: slot.pinned] + slot.patches[slot.start :]
    with torch.inference_mode():
        return engine.network.teacher_forced(torch.tensor([window]))[0][0]


def test_cached_vectors_stay_those_of_the_whole_network(engine: Engine):
    slots = [open_slot(engine, seed=seed) for seed in range(3)]
    for _ in range(12):
        engine.step(dict.fromkeys(slots[1:], ""))
        engine.step({slots[0]: ""})
    for slot in slots:
        assert (encoded(engine, slot) - read_afresh(engine, slot)).abs().max() < 1e-5


def test_attending_together_agrees_with_attending_slot_by_slot(network: Network):
    each, together = Engine(network, slots=3), Engine(network, slots=3)
    together.contexts.cache = PatchCache(network, slots=3, together=True)  # what a GPU does
    read = []
    for engine in (each, together):
        slots = [open_slot(engine, seed=seed) for seed in range(3)]
        engine.feed({slots[1]: encode_header(["V:1\n"])})
        for _ in range(6):
            engine.step(dict.fromkeys(slots, ""))
        read.append([encoded(engine, slot) for slot in slots])
    for one, other in zip(*read, strict=True):
        assert (one - other).abs().max() < 1e-5


def test_what_is_drawn_is_the_likeliest_when_only_one_character_is_left(engine: Engine):
    slot = open_slot(engine, sampling=Sampling(top_k=1))
    (patch,) = engine.step({slot: ""}).values()
    with torch.inference_mode():
        _, logits = engine.network.teacher_forced(torch.tensor([slot.patches]))
    likeliest = logits[0, -1].argmax(-1).tolist()
    length = patch.index(EOS) + 1 if EOS in patch else 16
    assert list(patch[:length]) == likeliest[:length]


def test_a_prefix_is_forced_and_the_rest_depends_on_it(engine: Engine):
    slot = open_slot(engine, sampling=Sampling(top_k=1))
    mark = slot.mark()
    for prefix in ("[r:0/15]", "|[V:2]", "0123456789abcdef"):
        (patch,) = engine.step({slot: prefix}).values()
        assert decode_patch(patch).startswith(prefix)
        assert slot.patches[-1] == patch
        with torch.inference_mode():
            _, logits = engine.network.teacher_forced(torch.tensor([slot.patches]))
        place = len(prefix)
        if place < 16:
            assert patch[place] == logits[0, -1, place].argmax()
        engine.rollback(slot, mark)


def test_slots_with_prefixes_of_different_lengths_get_their_own(engine: Engine):
    slots = [open_slot(engine, seed=seed) for seed in range(3)]
    drawn = engine.step(dict(zip(slots, ("", "[r:1/2]", "0123456789abcdef"), strict=True)))
    assert decode_patch(drawn[slots[1]]).startswith("[r:1/2]")
    assert decode_patch(drawn[slots[2]]) == "0123456789abcdef"


def test_nothing_but_padding_follows_the_end_of_a_patch(network: Network):
    engine = Engine(network, slots=3)
    with_table = network.char_table.detach().clone()
    ended = 0
    slots = [open_slot(engine, seed=seed, sampling=Sampling(temperature=2, top_k=0, top_p=1)) for seed in range(3)]
    for _ in range(60):
        marks = [slot.mark() for slot in slots]
        for patch in engine.step(dict.fromkeys(slots, "")).values():
            if EOS in patch[:-1]:
                ended += 1
                assert set(patch[patch.index(EOS) + 1 :]) <= {PAD}
        for slot, mark in zip(slots, marks, strict=True):
            engine.rollback(slot, mark)
    assert ended > 1
    assert torch.equal(with_table, network.char_table)


def test_rolling_back_leaves_no_trace_but_the_random_stream_goes_on(engine: Engine):
    slot, plain = open_slot(engine), open_slot(engine)
    mark = slot.mark()
    first = engine.step({slot: ""})[slot]
    engine.feed({slot: encode_body_line("[V:1]c4|[V:2]G4|\n")})
    engine.rollback(slot, mark)
    assert slot.patches == OPENING
    assert torch.equal(encoded(engine, slot), encoded(engine, plain))
    again = [engine.step({slot: ""})[slot]]
    for _ in range(5):
        engine.rollback(slot, mark)
        again.append(engine.step({slot: ""})[slot])
    assert set(again) != {first}
    assert (encoded(engine, slot) - read_afresh(engine, slot)).abs().max() < 1e-5


def test_the_second_reading_of_a_guided_slot_follows_the_first_through_everything(engine: Engine):
    """Through steps, feeds, rollbacks and slides it stays what the whole network says of that text."""
    guide = Guide((BOS_PATCH, *map(tuple, encode_header(["%\n"]))), replaced=3)
    slot = engine.open_slot(OPENING, sampling=Sampling(guidance=2), seed=1, guide=guide)
    for step in range(engine.contexts.most_patches):
        mark = slot.mark()
        engine.feed({slot: encode_body_line(f"[r:{step}/9][V:1]c4|\n")})
        engine.step({slot: ""})
        if step % 3 == 0:
            engine.rollback(slot, mark)
        window = slot.patches[: slot.pinned] + slot.patches[slot.start :]
        text = [*guide.patches, *window[guide.replaced :]]
        with torch.inference_mode():
            afresh = engine.network.teacher_forced(torch.tensor([text]))[0][0]
        encoded(engine, slot)
        second = engine.contexts.cache.encoded[engine.contexts.second_place(slot), : len(text)]
        assert (second - afresh).abs().max() < 1e-5
    assert slot.start > slot.pinned  # it has slid


def first_character(engine: Engine, patches: Sequence[tuple[int, ...]]) -> torch.Tensor:
    """How likely each character is to begin the patch behind these: (128,)."""
    hidden, _ = engine.network.teacher_forced(torch.tensor([patches]))
    return engine.network.char_level_logits(hidden[0, -1:], torch.zeros(1, 1, dtype=torch.int64))[0, 0].softmax(-1)


def test_guidance_leads_away_from_the_other_prompt(network: Network):
    """A strongly guided draw is the likeliest by the ratio of both readings among what the filters left."""
    engine = Engine(network, slots=10)  # ten draws at a time take little longer than one
    guide = Guide((BOS_PATCH, *map(tuple, encode_header(["%\n"]))), replaced=3)
    sampling = Sampling(top_k=2, top_p=1, guidance=5)
    slots = [engine.open_slot(OPENING, sampling=sampling, seed=seed, guide=guide) for seed in range(10)]
    slot = slots[0]
    with torch.inference_mode():
        first, second = (
            first_character(engine, text) for text in (slot.patches, [*guide.patches, *slot.patches[guide.replaced :]])
        )
    weights = first.pow(1 / 1.2) * (first / second) ** 5
    weights[first.argsort(descending=True)[2:]] = 0
    marks, drawn = [slot.mark() for slot in slots], []
    for _ in range(30):
        drawn += [patch[0] for patch in engine.step(dict.fromkeys(slots, "")).values()]
        for slot, mark in zip(slots, marks, strict=True):
            engine.rollback(slot, mark)
    shares = torch.tensor(drawn).bincount(minlength=128) / len(drawn)
    assert (shares - weights / weights.sum()).abs().max() < 0.1


def test_a_guide_longer_than_what_it_replaces_is_refused(engine: Engine):
    for guide in (Guide(tuple(OPENING[:3]), replaced=2), Guide((), replaced=1), Guide(tuple(OPENING), replaced=99)):
        with pytest.raises(ValueError, match="in place of"):
            engine.open_slot(OPENING, sampling=Sampling(guidance=1), seed=1, guide=guide)


def test_an_engine_without_room_for_second_readings_keeps_none_and_says_so(network: Network):
    engine = Engine(network, slots=3, guided=False)
    assert engine.contexts.cache.encoded.shape[0] == 3
    guide = Guide((BOS_PATCH,), replaced=1)
    with pytest.raises(ValueError, match="no room"):
        engine.open_slot(OPENING, sampling=Sampling(guidance=1), seed=1, guide=guide)
    engine.step({engine.open_slot(OPENING, sampling=Sampling(), seed=1, guide=guide): ""})


def test_a_mark_in_a_part_that_was_rolled_back_is_refused(engine: Engine):
    slot = open_slot(engine)
    early = slot.mark()
    engine.step({slot: ""})
    late = slot.mark()
    engine.rollback(slot, early)
    with pytest.raises(ValueError, match="rolled back"):
        engine.rollback(slot, late)
    engine.step({slot: ""})
    with pytest.raises(ValueError, match="rolled back"):
        engine.rollback(slot, late)


def test_a_full_context_slides_to_the_header_and_the_newest_bars(engine: Engine):
    slot = open_slot(engine)
    bar = encode_body_line("[r:1/2][V:1]cdef gabc'|[V:2]CDEF GABc|\n")
    engine.feed({slot: bar * 3})
    while len(slot.patches) <= CONTEXT:
        engine.step({slot: ""})
    assert slot.used < CONTEXT
    assert slot.start > slot.pinned
    assert slot.pinned == len(OPENING)
    assert (encoded(engine, slot) - read_afresh(engine, slot)).abs().max() < 1e-5
    for _ in range(CONTEXT):
        engine.step({slot: ""})
    assert (encoded(engine, slot) - read_afresh(engine, slot)).abs().max() < 1e-5


def test_a_slide_begins_at_a_bar_where_there_is_one(engine: Engine):
    slot = open_slot(engine)
    engine.feed({slot: encode_body_line("[r:1/2][V:1]cdef gabc'|[V:2]CDEF GABc|\n") * 8})
    assert decode_patch(slot.patches[slot.start]).startswith("[r:")


def test_a_mark_from_before_a_slide_stays_valid(engine: Engine):
    slot = open_slot(engine)
    while slot.used < CONTEXT - 1:
        engine.step({slot: ""})
    mark, patches, before = slot.mark(), list(slot.patches), encoded(engine, slot).clone()
    for _ in range(4):
        engine.step({slot: ""})
    assert slot.start > slot.pinned
    engine.rollback(slot, mark)
    assert slot.patches == patches
    assert (encoded(engine, slot) - before).abs().max() < 1e-5
    engine.step({slot: ""})
    assert (encoded(engine, slot) - read_afresh(engine, slot)).abs().max() < 1e-5


@pytest.mark.parametrize("count", [1, CONTEXT - 1, CONTEXT, CONTEXT + 1, 3 * CONTEXT])
def test_openings_and_feeds_of_any_length_find_room(engine: Engine, count: int):
    long = encode_header([f"{number:05}\n" for number in range(count)])
    opened = engine.open_slot(long, sampling=Sampling(), seed=1, pinned=1)
    fed = open_slot(engine)
    engine.feed({fed: long})
    engine.step({opened: "", fed: ""})
    for slot in (opened, fed):
        assert slot.patches[-2] == long[-1]
        assert (encoded(engine, slot) - read_afresh(engine, slot)).abs().max() < 1e-5


def test_a_closed_slot_is_used_again_and_knows_nothing_of_before(engine: Engine):
    slots = [open_slot(engine, seed=seed) for seed in range(3)]
    engine.step(dict.fromkeys(slots, ""))
    with pytest.raises(NoFreeSlot):
        open_slot(engine)
    engine.close(slots[1])
    engine.close(slots[1])
    reused = open_slot(engine, seed=1)
    assert reused.index == slots[1].index
    expected = slots[1].patches[-1]
    assert engine.step({reused: ""})[reused] == expected
    with pytest.raises(ValueError, match="closed"):
        engine.step({slots[1]: ""})
    with pytest.raises(ValueError, match="closed"):
        engine.rollback(slots[1], slots[1].mark())
    with pytest.raises(NoFreeSlot):
        open_slot(engine)


def test_impossible_calls_are_refused_and_move_nothing(engine: Engine):
    slot, other = open_slot(engine), open_slot(engine)
    for prefix in ("0123456789abcdefg", "é", "\x02"):
        with pytest.raises(ValueError, match="begin with"):
            engine.step({other: "", slot: prefix})
    for patch in ((1, 2, 3), (128,) * 16, (-1,) * 16):
        with pytest.raises(ValueError, match="not a patch"):
            engine.feed({other: [BOS_PATCH], slot: [patch]})
    with pytest.raises(ValueError, match="at least one"):
        engine.open_slot([], sampling=Sampling(), seed=1)
    assert slot.patches == other.patches == OPENING
    assert engine.step({}) == {}
    with pytest.raises(ValueError, match="slot"):
        Engine(engine.network, slots=0)


def heard_behind(written: bytes) -> bytes:
    """Some numbers that depend on what is written."""
    return (17 ** len(written) + sum(written) ** 9).to_bytes(40, "little")[:ROW_BYTES]


class Only:
    """A guard that lets certain characters come."""

    def __init__(self, characters: str, hinted: Hint | None = None) -> None:
        self.codes, self.hinted = {ord(char) for char in characters}, hinted
        self.chances: list[Mapping[int, float]] = []

    def allows(self, _written: bytes, char: int) -> bool:
        return char in self.codes

    def hint(self, _written: bytes) -> Hint | None:
        return self.hinted

    def hears(self, written: bytes) -> bytes:
        return heard_behind(written)

    def held_back(self, chances: Mapping[int, float]) -> None:
        self.chances.append(dict(chances))


@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_a_guarded_slot_writes_what_its_guard_allows_and_others_do_not_notice(network: Network, precision: str):
    engine, alone = (Engine(network, slots=2, precision=precision) for _ in range(2))
    guarded, free = open_slot(engine, seed=1), open_slot(engine, seed=2)
    expected = alone.step({(other := open_slot(alone, seed=2)): ""})[other]
    guard = Only("CDE")
    drawn = engine.step({guarded: "", free: ""}, {guarded: guard})
    assert {chr(char) for char in drawn[guarded]} <= set("CDE")
    assert guard.chances
    assert all(0 < sum(chances.values()) <= 1 and not guard.codes & set(chances) for chances in guard.chances)
    assert drawn[free] == expected


@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_what_a_guard_hints_at_comes_unless_it_is_not_allowed(network: Network, precision: str):
    engine = Engine(network, slots=2, precision=precision)
    wanted, refused = open_slot(engine, seed=1), open_slot(engine, seed=1)
    sure = Hint(ord("D"), 50.0, 1.0)
    guards = {wanted: Only("CDE", sure), refused: Only("CEFGABcdefgab", sure)}
    drawn = engine.step({wanted: "", refused: ""}, guards)
    assert {chr(char) for char in drawn[wanted]} == {"D"}
    assert "D" not in decode_patch(drawn[refused])
    assert drawn[refused][0] != EOS


@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_a_patch_ends_where_nothing_is_allowed(network: Network, precision: str):
    engine = Engine(network, slots=3, precision=precision)
    slot, guard = open_slot(engine), Only("")
    assert engine.step({slot: ""}, {slot: guard})[slot][0] == EOS
    assert len(guard.chances) == 1
    assert sum(guard.chances[0].values()) > 0.5


def with_ears(network: Network) -> Network:
    """The same network with ears that say nothing yet."""
    listening = Network(replace(network.shape, heard=NUMBERS))
    listening.load_state_dict(network.state_dict(), strict=False)
    return listening


def written_with(network: Network, *, precision: str = "fp32", count: int = 4) -> list[tuple[int, ...]]:
    """What two slots write, one of them guided, each behind a guard that lets everything come."""
    engine = Engine(network, slots=2, precision=precision)
    guide = Guide(tuple(OPENING[:1]), 1)
    slots = [
        engine.open_slot(OPENING, sampling=Sampling(guidance=1.5), seed=1, guide=guide),
        engine.open_slot(OPENING, sampling=Sampling(), seed=2),
    ]
    guards = {slot: Only("".join(map(chr, range(128)))) for slot in slots}
    return [patch for _ in range(count) for patch in engine.step({slots[0]: "[r:0", slots[1]: ""}, guards).values()]


@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_ears_that_have_learnt_nothing_change_nothing(network: Network, precision: str):
    silent = written_with(network, precision=precision)
    assert written_with(with_ears(network), precision=precision) == silent
    listening = with_ears(network)
    torch.nn.init.normal_(listening.hearing.outer.weight, generator=torch.Generator().manual_seed(1))
    assert written_with(listening, precision=precision) != silent


def test_every_character_is_sampled_with_what_is_heard_before_it(network: Network):
    listening = with_ears(network)
    torch.nn.init.normal_(listening.hearing.outer.weight, std=0.1, generator=torch.Generator().manual_seed(1))
    engine = Engine(listening, slots=2)
    other, slot = open_slot(engine, seed=1), open_slot(engine, sampling=Sampling(top_k=1))
    guard = Only("".join(map(chr, range(128))))
    for _ in range(6):
        patch = engine.step({other: "", slot: "[V:"}, {slot: guard})[slot]
        heard = torch.zeros(1, len(slot.patches), 16, ROW_BYTES, dtype=torch.uint8)
        for place in range(16):
            heard[0, -1, place] = torch.tensor(list(heard_behind(bytes(patch[:place]))), dtype=torch.uint8)
        with torch.inference_mode():
            _, logits = listening.teacher_forced(torch.tensor([slot.patches]), heard)
        likeliest = logits[0, -1].argmax(-1).tolist()
        length = patch.index(EOS) + 1 if EOS in patch else 16
        assert list(patch[3:length]) == likeliest[3:length]
