"""Interleaved ABC as data: read, check, complete, cut, transpose and print it."""

from generator.notation.beaming import beam_by_metre, count_flags
from generator.notation.checks import BarChecker, Defect, DefectKind, check_bars
from generator.notation.cutting import cut_bars
from generator.notation.durations import Timing, time_music
from generator.notation.keys import Key, parse_key
from generator.notation.limits import Metre, check_tempo, parse_metre, read_metre_field
from generator.notation.repair import repair_bar
from generator.notation.rests import add_countdown, complete_rests, reduce_rests, staves_of, strip_countdown
from generator.notation.tokens import Token, TokenKind, lex_music
from generator.notation.transpose import transpose
from generator.notation.tune import Bar, Header, Tune, VoiceBar, VoiceDef, parse_bar, parse_header, parse_tune
from generator.notation.voices import drop_voices

__all__ = [
    "Bar",
    "BarChecker",
    "Defect",
    "DefectKind",
    "Header",
    "Key",
    "Metre",
    "Timing",
    "Token",
    "TokenKind",
    "Tune",
    "VoiceBar",
    "VoiceDef",
    "add_countdown",
    "beam_by_metre",
    "check_bars",
    "check_tempo",
    "complete_rests",
    "count_flags",
    "cut_bars",
    "drop_voices",
    "lex_music",
    "parse_bar",
    "parse_header",
    "parse_key",
    "parse_metre",
    "parse_tune",
    "read_metre_field",
    "reduce_rests",
    "repair_bar",
    "staves_of",
    "strip_countdown",
    "time_music",
    "transpose",
]
