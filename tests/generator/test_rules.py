"""What a bar must obey beyond its length."""

from generator.notation import parse_bar, parse_header
from generator.rules import rules_for

CHOIR = parse_header(
    ["%%score [ ( 1 2 ) ( 3 4 ) ]", "L:1/8", "M:4/4", "K:F", *(f"V:{voice} treble" for voice in "1234")]
)
SONG = parse_header(["%%score 1 { 2 | 3 }", "L:1/8", "M:4/4", "K:F", "V:1 treble", "V:2 treble", "V:3 bass"])
ORCHESTRA = parse_header(["%%score [ 1 2 3 4 5 6 ]", "K:F", *(f"V:{voice} treble" for voice in "123456")])


def rules(header, *, bars=12, **changes):
    return rules_for(header, bars=bars, **{"key_asked": False, "tempo_asked": False, **changes})


def bars(*lines):
    return [parse_bar(line) for line in lines]


def test_in_a_choir_no_voice_rests_for_more_than_a_bar_though_two_share_a_staff():
    before = bars("[V:1]c8|[V:2]A8|[V:4]F8|")
    assert rules(CHOIR, all_sing=True).missing_voice(before, ["1", "2", "4"]) == "3"
    assert rules(CHOIR).missing_voice(before, ["1", "2", "4"]) is None


def test_a_singer_may_wait_for_the_introduction_but_not_for_ever():
    introduction = bars(*["[V:2]c8|[V:3]C8|"] * 4)
    assert rules(SONG).missing_voice(introduction[:3], ["2", "3"]) is None
    assert rules(SONG).missing_voice(introduction, ["2", "3"]) == "1"


def test_rests_do_not_count_as_being_heard():
    before = bars(*["[V:1]z8|[V:2]c8|[V:3]C8|"] * 4)
    assert rules(SONG).missing_voice(before, ["2", "3"]) == "1"


def test_in_an_orchestra_instruments_rest_as_long_as_they_like():
    assert rules(ORCHESTRA).missing_voice(bars(*["[V:1]c8|"] * 12), ["1"]) is None


def test_what_was_asked_may_not_be_undone_inside_the_tune():
    (changed,) = bars("[V:1][K:G]c8|")
    assert not rules(SONG).breaks_rule(changed)
    assert rules(SONG, key_asked=True).breaks_rule(changed)
    for field in ("M:3/4", "L:1/4"):
        assert rules(SONG).breaks_rule(*bars(f"[V:1][{field}]c8|"))
    (faster,) = bars("[V:1][Q:1/4=140]c8|")
    assert rules(SONG, tempo_asked=True).breaks_rule(faster)
    assert not rules(SONG).breaks_rule(faster)


def test_a_bar_of_rests_is_silent():
    silent, heard = bars("[V:1]z8|[V:2]x8|", "[V:1]z8|[V:2][ce]8|")
    assert rules(SONG).is_silent(silent)
    assert not rules(SONG).is_silent(heard)
