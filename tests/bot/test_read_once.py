"""What a person asks for is read, checked and judged once on its way from the words to the piece."""

import io

import bot.commands
import bot.platforms.terminal.platform  # noqa: F401 - loaded before its functions are counted
from bot.cli.chat import talk
from bot.commands.words import check_options
from bot.store.people import People
from config.settings import Settings
from generator.catalogue.catalogue import Catalogue
from generator.composer import Composer
from generator.critic.card import report_card
from generator.critic.judge import Critic
from generator.notation.keys import parse_key
from generator.notation.limits import parse_metre
from tests.bot.counting import count_calls, count_methods

ASKED = "/compose chopin keyboard bars=1 key=Am metre=3/4 tempo=90 seed=7\n"


async def test_a_piece_asked_for_in_the_terminal_is_read_checked_and_judged_once(
    tmp_path, tiny_weights, monkeypatch, capsys
):
    settings = Settings(
        _env_file=None, data_dir=tmp_path / "data", weights=tiny_weights, threads=1, tries_per_bar=1, candidates=1
    )
    functions = count_calls(monkeypatch, parse_key, parse_metre, check_options, report_card)
    methods = count_methods(
        monkeypatch, (Catalogue, "opening"), (People, "meet"), (Critic, "judge"), (Composer, "compose")
    )
    await talk(settings, out=tmp_path / "out", stream=io.StringIO(ASKED))
    assert list((tmp_path / "out").glob("*.abc")), capsys.readouterr().out
    assert functions == {"parse_key": 1, "parse_metre": 1, "check_options": 1, "report_card": 1}
    rounds = methods["judge"]  # a piece that copies is composed again, which a network that knows nothing does not
    assert methods == {"opening": rounds, "meet": 1, "judge": 1, "compose": 1}
