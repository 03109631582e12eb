"""Claims, the citations that prove them, and the check that they do.

`verify` is the only judge: it needs the report's text and nothing else, no model and no index, so that an answer can
be checked again years later. "Nothing was checked" is never "verified".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

from corpus.agreement import compare
from corpus.report import Erratum, Report, Sentence, Span
from corpus.sentences import clause_spans


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact place that proves a claim: `source[start:end] == quote` in the file of that SHA-256.

    Attributes:
        report, section, paragraph, sentence: readable names of the place.
        start, end: half-open span of code points in the report's source; it lies inside one sentence.
        quote: the characters there.
        sha256: of the source file.
        highlight: half-open span of the short answer within the quote (the figure, the name), where there is one.
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
    highlight: tuple[int, int] | None = None

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
        if self.highlight is not None:
            row["highlight"] = list(self.highlight)
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


def cite(report: Report, sentence: Sentence, span: Span, lang: str, highlight: Span | None = None) -> Claim:
    """A claim that quotes a span of one sentence, in Chinese or through the edition's English.

    The span grows to whole parts of the edition where the sentence is divided into parts, so that a translation
    always covers exactly what is cited; without an edition, to whole clauses. Surrounding white space is left out.

    Args:
        report: that the sentence is of.
        sentence: that the span lies in.
        span: what to quote, in the report's source.
        lang: `en` for the edition's English, where there is one; else the quote itself.
        highlight: the short answer, in the report's source; what of it lies outside the quote is left out.
    """
    whole, translation = _whole(report, sentence, span)
    start, quote = whole.start, report.source[whole.start : whole.end]
    marked = None
    if highlight is not None:
        first, last = max(highlight.start - start, 0), min(highlight.end - start, len(quote))
        marked = (first, last) if first < last else None
    citation = Citation(
        report=report.id,
        section=sentence.section,
        paragraph=sentence.paragraph,
        sentence=sentence.id,
        start=start,
        end=whole.end,
        quote=quote,
        sha256=report.sha256,
        translation=translation,
        errata=report.errata_in(whole),
        highlight=marked,
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
    if citation["sha256"] != report.sha256:
        return f"it cites a text of {report.id} with SHA-256 {citation['sha256'][:12]}…, not {report.sha256[:12]}…."
    offsets = (citation["start"], citation["end"])
    if not all(map(_is_integer, offsets)):
        return f"{offsets} are not offsets."
    span = Span(*map(int, offsets))  # JSON Schema takes 1.0 for an integer
    checks = (_place_faults(citation, span, report, sentence), _wording_faults(text, citation, span, report, sentence))
    return next(chain.from_iterable(checks), "")


def _place_faults(citation: Mapping[str, Any], span: Span, report: Report, sentence: Sentence) -> Iterator[str]:
    if span.start < 0 or not citation["quote"] or report.source[span.start : span.end] != citation["quote"]:
        yield f"the quote is not what stands at [{span.start}, {span.end})."
    if not sentence.span.contains(span):
        yield f"the quote is not inside sentence {sentence.id}."
    if (citation["paragraph"], citation["section"]) != (sentence.paragraph, sentence.section):
        yield f"sentence {sentence.id} is in {sentence.paragraph}, section {sentence.section}."


def _wording_faults(
    text: str, citation: Mapping[str, Any], span: Span, report: Report, sentence: Sentence
) -> Iterator[str]:
    """What is wrong with the words of a citation whose place is right: those shown, those left out, what they mean."""
    whole, translation = _whole(report, sentence, span)
    if citation.get("translation", translation) != translation:
        yield "the translation is not the edition's for that quote."
    if text not in (citation["quote"], translation):
        yield "its text is neither the quote nor the edition's English for it."
    if whole != span:
        yield f"the quote is a fragment of what stands at [{whole.start}, {whole.end})."
    declared = [{"printed": e.printed, "reads": e.reads, "why": e.why} for e in report.errata_in(span)]
    if citation.get("errata", []) != declared:
        yield "it does not show the errata that the report declares for the quote."
    if not _is_inside(citation.get("highlight", [0, 1]), citation["quote"]):
        yield f"its highlight {citation['highlight']!r:.40} is not a span of the quote."
    for difference in disagreements(report, span, translation) if translation is not None else ():
        yield f"the English and the Chinese do not say the same: {difference}"


def disagreements(report: Report, span: Span, translation: str) -> list[str]:
    """Where a translation's figures and negations part from those of its span, otherwise than the report declares.

    The span is read with its errata corrected, as the translation is of what the text should read. What is declared
    and not found is a disagreement, too: a wrong word may hide behind it.
    """
    reading = report.reading(span)
    found = Counter(_compared(reading, translation))
    declared = Counter(
        line for divergence in report.divergences if divergence.words in reading for line in divergence.differs
    )
    return [*(found - declared).elements(), *(f"not as declared: {line}" for line in (declared - found).elements())]


@lru_cache(maxsize=4096)
def _compared(source: str, rendering: str) -> tuple[str, ...]:
    return tuple(compare(source, rendering))


def _is_inside(highlight: object, quote: str) -> bool:
    if not isinstance(highlight, list | tuple) or len(highlight) != 2 or not all(map(_is_integer, highlight)):
        return False
    return bool(0 <= highlight[0] < highlight[1] <= len(quote))


def _is_integer(number: object) -> bool:
    return not isinstance(number, bool) and isinstance(number, int | float) and float(number).is_integer()


def _whole(report: Report, sentence: Sentence, span: Span) -> tuple[Span, str | None]:
    """The shortest run of whole parts or clauses that covers a span, and the edition's English for exactly that run.

    Words torn from a clause can say the contrary of it, so nothing less is ever quoted.
    """
    translation = None
    if report.edition is not None:
        rendering = report.edition.covering(sentence.id, span)
        run, translation = rendering.span, rendering.text
    else:
        at = sentence.span.start
        clauses = [Span(at + clause.start, at + clause.end) for clause in clause_spans(sentence.text)]
        among = [clause for clause in clauses if clause.overlaps(span)] or clauses
        run = Span(among[0].start, among[-1].end)
    raw = report.source[run.start : run.end]
    start = run.start + len(raw) - len(raw.lstrip())
    return Span(start, start + len(raw.strip())), translation
