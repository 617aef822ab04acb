from random import Random

import numpy as np
import torch

from generator.hearing.ear import rows_of_lines
from generator.hearing.numbers import NUMBERS, ROW_BYTES
from generator.model.hearing import unpack_rows
from generator.model.network import Network
from generator.model.patches import EOS, decode_patch
from generator.notation import parse_header
from generator.training.corpus import Row, prompt_lines, tune_lines
from generator.training.lessons import Lesson, StudiedTune, stack_lessons, study_tune
from generator.training.loss import batch_loss
from generator.training.memory import USUAL_TRUST
from generator.training.plan import Plan
from generator.training.windows import Windows


def studied(row: Row) -> StudiedTune:
    return study_tune(prompt_lines(row), row["abc"], hearing=True, trust=USUAL_TRUST)


def texts(lesson: Lesson) -> list[str]:
    return [decode_patch(patch) for patch in lesson.patches.tolist()]


def test_every_character_has_what_was_heard_before_it(rows: list[Row]) -> None:
    lesson = studied(rows[0]).window(0, 512)
    header, lines = tune_lines(rows[0]["abc"])
    told = b"".join(rows_of_lines(parse_header([line.rstrip("\n") for line in header]), lines))
    place = 0
    assert lesson.heard is not None
    for number, patch in enumerate(lesson.patches.tolist()):
        text = decode_patch(patch)
        if "[r:" in text:  # a line begins: behind its end stands one more row
            place += bool(place)
        if place or "[r:" in text:
            rows_here = len(text) + (EOS in patch and text != "")
            expected = told[ROW_BYTES * place : ROW_BYTES * (place + rows_here)]
            assert lesson.heard[number, :rows_here].tobytes() == expected
            place += len(text)
        else:
            assert not lesson.heard[number].any()


def test_a_window_to_fill_in_shows_what_follows_first_and_is_not_asked_about_it(rows: list[Row]) -> None:
    tune, rng = studied(rows[0]), Random(1)
    for _ in range(20):
        lesson = tune.fill_window(512, rng)
        bars = [text for text in texts(lesson) if text.startswith("[r:")]
        numbers = [int(text[3:].split("/")[0]) for text in bars]
        falls = [place for place in range(1, len(numbers)) if numbers[place] < numbers[place - 1]]
        assert len(falls) == 1
        behind, rest = numbers[: falls[0]], numbers[falls[0] :]
        assert rest == list(range(behind[0]))
        assert behind == list(range(behind[0], behind[-1] + 1))
        assert lesson.scored is not None
        asked = [text for text, counts in zip(texts(lesson), lesson.scored, strict=True) if counts]
        assert [int(text[3:].split("/")[0]) for text in asked if text.startswith("[r:")] == rest


def test_a_small_context_holds_the_gap_and_the_bars_next_to_it(rows: list[Row]) -> None:
    tune, rng = studied(rows[0]), Random(1)
    for _ in range(20):
        lesson = tune.fill_window(40, rng)
        assert len(lesson) <= 40
        assert lesson.heard is not None
        assert len(lesson.heard) == len(lesson)
        assert lesson.scored is not None
        assert lesson.scored[-1]


def test_a_share_of_the_windows_is_to_be_filled_in_and_says_so(rows: list[Row], tiny_plan: Plan) -> None:
    windows = Windows(rows, tiny_plan.changed({"fill_share": 0.3, "context_patches": 512}), None)
    rng = Random(1)
    drawn = [windows.draw(rows[0], rng) for _ in range(100)]
    says_so = ["%fill" in "".join(texts(lesson)) for lesson in drawn]
    assert 20 < sum(says_so) < 40
    assert says_so == [lesson.scored is not None for lesson in drawn]


def test_packed_rows_are_the_numbers_in_their_order() -> None:
    row = bytearray(ROW_BYTES)
    row[0], row[-1] = 0b00000101, 0b10000000
    numbers = unpack_rows(torch.tensor([row], dtype=torch.uint8))[0]
    assert numbers.nonzero().flatten().tolist() == [0, 2, NUMBERS - 1]


def test_what_does_not_count_costs_nothing(rows: list[Row], tiny_plan: Plan) -> None:
    network = Network(tiny_plan.changed({"context_patches": 512}).shape)
    network.init_weights(seed=1)
    whole = studied(rows[0]).window(0, 64)
    first = np.arange(len(whole)) < len(whole) // 2
    halves = [Lesson(patches=whole.patches, scored=counts) for counts in (first, ~first)]
    parts = [batch_loss(network, stack_lessons([half])) for half in halves]
    together = batch_loss(network, stack_lessons([Lesson(patches=whole.patches)]))
    assert sum(part.characters for part in parts) == together.characters
    torch.testing.assert_close(parts[0].nats + parts[1].nats, together.nats)


def test_a_batch_of_different_lengths_costs_what_its_lessons_cost(rows: list[Row], tiny_plan: Plan) -> None:
    network = Network(tiny_plan.changed({"context_patches": 512, "hearing": True}).shape)
    network.init_weights(seed=1)
    torch.nn.init.normal_(network.hearing.outer.weight)
    lessons = [studied(rows[0]).window(0, 30), studied(rows[1]).window(0, 50)]
    alone = [batch_loss(network, stack_lessons([lesson])) for lesson in lessons]
    together = batch_loss(network, stack_lessons(lessons))
    torch.testing.assert_close(alone[0].nats + alone[1].nats, together.nats)
    silent = batch_loss(network, stack_lessons([Lesson(patches=lesson.patches) for lesson in lessons]))
    assert not torch.isclose(silent.nats, together.nats)
