import itertools
import multiprocessing
from collections import Counter
from contextlib import closing
from random import Random

import pytest

from generator.errors import GeneratorError
from generator.model.patches import decode_patch
from generator.training.corpus import Row
from generator.training.plan import Plan
from generator.training.windows import Position, Windows, split_batches


def in_g(abc: str, _rng: Random) -> str:
    return abc.replace("K:C", "K:G")


def never(_abc: str, _rng: Random) -> str:
    raise GeneratorError


def take(windows: Windows, start: Position, count: int) -> list[tuple[list[bytes], Position]]:
    with closing(windows.batches(start)) as stream:
        batches = itertools.islice(stream, count)
        return [([window.patches.tobytes() for window in batch], position) for batch, position in batches]


def test_the_stream_can_be_taken_up_at_any_place(rows: list[Row], tiny_plan: Plan) -> None:
    windows = Windows(rows, tiny_plan, in_g)
    whole = take(windows, Position(), 30)
    assert whole[-1][1].epoch >= 1
    for done, (_, position) in enumerate(whole[:-1], start=1):
        assert take(windows, position, 1) == whole[done : done + 1]


def test_every_piece_comes_once_an_epoch(rows: list[Row], tiny_plan: Plan) -> None:
    plan = tiny_plan.changed({"context_patches": 500})
    stream = take(Windows(rows, plan, None), Position(), 40)
    first_epoch = [window for batch, position in stream[:-1] for window in batch if position.epoch == 0]
    # the last batch of an epoch points to the next
    first_epoch += next(batch for batch, position in stream if position.epoch == 1)
    assert len(first_epoch) == len(set(first_epoch)) == len(rows)


def test_processes_draw_the_same_batches_and_end_with_the_stream(rows: list[Row], tiny_plan: Plan) -> None:
    alone, helped = (take(Windows(rows, tiny_plan, in_g, workers=n), Position(0, 1, 1), 8) for n in (0, 1))
    assert alone == helped
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize(("share", "expected"), [(1.0, 0), (0.0, 200), (0.7, 60)])
def test_the_share_of_original_keys_is_kept(rows: list[Row], tiny_plan: Plan, share: float, expected: int) -> None:
    windows = Windows(rows[:1], tiny_plan.changed({"original_key_share": share}), in_g)
    rng = Random(1)
    moved = sum(b"K:G" in windows.draw(rows[0], rng).patches.tobytes() for _ in range(200))
    assert abs(moved - expected) <= (20 if 0 < share < 1 else 0)


def test_a_share_of_the_windows_does_not_say_who_composed_them(rows: list[Row], tiny_plan: Plan) -> None:
    row = rows[0]
    own = tuple(f"%{row[name]}\n" for name in ("period", "composer", "instrumentation"))
    rng = Random(1)
    drawn = Counter(
        tuple(Windows(rows, tiny_plan.changed({"unnamed_share": 0.4}), None).prompt(row, rng)) for _ in range(400)
    )
    assert drawn.keys() == {own, (own[0], "%\n", own[2]), ("%\n", "%\n", own[2])}
    assert all(
        abs(count - expected) <= 30 for (_, count), expected in zip(drawn.most_common(), (240, 80, 80), strict=True)
    )
    assert Windows(rows, tiny_plan, None).prompt(row, rng) == list(own)


@pytest.mark.parametrize(("share", "expected"), [(1.0, 200), (0.0, 0), (0.7, 140)])
def test_a_share_of_the_windows_is_moved_home_and_says_from_how_far(
    rows: list[Row], tiny_plan: Plan, share: float, expected: int
) -> None:
    row = {**rows[0], "abc": rows[0]["abc"].replace("K:C", "K:Eb")}
    windows = Windows([row], tiny_plan.changed({"home_key_share": share}), None)
    rng = Random(1)
    drawn = ["".join(map(decode_patch, windows.draw(row, rng).patches.tolist())) for _ in range(200)]
    moved = [text for text in drawn if "\n%-3\n" in text]
    assert all("K:C\n" in text for text in moved)
    assert sum("K:Eb\n" in text and "%-3" not in text for text in drawn) == 200 - len(moved)
    assert abs(len(moved) - expected) <= (20 if 0 < share < 1 else 0)


def test_a_piece_without_a_key_stays_where_it_is(rows: list[Row], tiny_plan: Plan) -> None:
    row = {**rows[0], "abc": rows[0]["abc"].replace("K:C\n", "")}
    text = "".join(
        map(
            decode_patch,
            Windows([row], tiny_plan.changed({"home_key_share": 1.0}), None).draw(row, Random(1)).patches.tolist(),
        )
    )
    assert "%+" not in text
    assert "K:" not in text


def test_a_piece_that_cannot_be_transposed_stays_in_its_key(rows: list[Row], tiny_plan: Plan) -> None:
    windows = Windows(rows, tiny_plan.changed({"original_key_share": 0.0}), never)
    assert b"K:C" in windows.draw(rows[0], Random(1)).patches.tobytes()


def test_batches_hold_no_more_patches_than_planned(rows: list[Row], tiny_plan: Plan) -> None:
    windows = Windows(rows, tiny_plan, None)
    drawn = [windows.draw(row, Random(1)) for row in rows]
    for batch in split_batches(drawn, 96):
        assert len(batch) == 1 or max(map(len, batch)) * len(batch) <= 96
    assert sum(map(len, split_batches(drawn, 1))) == len(rows)
