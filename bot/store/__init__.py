"""What the bot remembers: people, jobs, pieces, deliveries, rules, and the files of pieces."""

from bot.store.appointments import Appointment, Appointments, new_appointment
from bot.store.blobs import Blobs
from bot.store.database import Store, open_store
from bot.store.errors import StoreBroken, StoreBusy, StoreError, StoreFull
from bot.store.people import Erased, People, PersonSettings
from bot.store.pieces import PieceCounts, Pieces, PieceView, StoredFile
from bot.store.retention import keep_within
from bot.store.rhythm import Rhythm, parse_clock
from bot.store.rules import Rule, Rules, Switches
from bot.store.servers import ServerChange, ServerRules, Servers

__all__ = [
    "Appointment",
    "Appointments",
    "Blobs",
    "Erased",
    "People",
    "PersonSettings",
    "PieceCounts",
    "PieceView",
    "Pieces",
    "Rhythm",
    "Rule",
    "Rules",
    "ServerChange",
    "ServerRules",
    "Servers",
    "Store",
    "StoreBroken",
    "StoreBusy",
    "StoreError",
    "StoreFull",
    "StoredFile",
    "Switches",
    "keep_within",
    "new_appointment",
    "open_store",
    "parse_clock",
]
