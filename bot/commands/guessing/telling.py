"""How the day's bars are put into words: the question, the composers, and what it was, for those who have guessed."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.messages import Action, Attachment, Button, Reply
from bot.guesses.puzzles import FULL, HIT, MISS, Puzzle, date_of, points, result_line, streak_of
from bot.store.guesses import DayCounts, Guess
from bot.texts import Language, clean, say
from generator.catalogue.catalogue import Catalogue
from generator.catalogue.style import Style

VERB = "guess"
LISTED_DAYS = 14


def question_reply(puzzle: Puzzle, files: Sequence[Attachment], language: Language, *, private: bool) -> Reply:
    """Both, with a button for each."""
    buttons = [
        Button(say("button.human", language, n=number), Action(VERB, puzzle.name, str(number)), "primary")
        for number in (1, 2)
    ]
    return Reply(
        say("guess.question", language),
        title=say("guess.title", language, date=date_of(puzzle.day)),
        buttons=(buttons,),
        attachments=files,
        private=private,
        personal=private,
        language=language,
    )


def composer_reply(puzzle: Puzzle, catalogue: Catalogue, language: Language) -> Reply:
    """Four to choose from."""
    buttons = [
        Button(composer_words(name, puzzle, catalogue, language)[:80], Action(VERB, puzzle.name, f"c{place}"))
        for place, name in enumerate(puzzle.composers)
    ]
    text = say("guess.composer", language)
    return Reply(text, buttons=(buttons[:2], buttons[2:]), private=True, personal=True, language=language)


def composer_words(name: str, puzzle: Puzzle, catalogue: Catalogue, language: Language) -> str:
    """What a language calls them."""
    period, _, instrumentation = puzzle.pair.style
    known = next((style for style in catalogue.styles if style.composer == name), Style(period, name, instrumentation))
    return known.composer_in(language, short=True)


def outcome_reply(
    puzzle: Puzzle,
    guess: Guess,
    own: Sequence[Guess],
    counts: DayCounts,
    catalogue: Catalogue,
    language: Language,
    *,
    can_tell: bool,
) -> Reply:
    """What it was, how the guesses were, and a line to show others. can_tell: there are some who read along."""
    human, composer = guess.human_right, bool(guess.composer_right)
    named = composer_words(puzzle.composer, puzzle, catalogue, language)
    title = clean(puzzle.pair.title, limit=80)
    lines = [
        say("guess.was", language, human=puzzle.human, machine=3 - puzzle.human, composer=named, title=title),
        say("guess.source", language, source=puzzle.pair.source, licence=puzzle.pair.licence),
        say("guess.yours", language, human=HIT if human else MISS, composer=HIT if composer else MISS),
        say("guess.today", language, n=counts.people, right=counts.right),
        line_of(puzzle, guess, own),
    ]
    tell = Button(say("button.boast", language), Action("boast", puzzle.name))
    return Reply(
        "\n".join(lines),
        title=say("guess.title", language, date=date_of(puzzle.day)),
        buttons=((tell,),) if can_tell else (),
        private=True,
        personal=True,
        language=language,
    )


def line_of(puzzle: Puzzle, guess: Guess, own: Sequence[Guess]) -> str:
    """Without spoilers."""
    streak = streak_of([one.day for one in own if one.human_right], today=puzzle.day)
    return result_line(puzzle.day, human=guess.human_right, composer=bool(guess.composer_right), streak=streak)


def score_text(own: Sequence[Guess], language: Language, *, today: int) -> str:
    """How often somebody was right, and the newest days."""
    if not own:
        return say("guess.no_score", language)
    earned = sum(points(human=one.human_right, composer=one.composer_right) for one in own)
    streak = streak_of([one.day for one in own if one.human_right], today=today)
    days = [
        f"{date_of(one.day)} {HIT if one.human_right else MISS}{HIT if one.composer_right else MISS}"
        for one in own[:LISTED_DAYS]
    ]
    said = say(
        "guess.score",
        language,
        n=len(own),
        right=sum(one.human_right for one in own),
        composers=sum(bool(one.composer_right) for one in own),
        points=earned,
        most=FULL * len(own),
    )
    return "\n".join([said, say("guess.streak", language, n=streak), *days])
