"""`<notations>` of a note: ties, slurs, tuplet brackets, slides, ornaments, fingerings, articulations, fermatas."""

from __future__ import annotations

from collections.abc import Sequence

from renderers.score.abc.decorations import SIGNS, SPANS, TREMOLO_ENDS
from renderers.score.abc.model import Event, Head
from renderers.score.abc.xml_text import XmlText

MAX_NUMBER = 16  # that MusicXML lets slurs have
GROUPS = ("ornaments", "technical", "articulations")


class NotationsWriter:
    """Writes for one part, and numbers its slurs."""

    def __init__(self, xml: XmlText) -> None:
        self._xml = xml
        self._slurs: dict[tuple[str, int], int] = {}  # (voice, slur) → its number on the page
        self._tremolo: dict[str, int] = {}  # voice → strokes of a tremolo that waits for its second note

    def write(
        self,
        voice: str,
        event: Event,
        head: Head | None,
        *,
        ties: Sequence[str],
        tuplets: Sequence[str],
        is_first: bool,
        is_last: bool,
        is_chord_note: bool,
    ) -> None:
        """Everything that stands on one note. ties: "start", "stop"; tuplets: the start and stop elements, as tags.

        is_first, is_last: among the tied notes that a length is split into.
        """
        is_marked = event.signs or event.slurs_begun or event.slurs_ended or voice in self._tremolo
        if not (ties or tuplets or is_marked):
            return
        lines = [f'tied type="{tie}"' for tie in ties]
        groups: dict[str, list[str]] = {group: [] for group in GROUPS}
        others: list[str] = []
        if not is_chord_note:
            lines += self._end_slurs(voice, event) if is_last else []
            lines += self._begin_slurs(voice, event) if is_first else []
            lines += tuplets
            if is_first:
                self._sort_signs(voice, event, lines, groups, others)
        if lines or others or any(groups.values()):
            self._write(lines, groups, others)

    def _write(self, lines: Sequence[str], groups: dict[str, list[str]], others: Sequence[str]) -> None:
        xml = self._xml
        xml.open("notations")
        for line in lines:
            xml.empty(line)
        for group, elements in groups.items():
            if elements:
                xml.open(group)
                for element in elements:
                    self._write_element(element)
                xml.close(group)
        for line in others:
            self._write_element(line)
        xml.close("notations")

    def _write_element(self, element: str) -> None:
        tag, has_text, text = element.partition("\n")
        if has_text:
            self._xml.leaf(tag, text)
        else:
            self._xml.empty(tag)

    def _end_slurs(self, voice: str, event: Event) -> list[str]:
        numbers = [self._slurs.pop((voice, slur)) for slur in event.slurs_ended if (voice, slur) in self._slurs]
        return [f'slur number="{number}" type="stop"' for number in numbers]

    def _begin_slurs(self, voice: str, event: Event) -> list[str]:
        lines = []
        for slur in event.slurs_begun:
            taken = set(self._slurs.values())
            number = next((n for n in range(1, MAX_NUMBER + 1) if n not in taken), None)
            if number is not None:
                self._slurs[voice, slur] = number
                lines.append(f'slur number="{number}" type="start"')
        return lines

    def _sort_signs(
        self, voice: str, event: Event, lines: list[str], groups: dict[str, list[str]], others: list[str]
    ) -> None:
        if voice in self._tremolo and event.heads:
            groups["ornaments"].append(f'tremolo type="stop"\n{self._tremolo.pop(voice)}')
        for sign in event.signs:
            if sign in SPANS:
                self._add_span(sign, lines, groups)
            elif sign in TREMOLO_ENDS:
                self._tremolo[voice] = TREMOLO_ENDS[sign]
                groups["ornaments"].append(f'tremolo type="start"\n{TREMOLO_ENDS[sign]}')
            elif sign in SIGNS:
                group, name = SIGNS[sign]
                name, _, value = name.partition(" ")
                element = self._element(name, value)
                if element not in (groups[group] if group else others):
                    (groups[group] if group else others).append(element)

    def _element(self, name: str, value: str) -> str:
        if name == "fermata":
            return f'fermata type="{value}"'
        if name == "arpeggiate":
            return 'arpeggiate number="1"'
        if name == "tremolo":
            return f'tremolo type="single"\n{value}'
        return f"{name}\n{value}" if value else name

    def _add_span(self, sign: str, lines: list[str], groups: dict[str, list[str]]) -> None:
        what, end = SPANS[sign]
        if what == "trill":
            groups["ornaments"] += ["trill-mark"] if end == "start" else []
            groups["ornaments"].append(f'wavy-line type="{end}"')
        else:
            line = "wavy" if what == "glissando" else "solid"
            lines.append(f'{what} line-type="{line}" number="1" type="{end}"')
