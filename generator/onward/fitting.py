"""Whether an edit can be done with a piece: the hands that it speaks of are there, and so is the way to a key.

Not covered: bars, which `Edit.fit` holds against the piece.
"""

from collections.abc import Sequence
from dataclasses import replace

from generator.errors import BadRequest
from generator.notation.keys import Key, names_mode, parse_key
from generator.notation.transpose import home_key
from generator.onward.brought import Brought
from generator.onward.by_hand import with_lines
from generator.onward.errors import NotWorkable
from generator.onward.hands import voices_of
from generator.onward.step import Does, Edit, Step
from generator.transposing.transposition import Transposition, plan


def check_edit(brought: Brought, edit: Edit) -> None:
    """Raises NotWorkable for a hand that nobody has, BadRequest for a key that the piece cannot go to."""
    for step in edit.steps:
        if not voices_of(brought.tune.header, step.hand):
            raise NotWorkable(reason="no_such_hand", hand=step.hand.value)
        if step.does is Does.HAND:
            with_lines(brought.tune, step.aim)
        if step.does is Does.TRANSPOSE:
            way_of(str(brought.tune), step)


def in_keys_of(brought: Brought, steps: Sequence[Step]) -> tuple[Step, ...]:
    """The same steps; to a key in the other mode is two of them: to that mode, and to that tonic."""
    home = home_key(str(brought.tune))
    done: list[Step] = []
    for step in steps:
        words = step.aim.removeprefix("to:")
        wanted = _named_key(words) if step.does is Does.TRANSPOSE and words != step.aim else None
        if home is None or wanted is None or wanted.mode == home.mode or wanted.mode not in ("maj", "min"):
            done.append(step)
            continue
        done.append(Step(does=Does.MODE, aim=wanted.mode))
        done += [replace(step, aim=f"to:{wanted.tonic}")] if wanted.tonic != home.tonic else []
    return tuple(done)


def _named_key(words: str) -> Key | None:
    """A key with its mode; None for a note alone, which keeps the mode of the piece, and for what is no key."""
    try:
        return parse_key(words) if names_mode(words) else None
    except BadRequest:
        return None


def way_of(abc: str, step: Step) -> Transposition:
    """How far a tune moves. Raises BadRequest."""
    how, _, words = step.aim.partition(":")
    return plan(abc, to=words) if how == "to" else plan(abc, by=words)
