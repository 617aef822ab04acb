"""How hypothesis is used here: the same examples in every run, several at once, and not made smaller.

What is thrown goes to one world, in which much has happened before; making it smaller would take minutes and mislead.
"""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

PER_EXAMPLE = 20  # few large examples: between small ones hypothesis repeats itself


def hostile(count: int) -> settings:
    """`count` things in all, drawn with `several`."""
    return settings(
        max_examples=count // PER_EXAMPLE,
        phases=(Phase.generate,),
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def several(*each: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """All different."""
    return st.lists(st.tuples(*each), min_size=PER_EXAMPLE, max_size=PER_EXAMPLE, unique_by=repr)


def throw_all(stage: Any, throw: Callable[[], None], *, at_least: int) -> None:
    """Run a hypothesis test; it has thrown what it promised."""
    before = stage.thrown
    throw()
    assert stage.thrown - before >= at_least
