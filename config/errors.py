"""What can be wrong with the settings.

ConfigError     a value that cannot be used, or a name that no setting has
"""


class ConfigError(Exception):
    """A setting cannot be used. Look at .env.example for what is possible."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip().splitlines()[0])
