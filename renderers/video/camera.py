"""Whether videos can be made here. Light: whoever asks loads nothing."""

from importlib.util import find_spec

from renderers.errors import NoCamera

PACKAGE = "av"  # of the extra


def can_film() -> bool:
    """Whether the package of the extra is installed."""
    return find_spec(PACKAGE) is not None


def check_camera() -> None:
    """Raises NoCamera."""
    if not can_film():
        raise NoCamera
