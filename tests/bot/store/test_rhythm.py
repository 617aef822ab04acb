from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.store import Rhythm, parse_clock
from config.zones import find_zone

BERLIN = "Europe/Berlin"


def at(text, zone=BERLIN):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def told(moment, zone=BERLIN):
    return datetime.fromtimestamp(moment, ZoneInfo(zone)).strftime("%a %d.%m. %H:%M")


def walk(rhythm, start, times):
    found = []
    for _ in range(times):
        start = rhythm.next_after(start)
        found.append(told(start, rhythm.zone))
    return found


def test_every_day_at_the_same_hour_though_the_clocks_change():
    rhythm = Rhythm(hour=8, zone=BERLIN)
    assert walk(rhythm, at("2026-03-28T07:59"), 3) == ["Sat 28.03. 08:00", "Sun 29.03. 08:00", "Mon 30.03. 08:00"]
    assert walk(rhythm, at("2026-10-24T08:00"), 2) == ["Sun 25.10. 08:00", "Mon 26.10. 08:00"]


def test_an_hour_that_is_left_out_is_kept_when_the_clock_has_gone_on():
    rhythm = Rhythm(hour=2, minute=30, zone=BERLIN)
    assert walk(rhythm, at("2026-03-28T03:00"), 2) == ["Sun 29.03. 03:30", "Mon 30.03. 02:30"]


def test_an_hour_that_comes_twice_is_kept_once():
    rhythm = Rhythm(hour=2, minute=30, zone=BERLIN)
    first = rhythm.next_after(at("2026-10-25T00:00"))
    assert told(first) == "Sun 25.10. 02:30"
    assert told(rhythm.next_after(first)) == "Mon 26.10. 02:30"


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu", "UTC"])
def test_once_a_week_wherever_that_is(zone):
    rhythm = Rhythm(hour=0, minute=5, weekday=4, zone=zone)
    assert walk(rhythm, at("2026-11-30T00:12", "UTC"), 2) == ["Fri 04.12. 00:05", "Fri 11.12. 00:05"]


def test_a_day_that_a_country_left_out_is_no_end():
    """Samoa had no 30 December 2011."""
    rhythm = Rhythm(hour=8, weekday=4, zone="Pacific/Apia")
    assert told(rhythm.next_after(at("2011-12-29T12:00", "Pacific/Apia")), "Pacific/Apia")[:3] in ("Sat", "Fri")


def test_it_is_read_as_it_was_written():
    rhythm = Rhythm(hour=6, minute=5, weekday=0, zone=BERLIN)
    assert Rhythm.from_json(rhythm.to_json()) == rhythm


@pytest.mark.parametrize("wrong", [{"hour": 24}, {"hour": 8, "weekday": 7}, {"hour": 8, "zone": "Nowhere"}])
def test_what_is_no_rhythm_is_refused(wrong):
    with pytest.raises(ValueError, match="no rhythm"):
        Rhythm(**wrong)


@pytest.mark.parametrize(
    ("words", "clock"), [("08:00", (8, 0)), ("8:05", (8, 5)), ("23.59", (23, 59)), ("8：30", (8, 30))]
)
def test_a_time_is_read_as_people_write_it(words, clock):
    assert parse_clock(words) == clock


@pytest.mark.parametrize("words", ["24:00", "8", "08:60", "", "eight", "٠٨:٠٠"])
def test_what_is_no_time_is_refused(words):
    with pytest.raises(ValueError, match="time of the day"):
        parse_clock(words)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Europe/Berlin", BERLIN),
        (" europe/berlin ", BERLIN),
        ("berlin", BERLIN),
        ("New York", "America/New_York"),
        ("shanghai", "Asia/Shanghai"),
        ("utc", "UTC"),
        ("CEST", None),
        ("../../etc/passwd", None),
        ("", None),
    ],
)
def test_a_zone_is_found_by_what_people_call_it(words, name):
    assert find_zone(words) == name
