from generator.critic.sounding import sounding_notes
from generator.finishing.staves import best_clefs, choose_clefs, drop_idle_brackets, drop_stray_clefs, tidy_staves
from generator.notation import parse_tune

PIANO = "%%score { 1 | 2 }\nL:1/4\nM:4/4\nK:C\nV:1 treble\nV:2 bass\n"


def piano(*bars):
    return parse_tune(PIANO + "".join(f"[V:1]{right}|[V:2]{left}|\n" for right, left in bars))


def right_hand(tune):
    return [bar.voices[0].music for bar in tune.bars]


def test_a_bracket_over_high_notes_stays():
    tune = piano(("!8va(!c' d' e' f'", "C4"), ("g'4!8va)!", "C4"))
    assert drop_idle_brackets(tune) == tune


def test_a_bracket_over_low_notes_goes_at_both_ends():
    tune = piano(("!8va(!C D E F", "C4"), ("G4!8va)!", "C4"))
    assert right_hand(drop_idle_brackets(tune)) == ["C D E F|", "G4|"]


def test_a_bracket_is_judged_in_the_clef_it_stands_in():
    tune = piano(("[K:bass]!8va(!e f e f!8va)!", "C4"))
    assert drop_idle_brackets(tune) == tune
    assert right_hand(drop_idle_brackets(piano(("!8va(!e f e f!8va)!", "C4")))) == ["e f e f|"]


def test_a_bracket_without_an_end_goes():
    assert right_hand(drop_idle_brackets(piano(("!8va(!c' d' e' f'", "C4")))) == ["c' d' e' f'|"]
    assert right_hand(drop_idle_brackets(piano(("c' d' e' f'!8va)!", "C4")))) == ["c' d' e' f'|"]


def test_a_hand_that_stays_low_gets_the_bass_clef_and_gives_it_back():
    low, high = ("C,, D,, E,, F,,", "C,4"), ("c d e f", "C,4")
    tune = choose_clefs(piano(high, low, low, high))
    assert right_hand(tune) == ["c d e f|", "[K:bass]C,, D,, E,, F,,|", "C,, D,, E,, F,,|", "[K:treble]c d e f|"]


def test_clefs_of_the_network_that_make_it_worse_are_replaced():
    tune = choose_clefs(piano(("[K:bass]c' d' e' f'", "C,4"), ("g' a' b' c''", "C,4")))
    assert right_hand(tune) == ["c' d' e' f'|", "g' a' b' c''|"]


def test_a_clef_that_one_voice_changes_counts_for_the_whole_staff():
    header = PIANO.replace("{ 1 | 2 }", "{ 1 | ( 2 3 ) }") + "V:3 bass\n"
    low = "[V:1]c4|[V:2][F,,,F,,]4|[V:3]x4|\n"
    tune = parse_tune(header + "[V:1]c4|[V:2]C,4[K:treble]|[V:3]x4|\n" + low * 4)
    assert "[K:" not in str(choose_clefs(tune)), "four bars of ledger lines below a treble clef"


def test_clefs_that_read_well_stay_as_they_are():
    tune = piano(("c d[K:bass] E, F,", "C,4"), ("E, F,[K:treble] c d", "C,4"))
    assert choose_clefs(tune) == tune


def test_a_clef_that_a_voice_would_change_on_the_other_hand_s_staff_goes():
    tune = piano(("c4", "[I:staff -1] e2"), ("c4", "e2[K:bass] [I:staff +1][K:treble] c2"))
    lefts = [bar.voices[1].music for bar in drop_stray_clefs(tune).bars]
    assert lefts == ["[I:staff -1] e2|", "e2 [I:staff +1][K:treble] c2|"]


def test_notes_on_the_other_hand_s_staff_call_for_no_clef():
    high = "c' d' e' f'"
    tune = piano(("c4", f"[I:staff -1] {high}"), ("c4", high), ("c4", high))
    assert choose_clefs(tune) == tune
    assert choose_clefs(piano(("c4", high), ("c4", high), ("c4", high))) != tune


def test_both_voices_of_a_staff_change_together():
    text = "%%score { 1 | ( 2 3 ) }\nL:1/4\nM:4/4\nK:C\nV:1 treble\nV:2 bass\nV:3 bass\n"
    bar = "[V:1]c4|[V:2]c'4|[V:3]a b c' d'|\n"
    tune = choose_clefs(parse_tune(text + bar + bar))
    assert [voice.music for voice in tune.bars[0].voices] == ["c4|", "[K:treble]c'4|", "[K:treble]a b c' d'|"]
    assert "[K:" not in str(tune.bars[1])


def test_an_instrument_that_is_no_keyboard_keeps_its_clefs():
    text = "%%score [ 1 | 2 ]\nL:1/4\nM:4/4\nK:C\nV:1 treble\nV:2 bass\n"
    tune = parse_tune(text + "[V:1]C,, D,, E,, F,,|[V:2]C,4|\n" * 2)
    assert choose_clefs(tune) == tune


def test_a_short_visit_is_not_worth_a_clef():
    chosen, cost = best_clefs([[6, 7], [-3], [6, 8]], first="treble")
    assert chosen == ["treble"] * 3
    assert cost == 1


def test_what_sounds_stays_as_it_is():
    tune = piano(("!8va(!C,, D,, E,, F,,", "C,4"), ("[K:bass]c' d' ^e' f'!8va)!", "c'4"), ("C,,4", "C,4"))
    tidied = tidy_staves(tune)
    assert str(tidied) != str(tune)
    assert list(sounding_notes(tidied)) == list(sounding_notes(tune))
