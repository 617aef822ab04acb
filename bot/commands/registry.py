"""The list of all commands with their options, and of what the buttons do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.chains.rules import FEWEST_BARS, FEWEST_PLAYERS, MOST_BARS, MOST_PLAYERS, MOST_ROUNDS
from bot.challenges.plan import MOST_EACH
from bot.commands import (
    admin,
    batch,
    describing,
    editing,
    family,
    film,
    hear,
    information,
    mydata,
    onward,
    pieces,
    play,
    playalong,
    preferences,
    printing,
    queueing,
    redraw,
    render,
    server,
    subscribing,
    sweeping,
    together,
    transpose,
)
from bot.commands.card import press_card
from bot.commands.cascade import suggest_step
from bot.commands.chains import starting, taking, turns, writing
from bot.commands.chains.finding import suggest_chain
from bot.commands.challenges import creating, daily, entering, fame, listening, organising, voting
from bot.commands.challenges.finding import suggest_challenge
from bot.commands.command import Command, Context, Option, Registry
from bot.commands.completing import suggest_key, suggest_metre, suggest_number, suggest_style
from bot.commands.compose import handle_compose
from bot.commands.duels.asking import handle_duel, suggest_against
from bot.commands.duels.voting import press_duel, press_unveil
from bot.commands.guessing.guessing import handle_guess, press_boast, press_guess
from bot.commands.picker import press_pick
from bot.commands.requests import CARD, most_bars
from bot.commands.sharing import browsing, favourites, reporting, share
from bot.commands.zones import suggest_zone
from bot.making import several
from bot.making.duel import MOST_HOURS
from bot.making.film import OTHERWISE, SHAPES, VIEWS
from bot.making.hear import CORRECTIONS
from bot.making.playalong import FORMS
from bot.store.servers import MOST_STARS
from config.settings import Settings
from generator.model.sampling_settings import MAX_GUIDANCE
from generator.notation.limits import TEMPO_MAX, TEMPO_MIN
from generator.onward.work import How, Kind
from generator.request import MAX_BARS
from renderers.score.hum.heard import LEAST_TEMPO, MOST_TEMPO
from renderers.sound.playing import FASTEST_PERCENT, MOST_COUNTED_BARS, SLOWEST_PERCENT

LARGEST_SEED = 2**53 - 1  # what every client can send as a number
MOST_TOP_K = 128
MOST_QUOTA, MOST_ENTRIES = 100_000, 100_000


_PIECE = Option("piece", suggest=pieces.suggest_piece)
_SEED = Option("seed", "integer", minimum=0, maximum=LARGEST_SEED)
_HEAR = (
    Option("file", "file"),
    Option("key", "key", suggest=suggest_key),
    Option("metre", "metre", suggest=suggest_metre),
    Option("tempo", "integer", minimum=LEAST_TEMPO, maximum=MOST_TEMPO),
)


def build_registry(settings: Settings) -> Registry:
    """All commands and button actions."""
    registry = Registry()
    registry.commands += [
        _compose(settings),
        Command(
            "styles", information.handle_styles, (Option("words", rest=True, suggest=suggest_style),), private=True
        ),
        Command("queue", queueing.handle_queue, private=True),
        Command("cancel", queueing.handle_cancel, (Option("job", suggest=queueing.suggest_job),), private=True),
        Command("piece", pieces.handle_piece, (Option("id", suggest=pieces.suggest_piece),)),
        _transpose(),
        _edit(),
        Command("undo", editing.handle_undo, (_PIECE,)),
        *_onward(settings),
        Command(
            "describe",
            describing.handle_describe,
            (_PIECE, Option("file", "file")),
            private=True,
        ),
        Command(
            "video",
            film.handle_video,
            (_PIECE, Option("view", choices=VIEWS), Option("shape", choices=SHAPES)),
        ),
        Command(
            "print",
            printing.handle_print,
            (
                Option("what", choices=printing.CHOICES),
                _PIECE,
                Option("paper", choices=printing.SIZES),
                Option("large", "boolean"),
            ),
        ),
        _play(),
        Command("tree", family.handle_tree, (_PIECE,)),
        Command(
            "together",
            together.handle_together,
            (Option("with", rest=True), _PIECE),
        ),
        Command("hear", hear.handle_hear, _HEAR),
        _batch(settings),
        _sweep(settings),
        _duel(settings),
        Command("guess", handle_guess, (Option("what", rest=True),), private=True),
        Command("subscribe", subscribing.handle_subscribe, (Option("what", rest=True),)),
        _playalong(),
        Command("render", render.handle_render, (Option("file", "file"), Option("tune"))),
        _settings(settings),
        Command("help", information.help_for(registry), private=True),
        Command("about", information.handle_about, private=True),
        _challenge(),
        _favourites(),
        Command("share", share.handle_share, (Option("to", rest=True), _PIECE), private=True),
        Command("top", browsing.handle_top, (Option("period", choices=browsing.PERIODS),)),
        Command("random", browsing.handle_random, (Option("of", choices=browsing.SOURCES),)),
        Command("report", reporting.handle_report, (_PIECE, Option("reason", rest=True)), private=True),
        _chain(),
        _mydata(),
        _server(settings),
        _admin(),
    ]
    registry.actions.update(
        {
            "again": pieces.press_again,
            "hotter": pieces.press_hotter,
            "cooler": pieces.press_cooler,
            "pdf": pieces.press_pdf,
            "files": pieces.press_files,
            "details": pieces.press_details,
            "delete": pieces.press_delete,
            "sure": pieces.press_sure,
            "keep": pieces.press_keep,
            "page": pieces.press_page,
            "turn": pieces.press_turn,
            "recall": pieces.press_recall,
            "transpose": transpose.press_transpose,
            "move": transpose.press_move,
            "unsubscribe": subscribing.press_unsubscribe,
            "tree": family.press_tree,
            "video": film.press_video,
            **dict.fromkeys(OTHERWISE.values(), film.press_otherwise),
            "print": printing.press_print,
            "hallpause": play.press_pause,
            "hallskip": play.press_skip,
            "hallstop": play.press_stop,
            "bring": redraw.press_bring,
            "together": together.press_together,
            "take": together.press_take,
            "rate": sweeping.press_rate,
            "stars": sweeping.press_stars,
            "round": sweeping.press_round,
            "settle": sweeping.press_settle,
            "unsettle": sweeping.press_unsettle,
            "accept": editing.press_accept,
            "revert": editing.press_revert,
            "other": editing.press_other,
            "bars": editing.press_bars,
            "hand": editing.press_hand,
            "continue": onward.press_onward,
            "vary": onward.press_onward,
            "restyle": onward.press_onward,
            "harmonise": onward.press_onward,
            "right": hear.press_right,
            **dict.fromkeys(CORRECTIONS, hear.press_otherwise),
            "cancel": queueing.press_cancel,
            "pick": press_pick,
            CARD: press_card,
            "set": preferences.press_set,
            "styles": information.press_styles,
            "erase": mydata.press_erase,
            "server": server.press_server,
            "announce": creating.press_announce,
            "enter": entering.press_enter,
            "withdraw": entering.press_withdraw,
            "playlist": listening.press_playlist,
            "fame": fame.press_fame,
            "vote": voting.press_vote,
            "ballot": voting.press_ballot,
            "unvote": voting.press_unvote,
            "compare": voting.press_compare,
            "better": voting.press_better,
            "duel": press_duel,
            "unveil": press_unveil,
            "star": favourites.press_star,
            "unshare": share.press_unshare,
            "report": reporting.press_report,
            "takedown": reporting.press_takedown,
            "dismiss": reporting.press_dismiss,
            "guess": press_guess,
            "boast": press_boast,
            "chainjoin": starting.press_join,
            "chainbegin": starting.press_begin,
            "chainleave": starting.press_leave,
            "chainmine": turns.press_mine,
            "chaintakes": taking.press_takes,
            "chaintake": taking.press_take,
            "chainwrite": writing.press_write,
            "chainkeep": writing.press_keep,
            "chaindrop": writing.press_drop,
        }
    )
    registry.answers.update(
        {"bars": editing.answer_bars, "hand": editing.answer_hand, "takedown": reporting.answer_takedown}
    )
    registry.answers["chainwrite"] = writing.answer_write
    registry.forms = frozenset({"bars", "hand", "takedown", "chainwrite"})
    return registry


def _compose(settings: Settings) -> Command:
    options = (
        Option("style", rest=True, suggest=suggest_style),
        Option("period", suggest=suggest_step("period")),
        Option("composer", suggest=suggest_step("composer")),
        Option("instrumentation", suggest=suggest_step("instrumentation")),
        Option("bars", "integer", minimum=1, maximum=most_bars(settings), suggest=suggest_number("bars")),
        Option("key", "key", suggest=suggest_key),
        Option("metre", "metre", suggest=suggest_metre),
        Option("form", "form"),
        Option("chords", "chords"),
        Option("tempo", "integer", minimum=TEMPO_MIN, maximum=TEMPO_MAX, suggest=suggest_number("tempo")),
        _SEED,
        Option("temperament", choices=preferences.TEMPERAMENTS),
        Option("temperature", "number", minimum=0.1, maximum=2),
        Option("top_k", "integer", minimum=0, maximum=MOST_TOP_K),
        Option("top_p", "number", minimum=0.01, maximum=1),
        Option("guidance", "number", minimum=0, maximum=MAX_GUIDANCE),
    )
    return Command("compose", handle_compose, options)


def _outline(settings: Settings) -> tuple[Option, ...]:
    """What a piece that is composed can be asked to be, whichever command asks."""
    return (
        Option("bars", "integer", minimum=1, maximum=most_bars(settings), suggest=suggest_number("bars")),
        Option("key", "key", suggest=suggest_key),
        Option("metre", "metre", suggest=suggest_metre),
        Option("tempo", "integer", minimum=TEMPO_MIN, maximum=TEMPO_MAX, suggest=suggest_number("tempo")),
    )


def _batch(settings: Settings) -> Command:
    options = (
        Option("style", rest=True, suggest=suggest_style),
        Option("n", "integer", minimum=several.FEWEST, maximum=several.MOST),
        *_outline(settings),
        Option("temperament", choices=preferences.TEMPERAMENTS),
        _SEED,
    )
    return Command("batch", batch.handle_batch, options)


def _sweep(settings: Settings) -> Command:
    options = (
        Option("style", rest=True, suggest=suggest_style),
        Option("n", "integer", minimum=several.FEWEST, maximum=several.MOST),
        Option("rate"),
        *_outline(settings),
        _SEED,
    )
    return Command("sweep", sweeping.handle_sweep, options)


def _duel(settings: Settings) -> Command:
    options = (
        Option("style", rest=True, suggest=suggest_style),
        Option("against", suggest=suggest_against),
        Option("pieces"),
        Option("hours", "integer", minimum=1, maximum=MOST_HOURS),
        *_outline(settings),
        Option("temperament", choices=preferences.TEMPERAMENTS),
        _SEED,
    )
    return Command("duel", handle_duel, options)


def _transpose() -> Command:
    options = (
        _PIECE,
        Option("to"),
        Option("by"),
        Option("for", suggest=transpose.suggest_instrument),
        Option("part"),
    )
    return Command("transpose", transpose.handle_transpose, options)


def _edit() -> Command:
    """What is to be changed about a piece, in words."""
    options = (
        Option("words", required=True, rest=True),
        _PIECE,
        Option("file", "file"),
        _SEED,
    )
    return Command("edit", editing.handle_edit, options)


def _onward(settings: Settings) -> list[Command]:
    """What goes on from a piece, or from music that somebody sends."""
    piece, file = _PIECE, Option("file", "file")
    style, seed = Option("style", suggest=suggest_style), _SEED
    more = Option("bars", "integer", minimum=1, maximum=most_bars(settings), suggest=suggest_number("bars"))
    first = Option("from", "integer", minimum=2, maximum=MAX_BARS)
    named, among = Option("bars", required=True, rest=True), Option("bars", rest=True)
    percent = Option("percent", "integer", minimum=1, maximum=100)
    whose = Option("style", required=True, rest=True, suggest=suggest_style)
    options: dict[Kind, tuple[Option, ...]] = {
        Kind.CONTINUE: (piece, more, first, style, file, seed),
        Kind.REWRITE: (named, piece, style, file, seed),
        Kind.VARY: (piece, Option("how", choices=tuple(How)), percent, Option("bars"), file, seed),
        Kind.RESTYLE: (whose, piece, Option("theme"), more, file, seed),
        Kind.HARMONISE: (piece, replace(style, rest=True), file, seed),
        Kind.SIMPLIFY: (piece, among, file),
        Kind.ENRICH: (piece, among, file),
    }
    return [Command(kind.value, onward.handler(kind), chosen) for kind, chosen in options.items()]


def _playalong() -> Command:
    options = (
        Option("without", rest=True),
        _PIECE,
        Option("speed", "integer", minimum=SLOWEST_PERCENT, maximum=FASTEST_PERCENT),
        Option("count_in", "integer", minimum=0, maximum=MOST_COUNTED_BARS),
        Option("click", "boolean"),
        Option("loop"),
        Option("form", choices=FORMS),
    )
    return Command("playalong", playalong.handle_playalong, options)


def _play() -> Command:
    options = (
        replace(_PIECE, rest=True),
        Option("list", choices=play.LISTS),
        Option("challenge", suggest=suggest_challenge),
        Option("do", choices=play.DEEDS),
    )
    return Command("play", play.handle_play, options)


def _settings(settings: Settings) -> Command:
    options = (
        Option("language", choices=preferences.choices()["language"]),
        Option("bars", "integer", minimum=0, maximum=most_bars(settings)),
        Option("temperament", choices=preferences.TEMPERAMENT_CHOICES),
        Option("pages", choices=preferences.PAGES_CHOICES),
        Option("audio", choices=preferences.AUDIO_CHOICES),
        Option("zone", suggest=suggest_zone),
        Option("learning", choices=preferences.LEARNING_CHOICES),
    )
    return Command("settings", preferences.handle_settings, options, private=True)


def _challenge() -> Command:
    which = Option("challenge", suggest=suggest_challenge)
    number, reason = Option("number", "integer", required=True, minimum=1, maximum=MOST_ENTRIES), Option("reason")
    asked = (
        Option("theme", rest=True),
        Option("style", suggest=suggest_style),
        Option("key", "key", suggest=suggest_key),
        Option("metre", "metre", suggest=suggest_metre),
        Option("bars"),
        Option("motif"),
        Option("range"),
        Option("entries", "integer", minimum=1, maximum=MOST_EACH),
        Option("from"),
        Option("until"),
        Option("vote_until"),
        Option("voting", choices=creating.VOTINGS),
        Option("every", choices=creating.REPEATS),
        Option("where"),
        Option("zone", suggest=suggest_zone),
        Option("like", suggest=suggest_challenge),
    )

    def command(name: str, handle: Callable[[Context], Awaitable[None]], *options: Option) -> Command:
        return Command(name, handle, options, private=True)

    subcommands = (
        command("show", organising.handle_show, which),
        command("create", creating.handle_create, *asked),
        command(
            "daily",
            daily.handle_daily,
            Option("at", rest=True),
            Option("voting", choices=creating.VOTINGS),
            Option("where"),
            Option("zone", suggest=suggest_zone),
        ),
        command("enter", entering.handle_enter, which, _PIECE, Option("file", "file")),
        command("withdraw", entering.handle_withdraw, which, replace(number, required=False)),
        command("votes", voting.handle_votes, which),
        command("results", organising.handle_results, which),
        command("fame", fame.handle_fame),
        command("log", organising.handle_log, which),
        command("extend", organising.handle_extend, Option("until", required=True, rest=True), which),
        command("end", organising.handle_end, which),
        command("remove", organising.putting_out("removed"), number, reason, which),
        command("disqualify", organising.putting_out("disqualified"), number, replace(reason, required=True), which),
        command("cancel", organising.handle_cancel, which, reason),
        command("stop", organising.handle_stop, which),
        command("move", organising.handle_move, Option("where"), which),
    )
    return Command("challenge", subcommands=subcommands, private=True)


def _favourites() -> Command:
    subcommands = (
        Command("show", favourites.handle_show, private=True),
        Command("add", favourites.handle_add, (_PIECE,), private=True),
        Command(
            "remove", favourites.handle_remove, (Option("piece", suggest=favourites.suggest_favourite),), private=True
        ),
    )
    return Command("favourites", subcommands=subcommands, private=True)


def _chain() -> Command:
    which = Option("chain", suggest=suggest_chain)
    asked = (
        Option("style", rest=True, suggest=suggest_style),
        Option("key", "key", suggest=suggest_key),
        Option("metre", "metre", suggest=suggest_metre),
        Option("players", "integer", minimum=FEWEST_PLAYERS, maximum=MOST_PLAYERS),
        Option("bars", "integer", minimum=FEWEST_BARS, maximum=MOST_BARS),
        Option("rounds", "integer", minimum=1, maximum=MOST_ROUNDS),
        Option("turn"),
    )

    def command(name: str, handle: Callable[[Context], Awaitable[None]], *options: Option) -> Command:
        return Command(name, handle, options, private=True)

    subcommands = (
        command("start", starting.handle_start, *asked),
        command("show", starting.handle_show, which),
        command("join", starting.handle_join, which),
        command("begin", starting.handle_begin, which),
        command("turn", turns.handle_turn, which),
        command("write", writing.handle_write, Option("bars", rest=True), Option("file", "file"), which),
        command("leave", starting.handle_leave, which),
        command("end", starting.handle_end, which),
    )
    return Command("chain", subcommands=subcommands, private=True)


def _mydata() -> Command:
    subcommands = (
        Command("show", mydata.handle_show, private=True),
        Command("export", mydata.handle_export, private=True),
        Command("erase", mydata.handle_erase, private=True),
    )
    return Command("mydata", subcommands=subcommands, private=True)


def _server(settings: Settings) -> Command:
    options = (
        Option("channels"),
        Option("language", choices=server.LANGUAGE_CHOICES),
        Option("quota", "integer", minimum=0, maximum=MOST_QUOTA),
        Option("bars", "integer", minimum=0, maximum=most_bars(settings)),
        Option("delete", choices=server.DELETING_CHOICES),
        Option("zone", suggest=suggest_zone),
    )

    def command(name: str, *options: Option) -> Command:
        return Command(name, getattr(server, f"handle_{name}"), options, private=True, manager=True)

    piece, reason = Option("piece", required=True), Option("reason", required=True, rest=True)

    def about(name: str, handle: Callable[[Context], Awaitable[None]], *options: Option) -> Command:
        return Command(name, handle, options, private=True, manager=True)

    subcommands = (
        command("show"),
        command("set", *options),
        command("undo"),
        command("forget"),
        command("gallery", Option("where", rest=True), Option("stars", "integer", minimum=0, maximum=MOST_STARS)),
        command("words", Option("add"), Option("remove")),
        about("reports", reporting.handle_reports),
        command("reported", Option("to", required=True, rest=True)),
        about("takedown", reporting.handle_takedown, piece, reason),
        about("allow", reporting.handle_allow, piece),
    )
    return Command("server", subcommands=subcommands, private=True, manager=True)


def _admin() -> Command:
    who, kind = Option("who", required=True), Option("kind", choices=admin.KINDS)
    quota_kind = Option("kind", choices=admin.QUOTA_KINDS)
    number = Option("pieces", "integer", minimum=0, maximum=MOST_QUOTA)

    def command(name: str, *options: Option) -> Command:
        return Command(name, getattr(admin, f"handle_{name}"), options, private=True, admin=True)

    subcommands = (
        command("pause"),
        command("resume"),
        command("drain"),
        command("queue"),
        command("clear"),
        command("retry"),
        command("block", who, kind),
        command("unblock", who, kind),
        command("allow", who, kind),
        command("quota", who, number, quota_kind),
        command("rules"),
        command("stats"),
    )
    return Command("admin", subcommands=subcommands, private=True, admin=True)
