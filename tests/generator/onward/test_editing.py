"""Edits by rule and by the network: what no step names stands, letter for letter."""

from contextlib import aclosing

import pytest

from generator.catalogue.style import Style
from generator.critic.judgement import Judgement
from generator.errors import BadRequest
from generator.notation import check_bars
from generator.onward.brought import bring
from generator.onward.comparing import comparison_of
from generator.onward.editing import Edited, changed_bars, edit_piece
from generator.onward.errors import NotWorkable
from generator.onward.fitting import check_edit
from generator.onward.hands import Hand
from generator.onward.step import Does, Edit, Step
from tests.generator.onward.conftest import WALTZ
from tests.refusals import refuses

NOBODY = Style("", "", "Keyboard")
MINOR = """X:1
T:Air
%%score { 1 | 2 }
L:1/8
Q:1/4=100
M:4/4
K:Amin
V:1 treble nm="Piano"
V:2 bass
[V:1]A2 B2 c2 e2-|[V:2][A,,E,]8|
[V:1]e2 ^g2 {b}a2 f2|[V:2][D,F,]4 [E,^G,]4|
[V:1]c4- c4-|[V:2][A,,E,]8|
[V:1]c8|][V:2][A,,E,]8|]
"""


class Critic:
    """What edits by rule take of the composer."""

    async def judge_tune(self, tune, style, *, seed):
        return Judgement(seed=seed, liking=0.0)


def edit(*steps, seed=7):
    return Edit(steps=steps, style=NOBODY, seed=seed)


async def done(asked, abc=MINOR, place=None):
    async with aclosing(edit_piece(place or Critic(), bring(abc), asked)) as events:
        found = [event async for event in events]
    assert isinstance(found[-1], Edited)
    return found[-1]


def lines(abc):
    return [line for line in abc.splitlines() if line.startswith("[V:")]


async def test_a_tempo_changes_one_line_of_the_head_and_no_bar():
    edited = await done(edit(Step(does=Does.TEMPO, factor=1.25)))
    assert edited.abc == str(bring(MINOR).tune).replace("Q:1/4=100", "Q:1/4=125")
    assert edited.changed == ()


async def test_a_tempo_of_some_bars_holds_there_and_not_behind():
    edited = await done(edit(Step(does=Does.TEMPO, factor=0.8, first=2, last=3)))
    assert edited.changed == (2, 3)
    assert edited.abc.count("[Q:1/4=80]") == edited.abc.count("[Q:1/4=100]") == 1
    assert lines(edited.abc)[3] == lines(MINOR)[3]


async def test_the_last_chord_becomes_major_through_its_ties():
    edited = await done(edit(Step(does=Does.ENDING, aim="maj")))
    assert lines(edited.abc)[2:] == ["[V:1]^c4- ^c4-|[V:2][A,,E,]8|", "[V:1]^c8|][V:2][A,,E,]8|]"] or lines(edited.abc)[
        2:
    ] == ["[V:1]c4- ^c4-|[V:2][A,,E,]8|", "[V:1]^c8|][V:2][A,,E,]8|]"]
    assert lines(edited.abc)[:2] == lines(str(bring(MINOR).tune))[:2]


async def test_an_empty_fifth_at_the_end_gets_its_third():
    bare = MINOR.replace("[V:1]c4- c4-|", "[V:1]A4 z4|").replace("[V:1]c8|]", "[V:1]A8|]")
    edited = await done(edit(Step(does=Does.ENDING, aim="maj")), bare)
    assert lines(edited.abc)[-1] == "[V:1][^CA]8|][V:2][A,,E,]8|]"
    assert edited.changed == (4,)


async def test_another_mode_keeps_what_is_raised_already_and_graces_too():
    edited = await done(edit(Step(does=Does.MODE, aim="maj")))
    assert "\nK:A\n" in edited.abc
    assert lines(edited.abc)[1] == "[V:1]e2 g2 {b}a2 f2|[V:2][D,F,]4 [E,G,]4|"
    back = await done(edit(Step(does=Does.MODE, aim="min")), edited.abc)
    assert "\nK:Amin\n" in back.abc
    assert lines(back.abc)[1] == "[V:1]e2 ^g2 {b}a2 f2|[V:2][D,F,]4 [E,^G,]4|"


async def test_an_octave_moves_letters_of_one_hand_and_tied_notes_at_the_edge_stay():
    edited = await done(edit(Step(does=Does.SHIFT, aim="7", first=2, last=2, hand=Hand.MELODY)))
    assert edited.changed == (2,)
    assert lines(edited.abc)[1] == "[V:1]e2 ^g'2 {b'}a'2 f'2|[V:2][D,F,]4 [E,^G,]4|"


async def test_a_third_higher_is_one_of_the_scale():
    edited = await done(edit(Step(does=Does.SHIFT, aim="2", first=1, last=1, hand=Hand.MELODY)))
    assert lines(edited.abc)[0].startswith("[V:1]c2 d2 e2 e2-|")


async def test_beyond_the_instrument_is_refused_with_the_bar():
    high = MINOR.replace("A2 B2 c2 e2-", "a'2 b'2 e''2 e'2-")
    with refuses(NotWorkable, match="beyond the instrument"):
        await done(edit(Step(does=Does.SHIFT, aim="7", first=1, last=1)), high)


async def test_one_hand_made_simpler_leaves_the_other():
    busy = MINOR.replace("e2-|[V:2][A,,E,]8|", "e2-|[V:2]A,,/E,/A,/E,/ A,,6|").replace("A2 B2", "[CA]2 B2")
    edited = await done(edit(Step(does=Does.SIMPLIFY, hand=Hand.LEFT)), busy)
    old, new = bring(busy).tune.bars[0], edited.tune.bars[0]
    assert old.voice("1") == new.voice("1")
    assert old.voice("2") != new.voice("2")


async def test_steps_are_done_in_a_row_and_those_that_find_nothing_are_named():
    asked = edit(
        Step(does=Does.TEMPO, factor=1.25), Step(does=Does.ORNAMENT, first=4, last=4), Step(does=Does.MODE, aim="min")
    )
    edited = await done(asked)
    assert edited.idle == (2,)
    with refuses(NotWorkable, match="nothing in these bars"):
        await done(edit(Step(does=Does.MODE, aim="min")))


def test_bars_count_from_the_end_and_those_that_are_not_there_are_refused():
    assert Step(does=Does.REWRITE, first=-4, last=-1).fit(16) == Step(does=Does.REWRITE, first=13, last=16)
    assert Step(does=Does.REWRITE, first=-8, last=-1).fit(4) == Step(does=Does.REWRITE, first=1, last=4)
    with refuses(NotWorkable, match="ends with bar 4"):
        Step(does=Does.REWRITE, first=3, last=9).fit(4)


def test_an_edit_is_written_down_and_read_again():
    asked = edit(Step(does=Does.SHIFT, aim="-7", first=-2, last=-1, hand=Hand.BASS), Step(does=Does.TEMPO, tempo=90))
    assert Edit.from_json(asked.to_json()) == asked


def test_a_hand_that_nobody_has_and_a_key_that_is_none_are_refused():
    alone = bring('X:1\nL:1/4\nM:3/4\nK:G\nV:1 treble nm="Flute"\n[V:1]GAB|\n[V:1]G3|]\n')
    with refuses(NotWorkable, match="no other hand"):
        check_edit(alone, edit(Step(does=Does.SIMPLIFY, hand=Hand.LEFT)))
    with pytest.raises(BadRequest):
        check_edit(alone, edit(Step(does=Does.TRANSPOSE, aim="to:Q")))


@pytest.mark.parametrize(
    "step",
    [
        Step(does=Does.SHIFT, aim="-7", first=2, last=4),
        Step(does=Does.TEMPO, factor=0.8, first=2, last=3),
        Step(does=Does.ENRICH, first=2, last=4),
        Step(does=Does.ENDING, aim="min"),
        Step(does=Does.MODE, aim="min"),
        Step(does=Does.TRANSPOSE, aim="to:D"),
    ],
)
async def test_after_every_rule_bars_are_as_long_as_they_were(step):
    edited = await done(edit(step), WALTZ)
    assert check_bars(edited.tune) == []
    if step.first:
        old, new = lines(str(bring(WALTZ).tune)), lines(edited.abc)
        assert [number for number, pair in enumerate(zip(old, new, strict=True), 1) if len(set(pair)) > 1] == list(
            edited.changed
        )
        assert set(edited.changed) <= set(range(step.first, step.last + 1))


async def test_a_bar_that_is_moved_away_from_its_tie_stays_and_the_others_move():
    tied = MINOR.replace("[V:1]c8|]", "[V:1]c8|\n[V:1]e8|][V:2][A,,E,]8|]").replace(
        "c8|\n[V:1]e8|]", "c8|[V:2][A,,E,]8|\n[V:1]e8|]"
    )
    edited = await done(edit(Step(does=Does.SHIFT, aim="7", hand=Hand.MELODY, first=4, last=5)), tied)
    assert edited.changed == (5,)


async def test_the_network_writes_one_hand_and_the_other_stands(composer):
    asked = edit(Step(does=Does.REWRITE, first=3, last=4, hand=Hand.LEFT, aim="calmer"))
    edited = await done(asked, WALTZ, composer)
    old, new = bring(WALTZ).tune, edited.tune
    assert [bar.voice("1") for bar in new.bars] == [bar.voice("1") for bar in old.bars]
    assert set(edited.changed) <= {3, 4}
    assert check_bars(edited.tune) == []


async def test_the_composer_edits_and_nothing_outside_the_bars_changes(composer):
    asked = edit(Step(does=Does.REWRITE, first=6, last=7, aim="livelier"), Step(does=Does.TEMPO, factor=1.25))
    async with aclosing(composer.work_on(bring(WALTZ), asked)) as events:
        *_, edited = [event async for event in events]
    old, new = lines(str(bring(WALTZ).tune)), lines(edited.abc)
    assert {number for number, pair in enumerate(zip(old, new, strict=True), 1) if len(set(pair)) > 1} <= {6, 7}
    assert "Q:1/4=150" in edited.abc


def test_a_comparison_holds_both_and_says_which_bars_differ():
    old = bring(MINOR).tune
    new = bring(MINOR.replace("{b}a2 f2", "a2 a2")).tune
    assert changed_bars(old, new) == (2,)
    text = comparison_of(old, new, (2,), titles=("Before", "Now"))
    assert "%%was T:Before" in text
    assert "%%was %%changed 2" in text
    assert "\n%%changed 2\n" in text
    assert comparison_of(old, old, (), titles=("", "")) == ""


# --- louder and softer -----------------------------------------------------------------------------------------------

LOUD = MINOR.replace("[V:1]A2 B2", "[V:1]!p!A2 B2").replace("{b}a2 f2", "{b}!f!a2 f2")


def loudness(aim, **where):
    return edit(Step(does=Does.LOUDNESS, aim=aim, **where))


async def test_louder_moves_every_dynamic_and_no_note():
    edited = await done(loudness("+1"), LOUD)
    assert edited.abc == str(bring(LOUD).tune).replace("!p!", "!mp!").replace("!f!", "!ff!")


async def test_where_nothing_says_how_loud_it_is_it_was_mf():
    edited = await done(loudness("-2"))
    assert lines(edited.abc)[0] == lines(MINOR)[0].replace("[V:1]", "[V:1]!p!")
    assert lines(edited.abc)[1:] == lines(MINOR)[1:]


async def test_some_bars_are_louder_and_the_next_one_is_as_loud_as_it_was():
    edited = await done(loudness("+1", first=2, last=2))
    assert edited.changed == (2, 3)
    assert lines(edited.abc)[1].startswith("[V:1]!f!e2")
    assert lines(edited.abc)[2].startswith("[V:1]!mf!c4-")


async def test_a_bar_behind_that_says_how_loud_it_is_stays():
    said = MINOR.replace("[V:1]c4- c4-", "[V:1]!pp!c4- c4-")
    edited = await done(loudness("+1", first=1, last=2), said)
    assert lines(edited.abc)[2] == lines(said)[2]


async def test_the_left_hand_alone_is_softer_below_its_own_notes():
    edited = await done(loudness("-1", hand=Hand.LEFT))
    assert lines(edited.abc)[0].endswith("[V:2]!mp![A,,E,]8|")
    assert "!" not in lines(edited.abc)[0].partition("[V:2]")[0]


async def test_the_right_hand_alone_is_louder_and_the_left_one_is_told_to_stay():
    edited = await done(loudness("+1", hand=Hand.RIGHT))
    assert lines(edited.abc)[0].startswith("[V:1]!f!A2")
    assert "[V:2]!mf![A,,E,]8|" in lines(edited.abc)[0]


async def test_a_dynamic_by_its_name_holds_through_the_bars():
    edited = await done(loudness("=pp", first=1, last=2), LOUD)
    assert "!p!" not in edited.abc
    assert lines(edited.abc)[0].startswith("[V:1]!pp!A2")
    assert lines(edited.abc)[2].startswith("[V:1]!f!c4-")


async def test_a_crescendo_is_a_hairpin_over_its_bars_and_a_word_over_many():
    edited = await done(loudness("crescendo", first=1, last=2))
    assert lines(edited.abc)[0].startswith("[V:1]!<(!A2")
    assert "!<)!f2|" in lines(edited.abc)[1]
    long = MINOR.replace("[V:1]c4- c4-|[V:2][A,,E,]8|", "[V:1]c4 c4|[V:2][A,,E,]8|\n" * 5)
    assert '"_cresc."' in (await done(loudness("crescendo"), long)).abc


@pytest.mark.parametrize("ends", ["!<)! e2-", "e2-"])
async def test_a_hairpin_takes_the_place_of_one_within_its_bars_and_none_that_goes_beyond(ends):
    there = MINOR.replace("[V:1]A2 B2 c2 e2-", f"[V:1]!<(! A2 B2 c2 {ends}")
    there = there if "!<)!" in ends else there.replace("{b}a2 f2", "{b}a2 !<)! f2")
    asked = loudness("diminuendo", first=1, last=1)
    if "!<)!" in ends:
        first = lines((await done(asked, there)).abc)[0]
        assert first.replace("  ", " ").startswith("[V:1] !>(!A2 B2 c2 !>)!e2-")
    else:
        with refuses(NotWorkable, match="nothing in these bars"):
            await done(asked, there)


async def test_what_is_as_loud_as_can_be_has_nothing_to_change():
    with refuses(NotWorkable, match="nothing in these bars"):
        await done(loudness("+1"), LOUD.replace("!p!", "!fff!").replace("!f!", "!fff!"))


# --- ornaments, repeats, copies --------------------------------------------------------------------------------------


async def test_ornaments_go_and_what_their_accidentals_meant_stays():
    graced = MINOR.replace("{b}a2 f2", "{^f}Ta2 f2")
    edited = await done(edit(Step(does=Does.BARE)), graced)
    assert lines(edited.abc)[1].startswith("[V:1]e2 ^g2 a2 ^f2|")
    assert edited.changed == (2,)


async def test_bars_are_repeated_between_signs_and_the_signs_taken_away_again():
    edited = await done(edit(Step(does=Does.REPEAT, first=2, last=3)))
    assert lines(edited.abc)[0].endswith("e2-|:[V:2][A,,E,]8|:")
    assert lines(edited.abc)[2].endswith(":|[V:2][A,,E,]8:|")
    assert not list(check_bars(edited.tune))
    back = await done(edit(Step(does=Does.ONCE)), edited.abc)
    assert back.abc == str(bring(MINOR).tune)


async def test_all_of_it_is_repeated_by_one_sign_at_its_end():
    edited = await done(edit(Step(does=Does.REPEAT)))
    assert lines(edited.abc)[-1] == "[V:1]c8:|[V:2][A,,E,]8:|"
    assert edited.changed == (4,)


@pytest.mark.parametrize(("first", "last"), [(1, 2), (3, 6), (5, 5)])
async def test_repeats_do_not_stand_in_one_another(first, last):
    with refuses(NotWorkable, match="Bars 1 to 5 are repeated already"):
        await done(edit(Step(does=Does.REPEAT, first=first, last=last)), WALTZ)


async def test_a_repeat_right_behind_another_shares_its_sign():
    edited = await done(edit(Step(does=Does.REPEAT, first=6, last=7)), WALTZ)
    assert lines(edited.abc)[4].endswith("z2::")
    assert not list(check_bars(edited.tune))


async def test_a_bar_becomes_like_another_and_all_others_stay():
    edited = await done(edit(Step(does=Does.COPY, first=3, last=3, aim="1-1")))
    assert edited.changed == (3,)
    assert lines(edited.abc)[2].startswith("[V:1]A2 B2 c2 ")


@pytest.mark.parametrize(("aim", "words"), [("1-2", "do not fill"), ("3-9", "not all there")])
async def test_bars_that_cannot_be_copied_there_are_named(aim, words):
    with refuses(NotWorkable, match=words):
        await done(edit(Step(does=Does.COPY, first=1, last=1, aim=aim)))
