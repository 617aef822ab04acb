"""Hairpins, pedals and trill lines begin and end."""

import pytest

from generator.finishing.spanners import mend_spanners
from generator.notation import check_bars, parse_tune

VIOLIN = "L:1/4\nM:4/4\nK:C\nV:1 treble\n"


def mended(*bars):
    tune = parse_tune(VIOLIN + "".join(f"[V:1]{bar}|\n" for bar in bars))
    after = mend_spanners(tune)
    assert check_bars(after) == check_bars(tune)
    assert str(mend_spanners(after)) == str(after), "what is mended stays"
    return [bar.voices[0].music.removesuffix("|") for bar in after.bars]


def test_pairs_stay_as_they_were_written():
    bars = ("!<(! c d e!<)! f", "!>(! c4", "d2!>)! !ped! e f!ped-up!", "!trill(!T c2 !trill)!d2")
    assert mended(*bars) == list(bars)


@pytest.mark.parametrize("end", ["!<)!", "!>)!", "!ped-up!", "!trill)!"])
def test_an_end_without_a_beginning_goes(end):
    assert mended(f"c d{end} e f") == ["c d e f"]


def test_a_hairpin_without_an_end_leads_to_the_next_dynamic():
    assert mended("!<(! c d e z", "c !f! d e f") == ["!<(! c d e z", "c!<)! !f! d e f"]


def test_a_dynamic_under_the_first_note_or_an_accent_does_not_end_a_hairpin():
    assert mended("!<(! !p! c d !sfz! e !f! f") == ["!<(! !p! c d !sfz! e!<)! !f! f"]


def test_a_hairpin_without_an_end_goes_on_to_the_end_of_the_next_bar_at_most():
    assert mended("c d !>(! e f", "g4-", "g4") == ["c d !>(! e f", "g4-!>)!", "g4"]
    assert mended("c d !>(! e (f", "g3) z", "g4") == ["c d !>(! e (f", "g3)!>)! z", "g4"]


def test_a_hairpin_that_passes_a_dynamic_ends_before_it():
    assert mended("!<(! c d !f! e f!<)!") == ["!<(! c d!<)! !f! e f"]
    assert mended("!<(! c d !f!!<)! e f") == ["!<(! c d !f!!<)! e f"], "it ends there"
    assert mended("!<(! c !sfz! d e f!<)!") == ["!<(! c !sfz! d e f!<)!"], "an accent may stand under one"


def test_a_hairpin_over_more_bars_than_people_write_ends_soon():
    far = ["!>(! c d e f", "c4", "c4", "c4", "c4!>)!"]
    assert mended(*far) == ["!>(! c d e f", "c4!>)!", "c4", "c4", "c4"]
    assert mended(*far[:3], "c4!>)!") == [*far[:3], "c4!>)!"]


def test_a_hairpin_ends_where_the_next_begins_and_its_late_end_goes():
    assert mended("!<(! c d !>(! e!<)! f!>)!") == ["!<(! c d!<)! !>(! e f!>)!"]


def test_a_hairpin_that_ends_as_another_kind_keeps_the_kind_it_began_with():
    assert mended("!<(! c d e!>)! f") == ["!<(! c d e!<)! f"]


@pytest.mark.parametrize("music", ["c4 !<(!", "!<(! z4", "!<(!!<)! c4", "!ped!!ped-up! c4", "c4 !ped!"])
def test_a_sign_without_music_goes(music):
    assert mended(music, "z4", "z4")[0].replace(" ", "") in ("c4", "z4")


def test_a_pedal_that_nobody_lifts_is_lifted_at_the_end_of_the_bar_or_before_the_next():
    assert mended("!ped! c d e z", "c4") == ["!ped! c d e z!ped-up!", "c4"]
    assert mended("!ped! c d !ped! e z!ped-up!") == ["!ped! c d!ped-up! !ped! e z!ped-up!"]


def test_a_trill_line_without_an_end_is_a_trill_over_one_note():
    assert mended("!trill(! c4", "d4") == ["T c4", "d4"]
    assert mended("!trill(!Tc4", "d4") == ["Tc4", "d4"]
    assert mended("!trill(! z4", "d4") == [" z4", "d4"]


def test_each_voice_has_its_own_signs():
    tune = parse_tune(VIOLIN + "V:2 treble\n[V:1]!<(! c4|[V:2]e4!<)!|\n[V:1]d4|[V:2]f4|\n[V:1]e4|[V:2]g4|\n")
    assert [str(bar) for bar in mend_spanners(tune).bars[:2]] == ["[V:1]!<(! c4|[V:2]e4|", "[V:1]d4!<)!|[V:2]f4|"]


def test_a_broken_rhythm_stays_together():
    assert mended("!<(! c>!f!d e2", "c4")[0].replace(" ", "") == "!<(!c>!<)!!f!de2"
