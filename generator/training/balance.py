"""How often each piece is drawn, so that a style with 8,000 pieces does not drown one with 80."""

from collections import Counter
from collections.abc import Sequence
from random import Random

from generator.training.corpus import NOBODY, STYLE_FIELDS, Row
from generator.training.plan import Plan


def style_weights(rows: Sequence[Row], *, balance: float) -> list[float] | None:
    """The weight of every row: n ** -balance for a style of n pieces. None: all alike, because balance is 0.

    At 0.5 a style comes as often as the square root of its pieces says; at 1 all styles come equally often.
    """
    if balance == 0:
        return None
    styles = [style_of(row) for row in rows]
    counts = Counter(styles)
    return [counts[style] ** -balance for style in styles]


def planned_weights(rows: Sequence[Row], plan: Plan) -> list[float] | None:
    """The weight of every row as a plan says; None if all are alike."""
    if not plan.focus_share:
        return style_weights(rows, balance=plan.style_balance)
    focus = set(best_covered_styles(rows, plan.focus_styles))
    inside = [style_of(row) in focus for row in rows]
    own = [row for row, focused in zip(rows, inside, strict=True) if focused]
    others = [row for row, focused in zip(rows, inside, strict=True) if not focused]
    if not own or not others:
        return style_weights(rows, balance=plan.style_balance)
    mixed = mixed_weights(own, others, balance=plan.style_balance, share=1 - plan.focus_share)
    of_own, of_others = iter(mixed[: len(own)]), iter(mixed[len(own) :])
    return [next(of_own if focused else of_others) for focused in inside]


def best_covered_styles(rows: Sequence[Row], count: int) -> list[tuple[str, ...]]:
    """The styles with the most pieces, of composers who have a name."""
    counts = Counter(style_of(row) for row in rows)
    named = [style for style, _ in counts.most_common() if not set(style) & set(NOBODY)]
    return named[:count]


def style_of(row: Row) -> tuple[str, ...]:
    """Period, composer and instrumentation."""
    return tuple(row[name] for name in STYLE_FIELDS)


def mixed_weights(own: Sequence[Row], others: Sequence[Row], *, balance: float, share: float) -> list[float]:
    """The weights of `own` and then of `others`, of which together a `share` of the draws comes."""
    mixed: list[float] = []
    for rows, part in ((own, 1 - share), (others, share)):
        weights = style_weights(rows, balance=balance) or [1.0] * len(rows)
        total = sum(weights)
        mixed += [part * weight / total for weight in weights]
    return mixed


def draw_evenly(weights: Sequence[float], rng: Random) -> list[int]:
    """As many draws as there are weights, in random order; each number comes as often as its weight says.

    Its share of the draws is met to within one, unlike in independent draws.
    """
    count, total = len(weights), sum(weights)
    step, passed = total / count, 0.0
    drawn: list[int] = []
    mark = rng.random() * step
    for number, weight in enumerate(weights):
        passed += weight
        while mark < passed and len(drawn) < count:
            drawn.append(number)
            mark += step
    drawn += [count - 1] * (count - len(drawn))  # rounding may leave out the last
    rng.shuffle(drawn)
    return drawn
