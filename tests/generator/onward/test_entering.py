"""Changes that a bar begins with: told before it to whoever writes it anew, and there again in the new bar."""

from contextlib import aclosing

import pytest

from generator.catalogue.style import Style
from generator.notation import parse_bar
from generator.notation.cutting import changes_until
from generator.onward.brought import bring
from generator.onward.entering import Entry
from generator.onward.joins import BROKEN, faults_at_joins
from generator.onward.work import Kind, Work

BEFORE = parse_bar("[V:1]c2 d2 e2||[V:2]C6||")
MARCH = """L:1/8
M:3/4
K:C
V:1 treble nm="Piano"
V:2 bass
[V:1]c2 d2 e2|[V:2]C,2 [E,G,]4|
[V:1]g4 e2|[V:2]C,2 [E,G,]4|
[V:1][M:2/4][K:G]!f! d2 B2|[V:2][M:2/4][K:G] G,,2 [B,,D,]2|
[V:1]c2 A2|[V:2]D,2 [F,A,]2|
[V:1]G4|][V:2]G,,4|]
"""


def test_changes_are_told_at_the_end_of_the_bar_before_and_put_back_into_the_new_one():
    old = parse_bar("[V:1][M:2/4][K:G]!f! d4|[V:2][K:G][K:treble] G4|")
    entry = Entry.of(old, BEFORE)
    told, rest = entry.told_before(BEFORE), entry.left_out(old)
    new = entry.put_back(parse_bar("[V:1]|:B4|[V:2]|:G4|"))
    assert str(told).strip() == "[V:1]c2 d2 e2[M:2/4][K:G]||[V:2]C6[M:2/4][K:G][K:treble]||"
    assert str(rest).strip() == "[V:1]!f! d4|[V:2] G4|"
    assert str(new).strip() == "[V:1]|:[M:2/4][K:G]B4|[V:2]|:[M:2/4][K:G][K:treble]G4|"


def test_what_changes_behind_the_first_note_is_left_where_it_is():
    old = parse_bar("[V:1]d2[K:G] d2|[V:2]!p![K:treble]G4|")
    entry = Entry.of(old, BEFORE)
    assert entry == Entry()
    assert (entry.told_before(BEFORE), entry.left_out(old), entry.put_back(old)) == (BEFORE, old, old)


def test_nothing_is_told_where_a_voice_with_a_key_of_its_own_was_not_there():
    old = parse_bar("[V:1][K:G]d4|[V:2][K:G]G4|")
    assert Entry.of(old, parse_bar("[V:1]c4|")) == Entry()
    assert Entry.of(parse_bar("[V:1]d4|[V:2][M:2/4]G4|"), parse_bar("[V:1]c4|")).metre == "2/4", "it holds for all"


@pytest.mark.parametrize(("first", "last"), [(3, 3), (2, 3), (3, 4)])
async def test_new_bars_where_metre_and_key_change_are_as_long_as_the_old_ones_and_change_there_too(
    composer, first, last
):
    brought = bring(MARCH)
    work = Work(kind=Kind.REWRITE, style=Style("", "", "Keyboard"), seed=4, first=first, last=last)
    async with aclosing(composer.work_on(brought, work)) as events:
        result = [event async for event in events][-1]
    new = range(first - 1, last)
    faults = faults_at_joins(result.tune, new, before=brought.tune, strict=False)
    assert [fault for fault in faults if fault.rule in BROKEN] == []
    assert all(voice.music.startswith("[M:2/4][K:G]") for voice in result.tune.bars[2].voices)
    assert changes_until(result.tune, 2)[0] == {}
