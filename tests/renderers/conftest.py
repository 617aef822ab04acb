import pytest

from renderers.pages.fonts import prepare_fonts


@pytest.fixture(scope="session")
def fonts(tmp_path_factory):
    """Verovio's fonts, unpacked once: it takes a second."""
    return prepare_fonts(tmp_path_factory.mktemp("cache"))
