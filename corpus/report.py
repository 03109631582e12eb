"""What a report is once it has been read: sections, paragraphs and sentences with addresses.

Every address is a half-open span of Unicode code points in the report's source text, exactly as
published. Nothing here reads a file or decides where a sentence ends; see `library` and `structure`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from corpus.edition import Edition

Kind = Literal["title", "occasion", "date", "speaker", "front", "heading", "body"]
"""What a sentence is: a line of the title block (by the part it plays there), a heading, or running text."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range `[start, end)` of code points in the source text."""

    start: int
    end: int

    def contains(self, other: Span) -> bool:
        """Whether `other` lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Whether the two share at least one character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, heading or title line.

    Attributes:
        id: `h1` (title block), `3.2` (heading of a section) or `p31.4` (fourth sentence of paragraph 31).
        span: where it stands in the source.
        text: the characters there, unchanged.
        kind: what it is; only `body` and title-block sentences are ever ranked.
        paragraph: id of its paragraph; the sentence's own id for title lines and headings.
        section: path of its section, such as `3.2`; `0` before the first heading.
    """

    id: str
    span: Span
    text: str
    kind: Kind
    paragraph: str
    section: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A run of sentences that tile its span.

    Attributes:
        id: `p1`, `p2`, … in document order; a title line is a paragraph of its own, `h1`.
        topic: what a leading "——topic。" or "——topic,…" announces, without the dash; may be empty.
    """

    id: str
    span: Span
    section: str
    sentences: tuple[Sentence, ...]
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered part of the report.

    Attributes:
        path: position among its siblings at each level, `3` or `3.2`.
        heading: the heading as printed, with its number.
    """

    path: str
    heading: Sentence


@dataclass(frozen=True, slots=True)
class Erratum:
    """A defect of the source, declared and never silently mended.

    Attributes:
        span: where `printed` stands in the source.
        printed: the characters as published.
        reads: what they should read; a line break in it is a boundary that the source lost.
        why: the reason, one sentence.
    """

    span: Span
    printed: str
    reads: str
    why: str

    @property
    def break_at(self) -> int | None:
        """Offset of the line break that the source lost, if that is the defect."""
        before, found, _ = self.reads.partition("\n")
        return self.span.start + len(before) if found else None


@dataclass(frozen=True, slots=True)
class Divergence:
    """Where the English edition is right and yet does not say the same figures or negations, declared and explained.

    Attributes:
        words: the Chinese it renders.
        differs: what `corpus.agreement.compare` finds, word for word.
        why: the reason, one sentence.
    """

    words: str
    differs: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Name:
    """A name of the report's, and how people also write it: in pinyin (Huhehaote), in short (呼市).

    Attributes:
        en: as the English edition has it.
        zh: as the report has it.
        also: other spellings, never those two.
    """

    en: str
    zh: str
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """The place that a report is about. All of the report is about it: its name tells no sentence from another.

    Attributes:
        names: as people write it, the longest of those that begin alike first.
        zh, en: what stands for it: 全市, "the city".
    """

    names: tuple[str, ...]
    zh: str
    en: str


@dataclass(frozen=True)
class Report:
    """A report with its structure.

    Attributes:
        id: name of its folder in the library.
        source: the text as published; all spans point into it.
        sha256: of the source file's bytes, hexadecimal.
        language: ISO 639-1 code of the source.
        about: the descriptive fields of `report.toml` (title, speaker, occasion, date, …) as text.
        errata: its declared defects, in document order.
        edition: its English edition, where it has one.
        divergences: where that edition is declared to say a figure or negation in other terms.
        names: which names are also written otherwise.
        places: what it is about, where that is declared.
    """

    id: str
    source: str
    sha256: str
    language: str
    about: dict[str, str]
    sections: tuple[Section, ...]
    paragraphs: tuple[Paragraph, ...]
    errata: tuple[Erratum, ...] = ()
    edition: Edition | None = None
    divergences: tuple[Divergence, ...] = ()
    names: tuple[Name, ...] = ()
    places: tuple[Place, ...] = ()

    @property
    def title(self) -> str:
        """The report's title as `report.toml` gives it."""
        return self.about["title"]

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """Everything with an address, headings included, in document order."""
        found = [s for p in self.paragraphs for s in p.sentences] + [section.heading for section in self.sections]
        return tuple(sorted(found, key=lambda s: s.span))

    @cached_property
    def _sentence_by_id(self) -> dict[str, Sentence]:
        return {s.id: s for s in self.sentences}

    @cached_property
    def _paragraph_by_id(self) -> dict[str, Paragraph]:
        headings = (section.heading for section in self.sections)
        alone = {h.id: Paragraph(h.id, h.span, h.section, (h,)) for h in headings}
        return alone | {p.id: p for p in self.paragraphs}

    def sentence(self, id: str) -> Sentence:  # noqa: A002 - the field's own word
        """The sentence of that id. Raises KeyError where there is none."""
        return self._sentence_by_id[id]

    def paragraph(self, id: str) -> Paragraph:  # noqa: A002
        """The paragraph of that id; a heading is one by itself. Raises KeyError where there is none."""
        return self._paragraph_by_id[id]

    def headings(self, section: str) -> tuple[str, ...]:
        """The headings from the outermost section to `section`, as printed; empty before the first."""
        parts = section.split(".")
        wanted = {".".join(parts[: depth + 1]) for depth in range(len(parts))}
        return tuple(s.heading.text.strip() for s in self.sections if s.path in wanted)

    def errata_in(self, span: Span) -> tuple[Erratum, ...]:
        """The declared defects that lie wholly inside `span`."""
        return tuple(e for e in self.errata if span.contains(e.span))

    def reading(self, span: Span) -> str:
        """The text of `span` with its errata corrected: for searching and for the reader's help, never for quoting."""
        text, at = [], span.start
        for erratum in self.errata_in(span):
            text += [self.source[at : erratum.span.start], erratum.reads]
            at = erratum.span.end
        return "".join([*text, self.source[at : span.end]])
