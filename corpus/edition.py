"""The English edition of a report: for every title line, heading and sentence its English, checked against the text.

The edition is unofficial and labelled so wherever it is shown; the Chinese is the authority. A long sentence may be
tiled by parts, each with an English rendering that can stand alone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import ReportError
from corpus.report import Sentence, Span


@dataclass(frozen=True, slots=True)
class Rendering:
    """The English for exactly one span of the source."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Edition:
    """A whole report in English.

    Attributes:
        sentences: sentence id → its English; the span is the sentence without surrounding white space.
        parts: sentence id → renderings whose spans tile that span; only for sentences that are divided.
    """

    sentences: dict[str, Rendering]
    parts: dict[str, tuple[Rendering, ...]]

    def renderings(self, sentence: str) -> tuple[Rendering, ...]:
        """The parts of a sentence, or the whole of it where it is not divided."""
        return self.parts.get(sentence) or (self.sentences[sentence],)

    def covering(self, sentence: str, span: Span) -> Rendering:
        """The shortest run of whole parts that covers `span`, or the whole sentence where it has no parts."""
        run = [part for part in self.renderings(sentence) if part.span.overlaps(span)]
        if not run or len(run) == len(self.renderings(sentence)):
            return self.sentences[sentence]
        return Rendering(Span(run[0].span.start, run[-1].span.end), " ".join(part.text for part in run))


def read_edition(path: Path, sentences: Sequence[Sentence]) -> Edition:
    """Read an edition and prove that it fits the report.

    Args:
        path: JSON lines, one row per sentence in document order: `zh` (its text, trimmed), `en`, and where it is
            divided `parts`: a list of `{"zh", "en"}` whose `zh` tile it.
        sentences: every title line, heading and sentence of the report, in document order.

    Raises:
        ReportError: at the first row that does not fit, or where a row is missing or left over.
    """
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
    except (OSError, ValueError) as fault:
        raise ReportError(
            f"{path} cannot be read: {fault}.", "Restore the file, or remove it to do without."
        ) from fault
    whole: dict[str, Rendering] = {}
    parts: dict[str, tuple[Rendering, ...]] = {}
    for number, (row, sentence) in enumerate(zip(rows, sentences, strict=False), start=1):
        printed = sentence.text.strip()
        if row.get("zh") != printed or not row.get("en"):
            raise ReportError(f"Row {number} of {path} is not sentence {sentence.id}: it has {row.get('zh')!r:.60}.")
        start = sentence.span.start + sentence.text.index(printed)
        whole[sentence.id] = Rendering(Span(start, start + len(printed)), row["en"])
        if "parts" in row:
            parts[sentence.id] = _parts(row["parts"], start, printed, f"Row {number} of {path}")
    if len(rows) != len(sentences):
        raise ReportError(f"{path} has {len(rows)} rows for {len(sentences)} sentences.")
    return Edition(whole, parts)


def _parts(rows: list[dict[str, str]], start: int, printed: str, where: str) -> tuple[Rendering, ...]:
    if "".join(row["zh"] for row in rows) != printed or not all(row["en"] for row in rows):
        raise ReportError(f"{where}: its parts do not tile the sentence.")
    renderings = []
    for row in rows:
        renderings.append(Rendering(Span(start, start + len(row["zh"])), row["en"]))
        start += len(row["zh"])
    return tuple(renderings)
