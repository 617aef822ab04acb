"""Who wins, and with which seeds candidates are composed."""

from pathlib import Path

from generator.catalogue.catalogue import load_catalogue
from generator.critic.choice import MOST_ROUNDS_TO_PLAY, Choice, best_of, candidate_seeds, is_enough
from generator.critic.judge import Critic
from generator.critic.judgement import Judgement, Originality
from generator.notation import parse_tune
from generator.request import MAX_SEED

WALTZ = Path(__file__).parents[2] / "data" / "waltz.abc"


def judged(liking=0.0, notes=5, unplayable=0):
    shared = Originality(notes=notes, piece="Aria", source="", licence="", bar=0, limit=10, of="all pieces")
    return Judgement(seed=1, liking=liking, originality=shared, unplayable=unplayable)


def test_the_best_liked_wins_and_the_first_of_equals():
    assert best_of([judged(-3.0), judged(-1.0), judged(-1.0)]) == 1


def test_a_copy_wins_only_if_all_copy_and_then_the_one_that_copies_least():
    assert best_of([judged(5.0, notes=11), judged(-9.0, notes=10)]) == 1
    assert best_of([judged(5.0, notes=30), judged(1.0, notes=12), judged(9.0, notes=13)]) == 1


def test_what_nobody_can_play_wins_only_over_copies_and_what_can_be_played_less():
    assert best_of([judged(5.0, unplayable=1), judged(-9.0)]) == 1
    assert best_of([judged(5.0, unplayable=3), judged(1.0, unplayable=2), judged(9.0, notes=11)]) == 1


def test_what_nobody_can_play_is_composed_again_a_bounded_number_of_times():
    faulty = judged(unplayable=2)
    assert is_enough([faulty, judged()], rounds=1)
    assert not is_enough([faulty] * 2, rounds=MOST_ROUNDS_TO_PLAY - 1)
    assert is_enough([faulty] * 3, rounds=MOST_ROUNDS_TO_PLAY)
    assert not is_enough([judged(notes=11)] * 3, rounds=MOST_ROUNDS_TO_PLAY)


def test_the_first_candidate_has_the_seed_that_was_asked_for_and_no_two_are_the_same():
    for seed in (0, 7, MAX_SEED):
        seeds = [
            *candidate_seeds(seed, candidates=4, round_number=1),
            *candidate_seeds(seed, candidates=4, round_number=2),
        ]
        assert seeds[0] == seed
        assert len(set(seeds)) == 8
        assert all(0 <= one <= MAX_SEED for one in seeds)


def test_seeds_do_not_depend_on_the_machine_or_the_day():
    assert candidate_seeds(7, candidates=2, round_number=1) == [7, 7643869921872156431]


def test_the_record_says_who_won_and_what_every_candidate_got():
    told = Choice(2, (judged(-2.0, notes=11), judged(-1.0))).to_json()
    assert told["winner"] == 2
    assert [(one["liking"], one["copied"]) for one in told["candidates"]] == [(-2.0, True), (-1.0, False)]


def test_the_critic_that_ships_likes_music_better_than_the_same_bar_over_and_over():
    critic, style = Critic(), load_catalogue().find("chopin keyboard")
    critic.prepare()
    waltz = parse_tune(WALTZ.read_text())
    dull = parse_tune("L:1/8\nM:3/4\nK:C\nV:1 treble\n" + "[V:1]c6|\n" * len(waltz.bars))
    said = critic.judge(waltz, style, seed=3)
    assert said.seed == 3
    assert said.originality.notes >= 0
    assert said.originality.limit > 0
    assert said.human.comparisons
    assert said.liking > critic.judge(dull, style, seed=3).liking
