"""What may come instead of an answer: a login page, half an answer, somebody else's JSON, a very deep one."""

PAGE = b"<html><body>Welcome to the hotel. Please log in.</body></html>"
BODIES = {
    "random bytes": bytes(range(255, 127, -1)),
    "nothing": b"",
    "a page": PAGE,
    "half an answer": b'{"ok": true, "resu',
    "a list": b"[]",
    "a number": b"17",
    "somebody else's": b'{"status": "captive", "portal": "http://192.0.2.1/"}',
    "very deep": b"[" * 20_000,
}
