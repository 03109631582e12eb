"""What is searched: which sentences of a report, in which views, as which texts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal, NamedTuple

from corpus.fold import fold
from corpus.report import Report, Sentence, Span

View = Literal["zh", "en"]
"""Which text of a sentence was searched: the source, or its English edition."""

# A title line rarely says what it is ("包 钢"); what the layout shows a reader, these words tell the search.
_ROLES = {
    "title": ("报告的标题、题目", "Title of this report"),
    "occasion": ("在什么会议、大会上作的报告", "Congress or meeting to which this report was given"),
    "date": ("作报告的日期、时间,什么时候", "Date when this report was given"),
    "speaker": ("作报告的人、报告人、主讲人是谁", "Speaker who gave (delivered) this report"),
}

# Characters: enough of a heading and of a paragraph to know them; from when on a sentence says several things.
_HEADING, _LEAD, _LONG = 20, 30, 60


class Excerpt(NamedTuple):
    """A sentence, or a clause of it, as the cross-encoder reads it.

    Attributes:
        text: folded.
        context: where it stands, folded: the outermost and the innermost heading above it and how its paragraph begins,
            each cut short; may be empty.
    """

    text: str
    context: str = ""


@dataclass(frozen=True, slots=True)
class Chunk:
    """One text to embed, and the place in the source it speaks for.

    Attributes:
        text: the clause as it reads (errata corrected), or its English.
        start, end: half-open span of code points in the report's source.
    """

    report: str
    sentence: str
    view: View
    start: int
    end: int
    text: str

    @property
    def id(self) -> int:
        """A number that changes when, and only when, the chunk does: the first 63 bits of a SHA-256."""
        key = f"{self.report}\0{self.sentence}\0{self.view}\0{self.start}\0{self.end}\0{self.text}"
        return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") >> 1


def searched(report: Report) -> tuple[Sentence, ...]:
    """The sentences that may be found: running text and title lines. Headings only lead to others."""
    return tuple(s for s in report.sentences if s.kind != "heading")


def search_text(report: Report, sentence: Sentence, view: View) -> str:
    """What is searched for a whole sentence in one view; empty where the report has no such view."""
    if view == "zh":
        return labelled(sentence, view, report.reading(sentence.span))
    return labelled(sentence, view, report.edition.sentences[sentence.id].text) if report.edition else ""


def excerpt(report: Report, sentence: Sentence) -> Excerpt:
    """The sentence in the source with its context."""
    headings = report.headings(sentence.section)
    lead = report.paragraph(sentence.paragraph).sentences[0]
    above = [heading[:_HEADING] for heading in dict.fromkeys((*headings[:1], *headings[-1:]))]
    around = [*above, *([] if lead.id == sentence.id else [report.reading(lead.span).strip()[:_LEAD]])]
    return Excerpt(fold(search_text(report, sentence, "zh")).strip(), fold(" ".join(around)))


def excerpts(report: Report, sentence: Sentence, clause: Span | None) -> tuple[Excerpt, ...]:
    """The ways a found sentence is read: whole and, of a long one, the clause nearest to the question by itself."""
    whole = excerpt(report, sentence)
    if clause is None or len(whole.text) <= _LONG:
        return (whole,)
    part = Excerpt(fold(labelled(sentence, "zh", report.reading(clause))).strip(), whole.context)
    return tuple(dict.fromkeys((whole, part)))


def labelled(sentence: Sentence, view: View, text: str) -> str:
    """A title line's text behind what it is; any other text as it is."""
    label = _ROLES.get(sentence.kind, ("", ""))[view == "en"]
    return f"{label}: {text}" if label else text
