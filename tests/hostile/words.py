"""What hostile, curious and careless people send: hypothesis strategies."""

from hypothesis import strategies as st

BIDI, UNSEEN, SURROGATE, NUL = "\u202e\u2066\u200f", "\u200b\u2060\ufeff\u00ad\u180e", "\ud800\udfff", "\0"
POISONS = (
    "@everyone", "@here", "<@123>", "<@!123>", "<@&1>", "<#42>", "</cmd:1>", "<t:0:R>", "<:x:1>", "<a:b:2>",
    "@OtherBot", "@ann", "@\u200beveryone", "[x](http://evil.example)", "[x](<javascript:alert(1)>)",
    "http://evil.example/_a_*b*", "https://x/@everyone", "`code`", "```\nblock\n```", "||spoiler||", "**bold**",
    "__under__", "_it_", "~~gone~~", "> quote", ">>> all", "# head", "-# small", "- list", "\\", "\\*", "\\\\`",
    BIDI + "drowssap", f"chop{UNSEEN}in", NUL, f"a{NUL}b", SURROGATE, SURROGATE[0], SURROGATE[1], "\r", "\x1b[31m",
    "\u2028", "\u0085", "\n# head\n> quote", "é̶̶̶̶̶" * 20, "👩‍👩‍👧‍👦" * 30, "﷽" * 50, "ａ＝ｂ", "ß" * 90, "İı",
    "\U000e0041\U0010ffff", "9223372036854775808", "-9223372036854775809", "{0.__class__}", "{self.services}",
    "'; DROP TABLE pieces; --", "' OR '1'='1", "\" OR 1=1 --", "%' OR 1 --", "1; ATTACH '/tmp/x' AS y",
    "{0.__class__}", "{}", "{n}", "{reference!r:>9}", "{message.__init__.__globals__}", "%s%n", "${jndi:ldap://x}",
    "$(id)", "`id`", "; rm -rf ~", "| cat", "../../etc/passwd", "..", "/etc/passwd", "C:\\Windows", "file:///etc",
    "a" * 64, "0" * 64, "f" * 63 + "/", "x" * 300, "X" * 5000, "=" * 50, '"' * 61, "--" * 40, "-", "--", "—", "=",
    "--style", "--style=", "style=", "bars=", '"unclosed', "“mixed\"", "：", "NaN", "inf", "-inf", "1e999", "-0",
    "0x10", "1_0", "٣٢", "²", "９", "10**9", "9" * 19, "9" * 400, "-1", "1.5", "1,5", "true", "null", "None", "[]",
    "none", "K:", "C#b", "Hbb", "H", "F## minor", "a moll", "C|", "4/5", "-3/4", "99/64", "3/4/4", "1/4=90",
    "chopin", "chopin keyboard", "肖邦 钢琴", "bach organ", "quartet", "/compose", "//", "@OurBot", "/help@OtherBot",
)  # fmt: skip

text = st.one_of(
    st.sampled_from(POISONS),
    st.text(st.characters(), max_size=30),  # with lone surrogates
    st.lists(st.sampled_from(POISONS), min_size=2, max_size=4).map(" ".join),
)

VALUES = {
    "style": ("chopin keyboard", "bach", "肖邦"),
    "period": ("Romantic", "浪漫主义", "baroque"),
    "composer": ("Chopin, Frederic", "Bach, Johann Sebastian"),
    "instrumentation": ("Keyboard", "Orchestral"),
    "bars": ("1", "4", "64", "65", "0", "-1", "1-2", "5-8"),
    "piece": ("zzzz",),
    "percent": ("50", "0", "101"),
    "how": ("ornament", "same harmony", "louder"),
    "from": ("2", "0", "99"),
    "theme": ("1-2", "2-1", "x"),
    "key": ("Am", "F#m", "Bb", "none", "C#dor"),
    "metre": ("3/4", "6/8", "C", "none", "7/16"),
    "tempo": ("90", "1", "9999"),
    "seed": ("7", "9007199254740991", "9007199254740992"),
    "temperament": ("wild", "WILD"),
    "temperature": ("1.2", "0", "3"),
    "top_k": ("9", "0", "129"),
    "top_p": ("0.9", "0", "1.1"),
    "guidance": ("1.5", "-1", "6"),
    "language": ("zh", "en", "auto"),
    "pages": ("pdf", "picture"),
    "audio": ("on", "off"),
    "kind": ("person", "guild", "chat", "sha256"),
    "pieces": ("0", "5", "100001"),
    "who": ("telegram:5", "<@5>", "5", "telegram:-100"),
}
ODD_VALUES = (
    None, [], ["a"], {}, {"a": 1}, 2**63, -(2**63) - 1, 10**30, float("nan"), float("inf"), -float("inf"), -0.0, 1e-300,
)  # fmt: skip
NAMES = (*VALUES, "id", "job", "words", "meter", "top-k", "nothing", "")


def spelled(name: str) -> st.SearchStrategy[str]:
    """As people type it: with capitals, spaces, the bot's name."""
    return st.sampled_from((f"/{name}", f"/{name}", name, f"/{name.upper()}", f"  /{name.title()}", f"//{name}"))


def value_of(name: str, ids: tuple[str, ...]) -> st.SearchStrategy[str]:
    usual = (*VALUES.get(name, ("x",)), *ids)
    return st.one_of(st.sampled_from(usual), st.sampled_from(usual), text)


def tokens(ids: tuple[str, ...]) -> st.SearchStrategy[str]:
    """One word, or one option with its value."""
    signs = st.sampled_from(("{}={}", "{}={}", "--{} {}", "--{}={}", "{}:{}", '{}="{}"', "—{} {}"))
    named = st.sampled_from(NAMES).flatmap(
        lambda name: st.tuples(signs, value_of(name, ids)).map(
            lambda both: both[0].replace("{}", name, 1).replace("{}", both[1], 1)
        )
    )
    return st.one_of(named, named, text, st.sampled_from(ids or ("x",)), st.sampled_from(VALUES["style"]))


def lines(commands: tuple[str, ...], ids: tuple[str, ...] = ()) -> st.SearchStrategy[str]:
    """A command with whatever follows it, or anything at all."""
    known = st.sampled_from(commands).flatmap(spelled)
    words = st.lists(tokens(ids), max_size=4).map(" ".join)
    command = st.tuples(known, st.sampled_from((" ", " ", "\n", "  ")), words).map("".join)
    one_word = st.tuples(known, text).map(" ".join)
    kinds = [command, command, command, one_word, text, text.map("/{}".format)]
    if ids and (takers := [f"/{name}" for name in ("cancel", "piece") if name in commands]):
        kinds.append(st.tuples(st.sampled_from(takers), st.sampled_from(ids)).map(" ".join))
    return st.one_of(kinds)


def typed_values(ids: tuple[str, ...]) -> st.SearchStrategy[object]:
    """What a client that is not the official one may send as an option's value."""
    return st.one_of(
        st.sampled_from(ODD_VALUES),
        text,
        st.sampled_from(ids or ("x",)),
        st.sampled_from([value for values in VALUES.values() for value in values]),
        st.integers(),
        st.integers(min_value=-1, max_value=70),
        st.floats(),
        st.booleans(),
    )


def callbacks(verbs: tuple[str, ...], ids: tuple[str, ...]) -> st.SearchStrategy[str]:
    """Forged and damaged callback data."""
    verb = st.one_of(st.sampled_from(verbs), st.sampled_from(("", "VERB", "eval", "erase ", "v1")))
    target = st.one_of(
        st.sampled_from(ids),
        st.sampled_from(ids),
        st.from_regex(r"[0-9a-z]{0,20}", fullmatch=True),
        st.sampled_from(("b999", "t0", "t999", "m0x0", "m3x4", "kcmin", "kfsdor", "kcxyz", "b4t90m3x4kabmaj", "")),
        text,
    )
    argument = st.one_of(
        st.just(""),
        st.sampled_from(
            ("no", "1", "2", "99", "9" * 28, "0", "-1", "language.zh", "audio.off", "pages.x", ",", ".", "..,1")
        ),
        st.from_regex(r"[0-9A-Za-z_.,-]{0,28}", fullmatch=True),
        text,
    )
    formed = st.tuples(st.sampled_from(("v1", "v1", "v1", "v1", "v2", "")), verb, target, argument).map(":".join)
    aimed = st.tuples(st.just("v1"), st.sampled_from(verbs), st.sampled_from(ids)).map(":".join)
    return st.one_of(formed, formed, aimed, aimed, aimed, text)
