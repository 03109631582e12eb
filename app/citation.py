"""Claims, the citations that prove them, and the check that they do.

`verify` is the only judge: it needs the report's text and nothing else, no model and no index, so that an answer can
be checked again years later. "Nothing was checked" is never "verified".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.report import Erratum, Report, Sentence, Span


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact place that proves a claim: `source[start:end] == quote` in the file of that SHA-256.

    Attributes:
        report, section, paragraph, sentence: readable names of the place.
        start, end: half-open span of code points in the report's source; it lies inside one sentence.
        quote: the characters there.
        sha256: of the source file.
        translation: the unofficial English edition's rendering of exactly that span, where there is one.
        errata: defects of the source inside the quote, declared by the report.
    """

    report: str
    section: str
    paragraph: str
    sentence: str
    start: int
    end: int
    quote: str
    sha256: str
    translation: str | None = None
    errata: tuple[Erratum, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As the answer JSON has it; optional fields only where there is something in them."""
        row: dict[str, Any] = {
            "report": self.report,
            "section": self.section,
            "paragraph": self.paragraph,
            "sentence": self.sentence,
            "start": self.start,
            "end": self.end,
            "quote": self.quote,
            "sha256": self.sha256,
        }
        if self.translation is not None:
            row["translation"] = self.translation
        if self.errata:
            row["errata"] = [{"printed": e.printed, "reads": e.reads, "why": e.why} for e in self.errata]
        return row


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of an answer: its text, identical to the quote or to the edition's English for it, and its proof."""

    text: str
    citations: tuple[Citation, ...]

    def to_json(self) -> dict[str, Any]:
        """As the answer JSON has it."""
        return {"text": self.text, "citations": [citation.to_json() for citation in self.citations]}


def cite(report: Report, sentence: Sentence, span: Span, lang: str) -> Claim:
    """A claim that quotes a span of one sentence, in Chinese or through the edition's English.

    The span grows to whole parts of the edition where the sentence is divided into parts, so that a translation
    always covers exactly what is cited; without an edition it stays as it is. Surrounding white space is left out.
    """
    translation = None
    if report.edition is not None:
        rendering = report.edition.covering(sentence.id, span)
        span, translation = rendering.span, rendering.text
    raw = report.source[span.start : span.end]
    start = span.start + len(raw) - len(raw.lstrip())
    quote = raw.strip()
    citation = Citation(
        report=report.id,
        section=sentence.section,
        paragraph=sentence.paragraph,
        sentence=sentence.id,
        start=start,
        end=start + len(quote),
        quote=quote,
        sha256=report.sha256,
        translation=translation,
        errata=report.errata_in(Span(start, start + len(quote))),
    )
    return Claim(translation if lang == "en" and translation else quote, (citation,))


def verify(claims: Sequence[Mapping[str, Any]], open_report: Callable[[str], Report]) -> list[str]:
    """Check every claim of an answer against the reports it cites.

    Args:
        claims: as the answer JSON has them.
        open_report: gives the report of an id; may raise a KeyError or WenzhengError.

    Returns:
        One sentence for each fault; empty when every claim is proved. An answer without claims is a fault.
    """
    if not claims:
        return ["There is no claim to check."]
    faults = []
    for number, claim in enumerate(claims, start=1):
        if not claim["citations"]:
            faults.append(f"Claim {number} cites nothing.")
        for citation in claim["citations"]:
            fault = _fault(claim["text"], citation, open_report)
            if fault:
                faults.append(f"Claim {number}: {fault}")
    return faults


def _fault(text: str, citation: Mapping[str, Any], open_report: Callable[[str], Report]) -> str:
    try:
        report = open_report(citation["report"])
        sentence = report.sentence(citation["sentence"])
    except KeyError:
        return f"there is no sentence {citation['sentence']!r} in {citation['report']}."
    span = Span(int(citation["start"]), int(citation["end"]))  # JSON Schema takes 1.0 for an integer
    if citation["sha256"] != report.sha256:
        return f"it cites a text of {report.id} with SHA-256 {citation['sha256'][:12]}…, not {report.sha256[:12]}…."
    if not citation["quote"] or report.source[span.start : span.end] != citation["quote"]:
        return f"the quote is not what stands at [{span.start}, {span.end})."
    if not sentence.span.contains(span):
        return f"the quote is not inside sentence {sentence.id}."
    if (citation["paragraph"], citation["section"]) != (sentence.paragraph, sentence.section):
        return f"sentence {sentence.id} is in {sentence.paragraph}, section {sentence.section}."
    translation = _translation(report, sentence, span)
    if citation.get("translation") is not None and citation["translation"] != translation:
        return "the translation is not the edition's for that quote."
    if text not in (citation["quote"], translation):
        return "its text is neither the quote nor the edition's English for it."
    declared = [{"printed": e.printed, "reads": e.reads, "why": e.why} for e in report.errata_in(span)]
    if citation.get("errata", []) != declared:
        return "it does not show the errata that the report declares for the quote."
    return ""


def _translation(report: Report, sentence: Sentence, span: Span) -> str | None:
    if report.edition is None:
        return None
    rendering = report.edition.covering(sentence.id, span)
    return rendering.text if rendering.span == span else None
