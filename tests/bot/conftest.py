"""What all tests of the bot share: their own folder, tables made once, a network so small that it loads at once."""

import shutil
from pathlib import Path

import pytest

from bot.store import database


@pytest.fixture(scope="session", autouse=True)
def tables_made_once(tmp_path_factory):
    """A new SQLite database is a copy of the first one: to make all tables takes longer than most tests.

    Without it: `real_migrations`.
    """
    template, migrate = tmp_path_factory.mktemp("tables") / database.DATABASE_FILE, database._migrate

    async def copy_or_migrate(address):
        new = file_without_tables(address)
        if new is None:
            await migrate(address)
        elif not has_tables(template):
            await migrate(address)
            shutil.copyfile(new, template)
        else:
            shutil.copyfile(template, new)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "_migrate", copy_or_migrate)
        yield migrate


def file_without_tables(address):
    """The file of a new SQLite database, which was made a moment ago."""
    if address.get_backend_name() != "sqlite":
        return None
    return None if has_tables(path := Path(address.database)) else path


def has_tables(path):
    return path.exists() and path.stat().st_size > 0


@pytest.fixture
def real_migrations(tables_made_once, monkeypatch):
    """Tables are made step by step, as outside of tests."""
    monkeypatch.setattr(database, "_migrate", tables_made_once)


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """No test reads the developer's own settings or leaves files behind."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NOTABOT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture(scope="session")
def tiny_weights(tmp_path_factory):
    """A network that knows a few notes and when to stop, and nothing of bars, as a file."""
    from generator.evaluation.tiny import save_tiny_network

    return save_tiny_network(tmp_path_factory.mktemp("weights") / "tiny.safetensors", unnamed_share="0.15")


@pytest.fixture(scope="session")
def unguidable_weights(tiny_weights):
    """The same network, as one that no prompt without composer was shown."""
    from generator.model.checkpoint import load_network, save_network

    path = tiny_weights.with_name("unguidable.safetensors")
    save_network(load_network(tiny_weights, device="cpu"), path, precision="fp32")
    return path
