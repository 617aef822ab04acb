"""One root: what an error says to the log, and what it knows."""

from config.errors import ConfigError, NotabotError


class Impossible(NotabotError):
    """A value that cannot be. Choose another.

    value: what it was.
    """


class StillImpossible(Impossible):
    pass


def test_without_a_message_the_first_line_of_the_docstring_is_said():
    assert str(Impossible()) == "A value that cannot be. Choose another."
    assert str(StillImpossible()) == str(Impossible())


def test_a_message_of_its_own_goes_first():
    assert str(ConfigError("no such folder")) == "no such folder"


def test_an_error_knows_its_reason_and_its_values():
    error = Impossible(reason="too_many", value=17)
    assert (error.reason, error.value) == ("too_many", 17)
    assert str(error) == "A value that cannot be. Choose another (too_many, value=17)"
    assert Impossible().reason == ""
