"""What can go wrong when a piece is rendered.

RenderError
├── InputRefused     the ABC is too large, hostile, or says something that cannot be drawn
├── ToolTimedOut     rendering took longer than allowed
└── ToolCrashed      the rendering process died, or said something nobody understands
"""

from config.errors import NotabotError


class RenderError(NotabotError):
    """The piece could not be rendered. Try again, and report it if it happens twice."""


class InputRefused(RenderError):
    """The ABC cannot be drawn. Check the notation and try again."""


class ToolTimedOut(RenderError):
    """The piece took too long to draw. Ask for fewer bars."""


class ToolCrashed(RenderError):
    """The piece cannot be drawn. Ask for another one, or for fewer bars."""
