"""The end of a piece, drawn again until it leads home."""

from generator.model.patches import encode_body_line
from generator.notation import check_bars, parse_header
from generator.notation.tune import Tune
from generator.writing.draft import Draft
from generator.writing.finale import GO_BACK
from generator.writing.rules import rules_for

from .test_draft import PIANO, Recorder, Tape, give

HOME = "[V:1][EGc]6|[V:2]C,6|\n"
AWAY = "[V:1][FAd]6|[V:2]D,6|\n"
NEARLY = "[V:1][EAc]6|[V:2]C,6|\n"


def draft(bars=3, header=PIANO):
    rules = rules_for(header, bars=bars, key_asked=True, tempo_asked=False)
    return Draft(Recorder(), Tape(), header, bars=bars, rules=rules)


def begin(one, bars):
    for number in range(bars):
        give(one, f"[r:{number}/{one.bars_asked - number - 1}]{AWAY}")
    return one


def test_an_end_on_the_tonic_stays_at_once():
    one = begin(draft(), 2)
    give(one, "[r:2/0]" + HOME)
    assert one.done
    assert one.counts.endings_rejected == 0


def test_an_end_elsewhere_is_drawn_again_from_the_same_music():
    one = begin(draft(), 2)
    before = one.slot.text
    give(one, "[r:2/0]" + AWAY)
    assert not one.done
    assert one.slot.text == before
    assert one.next_prefix() == "[r:2/0]"
    give(one, "[r:2/0]" + HOME)
    assert [str(bar) for bar in one.bars][2:] == ["[r:2/0]" + HOME.strip()]
    assert (one.counts.endings_rejected, one.counts.bars, one.counts.bars_first_try) == (1, 3, 3)
    assert one.counts.kept_patches == sum(len(encode_body_line(f"{bar}\n")) for bar in one.bars)
    assert one.counts.ending_patches == len(encode_body_line("[r:2/0]" + AWAY))
    assert one.counts.patches == one.counts.kept_patches + one.counts.ending_patches


def test_a_piece_that_never_leads_home_keeps_its_best_end_after_a_bounded_number_of_tries():
    one = draft()
    nearly = iter([False, True, False])
    for _ in range(100):
        if one.done:
            break
        last = len(one.bars) == 2
        give(one, one.countdown + (NEARLY if last and next(nearly, False) else AWAY))
    assert one.done
    assert one.counts.endings_rejected == len(GO_BACK)
    assert str(one.bars[-1]).endswith(NEARLY.strip())
    assert len(one.bars) == one.counts.bars == 3
    assert one.counts.kept_patches == sum(len(encode_body_line(f"{bar}\n")) for bar in one.bars)
    assert check_bars(Tune(PIANO, tuple(one.bars))) == []


def test_a_piece_of_one_bar_goes_back_to_its_beginning_and_no_further():
    one = draft(bars=1)
    for _ in range(len(GO_BACK) + 1):
        assert not one.done
        give(one, "[r:0/0]" + AWAY)
    assert one.done


def test_what_the_bars_drawn_again_changed_is_forgotten():
    """Behind a repeat sign a bar may be short; when the bar with the sign was drawn again, it may not."""
    one = begin(draft(), 1)
    give(one, "[r:1/1][V:1]d4 e2|:[V:2]D,6|:\n")
    while len(one.bars) != 1:
        assert one.checker.section_starts
        give(one, "[r:2/0]" + AWAY)
    assert one.checker.bars_seen == 1
    assert not one.checker.section_starts


def test_music_without_a_key_ends_where_it_ends():
    header = parse_header(["%%score { 1 | 2 }", "L:1/8", "M:3/4", "K:none", 'V:1 treble nm="Piano"', "V:2 bass"])
    one = begin(draft(header=header), 2)
    give(one, "[r:2/0]" + AWAY)
    assert one.done


def test_in_a_large_score_the_bass_on_the_tonic_is_enough():
    staves = " ".join(str(number) for number in range(1, 7))
    voices = [f"V:{number} treble" for number in range(1, 7)]
    large = parse_header([f"%%score [ {staves} ]", "L:1/8", "M:3/4", "K:C", *voices])
    one = begin(draft(header=large), 2)
    give(one, "[r:2/0]" + NEARLY)
    assert one.done
    assert one.counts.endings_rejected == 0
