"""Pictures as H.264 takes them: luma, and two planes of chroma with half as many rows and columns, in BT.709."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Plane = npt.NDArray[np.uint8]  # (height, width)
WHITE, BLACK = 235, 16  # luma of television range
GREY = 128  # chroma without colour


@dataclass(frozen=True)
class Planes:
    """A picture of television: luma, and the two of chroma with half as many rows and columns."""

    y: Plane
    u: Plane
    v: Plane

    def put(self, picture: "Planes") -> None:
        """Show another picture."""
        self.y[:], self.u[:], self.v[:] = picture.y, picture.u, picture.v

    def rows(self, top: int, bottom: int) -> "Planes":
        """Those between two even ones, in the same memory."""
        half = slice(top // 2, bottom // 2)
        return Planes(self.y[top:bottom], self.u[half], self.v[half])


def colour_of(name: str) -> tuple[int, int, int]:
    """Luma and chroma of "#rrggbb", by BT.709 in television range."""
    red, green, blue = (int(name[start : start + 2], 16) / 255 for start in (1, 3, 5))
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return round(16 + 219 * luma), round(128 + 224 * (blue - luma) / 1.8556), round(128 + 224 * (red - luma) / 1.5748)


def planes_of(picture: npt.NDArray[np.uint8]) -> Planes:
    """A picture (height, width, 3) of red, green and blue."""
    red, green, blue = (picture[..., part].astype(np.float32) / 255 for part in range(3))
    luma = np.float32(0.2126) * red + np.float32(0.7152) * green + np.float32(0.0722) * blue
    chroma = ((blue - luma) / np.float32(1.8556), (red - luma) / np.float32(1.5748))
    u, v = (halved(np.float32(128) + np.float32(224) * plane).round().astype(np.uint8) for plane in chroma)
    return Planes((16 + 219 * luma).round().astype(np.uint8), u, v)


def halved(plane: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.floating[Any]]:
    """Four pixels in one: (height, width) to half of both, which are even."""
    rows, columns = plane.shape
    halved: npt.NDArray[np.floating[Any]] = plane.reshape(rows // 2, 2, columns // 2, 2).mean(axis=(1, 3))
    return halved


def mix(target: Planes, picture: Planes, share: float) -> None:
    """Let so much of a picture, 0 to 1, shine through, in place."""
    for plane, other in ((target.y, picture.y), (target.u, picture.u), (target.v, picture.v)):
        plane[:] = (plane + (other.astype(np.float32) - plane) * share).round()


def plain(height: int, width: int, colour: tuple[int, int, int]) -> Planes:
    """A picture of one colour, in luma and chroma."""
    half = (height // 2, width // 2)
    return Planes(
        np.full((height, width), colour[0], np.uint8),
        np.full(half, colour[1], np.uint8),
        np.full(half, colour[2], np.uint8),
    )
