"""Pages in, one PDF out, on A4."""

from collections.abc import Sequence
from io import BytesIO

from PIL import Image

DPI = 150


def bind_pages(pages: Sequence[bytes], *, title: str, composer: str, dpi: int = DPI) -> bytes:
    """Bind PNG pages, all of one size, to a PDF that carries title and composer. dpi: pixels of a page to the inch."""
    images = [Image.open(BytesIO(page)).convert("L") for page in pages]
    output = BytesIO()
    images[0].save(output, "PDF", resolution=dpi, save_all=True, append_images=images[1:], title=title, author=composer)
    return output.getvalue()
