"""What can go wrong when a piece is rendered.

RenderError
├── SetupBroken      what drawing or playing needs is not there: a soundfont, fonts, the program itself
├── NoEars           the extra is missing that listens to recordings
├── NoCamera         the extra is missing that makes videos
├── InputRefused     the ABC is too large, hostile, or says something that cannot be drawn
├── NotInBraille     the piece holds what is not written in braille here
├── NoFrets          there is no instrument in the piece for which tablature is written
├── ToolTimedOut     rendering took longer than allowed
└── ToolCrashed      the rendering process died, or said something nobody understands
"""

from config.errors import NotabotError


class RenderError(NotabotError):
    """A piece was not rendered."""


class SetupBroken(RenderError):
    """What drawing or playing needs is not there."""

    is_for_operators = True


class NoEars(RenderError):
    """The packages that listen to recordings are not installed."""


class NoCamera(RenderError):
    """The package that makes videos is not installed."""


class InputRefused(RenderError):
    """ABC that cannot be drawn or played."""


class NotInBraille(RenderError):
    """A piece that is not written in braille: of several parts or voices, or with signs that would be lost."""


class NoFrets(RenderError):
    """A piece without any instrument for which tablature is written."""


class ToolTimedOut(RenderError):
    """Rendering took longer than it may."""


class ToolCrashed(RenderError):
    """The rendering process died, or failed in a way it should not."""
