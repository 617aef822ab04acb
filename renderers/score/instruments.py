"""Instruments by the names that scores give them, in five languages: their General MIDI program and their range.

Scores write "Violino I", "Clarinetti in B", "2 Hoerner in F", "Vlns. 2", "Pno.": numbers, keys and plurals are
ignored, abbreviations are listed.

What is not covered: the key of a transposing instrument. NotaGen's scores are written at sounding pitch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from config.files import load_named_toml
from config.letters import fold


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """An instrument as General MIDI knows it, and what players can play on it.

    `lowest` and `highest` are sounding MIDI pitches (60 = middle C): what a good player reaches, not the record.
    The figures follow the tables of professional ranges in orchestration handbooks (S. Adler, The Study of
    Orchestration, appendix A; W. Piston, Orchestration), voices the usual choral ranges (S C4-C6 ... B E2-E4).
    """

    name: str
    program: int  # 0-127
    lowest: int
    highest: int
    words: tuple[str, ...]  # normalised: lower case, no accents, no dots
    family: str


INSTRUMENTS = (
    Instrument(name="piano", program=0, lowest=21, highest=108, family="keyboard", words=(
        "piano", "pianoforte", "fortepiano", "pno", "pf", "pfte", "pft", "klavier", "hammerklavier", "fortepian", "fp",
        "flugel", "keyboard", "keyb", "klav", "pianof", "pian", "pia", "pn", "p no", "rh", "lh")),
    Instrument(name="harpsichord", program=6, lowest=29, highest=89, family="keyboard", words=(
        "harpsichord", "cembalo", "clavicembalo", "clavecin", "klawesyn", "hpschd", "hpsd", "cemb", "spinet",
        "virginal", "clavier", "clav", "hch", "basso continuo", "continuo", "cont", "bc", "generalbass")),
    Instrument(name="clavichord", program=7, lowest=36, highest=89, family="keyboard", words=(
        "clavichord", "clavicordo", "clavicorde", "klawikord")),
    Instrument(name="celesta", program=8, lowest=60, highest=108, family="keyboard", words=(
        "celesta", "celeste", "czelesta", "cel")),
    Instrument(name="organ", program=19, lowest=24, highest=103, family="keyboard", words=(
        "organ", "organo", "organi", "orgel", "orgue", "organy", "org", "manual", "manuale", "pedal", "pedale",
        "pedals", "pedalier", "o")),
    Instrument(name="harmonium", program=20, lowest=29, highest=96, family="keyboard", words=(
        "harmonium", "physharmonica", "reed organ", "melodium")),
    Instrument(name="accordion", program=21, lowest=29, highest=98, family="keyboard", words=(
        "accordion", "akkordeon", "fisarmonica", "akordeon", "bandoneon")),
    Instrument(name="glockenspiel", program=9, lowest=79, highest=108, family="percussion", words=(
        "glockenspiel", "campanelli", "dzwonki", "jeu de timbres")),
    Instrument(name="vibraphone", program=11, lowest=53, highest=89, family="percussion", words=(
        "vibraphone", "vibrafono", "vibraphon", "wibrafon")),
    Instrument(name="marimba", program=12, lowest=45, highest=96, family="percussion", words=("marimba",)),
    Instrument(name="xylophone", program=13, lowest=65, highest=108, family="percussion", words=(
        "xylophone", "xylofono", "xylophon", "silofono", "ksylofon")),
    Instrument(name="bells", program=14, lowest=60, highest=77, family="percussion", words=(
        "bells", "tubular bells", "campane", "rohrenglocken", "glocken", "cloches", "dzwony", "chimes")),
    Instrument(name="timpani", program=47, lowest=38, highest=57, family="percussion", words=(
        "timpani", "timp", "timpano", "pauken", "pauke", "timbales", "kotly", "kettledrums", "kettle drums")),
    Instrument(name="drum", program=116, lowest=36, highest=60, family="percussion", words=(
        "drum", "drums", "bass drum", "snare drum", "b dr", "sn dr", "gran cassa", "grosse trommel", "grosse caisse",
        "kleine trommel", "tambour", "tamburo", "beben", "percussion", "perc", "pk")),
    Instrument(name="triangle", program=112, lowest=60, highest=96, family="percussion", words=(
        "triangle", "triangolo", "triangel", "trojkat", "tri", "cymbals", "cymbal", "cym", "piatti", "becken",
        "cymbales", "talerze", "tambourine", "tamburin", "tamb")),
    Instrument(name="guitar", program=24, lowest=40, highest=83, family="plucked", words=(
        "guitar", "gitarre", "guitarre", "chitarra", "guitare", "gitara", "gtr", "guit")),
    Instrument(name="lute", program=24, lowest=36, highest=77, family="plucked", words=(
        "lute", "laute", "liuto", "luth", "lutnia", "theorbo", "tiorba")),
    Instrument(name="mandolin", program=25, lowest=55, highest=93, family="plucked", words=(
        "mandolin", "mandoline", "mandolino", "mandolina", "mand")),
    Instrument(name="harp", program=46, lowest=23, highest=103, family="plucked", words=(
        "harp", "arpa", "harfe", "harpe", "harfa", "hp", "hrp", "hrf")),
    Instrument(name="violin", program=40, lowest=55, highest=103, family="strings", words=(
        "violin", "violino", "violini", "violine", "violinen", "violon", "violons", "skrzypce", "vln", "vlns", "vn",
        "vni", "vno", "v no", "viol", "vl", "geige", "geigen", "fiddle")),
    Instrument(name="viola", program=41, lowest=48, highest=91, family="strings", words=(
        "viola", "viole", "bratsche", "bratschen", "alto viola", "altowka", "altowki", "vla", "vlas", "va", "vle",
        "v la", "br")),
    Instrument(name="viola d'amore", program=41, lowest=45, highest=88, family="strings", words=(
        "viola d'amore", "viole d'amour")),
    Instrument(name="viola da gamba", program=42, lowest=38, highest=79, family="strings", words=(
        "viola da gamba", "gamba", "gambe", "viole de gambe", "basse de viole", "viol da gamba")),
    Instrument(name="cello", program=42, lowest=36, highest=84, family="strings", words=(
        "cello", "violoncello", "violoncelli", "violoncell", "violoncelle", "violoncelles", "celli", "wiolonczela",
        "wiolonczele", "violonczello", "vcl", "vlc", "vc", "vcs", "vllo", "v cello")),
    Instrument(name="double bass", program=43, lowest=28, highest=67, family="strings", words=(
        "double bass", "double basses", "contrabass", "contrabasses", "contrabasso", "contrabassi", "kontrabass",
        "kontrabasse", "contrebasse", "contrebasses", "kontrabas", "kontrabasy", "violone", "vne", "db", "cb", "cbs",
        "kb", "string bass", "bassi", "basso e violoncello", "violoncello e basso")),
    Instrument(name="strings", program=48, lowest=28, highest=96, family="strings", words=(
        "strings", "archi", "streicher", "cordes", "smyczki", "str", "string orchestra", "orchestra", "orchester",
        "orchestre", "orkiestra", "tutti")),
    Instrument(name="piccolo", program=72, lowest=74, highest=108, family="woodwind", words=(
        "piccolo", "ottavino", "flauto piccolo", "flauti piccoli", "piccoloflote", "kleine flote", "petite flute",
        "pikolo", "flet piccolo", "picc")),
    Instrument(name="flute", program=73, lowest=59, highest=98, family="woodwind", words=(
        "flute", "flutes", "flauto", "flauti", "flote", "floten", "floete", "floeten", "traverso", "trv", "querflote",
        "flet", "flety", "fl", "fle")),
    Instrument(name="alto flute", program=73, lowest=55, highest=91, family="woodwind", words=(
        "alto flute", "flauto contralto", "altflote")),
    Instrument(name="recorder", program=74, lowest=53, highest=98, family="woodwind", words=(
        "recorder", "flauto dolce", "flauti dolci", "blockflote", "blockfloten", "flute a bec", "flet prosty", "rec")),
    Instrument(name="oboe", program=68, lowest=58, highest=93, family="woodwind", words=(
        "oboe", "oboes", "oboi", "oboen", "hautbois", "hoboe", "hoboen", "oboj", "oboje", "ob")),
    Instrument(name="oboe d'amore", program=68, lowest=56, highest=88, family="woodwind", words=(
        "oboe d'amore", "oboi d'amore", "hautbois d'amour")),
    Instrument(name="english horn", program=69, lowest=52, highest=81, family="woodwind", words=(
        "english horn", "cor anglais", "corno inglese", "corni inglesi", "englischhorn", "englisch horn",
        "rozek angielski", "oboe da caccia", "e hn", "eh", "c a", "c ingl", "engl hn")),
    Instrument(name="clarinet", program=71, lowest=50, highest=94, family="woodwind", words=(
        "clarinet", "clarinets", "clarinetto", "clarinetti", "klarinette", "klarinetten", "clarinette", "clarinettes",
        "klarnet", "klarnety", "cl", "clar", "clt", "kl", "klar", "basset horn", "corno di bassetto", "bassetthorn")),
    Instrument(name="bass clarinet", program=71, lowest=34, highest=82, family="woodwind", words=(
        "bass clarinet", "clarinetto basso", "bassklarinette", "clarinette basse", "klarnet basowy", "b cl")),
    Instrument(name="bassoon", program=70, lowest=34, highest=77, family="woodwind", words=(
        "bassoon", "bassoons", "fagotto", "fagotti", "fagott", "fagotte", "basson", "bassons", "fagot", "fagoty", "fag",
        "fg", "bsn", "bn", "fgt")),
    Instrument(name="contrabassoon", program=70, lowest=22, highest=58, family="woodwind", words=(
        "contrabassoon", "contrafagotto", "kontrafagott", "contrebasson", "kontrafagot", "cfg", "cbsn", "k fag",
        "c fag", "double bassoon")),
    Instrument(name="saxophone", program=65, lowest=49, highest=92, family="woodwind", words=(
        "saxophone", "sassofono", "saxophon", "saksofon", "sax", "alto sax", "alto saxophone")),
    Instrument(name="horn", program=60, lowest=34, highest=77, family="brass", words=(
        "horn", "horns", "corno", "corni", "horner", "hoerner", "cor", "cors", "rog", "rogi", "waltornia", "waltornie",
        "hn", "hns", "hr", "cn", "french horn", "french horns", "corno da caccia", "waldhorn", "cornu")),
    Instrument(name="trumpet", program=56, lowest=52, highest=84, family="brass", words=(
        "trumpet", "trumpets", "tromba", "trombe", "trompete", "trompeten", "trompette", "trompettes", "trabka",
        "trabki", "tpt", "tr", "trp", "trpt", "clarino", "clarini", "clno", "tromp", "tbe")),
    Instrument(name="cornet", program=56, lowest=52, highest=82, family="brass", words=(
        "cornet", "cornets", "cornetto", "cornetti", "kornett", "cornet a pistons", "kornet", "zink")),
    Instrument(name="trombone", program=57, lowest=34, highest=77, family="brass", words=(
        "trombone", "trombones", "trombono", "tromboni", "posaune", "posaunen", "puzon", "puzony", "tbn", "trb", "trbn",
        "pos", "trombone tenore", "tromboni tenore", "trombone alto")),
    Instrument(name="bass trombone", program=57, lowest=29, highest=70, family="brass", words=(
        "bass trombone", "trombone basso", "bassposaune", "trombone basse", "puzon basowy", "tbn b", "b tbn")),
    Instrument(name="tuba", program=58, lowest=26, highest=67, family="brass", words=(
        "tuba", "tube", "basstuba", "ophicleide", "oficleide", "tba", "euphonium", "cimbasso", "bombardon")),
    Instrument(name="soprano", program=52, lowest=60, highest=84, family="voice", words=(
        "soprano", "soprani", "sopran", "sopranos", "soprano solo", "dessus", "s", "sop", "canto", "cantus",
        "discantus", "diskant", "women", "frauen", "femmes", "treble", "superius", "kobiety")),
    Instrument(name="mezzo-soprano", program=52, lowest=57, highest=81, family="voice", words=(
        "mezzo", "mezzosoprano", "mezzo soprano", "mezzosopran", "ms", "mzs", "mezzo s")),
    Instrument(name="alto", program=52, lowest=53, highest=77, family="voice", words=(
        "alto", "alti", "altos", "alt", "contralto", "altus", "haute contre", "a", "countertenor")),
    Instrument(name="tenor", program=52, lowest=48, highest=72, family="voice", words=(
        "tenor", "tenore", "tenori", "tenors", "taille", "t", "ten", "men", "manner", "hommes", "quintus", "mezczyzni",
        "tenory")),
    Instrument(name="baritone", program=52, lowest=45, highest=69, family="voice", words=(
        "baritone", "baritono", "bariton", "baryton", "bar")),
    Instrument(name="bass", program=52, lowest=40, highest=64, family="voice", words=(
        "bass", "basso", "basses", "bas", "basy", "basse", "b", "bassus")),
    Instrument(name="voice", program=52, lowest=45, highest=84, family="voice", words=(
        "voice", "voices", "voce", "voci", "voix", "singstimme", "singstimmen", "gesang", "stimme", "chant", "glos",
        "glosy", "spiew", "choir", "coro", "chor", "choeur", "chorus", "chorale", "voz", "vox", "vocal", "vo", "v",
        "sp", "vocalist", "female voice", "male voice", "dwuspiew", "piesn")),
)  # fmt: skip

BEFORE_A_KEY = frozenset({"in", "en", "w"})  # "Corni in Es"
SECTION_NUMBERS = frozenset({"i", "ii", "iii", "iv", "v", "vi", "vii", "viii"})
CONTRABASS_PROGRAM = 43

_BY_WORDS = {word: instrument for instrument in reversed(INSTRUMENTS) for word in instrument.words}
_MOST_WORDS = max(len(word.split()) for word in _BY_WORDS)
_SINGERS = frozenset(instrument for instrument in INSTRUMENTS if instrument.family == "voice")


def find_instrument(name: str) -> Instrument | None:
    r"""The instrument a part name means, or None.

    The longest run of words that names one decides: "Clarinetto basso" is no clarinet and no bass. Among single words
    an instrument comes before a voice ("Soprano Recorder"), then the first one. One letter must stand alone: "A" is
    an alto, "A Tpt." a trumpet. A name in two languages ("Singstimme\nVoice") is read line by line.
    """
    for line in name.replace("\\n", "\n").splitlines():
        words = _words(line)
        for size in range(min(_MOST_WORDS, len(words)), 0, -1):
            runs = [" ".join(words[start : start + size]) for start in range(len(words) - size + 1)]
            found = [known for run in runs if (len(run) > 1 or len(words) == 1) and (known := _by_words(run))]
            if found:
                return min(found, key=lambda instrument: instrument in _SINGERS)
    return None


def _by_words(words: str) -> Instrument | None:
    known = _BY_WORDS.get(words) or _BY_WORDS.get(words.removesuffix("s"))  # "Violas" is no extra entry
    return known or _by_called().get(words)


@cache
def _by_called() -> Mapping[str, Instrument]:
    """Instruments by what the languages of `config/ensembles.toml` call them."""
    called: dict[str, Instrument] = {}
    for player in load_named_toml("ensembles.toml")["instrument"]:
        words = _words(player["name"])
        runs = (" ".join(words[start:end]) for end in range(len(words), 0, -1) for start in range(end))
        if known := next(filter(None, map(_BY_WORDS.get, runs)), None):  # "Soprano Saxophone" is a saxophone
            called |= {" ".join(_words(names[0])): known for names in player["names"].values()}
    return called


def programs_for(names: Sequence[str], *, default: int = 0) -> list[int]:
    """The programs of all parts of one score, where the others tell what a name means.

    "Basso" among strings and without any other singer is not sung: it is the double bass.
    """
    instruments = [find_instrument(name) for name in names]
    sung = any(instrument in _SINGERS and instrument.name != "bass" for instrument in instruments if instrument)
    played = any(instrument.family in ("strings", "woodwind") for instrument in instruments if instrument)
    return [
        default if instrument is None
        else CONTRABASS_PROGRAM if instrument.name == "bass" and played and not sung
        else instrument.program
        for instrument in instruments
    ]  # fmt: skip


def _words(line: str) -> list[str]:
    """The words of a name without accents, dots and numbers, and without the key in "Corni in Es"."""
    spaced = "".join(f" {c}" if c.isupper() and before.islower() else c for before, c in pairwise(f" {line}"))
    kept = "".join(c if c.isalnum() or c == "'" else " " for c in fold(spaced).replace("’", "'"))
    # "2do" is a number and goes; "Violin2" loses its figure.
    words = [word.rstrip("0123456789") for word in kept.split() if not word[0].isdigit()]
    key = next((place for place, word in enumerate(words) if place and word in BEFORE_A_KEY), len(words))
    words = [word for place, word in enumerate(words[:key]) if place == 0 or word not in SECTION_NUMBERS]
    return [word for word in words if word not in ("solo", "soli")] or words
