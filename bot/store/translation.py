"""Foreign errors of databases and disks become ours, here and nowhere else.

Not translated: what is a mistake in our own code (IntegrityError, a missing table, a wrong statement).
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from bot.store.errors import StoreBroken, StoreBusy, StoreError, StoreFull

_BY_ERRNO: dict[int, type[StoreError]] = {
    errno.ENOSPC: StoreFull,
    errno.EDQUOT: StoreFull,
    errno.EFBIG: StoreFull,
    errno.EROFS: StoreBroken,
    errno.EACCES: StoreBroken,
    errno.EPERM: StoreBroken,
    errno.EIO: StoreBroken,
}

# https://www.sqlite.org/rescode.html: the extended code first, then its lowest byte.
_BY_SQLITE_CODE: dict[int, type[StoreError]] = {
    sqlite3.SQLITE_IOERR_WRITE: StoreFull,  # a quota or a limit of file size; a full disk has its own code
    sqlite3.SQLITE_IOERR_SHMSIZE: StoreFull,  # no room for the index of the write-ahead log
    sqlite3.SQLITE_FULL: StoreFull,
    sqlite3.SQLITE_BUSY: StoreBusy,
    sqlite3.SQLITE_LOCKED: StoreBusy,
    sqlite3.SQLITE_PROTOCOL: StoreBusy,
    sqlite3.SQLITE_NOMEM: StoreBusy,
    sqlite3.SQLITE_CORRUPT: StoreBroken,
    sqlite3.SQLITE_NOTADB: StoreBroken,
    sqlite3.SQLITE_CANTOPEN: StoreBroken,
    sqlite3.SQLITE_READONLY: StoreBroken,
    sqlite3.SQLITE_PERM: StoreBroken,
    sqlite3.SQLITE_IOERR: StoreBroken,
}
_LOWEST_BYTE = 0xFF

# https://www.postgresql.org/docs/current/errcodes-appendix.html: the whole code first, then its class (two characters).
_BY_SQLSTATE: dict[str, type[StoreError]] = {
    "53100": StoreFull,
    "55P03": StoreBusy,  # lock_timeout
    "25006": StoreBroken,  # read-only
    "25P03": StoreBusy,  # the transaction was idle for too long
    "42501": StoreBroken,  # no privilege
    "08": StoreBusy,  # connection
    "40": StoreBusy,  # deadlock, serialization
    "53": StoreBusy,  # too many connections, out of memory
    "57": StoreBusy,  # shut down, cancelled, starting
    "28": StoreBroken,  # wrong password
    "3D": StoreBroken,  # no such database
    "58": StoreBroken,  # input and output
    "XX": StoreBroken,  # damaged
}


@contextmanager
def translated() -> Iterator[None]:
    """Raises StoreBusy, StoreFull or StoreBroken, with the foreign error as cause; everything else as it is."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        family = translate(error)
        if family is None:
            raise
        raise family from error


def translate(error: BaseException) -> type[StoreError] | None:
    """Our class for a foreign error, None for a mistake in our code."""
    if isinstance(error, NoFreeConnection):
        return StoreBusy
    origin = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(origin, OSError):
        return _BY_ERRNO.get(origin.errno or 0)
    if isinstance(origin, sqlite3.Error):
        code = getattr(origin, "sqlite_errorcode", 0)
        return _BY_SQLITE_CODE.get(code) or _BY_SQLITE_CODE.get(code & _LOWEST_BYTE)
    return _translate_postgresql(error, origin)


def _translate_postgresql(error: BaseException, origin: object) -> type[StoreError] | None:
    sqlstate = getattr(origin, "sqlstate", None)
    if sqlstate is not None:
        return _BY_SQLSTATE.get(sqlstate) or _BY_SQLSTATE.get(sqlstate[:2])
    # Without a code the server did not answer: the line is broken, or there never was one.
    return StoreBusy if isinstance(error, OperationalError) else None
