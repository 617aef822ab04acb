"""The buttons below a result: all of them, in as many rows as chats take."""

import pytest

from bot.commands.showing import result_buttons
from bot.making import film
from bot.store import PieceView, StoredFile

MOST_ROWS, MOST_IN_A_ROW = 5, 5  # of a message on Discord

COMPOSED = {"kind": "compose", "key": "Am", "sampling": {"temperature": 1.0}, "request": {}}
EDITED = COMPOSED | {"kind": "edit", "edited": {"is_drawn": True}}
OF_A_SWEEP = COMPOSED | {"sweep": {"sheet": "s1", "number": 1}}
HEARD = {"kind": "hear", "key": "Am", "heard": {"bars": 4}}


@pytest.mark.parametrize("record", [COMPOSED, EDITED, OF_A_SWEEP, HEARD])
def test_a_piece_with_everything_below_it_loses_no_button(record, monkeypatch):
    """Several pages, something that is missing, an open challenge, a camera."""
    monkeypatch.setattr(film, "can_film", lambda: True)
    files = tuple(StoredFile(ending=e, name=f"x{e}", sha256="0", size=1) for e in ("_p1.png", "_p2.png", ".pdf"))
    piece = PieceView(id="k3f9abcd", person="p", platform="p", guild=None, record=record, created=0.0, files=files)
    alone = {button.action.verb for row in result_buttons(piece, "en") for button in row}
    rows = result_buttons(piece, "en", lacks=True, can_enter=True)
    verbs = [button.action.verb for row in rows for button in row]
    assert set(verbs) >= alone | {"bring", "enter", "page", "video", "star", "delete"}
    assert len(rows) <= MOST_ROWS
    assert max(len(row) for row in rows) <= MOST_IN_A_ROW
