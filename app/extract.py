"""The sentences that answer, and what of each: the default answer, with no language model.

From the ranked hits take those that stand close to the best, at most a handful, and of a long sentence the run of
parts that the question is about; then quote them in the order of the document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.citation import Claim, cite
from corpus.report import Report, Span
from index.search import Hit
from index.tokens import language


@dataclass(frozen=True, slots=True)
class ExtractConfig:
    """How much is quoted. Chosen on the dev questions: sentence precision 0.58, recall 0.85, 2.3 claims an answer.

    Attributes:
        most: claims at most.
        score: a hit's fused score is at least this share of the best one's.
        cosine: a hit's cosine, in the question's own view where it has it, is at most this far below the best one's.
        part: a part of a sentence whose mean cosine is at most this far below its best part's belongs to the claim.
    """

    most: int = 5
    score: float = 0.7
    cosine: float = 0.2
    part: float = 0.15


CONFIG = ExtractConfig()


def select(question: str, hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The hits that answer, best first; empty only where there are no hits."""
    if not hits:
        return ()
    best = max(_cosine(hit, question) for hit in hits)
    return tuple(
        hit
        for hit in hits[: CONFIG.most]
        if hit.rank == 1
        or (hit.score >= CONFIG.score * hits[0].score and _cosine(hit, question) >= best - CONFIG.cosine)
    )


def claims(picked: Sequence[Hit], reports: Mapping[str, Report], lang: str) -> tuple[Claim, ...]:
    """A claim for each hit, in document order.

    Args:
        picked: what `select` chose.
        reports: id → report.
        lang: `en` for the English edition's wording where there is one, else the Chinese.
    """
    ordered = sorted(picked, key=lambda hit: (hit.report, hit.sentence.span))
    return tuple(cite(reports[hit.report], hit.sentence, _run(hit, reports[hit.report]), lang) for hit in ordered)


def _cosine(hit: Hit, question: str) -> float:
    return hit.cosine(language(question)) or max((match.cosine for match in hit.matches), default=0.0)


def _run(hit: Hit, report: Report) -> Span:
    """The run of the edition's parts from the first to the last that the question is about; else the whole sentence."""
    parts = report.edition.parts.get(hit.sentence.id) if report.edition is not None else None
    if not parts or not hit.matches:
        return hit.sentence.span
    scores = [_mean_cosine(hit, part.span) for part in parts]
    wanted = [part.span for part, score in zip(parts, scores, strict=True) if score >= max(scores) - CONFIG.part]
    return Span(wanted[0].start, wanted[-1].end)


def _mean_cosine(hit: Hit, span: Span) -> float:
    """Mean over the views of the nearest clause that overlaps `span`."""
    best: dict[str, float] = {}
    for match in hit.matches:
        if match.span.overlaps(span):
            best.setdefault(match.view, match.cosine)
    return sum(best.values()) / len(best) if best else -1.0
