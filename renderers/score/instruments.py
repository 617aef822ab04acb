"""Instruments by the names that scores give them, in five languages: their General MIDI program and their range.

Scores write "Violino I", "Clarinetti in B", "2 Hoerner in F", "Vlns. 2", "Pno.": numbers, keys and plurals are
ignored, abbreviations are listed.

What is not covered: the key of a transposing instrument. NotaGen's scores are written at sounding pitch.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
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
    Instrument("piano", 0, 21, 108, (
        "piano", "pianoforte", "fortepiano", "pno", "pf", "pfte", "pft", "klavier", "hammerklavier", "fortepian",
        "fp", "flugel", "keyboard", "keyb", "klav", "pianof", "pian", "pia", "pn", "p no", "rh", "lh"), "keyboard"),
    Instrument("harpsichord", 6, 29, 89, (
        "harpsichord", "cembalo", "clavicembalo", "clavecin", "klawesyn", "hpschd", "hpsd", "cemb", "spinet",
        "virginal", "clavier", "clav", "hch", "basso continuo", "continuo", "cont", "bc", "generalbass"), "keyboard"),
    Instrument("clavichord", 7, 36, 89, ("clavichord", "clavicordo", "clavicorde", "klawikord"), "keyboard"),
    Instrument("celesta", 8, 60, 108, ("celesta", "celeste", "czelesta", "cel"), "keyboard"),
    Instrument("organ", 19, 24, 103, (
        "organ", "organo", "organi", "orgel", "orgue", "organy", "org", "manual", "manuale", "pedal", "pedale",
        "pedals", "pedalier", "o"), "keyboard"),
    Instrument("harmonium", 20, 29, 96, ("harmonium", "physharmonica", "reed organ", "melodium"), "keyboard"),
    Instrument("accordion", 21, 29, 98, ("accordion", "akkordeon", "fisarmonica", "akordeon", "bandoneon"), "keyboard"),
    Instrument("glockenspiel", 9, 79, 108, ("glockenspiel", "campanelli", "dzwonki", "jeu de timbres"), "percussion"),
    Instrument("vibraphone", 11, 53, 89, ("vibraphone", "vibrafono", "vibraphon", "wibrafon"), "percussion"),
    Instrument("marimba", 12, 45, 96, ("marimba",), "percussion"),
    Instrument("xylophone", 13, 65, 108, ("xylophone", "xylofono", "xylophon", "silofono", "ksylofon"), "percussion"),
    Instrument("bells", 14, 60, 77, (
        "bells", "tubular bells", "campane", "rohrenglocken", "glocken", "cloches", "dzwony", "chimes"), "percussion"),
    Instrument("timpani", 47, 38, 57, (
        "timpani", "timp", "timpano", "pauken", "pauke", "timbales", "kotly", "kettledrums", "kettle drums"),
        "percussion"),
    Instrument("drum", 116, 36, 60, (
        "drum", "drums", "bass drum", "snare drum", "b dr", "sn dr", "gran cassa", "grosse trommel", "grosse caisse",
        "kleine trommel", "tambour", "tamburo", "beben", "percussion", "perc", "pk"), "percussion"),
    Instrument("triangle", 112, 60, 96, (
        "triangle", "triangolo", "triangel", "trojkat", "tri", "cymbals", "cymbal", "cym", "piatti", "becken",
        "cymbales", "talerze", "tambourine", "tamburin", "tamb"), "percussion"),
    Instrument("guitar", 24, 40, 83, (
        "guitar", "gitarre", "guitarre", "chitarra", "guitare", "gitara", "gtr", "guit"), "plucked"),
    Instrument("lute", 24, 36, 77, ("lute", "laute", "liuto", "luth", "lutnia", "theorbo", "tiorba"), "plucked"),
    Instrument("mandolin", 25, 55, 93, ("mandolin", "mandoline", "mandolino", "mandolina", "mand"), "plucked"),
    Instrument("harp", 46, 23, 103, ("harp", "arpa", "harfe", "harpe", "harfa", "hp", "hrp", "hrf"), "plucked"),
    Instrument("violin", 40, 55, 103, (
        "violin", "violino", "violini", "violine", "violinen", "violon", "violons", "skrzypce", "vln", "vlns", "vn",
        "vni", "vno", "v no", "viol", "vl", "geige", "geigen", "fiddle"), "strings"),
    Instrument("viola", 41, 48, 91, (
        "viola", "viole", "bratsche", "bratschen", "alto viola", "altowka", "altowki", "vla", "vlas", "va", "vle",
        "v la", "br"), "strings"),
    Instrument("viola d'amore", 41, 45, 88, ("viola d'amore", "viole d'amour"), "strings"),
    Instrument("viola da gamba", 42, 38, 79, (
        "viola da gamba", "gamba", "gambe", "viole de gambe", "basse de viole", "viol da gamba"), "strings"),
    Instrument("cello", 42, 36, 84, (
        "cello", "violoncello", "violoncelli", "violoncell", "violoncelle", "violoncelles", "celli", "wiolonczela",
        "wiolonczele", "violonczello", "vcl", "vlc", "vc", "vcs", "vllo", "v cello"), "strings"),
    Instrument("double bass", 43, 28, 67, (
        "double bass", "double basses", "contrabass", "contrabasses", "contrabasso", "contrabassi", "kontrabass",
        "kontrabasse", "contrebasse", "contrebasses", "kontrabas", "kontrabasy", "violone", "vne", "db", "cb",
        "cbs", "kb", "string bass", "bassi", "basso e violoncello", "violoncello e basso"), "strings"),
    Instrument("strings", 48, 28, 96, (
        "strings", "archi", "streicher", "cordes", "smyczki", "str", "string orchestra", "orchestra", "orchester",
        "orchestre", "orkiestra", "tutti"), "strings"),
    Instrument("piccolo", 72, 74, 108, (
        "piccolo", "ottavino", "flauto piccolo", "flauti piccoli", "piccoloflote", "kleine flote", "petite flute",
        "pikolo", "flet piccolo", "picc"), "woodwind"),
    Instrument("flute", 73, 59, 98, (
        "flute", "flutes", "flauto", "flauti", "flote", "floten", "floete", "floeten", "traverso", "trv", "querflote",
        "flet", "flety", "fl", "fle"), "woodwind"),
    Instrument("alto flute", 73, 55, 91, ("alto flute", "flauto contralto", "altflote"), "woodwind"),
    Instrument("recorder", 74, 53, 98, (
        "recorder", "flauto dolce", "flauti dolci", "blockflote", "blockfloten", "flute a bec", "flet prosty", "rec"),
        "woodwind"),
    Instrument("oboe", 68, 58, 93, (
        "oboe", "oboes", "oboi", "oboen", "hautbois", "hoboe", "hoboen", "oboj", "oboje", "ob"), "woodwind"),
    Instrument("oboe d'amore", 68, 56, 88, ("oboe d'amore", "oboi d'amore", "hautbois d'amour"), "woodwind"),
    Instrument("english horn", 69, 52, 81, (
        "english horn", "cor anglais", "corno inglese", "corni inglesi", "englischhorn", "englisch horn",
        "rozek angielski", "oboe da caccia", "e hn", "eh", "c a", "c ingl", "engl hn"), "woodwind"),
    Instrument("clarinet", 71, 50, 94, (
        "clarinet", "clarinets", "clarinetto", "clarinetti", "klarinette", "klarinetten", "clarinette",
        "clarinettes", "klarnet", "klarnety", "cl", "clar", "clt", "kl", "klar", "basset horn", "corno di bassetto",
        "bassetthorn"), "woodwind"),
    Instrument("bass clarinet", 71, 34, 82, (
        "bass clarinet", "clarinetto basso", "bassklarinette", "clarinette basse", "klarnet basowy", "b cl"),
        "woodwind"),
    Instrument("bassoon", 70, 34, 77, (
        "bassoon", "bassoons", "fagotto", "fagotti", "fagott", "fagotte", "basson", "bassons", "fagot", "fagoty",
        "fag", "fg", "bsn", "bn", "fgt"), "woodwind"),
    Instrument("contrabassoon", 70, 22, 58, (
        "contrabassoon", "contrafagotto", "kontrafagott", "contrebasson", "kontrafagot", "cfg", "cbsn", "k fag",
        "c fag", "double bassoon"), "woodwind"),
    Instrument("saxophone", 65, 49, 92, (
        "saxophone", "sassofono", "saxophon", "saksofon", "sax", "alto sax", "alto saxophone"), "woodwind"),
    Instrument("horn", 60, 34, 77, (
        "horn", "horns", "corno", "corni", "horner", "hoerner", "cor", "cors", "rog", "rogi", "waltornia",
        "waltornie", "hn", "hns", "hr", "cn", "french horn", "french horns", "corno da caccia", "waldhorn", "cornu"),
        "brass"),
    Instrument("trumpet", 56, 52, 84, (
        "trumpet", "trumpets", "tromba", "trombe", "trompete", "trompeten", "trompette", "trompettes", "trabka",
        "trabki", "tpt", "tr", "trp", "trpt", "clarino", "clarini", "clno", "tromp", "tbe"), "brass"),
    Instrument("cornet", 56, 52, 82, (
        "cornet", "cornets", "cornetto", "cornetti", "kornett", "cornet a pistons", "kornet", "zink"), "brass"),
    Instrument("trombone", 57, 34, 77, (
        "trombone", "trombones", "trombono", "tromboni", "posaune", "posaunen", "puzon", "puzony", "tbn", "trb",
        "trbn", "pos", "trombone tenore", "tromboni tenore", "trombone alto"), "brass"),
    Instrument("bass trombone", 57, 29, 70, (
        "bass trombone", "trombone basso", "bassposaune", "trombone basse", "puzon basowy", "tbn b", "b tbn"), "brass"),
    Instrument("tuba", 58, 26, 67, ("tuba", "tube", "basstuba", "ophicleide", "oficleide", "tba", "euphonium",
        "cimbasso", "bombardon"), "brass"),
    Instrument("soprano", 52, 60, 84, (
        "soprano", "soprani", "sopran", "sopranos", "soprano solo", "dessus", "s", "sop", "canto", "cantus",
        "discantus", "diskant", "women", "frauen", "femmes", "treble", "superius", "kobiety"), "voice"),
    Instrument("mezzo-soprano", 52, 57, 81, (
        "mezzo", "mezzosoprano", "mezzo soprano", "mezzosopran", "ms", "mzs", "mezzo s"), "voice"),
    Instrument("alto", 52, 53, 77, (
        "alto", "alti", "altos", "alt", "contralto", "altus", "haute contre", "a", "countertenor"), "voice"),
    Instrument("tenor", 52, 48, 72, (
        "tenor", "tenore", "tenori", "tenors", "taille", "t", "ten", "men", "manner", "hommes", "quintus",
        "mezczyzni", "tenory"), "voice"),
    Instrument("baritone", 52, 45, 69, ("baritone", "baritono", "bariton", "baryton", "bar"), "voice"),
    Instrument("bass", 52, 40, 64, ("bass", "basso", "basses", "bas", "basy", "basse", "b", "bassus"), "voice"),
    Instrument("voice", 52, 45, 84, (
        "voice", "voices", "voce", "voci", "voix", "singstimme", "singstimmen", "gesang", "stimme", "chant", "glos",
        "glosy", "spiew", "choir", "coro", "chor", "choeur", "chorus", "chorale", "voz", "vox", "vocal", "vo",
        "v", "sp", "vocalist", "female voice", "male voice", "dwuspiew", "piesn"), "voice"),
)  # fmt: skip

# Letters that Unicode does not decompose into a plain one and an accent.
PLAIN_LETTERS = str.maketrans({"ł": "l", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "’": "'"})
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
    return _BY_WORDS.get(words) or _BY_WORDS.get(words.removesuffix("s"))  # "Violas" is no extra entry


def program_for(name: str, *, default: int = 0) -> int:
    """The General MIDI program (0-127) for a part name; `default` where the name means nothing to us."""
    instrument = find_instrument(name)
    return instrument.program if instrument else default


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
    plain = unicodedata.normalize("NFKD", spaced.casefold().translate(PLAIN_LETTERS))
    kept = "".join(c if c.isalnum() or c == "'" else " " for c in plain if not unicodedata.combining(c))
    # "2do" is a number and goes; "Violin2" loses its figure.
    words = [word.rstrip("0123456789") for word in kept.split() if not word[0].isdigit()]
    key = next((place for place, word in enumerate(words) if place and word in BEFORE_A_KEY), len(words))
    words = [word for place, word in enumerate(words[:key]) if place == 0 or word not in SECTION_NUMBERS]
    return [word for word in words if word not in ("solo", "soli")] or words
