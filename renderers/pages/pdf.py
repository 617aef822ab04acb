"""SVG pages in, one PDF out: every line and sign as an outline, text in embedded fonts, sharp on every printer.

Its text can be searched and copied, in every script, and it looks the same where no font is installed.
"""

from collections.abc import Sequence

from renderers.pages.outlines import Typesetter, outline_page
from renderers.pages.paper import A4, Paper
from renderers.pages.pdf_document import PdfDocument, pdf_text

FORM_BOX = "[-8000 -8000 8000 8000]"  # more than any sign needs, in units of its font
_FORM = f"/Type /XObject /Subtype /Form /BBox {FORM_BOX}"


def bind_pages(pages: Sequence[str], *, title: str, composer: str, paper: Paper = A4, about: str = "") -> bytes:
    """Bind SVG pages to a PDF that carries title and composer. about: what else it says of itself."""
    typesetter = Typesetter()
    width = paper.width_pt
    outlined = [outline_page(page, typesetter, width=width) for page in pages]
    document = PdfDocument()
    forms = {form.name: document.add_stream(form.operators, _FORM) for form in typesetter.forms.values()}
    fonts = {font.name: font.write(document) for font in typesetter.fonts.values() if font.is_used}
    resources = document.add(f"<< /XObject << {_named(forms)} >> /Font << {_named(fonts)} >> >>")
    tree = document.reserve()
    kids = []
    for operators, height in outlined:
        content = document.add_stream("\n".join(map(str, operators)))
        box = f"/MediaBox [0 0 {width:.2f} {height:.2f}]"
        kids.append(
            document.add(
                f"<< /Type /Page /Parent {tree} 0 R {box} /Resources {resources} 0 R /Contents {content} 0 R >>"
            )
        )
    document.fill(tree, f"<< /Type /Pages /Kids [{' '.join(f'{n} 0 R' for n in kids)}] /Count {len(kids)} >>")
    catalogue = document.add(f"<< /Type /Catalog /Pages {tree} 0 R >>")
    said = {"Title": title, "Author": composer, "Subject": about}
    info = document.add(
        f"<< {' '.join(f'/{name} {pdf_text(text)}' for name, text in said.items() if text)} /Producer (Notabot) >>"
    )
    return document.write(root=catalogue, info=info)


def _named(numbers: dict[str, int]) -> str:
    return " ".join(f"/{name} {number} 0 R" for name, number in numbers.items())
