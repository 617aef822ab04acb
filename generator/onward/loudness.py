"""How loud a piece is, changed by rule: louder, softer, a dynamic by its name, or from soft to loud.

Promises: notes, lengths and texts stay. Dynamics in the bars move by as many steps, and where they begin it is said how
loud that is now; where none was written it was mf. The next bar behind them in which somebody plays says how loud it
was, unless it says something of its own: no other bar outside of those that are named gets a sign.
As players read it, signs of the upper staff of a keyboard mean both hands. Not covered: words such as dolce, accents.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from generator.notation import Bar, Tune, VoiceBar, staves_of
from generator.notation.tokens import SOUNDING, Token

LEVELS = ("pppp", "ppp", "pp", "p", "mp", "mf", "f", "ff", "fff", "ffff")
USUAL = LEVELS.index("mf")
SOFTEST, LOUDEST = LEVELS.index("ppp"), LEVELS.index("fff")  # as far as steps lead
SWELLS = {"crescendo": ("!<(!", "!<)!", '"_cresc."'), "diminuendo": ("!>(!", "!>)!", '"_dim."')}
HAIRPIN_BARS = 4  # beyond these people write the word
_SIGNS = {f"!{name}!": level for level, name in enumerate(LEVELS)}
_SWELLED = {"!<)!": 1, "!>)!": -1, "!crescendo)!": 1, "!diminuendo)!": -1}
_HAIRPINS = ("!<(!", "!<)!", "!>(!", "!>)!", "!crescendo(!", "!crescendo)!", "!diminuendo(!", "!diminuendo)!")
Sheet = dict[tuple[int, str], list[str]]  # bar and voice → its tokens as they become


@dataclass(frozen=True, kw_only=True)
class _Staff:
    """upper: the voices of the staff above it in the same brace, whose signs mean this one, too."""

    voices: tuple[str, ...]
    upper: tuple[str, ...] = ()


def with_loudness(tune: Tune, bars: Sequence[int], voices: Sequence[str], aim: str) -> dict[int, Bar]:
    """The bars that change, by their numbers. aim: steps as "+1", a dynamic as "=pp", or a key of SWELLS."""
    sheet: Sheet = {}
    for staff in _staves(tune):
        is_meant, is_upper_meant = (not set(one).isdisjoint(voices) for one in (staff.voices, staff.upper))
        if aim in SWELLS:
            if is_meant and not is_upper_meant:
                _swell(tune, staff, bars, aim, sheet)
        elif is_meant and not (is_upper_meant and _follows(tune, staff)):
            _make_louder(tune, staff, bars, aim, sheet)
        elif not is_meant and is_upper_meant and not _has_sign_at(tune, staff, bars[0]):
            _say(tune, staff, bars, _level_before(tune, staff, bars[0]), sheet)  # what the hand above does is not meant
    new = {}
    for number in {number for number, _ in sheet}:
        bar = tune.bars[number]
        other = tuple(
            replace(voice, music="".join(sheet.get((number, voice.voice), [voice.music]))) for voice in bar.voices
        )
        if other != bar.voices:
            new[number] = replace(bar, voices=other)
    return new


def _staves(tune: Tune) -> Iterator[_Staff]:
    upper: tuple[str, ...] = ()
    braces = _in_braces(tune.header.score or "")
    for staff in staves_of(tune.header):
        group = braces.get(staff[0])
        is_below = bool(upper) and group is not None and braces.get(upper[0]) == group
        yield _Staff(voices=staff, upper=upper if is_below else ())
        upper = upper if is_below else staff


def _in_braces(score: str) -> dict[str, int]:
    """The voices between braces, each with the number of its pair."""
    found: dict[str, int] = {}
    group, is_open = 0, False
    for word in score.replace("{", " { ").replace("}", " } ").replace("(", " ").replace(")", " ").split():
        if word in "{}":
            group, is_open = group + 1, word == "{"
        elif is_open:
            found[word] = group
    return found


def _follows(tune: Tune, staff: _Staff) -> bool:
    """Whether all that is known of a lower staff stands in the upper one."""
    return bool(staff.upper) and not any(
        token.text in _SIGNS for bar in tune.bars for voice in _of(bar, staff.voices) for token in voice.tokens
    )


def _of(bar: Bar, voices: Sequence[str]) -> list[VoiceBar]:
    return [voice for voice in bar.voices if voice.voice in voices]


# --- louder and softer -----------------------------------------------------------------------------------------------


def _make_louder(tune: Tune, staff: _Staff, bars: Sequence[int], aim: str, sheet: Sheet) -> None:
    before = _level_before(tune, staff, bars[0])
    behind = _level_before(tune, staff, bars[-1] + 1)
    for number in bars:
        for voice in _of(tune.bars[number], staff.voices):
            tokens = _tokens(sheet, number, voice)
            for at, token in enumerate(voice.tokens):
                if token.text in _SIGNS:
                    tokens[at] = "" if aim.startswith("=") else _sign(_moved(_SIGNS[token.text], aim))
    if aim.startswith("=") or not _has_sign_at(tune, staff, bars[0], until=bars[-1]):
        _say(tune, staff, bars, _moved(before, aim), sheet)
    if bars[-1] + 1 < len(tune.bars) and not _has_sign_at(tune, staff, bars[-1] + 1):
        _say(tune, staff, range(bars[-1] + 1, len(tune.bars)), behind, sheet)


def _moved(level: int, aim: str) -> int:
    if aim.startswith("="):
        return LEVELS.index(aim[1:])
    steps = int(aim)
    return min(max(level + steps, min(level, SOFTEST)), max(level, LOUDEST))


def _sign(level: int) -> str:
    return f"!{LEVELS[level]}!"


def _tokens(sheet: Sheet, number: int, voice: VoiceBar) -> list[str]:
    return sheet.setdefault((number, voice.voice), [token.text for token in voice.tokens])


def _level_before(tune: Tune, staff: _Staff, number: int) -> int:
    """How loud a staff is when a bar begins; a hairpin counts one step."""
    level = USUAL
    for bar in tune.bars[:number]:
        for voice in (*_of(bar, staff.upper), *_of(bar, staff.voices)):
            for token in voice.tokens:
                level = _SIGNS.get(token.text, level + _SWELLED.get(token.text, 0))
    return min(max(level, 0), len(LEVELS) - 1)


def _has_sign_at(tune: Tune, staff: _Staff, number: int, *, until: int | None = None) -> bool:
    """Whether a staff's first note from a bar on has a dynamic of its own."""
    found = _first_note(tune, staff, range(number, len(tune.bars) if until is None else until + 1))
    if found is None:
        return False
    bar, _, _ = found
    for voice in _of(tune.bars[bar], staff.voices):
        first = _sounding(voice.tokens)
        if any(token.text in _SIGNS for token in voice.tokens[: first[0] if first else None]):
            return True
    return False


def _say(tune: Tune, staff: _Staff, bars: Sequence[int], level: int, sheet: Sheet) -> None:
    """The dynamic above the first note there."""
    found = _first_note(tune, staff, bars)
    if found is not None:
        number, voice, at = found
        tokens = _tokens(sheet, number, voice)
        tokens[at] = _sign(level) + tokens[at]


def _first_note(tune: Tune, staff: _Staff, bars: Sequence[int]) -> tuple[int, VoiceBar, int] | None:
    """Where a staff sounds first: bar, voice and the number of the token."""
    for number in bars:
        for voice in _of(tune.bars[number], staff.voices):
            if sounding := _sounding(voice.tokens):
                return number, voice, sounding[0]
    return None


def _sounding(tokens: Sequence[Token]) -> list[int]:
    return [at for at, token in enumerate(tokens) if token.kind in SOUNDING]


# --- from soft to loud -----------------------------------------------------------------------------------------------


def _goes_beyond(signs: Sequence[str]) -> bool:
    """Whether a hairpin of a voice begins or ends outside of the bars whose signs these are."""
    return len(signs) % 2 > 0 or any((sign[-2] == "(") != (at % 2 == 0) for at, sign in enumerate(signs))


def _swell(tune: Tune, staff: _Staff, bars: Sequence[int], aim: str, sheet: Sheet) -> None:
    """A hairpin from the first note to the last one, or the word; those that stand there go."""
    start, end, word = SWELLS[aim]
    first = _first_note(tune, staff, bars)
    if first is None:
        return
    number, voice, at = first
    here = [(bar, each) for bar in bars for each in _of(tune.bars[bar], staff.voices)]
    old = [(bar, each, n) for bar, each in here for n, token in enumerate(each.tokens) if token.text in _HAIRPINS]
    if any(_goes_beyond([each.tokens[n].text for _, each, n in old if each.voice == name]) for name in staff.voices):
        return
    notes = [(bar, each, n) for bar, each in here if each.voice == voice.voice for n in _sounding(each.tokens)]
    if len(notes) < 2:
        return
    for bar, each, n in old:
        _tokens(sheet, bar, each)[n] = ""
    is_long = len(bars) > HAIRPIN_BARS
    tokens = _tokens(sheet, number, voice)
    tokens[at] = (word if is_long else start) + tokens[at]
    if not is_long:
        bar, each, n = notes[-1]
        tokens = _tokens(sheet, bar, each)
        tokens[n] = end + tokens[n]
