from generator.training.errors import CorpusError
from generator.training.prepare.splitting import choose_held_out, join_works
from tests.refusals import refuses


def test_about_the_share_is_held_out_of_every_style() -> None:
    works = [f"{style}{number}" for style in "ab" for number in range(40)]
    held = choose_held_out(works, [work[0] for work in works], share=0.1)
    assert sum(work.startswith("a") for work in held) == sum(work.startswith("b") for work in held) == 4


def test_the_order_of_the_pieces_does_not_matter() -> None:
    works = [f"work {number // 3}" for number in range(60)]
    styles = ["one"] * 60
    assert choose_held_out(works, styles) == choose_held_out(works[::-1], styles)


def test_of_two_works_the_smaller_is_held_out() -> None:
    assert choose_held_out(["large", "large", "small"], ["x"] * 3) == {"small"}


def test_one_work_cannot_be_split() -> None:
    with refuses(CorpusError, match="only one work"):
        choose_held_out(["op1", "op1"], ["x", "x"])


def test_pieces_that_belong_together_make_their_works_one() -> None:
    assert join_works(["a", "b", "c", "d", "b"], [(0, 1), (2, 3)]) == ["a", "a", "c", "c", "a"]
