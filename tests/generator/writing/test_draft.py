"""A draft fed with patches by hand: what is accepted, what is thrown away, where it goes on."""

from dataclasses import replace

from generator.model.patches import EOS_PATCH, decode_patch, encode_body_line, encode_text
from generator.model.sampling import Sampling
from generator.notation import check_bars, parse_header
from generator.notation.tune import Tune
from generator.planning.chords import Tonality
from generator.planning.drawing import quiet_plan
from generator.planning.form import Section, parse_form
from generator.planning.plan import Keep, Phrase, Plan
from generator.planning.spans import Wishes
from generator.writing.draft import COOLEST, TRIES_PER_STALE, TRIES_PER_VOICE, Draft, header_patches
from generator.writing.rules import rules_for

PIANO = parse_header(["%%score { 1 | 2 }", "L:1/8", "M:3/4", "K:C", 'V:1 treble nm="Piano"', "V:2 bass"])


class Tape:
    """A slot that remembers what is on it."""

    def __init__(self):
        self.patches = []
        self.sampling = Sampling(temperature=1.0)

    def mark(self):
        return len(self.patches)

    @property
    def text(self):
        return "".join(map(decode_patch, self.patches))


class Unharmonised(Wishes):
    """The plan of a piece without cadences."""

    def in_bar(self, bar, metre):
        return ()


class Recorder:
    """An engine that only winds the tape back."""

    def rollback(self, slot, mark):
        del slot.patches[mark:]


def draft(bars=4, plan=None, **asked):
    rules = rules_for(PIANO, bars=bars, key_asked=False, tempo_asked=False, **asked)
    wishes = None if plan is None else Unharmonised(plan=plan, tonality=Tonality(tonic=0, is_minor=False))
    return Draft(Recorder(), Tape(), PIANO, bars=bars, rules=rules, wishes=wishes)


def give(draft, text):
    """Hand the draft the patches of `text`, as the engine would: feeds first, then patches behind the prefix."""
    for patch in text if isinstance(text, list) else encode_body_line(text):
        draft.slot.patches += draft.take_feeds()
        prefix = draft.next_prefix()
        assert decode_patch(patch).startswith(prefix), f"the engine would have begun with {prefix!r}"
        draft.slot.patches.append(patch)
        draft.take(patch)
    draft.slot.patches += draft.take_feeds()


def test_a_right_bar_stays_at_the_first_try():
    one = draft()
    give(one, "[r:0/3][V:1]c2 d2 e2|[V:2]C6|\n")
    assert [str(bar) for bar in one.bars] == ["[r:0/3][V:1]c2 d2 e2|[V:2]C6|"]
    assert (one.counts.bars_first_try, one.counts.voices_rejected) == (1, 0)


def test_a_wrong_second_voice_costs_that_voice_only():
    one = draft()
    give(one, "[r:0/3][V:1]c2 d2 e2|[V:2]C4|\n")
    assert one.slot.text == "[r:0/3][V:1]c2 d2 e2"
    give(one, encode_text("|[V:2]G,6|\n"))
    assert str(one.bars[0]) == "[r:0/3][V:1]c2 d2 e2|[V:2]G,6|"
    assert one.slot.text == str(one.bars[0]) + "\n"
    assert (one.counts.bars_first_try, one.counts.voices_rejected) == (0, 1)


def test_a_voice_that_ends_at_the_end_of_a_patch_is_checked_when_the_next_begins():
    one = draft()
    full = encode_text("[r:0/3][V:1]c2 d2 e2 d2 c2 d2 e2")
    assert len(decode_patch(full[-1])) == 16, "this test needs a voice that fills its last patch"
    give(one, [*full, *encode_text("|[V:2]C6|\n")[:1]])
    assert one.slot.text == ""
    assert one.next_prefix() == "[r:0/3]"


def test_both_hands_have_to_play_again_after_a_bar_of_silence():
    one = draft()
    give(one, "[r:0/3][V:1]c6|\n")
    assert len(one.bars) == 1
    give(one, "[r:1/2][V:1]d6|\n")
    assert len(one.bars) == 1
    assert one.slot.text.endswith("[r:1/2][V:1]d6")
    assert one.next_prefix() == "|[V:2]"
    give(one, encode_text("|[V:2][CEG]6|\n"))
    assert str(one.bars[1]) == "[r:1/2][V:1]d6|[V:2][CEG]6|"


def test_a_chord_at_the_end_keeps_its_bracket_when_another_voice_has_to_follow():
    one = draft()
    give(one, "[r:0/3][V:1]c6|\n")
    give(one, "[r:1/2][V:1][ce]6|\n")
    assert one.slot.text.endswith("[V:1][ce]6")
    give(one, encode_text("|[V:2]C4 [CE]2|\n"))
    assert str(one.bars[1]) == "[r:1/2][V:1][ce]6|[V:2]C4 [CE]2|"


def test_an_inline_metre_or_the_end_of_the_piece_is_not_accepted():
    one = draft()
    give(one, "[r:0/3][V:1][M:2/4]c4|\n")
    assert one.counts.voices_rejected == 1
    give(one, encode_text("[r:0/3]"))
    assert one.counts.voices_rejected == 2
    give(one, "[r:0/3][V:1]c6|[V:2]C6|\n")
    one.next_prefix()
    one.take(EOS_PATCH)
    assert len(one.bars) == 1
    assert one.counts.voices_rejected == 3
    assert one.next_prefix() == "[r:1/2]"


def test_a_bar_that_keeps_changing_the_metre_is_not_let_through_at_the_end():
    """Its length is right in its own metre, so repair found nothing to do and the metre asked for was gone."""
    one = draft()
    wrong = encode_text("[r:0/3][V:1][M:2/4]c4|\n")
    for _ in range(TRIES_PER_VOICE * one.tries_per_bar):
        give(one, wrong)
    assert len(one.bars) == 1
    assert "[M:" not in str(one.bars[0])


def test_a_line_without_voices_is_sampled_again_also_when_a_hand_has_to_play():
    one = draft()
    give(one, "[r:0/3][V:1]c6|\n")
    give(one, encode_text("[r:1/2]\n"))
    assert len(one.bars) == 1
    assert one.counts.voices_rejected == 1
    assert one.next_prefix() == "[r:1/2]"


def test_a_space_behind_the_last_barline_does_not_double_it():
    one = draft()
    give(one, "[r:0/3][V:1]c6|\n")
    give(one, encode_text("[r:1/2][V:1]d6| \n"))
    assert one.slot.text.endswith("[V:1]d6")


def test_a_voice_that_never_lets_the_next_begin_is_stopped():
    """Spaces last no time, so nothing was wrong with a bar that got longer and longer."""
    one = draft()
    give(one, encode_text("[r:0/3][V:1]c6"))
    for _ in range(100):
        give(one, encode_text(" "))
        if one.counts.voices_rejected:
            return
    raise AssertionError("spaces without end were never stopped")


def test_a_bar_that_stays_wrong_is_completed_by_rule_and_counted():
    one = draft()
    wrong = encode_text("[r:0/3][V:1]c4 d4|\n")
    for _ in range(TRIES_PER_VOICE * one.tries_per_bar):
        assert not one.bars
        give(one, wrong)
    assert str(one.bars[0]) == "[r:0/3][V:1]c4 z2|"
    assert (one.counts.bars_repaired, one.counts.bars_first_try) == (1, 0)
    assert one.slot.text == str(one.bars[0]) + "\n"


def test_a_pickup_of_half_a_triplet_is_not_accepted():
    one = draft()
    give(one, "[r:0/3][V:1](3cd|[V:2]C|\n")
    assert one.counts.voices_rejected == 1
    give(one, "[r:0/3][V:1]c2|[V:2]C2|\n")
    assert len(one.bars) == 1


def test_a_voice_that_ends_within_a_tuplet_is_sampled_again_and_breaks_nothing():
    one = draft()
    full = encode_text("[r:0/3][V:1]c2 d2 z/ z/ (3:2:3c2")
    assert len(decode_patch(full[-1])) == 16, "this test needs a voice that fills its last patch"
    give(one, full)
    one.next_prefix()
    assert one.leave.allows(b"|[V:2]", ord("C")), "the guard does not know how long the second voice has to be"
    give(one, encode_text("|[V:2]C6|\n")[:1])
    assert one.slot.text == ""


def test_a_bar_without_a_note_is_not_music():
    one = draft()
    give(one, "[r:0/3][V:1]z6|[V:2]x6|\n")
    assert not one.bars
    assert one.counts.bars_rejected == 1


def test_each_further_try_is_drawn_cooler_and_the_next_bar_as_asked():
    one = draft()
    temperatures = []
    for text in ("c4 d4", "c4 e4", "c6"):
        one.next_prefix()
        temperatures.append(one.slot.sampling.temperature)
        give(one, encode_text(f"[r:0/3][V:1]{text}|\n"))
    one.next_prefix()
    assert temperatures[0] == 1 > temperatures[1] > temperatures[2]
    assert one.slot.sampling.temperature == 1


def test_rambling_ends():
    one = draft()
    prefix = "[r:0/3][V:1]"
    for _ in range(60):
        give(one, encode_text((prefix + "abcdefgab" * 3)[:16]))
        prefix = one.next_prefix()
        if one.counts.voices_rejected:
            return
    raise AssertionError("a voice without end was never stopped")


def test_whatever_is_accepted_makes_an_aligned_tune():
    one = draft(bars=2)
    give(one, "[r:0/1][V:1]c2|[V:2]C2|\n")  # a pickup
    give(one, "[r:1/0][V:1]c4|[V:2]C4|\n")
    assert one.done
    assert check_bars(Tune(PIANO, tuple(one.bars))) == []


def test_header_lines_become_patches_of_their_own():
    assert [decode_patch(patch) for patch in header_patches(["M:3/4", "K:C"])] == ["M:3/4\n", "K:C\n"]


def phrases_of_two(keep):
    """A plan for five bars: two phrases of two, of which the second says a bar of the first again, and one bar more."""
    phrases = (
        Phrase(letter="a", section=0, first=0, bars=2),
        Phrase(letter="a", section=0, first=2, bars=2, source=0, said_again=1, keep=keep),
        Phrase(letter="b", section=0, first=4, bars=1),
    )
    return Plan(form=parse_form("A"), bars=5, sections=((Section(letter="A"), 0),), phrases=phrases)


def test_a_planned_bar_is_fed_without_sampling_and_the_close_is_not():
    one = draft(bars=5, plan=phrases_of_two(Keep.ALL))
    give(one, "[r:0/4][V:1]c2 d2 e2|[V:2]C6|\n")
    give(one, "[r:1/3][V:1]g6|[V:2]G6|\n")
    assert str(one.bars[2]) == "[r:2/2][V:1]c2 d2 e2|[V:2]C6|"
    assert one.next_prefix() == "[r:3/1]"
    assert one.slot.text == "".join(f"{bar}\n" for bar in one.bars)
    assert (one.counts.bars, one.counts.bars_said_again) == (2, 1)


def test_of_a_varied_bar_the_melody_is_fed_and_the_other_hand_is_written_anew():
    one = draft(bars=5, plan=phrases_of_two(Keep.MELODY))
    give(one, "[r:0/4][V:1]c2 d2 e2|[V:2]C6|\n")
    give(one, "[r:1/3][V:1]g6|[V:2]G6|\n")
    assert one.slot.text.endswith("[r:2/2][V:1]c2 d2 e2")
    give(one, encode_text("|[V:2]E4|\n"))  # too short: only this voice goes
    assert one.slot.text.endswith("[r:2/2][V:1]c2 d2 e2")
    give(one, encode_text("|[V:2]E4 C2|\n"))
    assert str(one.bars[2]) == "[r:2/2][V:1]c2 d2 e2|[V:2]E4 C2|"
    assert one.slot.text == "".join(f"{bar}\n" for bar in one.bars)


def test_of_a_bar_that_keeps_its_other_hand_the_melody_is_written_anew_and_the_hand_put_behind():
    one = draft(bars=5, plan=phrases_of_two(Keep.ACCOMPANIMENT))
    give(one, "[r:0/4][V:1]c2 d2 e2|[V:2]C6|\n")
    give(one, "[r:1/3][V:1]g6|[V:2]G6|\n")
    assert one.leave.voices == ("1",)
    give(one, encode_text("[r:2/2][V:1]e4|\n"))  # too short: sampled again
    give(one, encode_text("[r:2/2][V:1]g4 e2|\n"))
    assert str(one.bars[2]) == "[r:2/2][V:1]g4 e2|[V:2]C6|"
    assert one.leave.voices == ("1", "2")
    assert one.slot.text == "".join(f"{bar}\n" for bar in one.bars)


def test_a_melody_that_stays_wrong_is_completed_before_the_hand_that_stays():
    one = draft(bars=5, plan=phrases_of_two(Keep.ACCOMPANIMENT))
    give(one, "[r:0/4][V:1]c2 d2 e2|[V:2]C6|\n")
    give(one, "[r:1/3][V:1]g6|[V:2]G6|\n")
    for _ in range(TRIES_PER_VOICE * one.tries_per_bar):
        give(one, encode_text("[r:2/2][V:1]e4|\n"))
    assert str(one.bars[2]) == "[r:2/2][V:1]e4 z2|[V:2]C6|"
    assert one.slot.text == "".join(f"{bar}\n" for bar in one.bars)


def test_a_bar_that_is_to_be_new_and_is_not_is_sampled_again_a_few_times():
    one = draft(bars=5, plan=phrases_of_two(Keep.MELODY))
    give(one, "[r:0/4][V:1]c2 d2 e2|[V:2]C6|\n")
    give(one, "[r:1/3][V:1]g6|[V:2]G6|\n")
    for _ in range(TRIES_PER_STALE):
        give(one, encode_text("|[V:2]C6|\n"))
        assert len(one.bars) == 2
    give(one, encode_text("|[V:2]C6|\n"))
    assert len(one.bars) == 3, "what insists is let through"


def test_of_a_bar_that_keeps_its_rhythm_only_the_pitches_are_free():
    one = draft(bars=5, plan=phrases_of_two(Keep.RHYTHM))
    give(one, "[r:0/4][V:1]c2 d2 e2|[V:2]C6|\n")
    give(one, "[r:1/3][V:1]g6|[V:2]G6|\n")
    one.next_prefix()
    assert one.leave.allows(b"[r:2/2][V:1]", ord("G"))
    assert not one.leave.allows(b"[r:2/2][V:1]G", ord("4"))
    assert one.leave.allows(b"[r:2/2][V:1]G", ord("2"))
    give(one, encode_text("[r:2/2][V:1]G2 e2 c2") + encode_text("|[V:2]E6|\n"))
    assert str(one.bars[2]) == "[r:2/2][V:1]G2 e2 c2|[V:2]E6|"


def test_a_varied_bar_that_stays_wrong_is_completed_behind_its_melody():
    one = draft(bars=5, plan=phrases_of_two(Keep.MELODY))
    give(one, "[r:0/4][V:1]c2 d2 e2|[V:2]C6|\n")
    give(one, "[r:1/3][V:1]g6|[V:2]G6|\n")
    for _ in range(TRIES_PER_VOICE * one.tries_per_bar):
        give(one, encode_text("|[V:2]E4|\n"))
    assert str(one.bars[2]).startswith("[r:2/2][V:1]c2 d2 e2|[V:2]E4")
    assert one.counts.bars_repaired == 1
    assert one.slot.text == "".join(f"{bar}\n" for bar in one.bars)


def test_behind_a_pickup_all_that_is_planned_comes_a_bar_later():
    plan = phrases_of_two(Keep.ALL)
    plan = replace(plan, bars=6, phrases=(*plan.phrases[:-1], replace(plan.phrases[-1], bars=2)))
    one = draft(bars=6, plan=plan)
    give(one, "[r:0/5][V:1]c2|[V:2]C2|\n")
    give(one, "[r:1/4][V:1]c2 d2 e2|[V:2]C6|\n")
    give(one, "[r:2/3][V:1]g6|[V:2]G6|\n")
    assert str(one.bars[3]) == "[r:3/2][V:1]c2 d2 e2|[V:2]C6|"


def closing_bar(voices):
    """A draft of two bars, whose last ones are to have certain chords, behind a first bar of others."""
    header = parse_header(["%%score { 1 | 2 }", "L:1/8", "M:3/4", "K:C", *voices])
    wishes = Wishes(plan=quiet_plan(2), tonality=Tonality(tonic=0, is_minor=False))
    rules = rules_for(header, bars=2, key_asked=False, tempo_asked=False)
    one = Draft(Recorder(), Tape(), header, bars=2, rules=rules, wishes=wishes)
    give(one, "[r:0/1][V:1]d6|[V:2]_B,6|\n")
    return one


def test_a_bar_near_the_end_is_sampled_again_if_its_chord_is_not_heard():
    one = closing_bar(["V:1 treble", "V:2 bass"])
    assert (len(one.bars), one.counts.endings_rejected) == (0, 1)


def test_no_bar_is_sampled_again_for_a_chord_where_instruments_that_transpose_hide_what_is_heard():
    one = closing_bar(["V:1 treble transpose=-2", "V:2 bass"])
    assert (len(one.bars), one.counts.endings_rejected) == (1, 0)
    one.next_prefix()
    assert one.slot.sampling.temperature == COOLEST, "as if all tries were spent"
