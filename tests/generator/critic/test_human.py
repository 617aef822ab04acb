import json
import re
from math import isfinite, nan
from pathlib import Path
from random import Random

import pytest

from bot.texts.report import human_line
from generator.catalogue.catalogue import load_catalogue
from generator.catalogue.style import Style
from generator.critic import report_card
from generator.critic.features import FEATURES, measure
from generator.critic.human import ALL, HUMAN_FILE, LENGTHS_BARS, Humans, load_humans, parse_groups
from generator.critic.judge import Critic
from generator.critic.judgement import Comparison, Near
from generator.notation import Tune, parse_tune

WALTZ_ABC = (Path(__file__).parents[2] / "data" / "waltz.abc").read_text()
WALTZ = parse_tune(WALTZ_ABC)
CHOPIN = load_catalogue().find("chopin keyboard")
NOBODY = Style("Modern", "Nobody, Ever", "Keyboard")


def humans(**percentiles):
    """Human pieces of Chopin's and all pieces, of which some features are known: name → five percentiles."""
    entry = {"pieces": 30, "percentiles": list(percentiles.values())}
    lengths = {"16": entry}
    return Humans(
        parse_groups(
            {
                "features": list(percentiles),
                "groups": {"Romantic | Chopin, Frederic / Keyboard": lengths, ALL: {"8": entry, **lengths}},
            }
        )
    )


def measured(**values):
    return {**{feature.name: nan for feature in FEATURES}, "bars": 16.0, **values}


def test_a_value_between_the_outer_percentiles_is_inside():
    compared = humans(leaps=[0, 1, 2, 3, 10], offbeat=[0, 0.1, 0.2, 0.3, 0.4]).compare(
        measured(leaps=10, offbeat=0.41), CHOPIN
    )
    of = "Chopin, Frederic / Keyboard (30 pieces)"
    assert compared == (
        Comparison(name="leaps", unit="share", value=10, low=0, high=10, inside=True, of=of),
        Comparison(name="offbeat", unit="share", value=0.41, low=0, high=0.4, inside=False, of=of),
    )


def test_what_is_not_known_is_not_compared():
    known = humans(leaps=[0, 1, 2, 3, 10], offbeat=None)
    assert known.compare(measured(offbeat=0.5), CHOPIN) == ()
    assert known.liking(measured(), CHOPIN) < known.liking(measured(leaps=2), CHOPIN) == 0


def test_grades_are_half_of_what_is_liked_and_what_is_not_known_of_them_is_not_missed():
    features, grades = ({"pieces": 30, "percentiles": rows} for rows in ([[0, 1, 2, 3, 4]], [[0, 0, 1, 1, 2]] * 2))
    known = Humans(
        parse_groups({"features": ["leaps"], "groups": {ALL: {"16": features}}}),
        parse_groups({"features": ["cadences", "raised_sevenths"], "groups": {"Keyboard": {"16": grades}}}),
    )
    assert known.liking(measured(leaps=2, cadences=1), CHOPIN) == 0
    assert known.liking(measured(leaps=4, cadences=1), CHOPIN) == -0.5
    assert known.liking(measured(leaps=2, cadences=2, raised_sevenths=nan), CHOPIN) == -0.5


def test_the_further_from_human_pieces_the_less_a_tune_is_liked():
    known = humans(leaps=[0, 10, 20, 30, 40])
    likings = [known.liking(measured(leaps=value), CHOPIN) for value in (20, 30, 35, 40, 50, 1e9)]
    assert likings == [0, 0, -0.25, -1, -4, -9]
    assert known.liking(measured(leaps=-10), CHOPIN) == -4


def test_a_feature_that_never_varies_among_humans_does_not_make_a_small_difference_huge():
    known = humans(out_of_range=[0, 0, 0, 0, 0])
    assert -0.5 < known.liking(measured(out_of_range=0.01), CHOPIN) < 0


def test_every_side_of_music_counts_the_same():
    """Two odd rhythms cost no more than one; an odd ending costs as much as both."""
    usual = [0, 1, 2, 3, 4]
    known = humans(attacks=usual, offbeat=usual, final_length=usual)
    odd_rhythm = known.liking(measured(attacks=5, offbeat=5, final_length=2), CHOPIN)
    odd_ending = known.liking(measured(attacks=2, offbeat=2, final_length=5), CHOPIN)
    assert odd_rhythm == odd_ending == -2


def test_the_nearest_length_is_taken():
    shipped = load_humans()
    assert [shipped.group(CHOPIN, bars).bars for bars in (2, 9, 14, 23, 27, 64)] == [8, 8, 16, 16, 32, 32]


@pytest.mark.parametrize(
    ("style", "near", "group"),
    [
        (CHOPIN, Near.STYLE, "Chopin, Frederic / Keyboard"),
        (Style("Romantic", "Nobody, Ever", "Keyboard"), Near.PERIOD, "Romantic / Keyboard"),
        (NOBODY, Near.FAMILY, "keyboard of all periods"),
        (Style("Modern", "Nobody, Ever", "Kazoo"), Near.ALL, ALL),
    ],
)
def test_a_style_with_few_pieces_is_held_against_its_kin(style, near, group):
    report = load_humans().report(measure(WALTZ), style)
    assert (report.near, report.group) == (near, group)
    assert report.pieces >= 20


def test_the_shipped_figures_fit_the_features_and_are_small():
    figures = json.loads(HUMAN_FILE.read_text())
    assert figures["features"] == [feature.name for feature in FEATURES]
    assert HUMAN_FILE.stat().st_size < 400_000
    assert {group.bars for group in load_humans().groups[ALL]} == set(LENGTHS_BARS)
    for lengths in load_humans().groups.values():
        for spread in (spread for group in lengths for spread in group.spreads.values()):
            assert spread.low <= spread.lower <= spread.middle <= spread.upper <= spread.high


# Christian Petzold, Minuet in G, the first half.
MINUET = """L:1/8
Q:1/4=120
M:3/4
K:G
V:1 treble nm="Harpsichord"
V:2 bass
[V:1]d2 GABc|[V:2][G,B,D]4 A,2|
[V:1]d2 G2 G2|[V:2]B,6|
[V:1]e2 cdef|[V:2]C6|
[V:1]g2 G2 G2|[V:2]B,6|
[V:1]c2 dcBA|[V:2]A,6|
[V:1]B2 cBAG|[V:2]G,6|
[V:1]F2 GABG|[V:2]D2 B,2 G,2|
[V:1]A6|[V:2]D2 D,CB,A,|
[V:1]d2 GABc|[V:2]B,4 A,2|
[V:1]d2 G2 G2|[V:2]G,2 B,2 G,2|
[V:1]e2 cdef|[V:2]C6|
[V:1]g2 G2 G2|[V:2]B,2 CB,A,G,|
[V:1]c2 dcBA|[V:2]A,4 F,2|
[V:1]B2 cBAG|[V:2]G,4 B,2|
[V:1]A2 BAGF|[V:2]C2 D2 D,2|
[V:1]G6|[V:2]G,4 G,,2|
"""


@pytest.mark.parametrize("style", [Style("Baroque", "Petzold, Christian", "Keyboard"), NOBODY])
def test_a_minuet_is_liked_better_than_its_bars_in_disorder_and_those_better_than_wrong_notes(style):
    shipped, minuet = load_humans(), parse_tune(MINUET)
    disordered = Tune(minuet.header, minuet.bars[::-1])
    wrong = parse_tune(wrong_notes(MINUET))
    liking = shipped.liking(measure(minuet), style)
    assert -9 <= shipped.liking(measure(wrong), style) < shipped.liking(measure(disordered), style) < liking <= 0


def wrong_notes(abc):
    """Notes raised, lowered or left at random."""
    header, _, body = abc.partition("[V:1]")
    rng = Random(1)
    return header + "[V:1]" + re.sub(r"(?<!V)[A-Ga-g](?=[,\dA-Ga-g| \]])", lambda m: rng.choice("^_=") + m[0], body)


def test_silence_is_not_liked_but_has_a_number():
    silence = parse_tune("L:1/4\nM:4/4\nK:C\nV:1\n[V:1]z4|\n")
    liking = load_humans().liking(measure(silence), CHOPIN)
    assert isfinite(liking)
    assert liking < load_humans().liking(measure(WALTZ), CHOPIN)


def test_every_style_of_the_catalogue_has_human_pieces_to_be_held_against():
    values = measure(WALTZ)
    for style in load_catalogue().styles:
        assert isfinite(load_humans().liking(values, style))


def test_the_report_card_has_a_line_and_figures_beside_human_pieces():
    card = report_card(WALTZ, judgement=Critic().judge(WALTZ, CHOPIN, seed=1))
    figures = json.loads(json.dumps(card.to_json()))["human"]
    inside = sum(figure["inside"] for figure in figures["figures"])
    assert human_line(card.to_json(), CHOPIN, "en") == (
        f"Beside {figures['pieces']} pieces by people (Chopin keyboard), {inside} of {len(figures['figures'])} figures "
        "are among their middle 90 %."
    )
    assert [figure["inside"] for figure in figures["figures"]] == sorted(
        figure["inside"] for figure in figures["figures"]
    )
    assert report_card(WALTZ).human is None
