"""What can go wrong when a piece is rendered.

RenderError
├── InputRefused     the ABC is too large, hostile, or says something that cannot be drawn
├── ToolTimedOut     rendering took longer than allowed
└── ToolCrashed      the rendering process died, or said something nobody understands
"""

from inspect import cleandoc


class RenderError(Exception):
    """The piece could not be rendered. Try again, and report it if it happens twice."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or " ".join(cleandoc(type(self).__doc__ or "").split()))


class InputRefused(RenderError):
    """The ABC cannot be drawn. Check the notation and try again."""


class ToolTimedOut(RenderError):
    """The piece took too long to draw. Ask for fewer bars."""


class ToolCrashed(RenderError):
    """The piece cannot be drawn. Ask for another one, or for fewer bars."""
