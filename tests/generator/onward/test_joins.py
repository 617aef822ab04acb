"""Where new bars meet old ones: what is a fault, what is mended, and that no kind of work leaves any."""

from contextlib import aclosing

import pytest

from generator.catalogue.style import Style
from generator.notation import parse_bar
from generator.onward import door
from generator.onward.brought import bring
from generator.onward.joining import put_in
from generator.onward.joins import Rule, faults_at_joins
from generator.onward.work import How, Kind, Work
from tests.generator.onward.conftest import WALTZ

HEAD = "X:1\nL:1/4\nM:4/4\nK:{key}\n"
CHOIR = 'V:1 treble nm="Soprano"\nV:2 treble nm="Alto"\nV:3 bass nm="Tenor"\nV:4 bass nm="Bass"\n'
HANDS = 'V:1 treble nm="Piano"\nV:2 bass\n'


def tune_of(body, *, voices=HANDS, key="C"):
    return bring(HEAD.format(key=key) + voices + body)


def rules(brought, new, *, before=None, strict=False):
    old = None if before is None else before.tune
    return {fault.rule for fault in faults_at_joins(brought.tune, new, before=old, strict=strict)}


@pytest.mark.parametrize(
    ("body", "key", "rule"),
    [
        ("[V:1]c4|[V:2]F,4|\n[V:1]d4|[V:2]G,4|\n", "C", Rule.PARALLEL),
        ("[V:1]c4-|[V:2]E,4|\n[V:1]d4|[V:2]F,4|\n", "C", Rule.TIE),
        ("[V:1](c4|[V:2]E,4|\n[V:1]e4|[V:2]C,4|\n", "C", Rule.SIGN),
        ("[V:1]c4|[V:2]E,4|\n[V:1][K:G]d4|[V:2]F,4|\n", "C", Rule.SIGNATURE),
        ("[V:1]c4|[V:2]E,4|\n[V:1]c'''''4|[V:2]F,4|\n", "C", Rule.RANGE),
        ("[V:1]c4|[V:2]E,4|\n[V:1]b4|[V:2]C,4|\n", "C", Rule.CLASH),
        ("[V:1]c4|[V:2]E,4|\n[V:1]d3|[V:2]F,3|\n[V:1]d4|[V:2]F,4|\n", "C", Rule.LENGTH),
    ],
)
def test_what_breaks_a_rule_in_a_new_bar_is_a_fault_and_what_stands_is_none(body, key, rule):
    brought = tune_of(body, key=key)
    assert rule in rules(brought, {1})
    assert rule not in rules(brought, set())


def test_over_the_dominant_in_minor_the_seventh_of_a_new_bar_is_raised():
    body = "[V:1]{}4|[V:2]E,4|\n[V:1]A4|[V:2]A,,4|\n"
    assert rules(tune_of(body.format("G"), key="Am"), {0}) == {Rule.LEADING}
    assert rules(tune_of(body.format("^G"), key="Am"), {0}) == set()


def test_in_a_choir_all_voices_count_and_none_crosses_another_or_leaves_it():
    body = "[V:1]c4|[V:2]G4|[V:3]E,4|[V:4]C,4|\n[V:1]c4|[V:2]{}4|[V:3]{}4|[V:4]{}4|\n"
    good = body.format("A", "C", "F,,")
    assert rules(tune_of(good, voices=CHOIR), {1}, strict=True) == set()
    assert rules(tune_of(body.format("d", "D", "F,,"), voices=CHOIR), {1}, strict=True) == {Rule.CROSSING}
    assert rules(tune_of(body.format("A", "E,", "F,,"), voices=CHOIR), {1}, strict=True) == {Rule.SPACING}
    inner = tune_of(body.format("A", "C", "D,"), voices=CHOIR)
    assert Rule.PARALLEL in rules(inner, {1}, strict=True), "alto and bass"
    assert Rule.PARALLEL not in rules(inner, {1}), "between outer voices there is none"


def test_a_leap_to_a_semitone_is_a_clash_and_a_suspension_is_none():
    suspended = tune_of("[V:1]c4|[V:2]A,4|\n[V:1]c2 B2|[V:2]B,4|\n")
    assert Rule.CLASH not in rules(suspended, {1})
    assert Rule.CLASH in rules(tune_of("[V:1]e4|[V:2]A,4|\n[V:1]c4|[V:2]B,4|\n"), {1})


def test_a_bar_that_stands_and_sounds_otherwise_is_a_fault():
    old = tune_of("[V:1]^c4-|[V:2]A,4|\n[V:1]c4|[V:2]A,4|\n")
    new = tune_of("[V:1]e4|[V:2]A,4|\n[V:1]c4|[V:2]A,4|\n")
    assert Rule.SOUND in rules(new, {0}, before=old)


def test_ties_over_the_edges_of_a_new_bar_find_their_notes():
    """A tie into it needs the same note there; a note behind it may owe its sharp to a tie."""
    old = tune_of("[V:1]e4-|[V:2]C4|\n[V:1]e2 ^c2-|[V:2]C4|\n[V:1]c4|[V:2]E4|\n[V:1]c4|[V:2]E4|\n")
    new = put_in(old, {1: parse_bar("[V:1](3gag f/g/ a|[V:2][EG]4|")})
    assert new.bars[1].voice("1").music == "(3eag f/g/ ^c-|"
    assert faults_at_joins(new, {1}, before=old.tune, strict=False) == []


def test_where_a_hairpin_or_slur_goes_through_a_new_bar_it_stays_one():
    """The new bar's own sign that ends with it goes on instead of crossing another."""
    old = tune_of("[V:1]e4|[V:2]C4|\n[V:1]!<(!e2 (f2|[V:2]C4|\n[V:1]g2!<)! f2)|[V:2]E4|\n")
    new = put_in(old, {1: old.bars[1]})
    assert faults_at_joins(new, {1}, before=old.tune, strict=False) == []


async def worked(composer, asked, abc):
    async with aclosing(composer.work_on(bring(abc), asked)) as found:
        events = [event async for event in found]
    return events[-1]


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        (Kind.REWRITE, {"first": 3, "last": 3}),
        (Kind.CONTINUE, {"bars": 1, "first": 4}),
        (Kind.VARY, {"how_far": 0.2, "how": How.SAME_RHYTHM}),
        (Kind.VARY, {"how_far": 1.0, "how": How.ORNAMENT}),
        (Kind.RESTYLE, {"bars": 1, "last": 2}),
        (Kind.ENRICH, {}),
    ],
)
async def test_no_kind_of_work_leaves_a_fault_at_a_join(composer, monkeypatch, kind, asked):
    """The same over 200 human pieces: `make measure NAME=joins`."""
    monkeypatch.setattr(door, "VARY_PARTICLES", 2)
    result = await worked(composer, Work(kind=kind, style=Style("", "", "Keyboard"), seed=4, **asked), WALTZ)
    brought = bring(WALTZ)
    before = {
        Kind.CONTINUE: lambda: brought.head(3),
        Kind.RESTYLE: lambda: brought.part(1, 2),
    }.get(kind, lambda: brought)()
    new = {number - 1 for number in result.changed}
    assert faults_at_joins(result.tune, new, before=before.tune, strict=False) == []


async def test_bars_that_break_a_rule_are_written_again(composer, monkeypatch):
    """With a rule that the first bars always break, as many rounds are written as are allowed, and the best stays."""
    asked_for = []

    def picky(tune, new, **_):
        asked_for.append(str(tune))
        return ["fault"] if len(set(asked_for)) <= 2 else []

    monkeypatch.setattr(door, "faults_at_joins", picky)
    work = Work(kind=Kind.REWRITE, style=Style("", "", "Keyboard"), seed=4, first=4, last=4)
    result = await worked(composer, work, WALTZ)
    faulty = list(dict.fromkeys(asked_for))[:2]
    assert str(result.tune) in set(asked_for).difference(faulty)


def test_a_bar_that_was_too_long_for_its_metre_may_become_as_long_as_that():
    long = tune_of("[V:1]c4|[V:2]E,4|\n[V:1]c4 x4|[V:2]E,4 x4|\n[V:1]c4|[V:2]E,4|\n")
    short = tune_of("[V:1]c4|[V:2]E,4|\n[V:1]e4|[V:2]E,4|\n[V:1]c4|[V:2]E,4|\n")
    assert Rule.ROOM not in rules(short, {1}, before=long)
    assert Rule.ROOM in rules(long, {1}, before=short)
