"""`notabot hear`, as far as it goes without a recording."""

from pathlib import Path

import pytest

from bot.cli.guard import EXIT_FIXABLE, run


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n", b"Dear all", b"X:1\nK:C\nCDEF|\n"])
def test_what_is_no_recording_is_refused_with_what_is(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A picture was said to be no notation, and scores were asked for."""
    (tmp_path / "tune.ogg").write_bytes(content)
    assert run(["hear", str(tmp_path / "tune.ogg")]) == EXIT_FIXABLE
    assert "no recording" in " ".join(capsys.readouterr().err.split())
