"""A family of pieces as a tree that can be drawn: which members are shown, in which order, how deep.

What is promised: the piece that is asked about is shown, with those nearest to it; a parent stands above its children.
One that nobody may see, or that is not there any more, is shown without a name, and only where it holds others together
or is where one that is shown comes from.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Member:
    """depth: generations below the first that is shown; parent: its place in the list, None for the first."""

    id: str
    depth: int
    parent: int | None
    is_seen: bool


@dataclass(frozen=True)
class Family:
    """members: those that are shown, in the order in which they are drawn. of: how many could be shown."""

    members: tuple[Member, ...]
    of: int


def family_of(parents: Mapping[str, str | None], focus: str, *, seen: Collection[str], most: int) -> Family:
    """parents: of every known member, in the order of their age. seen: those that may be shown by name."""
    known = _without_strangers(parents, {*seen, focus})
    near = _nearest(known, focus, most=most)
    return Family(tuple(_in_order(known, near, seen=seen)), sum(one in seen for one in known))


def _without_strangers(parents: Mapping[str, str | None], seen: Collection[str]) -> dict[str, str | None]:
    """Without those that have nobody to show below them, and without first ones that hold nothing together."""
    needed = set()
    for one in seen:
        at: str | None = one
        while at is not None and at not in needed and at in parents:
            needed.add(at)
            at = parents[at]
    known = {one: parent if parent in needed else None for one, parent in parents.items() if one in needed}
    while True:
        first = next(one for one, parent in known.items() if parent is None)
        children = [one for one, parent in known.items() if parent == first]
        if first in seen or len(children) != 1 or children[0] in seen:
            return known
        del known[first]
        known[children[0]] = None


def _nearest(parents: Mapping[str, str | None], focus: str, *, most: int) -> set[str]:
    """Connected with the one that is asked about, its ancestors before its cousins."""
    children: dict[str, list[str]] = {}
    for one, parent in parents.items():
        if parent is not None:
            children.setdefault(parent, []).append(one)
    found, waiting = {focus}, deque([focus])
    while waiting and len(found) < most:
        at = waiting.popleft()
        for kin in (parents.get(at), *children.get(at, ())):
            if kin is not None and kin not in found and len(found) < most:
                found.add(kin)
                waiting.append(kin)
    return found


def _in_order(parents: Mapping[str, str | None], near: Collection[str], *, seen: Collection[str]) -> list[Member]:
    first = next(one for one in near if parents.get(one) not in near)
    members: list[Member] = []
    waiting: list[tuple[str, int, int | None]] = [(first, 0, None)]
    while waiting:
        one, depth, parent = waiting.pop()
        place = len(members)
        members.append(Member(id=one, depth=depth, parent=parent, is_seen=one in seen))
        below = [child for child, its_parent in parents.items() if its_parent == one and child in near]
        waiting += [(child, depth + 1, place) for child in reversed(below)]
    return members
