"""How a piece is played: plainly, or as musicians of its period do.

What differs between periods: how much the tempo breathes, how the last bars slow down, how far the melody stands out,
the pedal, and how ornaments begin. The period follows from the composer that a score names, "Notabot, after Chopin"
included; who is not known is played as the classics are. The figures are our choice; what is known of people stands in
`expression/`, `trills.py` and `ornaments.py`.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from config.files import load_toml


@dataclass(frozen=True, kw_only=True)
class Manner:
    """arc: by what share the tempo rises and falls through a phrase; closing: the tempo of the last notes, as a share.

    swell: MIDI velocities by which a phrase rises and falls; melody: velocities between it and what accompanies it;
    lead_s: how much earlier it is struck. held: the share of its length that an unmarked note sounds. pedal: where none
    is written, it follows the harmony. upper_trills: trills begin on the upper note; long_graces: a grace note that is
    not crossed out leans on the beat for half of what follows.
    """

    name: str
    arc: float
    closing: float
    swell: float
    melody: float
    lead_s: float
    held: float = 0.92
    pedal: bool = False
    upper_trills: bool = False
    long_graces: bool = False


_EARLY = {"upper_trills": True, "long_graces": True}
BAROQUE = Manner(
    name="Baroque", arc=0.06, closing=0.68, swell=4, melody=6, lead_s=0.01, held=0.86, **_EARLY,
)  # fmt: skip
CLASSICAL = Manner(
    name="Classical", arc=0.12, closing=0.6, swell=6, melody=10, lead_s=0.02, held=0.9, pedal=True, **_EARLY,
)  # fmt: skip
ROMANTIC = Manner(
    name="Romantic", arc=0.24, closing=0.52, swell=9, melody=14, lead_s=0.028, held=0.96, pedal=True,
)  # fmt: skip
MODERN = Manner(name="Modern", arc=0.15, closing=0.55, swell=8, melody=11, lead_s=0.022, held=0.92, pedal=True)
DANCING = Manner(name="Folk", arc=0.03, closing=0.75, swell=4, melody=8, lead_s=0.01)  # who dances cannot wait

MANNERS = {
    "Renaissance": BAROQUE, "Baroque": BAROQUE, "Classical": CLASSICAL, "Romantic": ROMANTIC, "Modern": MODERN,
    "Impressionist": MODERN, "Folk": DANCING, "Ragtime": DANCING,
}  # fmt: skip
# The periods as credits and people say them: "in the manner of the Baroque", "aus dem Barock", 浪漫派.
_WORDS = {
    "Renaissance": r"renaissance|文艺复兴", "Baroque": r"baroque|barock|巴洛克", "Classical": r"classical|klassik|古典",
    "Romantic": r"romantic|romantik|浪漫", "Folk": r"folk|traditional|trad\.|民歌|民谣", "Ragtime": r"ragtime",
}  # fmt: skip


def manner_of(composer: str) -> Manner:
    """How music is played of which this is said: "Notabot, after Chopin", "J. S. Bach", "in the manner of ...", ""."""
    said = composer.casefold()
    for period, words in _WORDS.items():
        if re.search(words, said):
            return MANNERS[period]
    found = [period for name, period in _periods().items() if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said)]
    return MANNERS.get(found[0], CLASSICAL) if found else CLASSICAL


@lru_cache(maxsize=1)
def _periods() -> dict[str, str]:
    """Surname, and what else a composer is called → period. Of two of a name, the first stands."""
    periods: dict[str, str] = {}
    for entry in load_toml("styles.toml")["composers"]:
        surname = str(entry["name"]).partition(",")[0]
        names = (each.partition(",")[0] for called in entry.get("names", {}).values() for each in called)
        for name in (surname, *names, *entry.get("aliases", ())):
            periods.setdefault(str(name).casefold(), str(entry["period"]))
    return periods
