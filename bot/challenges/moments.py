"""Moments as people say them, "friday 18:00", "in 3 days", "bis morgen 20 Uhr", 周五18点, in the time of some place.

Promises: what is read lies where it is said, by that place's clock, also over a change to summer time; a day without a
time is its end for what lasts until then, and its beginning for what starts then; a time of day that has passed is
tomorrow's, a weekday that is today's and has passed is next week's.
Not covered: what is only nearly a moment; it is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from functools import cache
from typing import Any

from bot.challenges.plan import Every, Plan
from config.files import load_toml
from config.zones import zone as zone_of

LATEST_YEARS, HOUR_S = 2, 3600
LEAST_CHARS, LEAST_LIKE_CHARS, LIKE = 3, 6, 0.8  # of a word that shows that a time is meant; of one that is like it
MOST_REPEATS = 5000
_TIME = (  # 18:00, 18点30分, 18 uhr 30, 6pm
    r"(?P<hour>[0-2]?\d)"
    r"(?:(?:[:.：](?P<minute>[0-5]\d)|[点點时時](?P<han>[0-5]\d)?分?)(?: ?uhr)?"
    r"| ?uhr(?: (?P<uhr>[0-5]\d))?"
    r"| ?(?P<half>[ap])\.?m\.?)"
)
_AT = rf"(?:,? ?(?:at |um )?{_TIME})?"


class NotAMoment(ValueError):
    """What was given is no moment that could be meant."""


@cache
def words() -> Mapping[str, Any]:
    """What `config/challenges.toml` says."""
    return load_toml("challenges.toml")


def parse_moment(said: str, *, now: float, zone: str, is_end: bool) -> float:
    """Seconds since 1970. is_end: something lasts until then. Raises NotAMoment."""
    plain = " ".join(said.strip().lower().split())
    here = datetime.fromtimestamp(now, zone_of(zone))
    if plain in words()["now"]["words"]:
        return now
    for pattern, read in _forms():
        if found := re.fullmatch(pattern, plain):
            moment: datetime = read(found, here, is_end)
            if moment.year > here.year + LATEST_YEARS:
                raise NotAMoment(said)
            return moment.timestamp()
    raise NotAMoment(said)


def moment_pattern() -> str:
    """What `parse_moment` reads, without groups, the longest first."""
    return "|".join(re.sub(r"\(\?P<\w+>", "(?:", pattern) for pattern, _ in _forms())


def clock_pattern() -> str:
    """A time of day alone, without groups."""
    return re.sub(r"\(\?P<\w+>", "(?:", _TIME)


def looks_timely(said: str, *, by_name: bool) -> bool:
    """Whether something is meant as a moment, though `parse_moment` may not read it: "last friday", "31/12", "fryday".

    by_name: the name of a month or a feast alone says so; "a song from May" is another thing.
    """
    plain = said.strip().lower()
    listed = words()
    tables = ("relative", "days", *(("months",) if by_name else ()))
    named = [word for table in tables for each in listed[table].values() for word in each]
    feasts = listed["timely"]["words"] if by_name else []
    known = [word for word in (*named, *feasts) if len(word) >= LEAST_CHARS or not word.isascii()]
    spoken = re.findall(r"[a-zà-ÿ]+", plain)
    parted = rf"(?:{'|'.join(map(re.escape, named))})(?:{'|'.join(listed['timely']['parts'])})"  # Freitagabend
    return bool(
        re.search(rf"\d\s*(?:[./:-]\s*\d|(?:{_alternatives('units')}|uhr|[ap]m|[点點时時月日号號])(?![a-z]))", plain)
        or any(re.fullmatch(parted, word) for word in spoken)
        or any(word in spoken if word.isascii() else word in plain for word in known)
        or (by_name and any(re.match(phrase, plain) for phrase in listed["timely"]["phrases"]))
        or any(get_close_matches(word, known, n=1, cutoff=LIKE) for word in spoken if len(word) >= LEAST_LIKE_CHARS)
    )


def span_pattern() -> str:
    """A number of hours, days or weeks: shorter times may be how long a piece is."""
    units = (word for size, listed in words()["units"].items() if int(size) >= HOUR_S for word in listed)
    named = "|".join(sorted(map(re.escape, units), key=len, reverse=True))
    return rf"(?:\d{{1,4}}|{_alternatives('numbers')}) ?(?:{named})"


def _later(moment: float, number: int, every: Every, zone: str) -> float:
    """So many days, weeks or months on, at the same time of day."""
    place = zone_of(zone)
    start = datetime.fromtimestamp(moment, place).replace(tzinfo=None)
    wall = _plus_months(start, number) if every == "month" else start + number * _STEP[every]
    return wall.replace(tzinfo=place).timestamp()


_STEP = {"day": timedelta(days=1), "week": timedelta(weeks=1)}


def next_of_series(plan: Plan, *, after: float) -> Plan | None:
    """The same plan the next time it opens later than `after`; None where there is no next one."""
    if not plan.every:
        return None
    for number in range(1, MOST_REPEATS):
        times = [_later(moment, number, plan.every, plan.zone) for moment in (plan.opens, plan.closes, plan.ends)]
        if times[0] > after:
            try:
                return replace(plan, opens=times[0], closes=times[1], ends=times[2])
            except ValueError:  # a month too short for it, or a night without that hour
                continue
    return None


def said_in(moment: float, zone: str) -> str:
    """In ISO 8601 by that place's clock, for `bot.texts.moment`."""
    return datetime.fromtimestamp(moment, zone_of(zone)).isoformat(timespec="minutes")


# --- forms -----------------------------------------------------------------------------------------------------------


def _alternatives(table: str) -> str:
    every = (word for listed in words()[table].values() for word in listed)
    return "|".join(sorted(map(re.escape, every), key=len, reverse=True))


def _value(table: str, word: str) -> int:
    return next(int(value) for value, listed in words()[table].items() if word in listed)


@cache
def _forms() -> tuple[tuple[str, Any], ...]:
    number, number_2 = (rf"(?P<{name}>\d{{1,4}}|{_alternatives('numbers')})" for name in ("n", "n_2"))
    units = _alternatives("units")
    named = rf"(?P<named>{_alternatives('months')})\.?"
    return (
        (rf"(?P<year>\d{{4}})-(?P<month>\d\d?)-(?P<day>\d\d?)(?:t|{' '})?{_AT}", _date),
        (rf"(?P<day>\d\d?)\.(?P<month>\d\d?)\.(?P<year>\d{{4}})?{_AT}", _date),
        (rf"(?:(?P<year>\d{{4}})年)?(?P<month>\d\d?)月(?P<day>\d\d?)[日号號]{_AT}", _date),
        (rf"(?:the )?(?P<day>\d\d?)(?:st|nd|rd|th|\.)? (?:of )?{named}(?:,? (?P<year>\d{{4}}))?{_AT}", _date),
        (rf"{named} (?P<day>\d\d?)(?:st|nd|rd|th)?(?:,? (?P<year>\d{{4}}))?{_AT}", _date),
        (rf"(?P<relative>{_alternatives('relative')}){_AT}", _relative),
        (rf"(?:on |am |next |nächsten |下)?(?P<weekday>{_alternatives('days')}){_AT}", _weekday),
        (rf"{number} ?(?P<unit>{units})(?: ago|之?前)|vor {number_2} ?(?P<unit_2>{units})", _ago),
        (rf"(?:in |for )?{number} ?(?P<unit>{units})(?:后|後|之后| ?later| from now)?", _span),
        (_TIME, _time_only),
    )


def _at(found: re.Match[str], day: datetime, *, is_end: bool) -> datetime:
    values = found.groupdict()
    if values.get("hour") is None:
        return day.replace(hour=23 if is_end else 0, minute=59 if is_end else 0, second=0, microsecond=0)
    hour, minute = int(values["hour"]), int(values["minute"] or values["han"] or values["uhr"] or 0)
    if values["half"] is not None:
        if not 1 <= hour <= 12:
            raise NotAMoment(found[0])
        hour = hour % 12 + (12 if values["half"] == "p" else 0)
    if hour == 24 and minute == 0:
        return day.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    if hour > 23:
        raise NotAMoment(found[0])
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


def _date(found: re.Match[str], here: datetime, is_end: bool) -> datetime:
    year = int(found["year"]) if found["year"] else here.year
    values = found.groupdict()
    try:
        month = _value("months", values["named"]) if values.get("named") else int(values["month"])
        day = here.replace(year=year, month=month, day=int(found["day"]))
    except ValueError as error:
        raise NotAMoment(found[0]) from error
    moment = _at(found, day, is_end=is_end)
    if found["year"] is None and moment < here:
        return moment.replace(year=year + 1)
    return moment


def _relative(found: re.Match[str], here: datetime, is_end: bool) -> datetime:
    return _at(found, here + timedelta(days=_value("relative", found["relative"])), is_end=is_end)


def _weekday(found: re.Match[str], here: datetime, is_end: bool) -> datetime:
    days = (_value("days", found["weekday"]) - here.weekday()) % 7
    moment = _at(found, here + timedelta(days=days), is_end=is_end)
    return moment if moment > here else moment + timedelta(days=7)


def _span(found: re.Match[str], here: datetime, _is_end: bool) -> datetime:
    seconds = _seconds(found, found["n"], found["unit"])
    return (here.astimezone(UTC) + timedelta(seconds=seconds)).astimezone(here.tzinfo)


def _ago(found: re.Match[str], here: datetime, _is_end: bool) -> datetime:
    seconds = _seconds(found, found["n"] or found["n_2"], found["unit"] or found["unit_2"])
    return (here.astimezone(UTC) - timedelta(seconds=seconds)).astimezone(here.tzinfo)


def _seconds(found: re.Match[str], number: str, unit: str) -> int:
    seconds = (int(number) if number.isdecimal() else _value("numbers", number)) * _value("units", unit)
    if seconds > LATEST_YEARS * 366 * 86_400:
        raise NotAMoment(found[0])
    return seconds


def _time_only(found: re.Match[str], here: datetime, is_end: bool) -> datetime:
    moment = _at(found, here, is_end=is_end)
    return moment if moment > here else moment + timedelta(days=1)


def _plus_months(start: datetime, months: int) -> datetime:
    """The same day of a later month; its last one where the month is too short."""
    number = start.month - 1 + months
    year, month = start.year + number // 12, number % 12 + 1
    first_of_next = datetime(year + month // 12, month % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return start.replace(year=year, month=month, day=min(start.day, last))
