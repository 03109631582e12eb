"""A run and its gold → scores: a pure function, every gold question counted, a missing answer worth nothing.

The headline is the cited-correct rate: refused, where the report does not say; answered with every nugget and every
required evidence group cited, where it does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from operator import attrgetter
from typing import Any

import numpy as np

from app.citation import verify
from corpus.figures import figures
from corpus.report import Report, Span
from eval import metrics
from eval.gold import Gold, Question, sentence_of
from eval.run import Run, RunError

_RETRIEVAL = {
    "hit@1": "hit_1",
    "hit@3": "hit_3",
    "hit@5": "hit_5",
    "recall@5": "recall_5",
    "MRR": "mrr",
    "nDCG@10": "ndcg_10",
    "paragraph hit@1": "paragraph_hit_1",
    "paragraph hit@5": "paragraph_hit_5",
    "paragraph MRR": "paragraph_mrr",
}


@dataclass(frozen=True, slots=True)
class Row:
    """The scores of one question, each from 0 to 1; retrieval, citation and nugget scores are 0 where unanswerable."""

    id: str
    need: str
    lang: str
    category: str
    answerable: bool
    status: str
    confidence: float
    hit_1: float
    hit_3: float
    hit_5: float
    recall_5: float
    mrr: float
    ndcg_10: float
    paragraph_hit_1: float
    paragraph_hit_5: float
    paragraph_mrr: float
    citation_precision: float
    citation_recall: float
    nugget_recall: float
    cited_correct: float
    claims: int
    characters: int
    ids_resolve: bool
    quotes_verbatim: bool
    figures_cited: bool
    wall_ms: float
    as_asked_hit_5: float | None
    gold_rewrite_hit_5: float | None

    @property
    def complete(self) -> bool:
        """Whether it states every nugget."""
        return self.nugget_recall == 1.0


@dataclass(frozen=True, slots=True)
class Share:
    """A mean with its 95 % interval and the number of questions it is over."""

    value: float
    low: float
    high: float
    n: int


def score(run: Run, gold: Gold, reports: Mapping[str, Report]) -> tuple[Row, ...]:
    """Score a run, a row for each gold question, in gold order.

    Raises:
        RunError: the run was made with another gold file.
    """
    if run.header.get("gold") != gold.sha256:
        raise RunError(
            f"The run was made with other {gold.split} questions ({str(run.header.get('gold'))[:12]}…).",
            "Run again: python -m eval run.",
        )
    return tuple(_row(question, run.rows.get(question.id, {}), reports[question.report]) for question in gold.questions)


def summary(rows: Sequence[Row]) -> dict[str, Share]:
    """The figures of a slice of rows. Answerable and unanswerable questions each have their own denominators."""
    yes = [row for row in rows if row.answerable]
    no = [row for row in rows if not row.answerable]
    answered = [row for row in rows if row.status == "answered"]
    inside = [row for row in no if row.category == "unanswerable-in"]
    shares = {"cited-correct": _share(rows, lambda row: row.cited_correct)}
    shares |= {label: _share(yes, attrgetter(name)) for label, name in _RETRIEVAL.items()}
    shares |= {
        "citation precision": _share(yes, lambda row: row.citation_precision),
        "citation recall": _share(yes, lambda row: row.citation_recall),
        "citation F1": _share(yes, lambda row: metrics.f1(row.citation_precision, row.citation_recall)),
        "nugget recall": _share(yes, lambda row: row.nugget_recall),
        "complete answers": _share(yes, lambda row: float(row.complete)),
        "false answers": _share(no, lambda row: float(row.status == "answered")),
        "false answers, in domain": _share(inside, lambda row: float(row.status == "answered")),
        "false refusals": _share(yes, lambda row: float(row.status != "answered")),
        "claims an answer": _share(answered, lambda row: float(row.claims)),
        "characters an answer": _share(answered, lambda row: float(row.characters)),
    }
    return shares


def invariants(rows: Iterable[Row]) -> dict[str, list[str]]:
    """What must hold for every question → the ids of those for which it does not."""
    names = ("ids_resolve", "quotes_verbatim", "figures_cited")
    rows = tuple(rows)
    return {name.replace("_", " "): [row.id for row in rows if not getattr(row, name)] for name in names}


def to_json(run: Run, rows: Sequence[Row]) -> dict[str, Any]:
    """Scores to keep: the run's header and a row for each question."""
    return {"header": run.header, "rows": [asdict(row) for row in rows]}


def from_json(data: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Row, ...]]:
    """Read what `to_json` made. Raises RunError where it is something else."""
    try:
        names = {field.name for field in fields(Row)}
        return dict(data["header"]), tuple(Row(**{k: v for k, v in row.items() if k in names}) for row in data["rows"])
    except (KeyError, TypeError) as fault:
        raise RunError(f"These are no scores: {fault}.", "Make them with python -m eval score.") from fault


def _share(rows: Sequence[Row], value: Callable[[Row], float]) -> Share:
    values: dict[str, list[float]] = {}
    for row in rows:
        values.setdefault(row.need, []).append(value(row))
    low, high = metrics.bootstrap(values)
    return Share(float(np.mean([v for vs in values.values() for v in vs])) if rows else 0.0, low, high, len(rows))


def _row(question: Question, row: Mapping[str, Any], report: Report) -> Row:
    answer = row.get("answer") or {}
    claims = answer.get("claims", [])
    passages = [passage for passage in answer.get("passages", []) if passage["report"] == report.id]
    ranked = [passage["sentence"] for passage in passages]
    groups = [
        [{sentence_of(report, span).id for span in alternative} for alternative in group] for group in question.evidence
    ]
    relevant = {id_ for group in groups for alternative in group for id_ in alternative}
    paragraphs = list(dict.fromkeys(passage["paragraph"] for passage in passages))
    relevant_paragraphs = {report.sentence(id_).paragraph for id_ in relevant}
    cited = [Span(c["start"], c["end"]) for claim in claims for c in claim["citations"] if c["report"] == report.id]
    text = " ".join(claim["text"] for claim in claims)
    recall = metrics.citation_recall(cited, question.evidence, report.source) if question.answerable else 0.0
    nuggets = metrics.nugget_recall(text, question.nuggets) if question.answerable else 0.0
    status = answer.get("status", "crashed")
    right = recall == nuggets == 1.0 if question.answerable else status == "refused"
    faults = verify(claims, {report.id: report}.__getitem__) if claims else []
    return Row(
        id=question.id,
        need=question.need,
        lang=question.lang,
        category=question.category,
        answerable=question.answerable,
        status=status,
        confidence=answer.get("confidence", 0.0),
        hit_1=metrics.success(ranked, relevant, 1),
        hit_3=metrics.success(ranked, relevant, 3),
        hit_5=metrics.success(ranked, relevant, 5),
        recall_5=metrics.group_recall(ranked[:5], groups) if groups else 0.0,
        mrr=metrics.reciprocal_rank(ranked, relevant),
        ndcg_10=metrics.ndcg(ranked, relevant, 10),
        paragraph_hit_1=metrics.success(paragraphs, relevant_paragraphs, 1),
        paragraph_hit_5=metrics.success(paragraphs, relevant_paragraphs, 5),
        paragraph_mrr=metrics.reciprocal_rank(paragraphs, relevant_paragraphs),
        citation_precision=metrics.citation_precision(cited, question.evidence),
        citation_recall=recall,
        nugget_recall=nuggets,
        cited_correct=float(right),
        claims=len(claims),
        characters=len(text),
        ids_resolve=not any("there is no sentence" in fault for fault in faults),
        quotes_verbatim=not faults,
        figures_cited=all(map(_figures_cited, claims)),
        wall_ms=row.get("wall_ms", 0.0),
        as_asked_hit_5=metrics.success(row["as_asked"], relevant, 5) if "as_asked" in row else None,
        gold_rewrite_hit_5=metrics.success(row["gold_rewrite"], relevant, 5) if "gold_rewrite" in row else None,
    )


def _figures_cited(claim: Mapping[str, Any]) -> bool:
    """Whether every figure of a claim is in what it cites, by value, in the quote as it reads or its translation."""
    cited = set()
    for citation in claim["citations"]:
        quote = citation["quote"]
        for erratum in citation.get("errata", ()):
            quote = quote.replace(erratum["printed"], erratum["reads"])
        cited |= {f.value for f in figures(quote, "zh")} | {f.value for f in figures(citation["quote"], "zh")}
        cited |= {f.value for f in figures(citation.get("translation", ""), "en")}
    lang = "zh" if claim["text"] == claim["citations"][0]["quote"] else "en"
    return all(figure.value in cited for figure in figures(claim["text"], lang))  # type: ignore[arg-type]
