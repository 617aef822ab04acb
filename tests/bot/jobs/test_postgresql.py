"""The most important promises again, on PostgreSQL where it is installed."""

from functools import partial

import pytest

from tests.bot.jobs import test_accept, test_delivering, test_making, test_stopping
from tests.bot.store.postgres import run_postgres


@pytest.fixture(scope="module")
def server():
    with run_postgres() as server:
        yield server


@pytest.fixture
def open_bot(open_bot, server):
    return partial(open_bot, url=server.new_database())


test_one_job = test_accept.test_the_same_event_many_times_at_once_makes_one_job
test_limits = test_accept.test_a_crowd_at_once_cannot_slip_through_a_limit
test_quota = test_accept.test_the_daily_quota_of_a_guild_counts_all_its_people_and_nobody_else
test_fair_order = test_accept.test_nobody_waits_behind_anothers_tenth_request
test_fence = test_making.test_an_attempt_that_wakes_up_too_late_delivers_nothing
test_restart = test_stopping.test_a_restart_takes_up_what_waits_and_what_was_being_made
test_doubt = test_delivering.test_what_was_being_sent_when_the_process_died_is_in_doubt
test_erased = test_delivering.test_an_erased_person_gets_nothing_more
