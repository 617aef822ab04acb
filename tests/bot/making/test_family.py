"""Which members of a family are drawn, where, and which stay without a name."""

import pytest

from bot.making.family import family_of

#            a
#      b           c
#    d   e         f
TREE = {"a": None, "b": "a", "c": "a", "d": "b", "e": "b", "f": "c"}


def drawn(family):
    return ["  " * member.depth + (member.id if member.is_seen else "?") for member in family.members]


def test_a_parent_stands_above_its_children():
    family = family_of(TREE, "e", seen=set(TREE), most=12)
    assert drawn(family) == ["a", "  b", "    d", "    e", "  c", "    f"]
    assert [member.parent for member in family.members] == [None, 0, 1, 1, 0, 4]
    assert family.of == 6


@pytest.mark.parametrize(("focus", "shown"), [("e", ["a", "  b", "    e"]), ("f", ["a", "  c", "    f"])])
def test_of_a_large_family_the_nearest_are_shown_ancestors_first(focus, shown):
    assert drawn(family_of(TREE, focus, seen=set(TREE), most=3)) == shown


def test_of_a_long_line_the_piece_itself_is_shown():
    line = {str(number): str(number - 1) if number else None for number in range(300)}
    family = family_of(line, "150", seen=set(line), most=12)
    assert "150" in {member.id for member in family.members}
    assert len(family.members) == 12
    assert family.of == 300


def test_what_nobody_may_see_is_left_out_where_it_holds_nothing_together():
    assert drawn(family_of(TREE, "d", seen={"d", "b"}, most=12)) == ["?", "  b", "    d"]
    assert drawn(family_of(TREE, "d", seen={"d"}, most=12)) == ["?", "  d"]
    assert drawn(family_of(TREE, "d", seen={"d", "f"}, most=12)) == ["?", "  ?", "    d", "  ?", "    f"]


def test_the_hidden_are_not_counted():
    assert family_of(TREE, "d", seen={"d", "f"}, most=12).of == 2


def test_one_alone_is_a_family():
    assert drawn(family_of({"a": None}, "a", seen={"a"}, most=12)) == ["a"]
