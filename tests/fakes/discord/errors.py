"""What the fake answers when it refuses, with the numbers that Discord documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class ApiError(Exception):
    """A refusal. breach: no correct program provokes this one, so a test fails even if the program copes with it."""

    def __init__(
        self, status: int, code: int, message: str, *, errors: Mapping[str, Any] | None = None, breach: bool = False
    ) -> None:
        super().__init__(f"{status} (error code {code}): {message} {dict(errors) if errors else ''}".rstrip())
        self.status, self.code, self.message, self.errors, self.breach = status, code, message, errors, breach

    def body(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message, **({"errors": dict(self.errors)} if self.errors else {})}


def invalid(field: str, why: str) -> ApiError:
    """A body that does not obey the documentation."""
    problem = {"_errors": [{"code": "INVALID", "message": why}]}
    errors: dict[str, Any] = {}
    place = errors
    for step in (steps := field.split("."))[:-1]:
        place = place.setdefault(step, {})
    place[steps[-1]] = problem
    return ApiError(400, 50035, "Invalid Form Body", errors=errors, breach=True)


def unknown_route(method: str, path: str) -> ApiError:
    return ApiError(404, 0, f"404: Not Found ({method} {path} is not a route of this fake)", breach=True)


def unauthorised() -> ApiError:
    return ApiError(401, 0, "401: Unauthorized")


def unknown(what: str) -> ApiError:
    codes = {"Channel": 10003, "Message": 10008, "User": 10013, "Webhook": 10015, "Interaction": 10062, "Guild": 10004}
    return ApiError(404, codes[what], f"Unknown {what}")


def missing_access() -> ApiError:
    return ApiError(403, 50001, "Missing Access")


def missing_permissions() -> ApiError:
    return ApiError(403, 50013, "Missing Permissions")


def cannot_message_person() -> ApiError:
    return ApiError(403, 50007, "Cannot send messages to this user")


def not_the_author() -> ApiError:
    return ApiError(403, 50005, "Cannot edit a message authored by another user", breach=True)


def empty_message() -> ApiError:
    return ApiError(400, 50006, "Cannot send an empty message", breach=True)


def too_large() -> ApiError:
    return ApiError(413, 40005, "Request entity too large")


def already_acknowledged() -> ApiError:
    return ApiError(400, 40060, "Interaction has already been acknowledged.")


def too_many_followups() -> ApiError:
    return ApiError(400, 40094, "This interaction has reached the maximum number of follow-up messages", breach=True)
