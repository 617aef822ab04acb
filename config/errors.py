"""The root of all errors of ours, and what can be wrong with the settings.

NotabotError
├── ConfigError                          a value that cannot be used, or a name that no setting has
├── BotError          bot/errors.py      what people ask for, jobs, the store, the platforms
├── GeneratorError    generator/errors.py
└── RenderError       renderers/errors.py

An error says what it knows: `reason`, where one class stands for several cases, and values by name. The sentence that a
person reads is put together from these in `bot/texts`, under the name of the class and the reason. `str(error)` is a
line for the log.
"""

from inspect import getdoc
from typing import Any, ClassVar


class NotabotError(Exception):
    """Something of ours went wrong.

    message: the line for the log; without one it is the first line of the class's docstring with reason and values.
    reason: which of the cases that the class stands for; values become attributes.
    is_for_operators: only who runs the program can put it right, and its sentence may name files and settings; in a
    chat nobody reads it.
    """

    is_for_operators: ClassVar[bool] = False

    def __init__(self, message: str = "", /, *, reason: str = "", **values: Any) -> None:
        vars(self).update(values)
        self.reason, self.message, self.values = reason, message, values
        super().__init__(message or self._line(values))

    def _line(self, values: dict[str, Any]) -> str:
        """For example "A value outside what is possible (bars, low=1, high=256, value=0)"."""
        known = [self.reason] * bool(self.reason) + [f"{name}={value}" for name, value in values.items()]
        said = (getdoc(type(self)) or "").partition("\n")[0]
        return f"{said.rstrip('.')} ({', '.join(known)})" if known else said


class ConfigError(NotabotError):
    """A setting that cannot be used, or that there is not."""

    is_for_operators = True
