"""The tables: the one truth about people, jobs, pieces and deliveries.

The same on SQLite and PostgreSQL. Moments are seconds since 1970, UTC. `bot/store/migrations` must make exactly these.
What people write is not stored, except what a piece is made of: style, key, metre and the other wishes.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    func,
    or_,
    select,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# key is "discord:4711". language: the person's own choice, NULL follows the client. settings: see bot.store.people.
people = Table(
    "people",
    metadata,
    Column("key", String(80), primary_key=True),
    Column("language", String(8)),
    Column("settings", JSON, nullable=False),
    Column("first_seen", Float, nullable=False),
    Column("last_seen", Float, nullable=False),
)

# state: queued → running → done | failed | cancelled; running → queued when it is taken up again after a restart.
# posted: nothing is made for it, it is a message that is due (bot.making.post); its person is what it tells of.
# wish: what to make and how it is shown (bot.making.kinds); the column has the name of a version that only knew wishes
# for compositions. address: where to answer (bot.chat.Address). event_key: of the event that asked,
# so that the same event makes one job. turn: place in the fair order. attempt: grows with every start and is the
# fence: only the newest attempt may finish a job. crashes: starts that ended with the death of the process.
# error: the key of the text that tells the person, detail: the sentence or reference number that goes with it.
jobs = Table(
    "jobs",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("person", String(80), nullable=False),
    Column("platform", String(20), nullable=False),
    Column("guild", String(40)),
    Column("language", String(8), nullable=False),
    Column("state", String(12), nullable=False),
    Column("wish", JSON, nullable=False, key="task"),
    Column("address", JSON, nullable=False),
    Column("event_key", String(120), nullable=False),
    Column("turn", BigInteger, nullable=False),
    Column("attempt", Integer, nullable=False, default=0),
    Column("crashes", Integer, nullable=False, default=0),
    Column("created", Float, nullable=False),
    Column("started", Float),
    Column("finished", Float),
    Column("error", String(80)),
    Column("detail", String(500)),
    UniqueConstraint("event_key"),
    Index(None, "state", "turn", "created"),
    Index(None, "person", "created"),
    Index(None, "guild", "created"),
)

# id is that of the job. record: what `bot.making.workshop` writes down about a piece (without the files' contents).
# deleted: the piece is gone for everybody, its files too; the row stays so that its buttons can say so.
pieces = Table(
    "pieces",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("person", String(80), nullable=False),
    Column("platform", String(20), nullable=False),
    Column("guild", String(40)),
    Column("record", JSON, nullable=False),
    Column("created", Float, nullable=False),
    Column("deleted", Float),
    Index(None, "person", "created"),
)


def is_a_piece() -> ColumnElement[bool]:
    """Of a row of `pieces`: music of its own, not that by which a duel, takes of a turn or a guess are shown."""
    return func.coalesce(pieces.c.record["kind"].as_string(), "").not_in(("duel", "takes", "bars"))


# ending: "_p1.png", ".mp3", ".abc" ...; name: the full file name; sha256: where `bot.store.blobs` has the content.
files = Table(
    "files",
    metadata,
    Column("piece", String(20), ForeignKey("pieces.id", ondelete="CASCADE"), primary_key=True),
    Column("ending", String(20), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Index(None, "sha256"),
)

# One row per message that has to reach a chat. part: "status" (accepted, then progress), then what the platform cuts a
# result into ("result", "audio", "files", ...); "news" is a result that is only a sentence (failed, cancelled).
# order: parts of a job are delivered in this order. state: pending → sending → sent | failed | doubtful.
# A row found in "sending" when the program starts is in doubt: it may have arrived.
deliveries = Table(
    "deliveries",
    metadata,
    Column("job", String(20), ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("part", String(20), primary_key=True),
    Column("order", Integer, nullable=False),
    Column("platform", String(20), nullable=False),
    Column("state", String(12), nullable=False),
    Column("in_doubt", Boolean, nullable=False, default=False),
    Column("message", String(40)),
    Column("tries", Integer, nullable=False, default=0),
    Column("due", Float, nullable=False),
    Column("error", String(500)),
    Index(None, "platform", "state", "due"),
    Index(None, "message"),
)

# Who may and who may not: kind "person", "guild" or "chat"; key as in people, or "discord:<guild id>".
# verdict: "allow" or "block". quota: pieces a day for this person or guild, NULL for what the settings say.
rules = Table(
    "rules",
    metadata,
    Column("kind", String(12), primary_key=True),
    Column("key", String(80), primary_key=True),
    Column("verdict", String(8)),
    Column("quota", Integer),
    Column("changed", Float, nullable=False),
)

# What a server's or group's own administrators set there; key as in rules. quota: pieces a day, beside what operators
# say. rules: the others, see bot.store.servers. welcomed: when the bot introduced itself, NULL if it has not.
servers = Table(
    "servers",
    metadata,
    Column("key", String(80), primary_key=True),
    Column("quota", Integer),
    Column("rules", JSON, nullable=False),
    Column("welcomed", Float),
    Column("changed", Float, nullable=False),
)

# The newest changes of a server's rules. person: who made it, NULL once they are forgotten. before, after: all rules.
server_changes = Table(
    "server_changes",
    metadata,
    Column("server", String(80), ForeignKey("servers.key", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("person", String(80)),
    Column("at", Float, nullable=False),
    Column("before", JSON, nullable=False),
    Column("after", JSON, nullable=False),
    Column("undone", Boolean, nullable=False),
    Index(None, "person"),
)

# What has to happen at a time. kind: whose handler keeps it (bot.jobs.scheduler). rhythm: when it comes again, NULL for
# what happens once; last: when it was kept before. person, server: it goes with them when they are forgotten.
appointments = Table(
    "appointments",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("person", String(80)),
    Column("server", String(80)),
    Column("due", Float, nullable=False),
    Column("rhythm", JSON(none_as_null=True)),
    Column("last", Float),
    Column("data", JSON, nullable=False),
    Column("created", Float, nullable=False),
    Index(None, "kind", "due"),
    Index(None, "person"),
    Index(None, "server"),
    Index(None, "last"),
)

# Challenges (bot.challenges). scope: whose it is, "discord:<guild>" or the private chat; address: where it is told of.
# organiser: NULL once they are forgotten. plan: theme, demands, times, votes; its next stage is an appointment under
# its id. numbered: how many entries have been numbered; a number is never given twice. series: the first of those that
# repeat, place: which of them it is.
challenges = Table(
    "challenges",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("scope", String(80), nullable=False),
    Column("platform", String(20), nullable=False),
    Column("organiser", String(80)),
    Column("language", String(8), nullable=False),
    Column("address", JSON, nullable=False),
    Column("plan", JSON, nullable=False),
    Column("stage", String(12), nullable=False),
    Column("numbered", Integer, nullable=False),
    Column("series", String(20), nullable=False),
    Column("place", Integer, nullable=False),
    Column("created", Float, nullable=False),
    Column("over", Float),
    UniqueConstraint("series", "place"),
    Index(None, "scope", "created"),
    Index(None, "organiser"),
)

# state: in | withdrawn | removed | disqualified; reason: of the organisers. name: what the person is called there.
# findings: what the demands found (bot.challenges.demands).
challenge_entries = Table(
    "challenge_entries",
    metadata,
    Column("challenge", String(20), ForeignKey("challenges.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("person", String(80), nullable=False),
    Column("name", String(80), nullable=False),
    Column("piece", String(20), nullable=False),
    Column("state", String(12), nullable=False),
    Column("reason", String(300)),
    Column("findings", JSON, nullable=False),
    Column("entered", Float, nullable=False),
    UniqueConstraint("challenge", "piece"),
    Index(None, "person"),
)

# One row a person: a ballot as `bot.challenges.tally` has it.
challenge_votes = Table(
    "challenge_votes",
    metadata,
    Column("challenge", String(20), ForeignKey("challenges.id", ondelete="CASCADE"), primary_key=True),
    Column("person", String(80), primary_key=True),
    Column("ballot", JSON, nullable=False),
    Column("changed", Float, nullable=False),
    Index(None, "person"),
)

# What organisers and the bot itself did, for everybody to read. person: NULL for the bot, and once they are forgotten.
challenge_log = Table(
    "challenge_log",
    metadata,
    Column("challenge", String(20), ForeignKey("challenges.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("person", String(80)),
    Column("what", String(20), nullable=False),
    Column("details", JSON, nullable=False),
    Index(None, "person"),
)

# What people have of the challenges of a server that are over (bot.challenges.fame); it outlives these. series: "" for
# one that was held once. piece: the best entry. place: NULL where there was nothing to win.
honours = Table(
    "honours",
    metadata,
    Column("challenge", String(20), primary_key=True),
    Column("person", String(80), primary_key=True),
    Column("scope", String(80), nullable=False),
    Column("series", String(20), nullable=False),
    Column("theme", String(200), nullable=False),
    Column("name", String(80), nullable=False),
    Column("piece", String(20), nullable=False),
    Column("place", Integer),
    Column("votes", Integer, nullable=False),
    Column("over", Float, nullable=False),
    Index(None, "scope", "over"),
    Index(None, "person"),
)

# Duels (bot.duels); id: of the piece that shows both. person: who asked, NULL once they are forgotten. sides: what
# stood as A and as B. ends: when it is unveiled, an appointment under its id; unveiled: when it was. nameless: how
# often each was chosen by people who are forgotten.
duels = Table(
    "duels",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("scope", String(80), nullable=False),
    Column("person", String(80)),
    Column("language", String(8), nullable=False),
    Column("sides", JSON, nullable=False),
    Column("ends", Float, nullable=False),
    Column("unveiled", Float),
    Column("nameless", JSON, nullable=False),
    Column("created", Float, nullable=False),
    Index(None, "person"),
    Index(None, "scope"),
)


def is_blind(*, only_composed: bool = False) -> ColumnElement[bool]:
    """Of a row of `pieces`: it stands in a duel that is not unveiled. only_composed: and was composed for it."""
    veiled = duels.c.unveiled.is_(None)
    if only_composed:
        veiled &= duels.c.sides["composed"].as_boolean()
    named = (func.coalesce(duels.c.sides[side]["piece"].as_string(), "") for side in "ab")
    return or_(*(pieces.c.id.in_(select(piece).where(veiled)) for piece in named))


# verdict: a | b | both | neither. consent: it may teach.
duel_votes = Table(
    "duel_votes",
    metadata,
    Column("duel", String(20), ForeignKey("duels.id", ondelete="CASCADE"), primary_key=True),
    Column("person", String(80), primary_key=True),
    Column("verdict", String(8), nullable=False),
    Column("consent", Boolean, nullable=False),
    Column("changed", Float, nullable=False),
    Index(None, "person"),
)

# Man or machine, and who (bot.guesses). day: its ordinal by the clock of where it was guessed.
guesses = Table(
    "guesses",
    metadata,
    Column("person", String(80), primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("human", Integer, nullable=False),
    Column("human_right", Boolean, nullable=False),
    Column("composer", String(80)),
    Column("composer_right", Boolean),
    Column("told", Boolean, nullable=False),
    Column("at", Float, nullable=False),
    Index(None, "day"),
)

# Pieces that several people write, a few bars each (bot.chains). music: style, header and bars so far, as
# `generator.onward.chain` has them. turn: the number of the one that is on; its end is an appointment under the id of
# the chain. starter: NULL once they are forgotten. piece: the unveiled score, "" where there is none.
chains = Table(
    "chains",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("scope", String(80), nullable=False),
    Column("platform", String(20), nullable=False),
    Column("starter", String(80)),
    Column("language", String(8), nullable=False),
    Column("address", JSON, nullable=False),
    Column("plan", JSON, nullable=False),
    Column("music", JSON, nullable=False),
    Column("stage", String(12), nullable=False),
    Column("turn", Integer, nullable=False),
    Column("due", Float),
    Column("piece", String(20), nullable=False),
    Column("event_key", String(120), nullable=False),
    Column("created", Float, nullable=False),
    Column("over", Float),
    UniqueConstraint("event_key"),
    Index(None, "scope", "created"),
    Index(None, "starter"),
)

# place: in which order they write, from 0. name: what the person is called there; person NULL and name "" once they
# are forgotten. language, address: how they are told privately that it is their turn. state: in | left.
chain_players = Table(
    "chain_players",
    metadata,
    Column("chain", String(20), ForeignKey("chains.id", ondelete="CASCADE"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("person", String(80)),
    Column("name", String(80), nullable=False),
    Column("language", String(8), nullable=False),
    Column("address", JSON, nullable=False),
    Column("state", String(12), nullable=False),
    UniqueConstraint("chain", "person"),
    Index(None, "person"),
)

# One row a turn. outcome: NULL while it is on, then written | slept | left | ended. first, bars: what was written,
# counted from 1; how: take, words or file. offer: bars that somebody looks at before they keep them. event_key: of
# the press that wrote them.
chain_turns = Table(
    "chain_turns",
    metadata,
    Column("chain", String(20), ForeignKey("chains.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("place", Integer, nullable=False),
    Column("outcome", String(12)),
    Column("first", Integer, nullable=False),
    Column("bars", Integer, nullable=False),
    Column("how", String(12)),
    Column("offer", JSON(none_as_null=True)),
    Column("event_key", String(120)),
    Column("began", Float, nullable=False),
    Column("ended", Float),
)

# Which piece was made from which. It holds nothing about people, and stays when pieces are deleted.
lineage = Table(
    "lineage",
    metadata,
    Column("piece", String(20), primary_key=True),
    Column("parent", String(20), nullable=False),
    Column("created", Float, nullable=False),
    Index(None, "parent"),
)

# What somebody wants to find again.
favourites = Table(
    "favourites",
    metadata,
    Column("person", String(80), primary_key=True),
    Column("piece", String(20), primary_key=True),
    Column("added", Float, nullable=False),
    Index(None, "piece"),
)

# Who likes a piece in which server. message: below which the reaction stands ("chat/message"), "" for the button: the
# same person's stars below several messages are one star, which stays for as long as one of them does.
stars = Table(
    "stars",
    metadata,
    Column("scope", String(80), primary_key=True),
    Column("piece", String(20), primary_key=True),
    Column("person", String(80), primary_key=True),
    Column("message", String(60), primary_key=True),
    Column("at", Float, nullable=False),
    Index(None, "scope", "at"),
    Index(None, "piece"),
    Index(None, "person"),
)

# Pieces that are shown to others. id: of the post that shows it. kind: gallery | share; place: what it stands in once,
# the server's gallery or a chat; scope: the server whose rules hold there. person: who shared it, NULL for a gallery,
# and once they are forgotten. credit: what the one it was made for is called. state: up | down.
exhibits = Table(
    "exhibits",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("place", String(80), nullable=False),
    Column("scope", String(80), nullable=False),
    Column("piece", String(20), nullable=False),
    Column("person", String(80)),
    Column("credit", String(80), nullable=False),
    Column("sharer", String(80), nullable=False),
    Column("state", String(8), nullable=False),
    Column("at", Float, nullable=False),
    UniqueConstraint("kind", "place", "piece"),
    Index(None, "scope", "state"),
    Index(None, "piece"),
    Index(None, "person"),
)

# What those who manage a server do not want shown there (any more), and why.
takedowns = Table(
    "takedowns",
    metadata,
    Column("scope", String(80), primary_key=True),
    Column("piece", String(20), primary_key=True),
    Column("reason", String(300), nullable=False),
    Column("at", Float, nullable=False),
)

# Who asked those who manage a server to look at a piece. closed: when they did.
reports = Table(
    "reports",
    metadata,
    Column("scope", String(80), primary_key=True),
    Column("piece", String(20), primary_key=True),
    Column("person", String(80), primary_key=True),
    Column("reason", String(300), nullable=False),
    Column("at", Float, nullable=False),
    Column("closed", Float),
    Index(None, "person", "at"),
)

# Switches that outlive a restart, e.g. "paused".
switches = Table(
    "switches",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", JSON, nullable=False),
)
