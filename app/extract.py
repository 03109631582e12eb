"""The sentences that answer, and what of each: the default answer, with no language model.

From the ranked hits take those that are nearly as likely to answer as the best, fewer where one fact is asked for than
where a topic is, and of a long sentence the run of parts that the question is about; where a list is asked for that
the report spells out, take its items; where what was and what will be are compared, take both. Quoted in the order of
the document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.citation import Claim, cite
from app.listing import asked_for
from app.parts import times
from corpus.report import Report, Sentence, Span
from corpus.sentences import clause_spans
from index.hits import Hit
from index.needs import (
    answering_figures,
    asks_for_figure,
    asks_for_list,
    asks_for_one_fact,
    compares_times,
    gives_figure,
    time_of,
)


@dataclass(frozen=True, slots=True)
class ExtractConfig:
    """How much is quoted; chosen on the dev questions for sentence precision against complete answers.

    Attributes:
        most: hits at most; the items of a list come on top.
        few: the same where one fact is asked for: a figure, a date, a person.
        each: the same for each of the things that a question asks, where it asks several.
        least: there, and in the title block, a hit is at least so likely.
        share: a hit's probability is at least this share of the best one's.
        few_share: the same where one fact is asked for.
        other_time: that of the best hit of the other time, where two times are compared.
        announces: a sentence of at most so many characters only announces what follows it.
        part: a part of a sentence whose mean cosine is at most this far below its best part's belongs to the claim.
    """

    most: int = 5
    few: int = 2
    each: int = 3
    least: float = 0.05
    share: float = 0.25
    few_share: float = 0.45
    other_time: float = 0.05
    announces: int = 22
    part: float = 0.4


CONFIG = ExtractConfig()


@dataclass(frozen=True, slots=True)
class Pick:
    """A span of one sentence that is to be quoted, and the short answer inside it, where it is known."""

    report: str
    sentence: Sentence
    span: Span
    highlight: Span | None = None


def select(
    question: str, hits: Sequence[Hit], reports: Mapping[str, Report], time: int = 0, most: int | None = None
) -> tuple[Pick, ...]:
    """What to quote, best first; empty only where there are no hits.

    Close to the best, and: where a list is asked for that the report spells out, that list; where a figure is asked
    for and some have one, those that do; where the best is a line of the title block, its likely lines. Of the part of
    the report that `time` says (-1 what has been, 1 what is to come, 0 all of it), where it has any. With `most`, for
    one of several things asked: at most so many, but for lists, and none that is hardly likely.
    """
    if time:
        hits = [hit for hit in hits if time_of(hit.sentence, reports[hit.report]) == time] or hits
    if most is not None:
        hits = [hit for hit in hits if hit.probability >= CONFIG.least]
    if not hits:
        return ()
    if hits[0].sentence.id.startswith("h"):
        block = [hit for hit in hits if hit.sentence.id.startswith("h") and hit.report == hits[0].report]
        return _picks(question, [hit for hit in block if hit is hits[0] or hit.probability >= CONFIG.least], reports)
    close = [hit for hit in _close(question, hits, reports) if not hit.sentence.id.startswith("h")]
    if asks_for_list(question) and (listing := asked_for(question, close, hits, reports)):
        report = reports[listing.report]
        opening = [Pick(report.id, listing.opening, listing.opening.span)] if listing.opening else []
        return (*opening, *(Pick(report.id, item, _opening(item, report)) for item in listing.items))
    if not (asks_for_one_fact(question) or asks_for_list(question)):
        close = _told(close, hits, reports)
    if asks_for_figure(question):
        close = [hit for hit in close if gives_figure(question, hit.sentence, reports[hit.report])] or close
    if asks_for_one_fact(question) and not compares_times(question):
        close = close[: CONFIG.few]
    return _picks(question, close[:most], reports)


def select_each(asked: Sequence[tuple[str, Sequence[Hit]]], reports: Mapping[str, Report]) -> tuple[Pick, ...]:
    """What to quote for each thing that a question asks; of a sentence quoted twice, all that lies between.

    Args:
        asked: each with its hits; of two, one of which is about what has been or what is to come, each is answered
            from its part of the report.
        reports: id → report.
    """
    most = CONFIG.each if len(asked) > 1 else None
    found: dict[tuple[str, str], Pick] = {}
    for (question, hits), time in zip(asked, times([question for question, _ in asked]), strict=True):
        for pick in select(question, hits, reports, time, most):
            old = found.setdefault((pick.report, pick.sentence.id), pick)
            span = Span(min(old.span.start, pick.span.start), max(old.span.end, pick.span.end))
            found[pick.report, pick.sentence.id] = replace(old, span=span, highlight=old.highlight or pick.highlight)
    return tuple(found.values())


def left_out(asked: Sequence[tuple[str, Sequence[Hit]]], reports: Mapping[str, Report]) -> tuple[str, ...]:
    """Of several things asked, those for which `select_each` finds nothing to quote."""
    each = zip(asked, times([question for question, _ in asked]), strict=True)
    return tuple(q for (q, hits), time in each if len(asked) > 1 and not select(q, hits, reports, time, CONFIG.each))


def claims(picks: Sequence[Pick], reports: Mapping[str, Report], lang: str) -> tuple[Claim, ...]:
    """A claim for each pick, in document order, in English (`en`) where the report has an edition, else in Chinese."""
    ordered = sorted(picks, key=lambda pick: (pick.report, pick.span))
    return tuple(cite(reports[pick.report], pick.sentence, pick.span, lang, pick.highlight) for pick in ordered)


def _close(question: str, hits: Sequence[Hit], reports: Mapping[str, Report]) -> list[Hit]:
    """The hits that are nearly as likely to answer as the best."""
    share = CONFIG.few_share if asks_for_one_fact(question) else CONFIG.share
    hits = [hit for hit in hits if not hit.sentence.text.endswith((":", "："))] or list(hits)
    close = [hit for hit in hits[: CONFIG.most] if hit.probability >= share * hits[0].probability]
    if compares_times(question):
        times = {time_of(hit.sentence, reports[hit.report]) for hit in close}
        floor = CONFIG.other_time * hits[0].probability
        others = (h for h in hits if time_of(h.sentence, reports[h.report]) not in times and h.probability >= floor)
        close += list(others)[:1]
    return close


def _told(close: Sequence[Hit], hits: Sequence[Hit], reports: Mapping[str, Report]) -> list[Hit]:
    """In the place of a short sentence that only announces something (积极发展文化产业。), what follows it."""
    kept: dict[tuple[str, str], Hit] = {}
    for hit in close:
        sentences = reports[hit.report].paragraph(hit.sentence.paragraph).sentences
        n = sentences.index(hit.sentence)
        short = len(hit.sentence.text) <= CONFIG.announces and not gives_figure("", hit.sentence, reports[hit.report])
        if short and n + 1 < len(sentences):
            following = sentences[n + 1]
            found = next((h for h in hits if (h.report, h.sentence) == (hit.report, following)), None)
            hit = found or replace(hit, sentence=following, matches=())
        kept.setdefault((hit.report, hit.sentence.id), hit)
    return list(kept.values())


def _short_answer(question: str, hit: Hit, span: Span, report: Report) -> Span | None:
    """The one figure or date in `span` that the question asks for; of several, the one in the nearest clause."""
    found = answering_figures(question, report.source[span.start : span.end])
    spans = [Span(span.start + figure.start, span.start + figure.end) for figure in found]
    if len(spans) > 1 and hit.matches:
        spans = [one for one in spans if hit.matches[0].span.contains(one)]
    return spans[0] if len(spans) == 1 else None


def _opening(sentence: Sentence, report: Report) -> Span:
    """What names a list's item: the first part of its sentence, or its first clause."""
    if report.edition is not None:
        return report.edition.renderings(sentence.id)[0].span
    first = clause_spans(sentence.text)[0]
    return Span(sentence.span.start, sentence.span.start + first.end)


def _picks(question: str, hits: Sequence[Hit], reports: Mapping[str, Report]) -> tuple[Pick, ...]:
    """The hits as they are quoted, each with its short answer."""
    picks = (_pick(hit, reports) for hit in hits)
    return tuple(
        replace(pick, highlight=_short_answer(question, hit, pick.span, reports[hit.report]))
        for hit, pick in zip(hits, picks, strict=True)
    )


def _pick(hit: Hit, reports: Mapping[str, Report]) -> Pick:
    """A hit with the run of the edition's parts that the question is about; else the whole sentence."""
    report = reports[hit.report]
    parts = report.edition.parts.get(hit.sentence.id) if report.edition is not None else None
    if not parts or not hit.matches:
        return Pick(hit.report, hit.sentence, hit.sentence.span)
    scores = [_mean_cosine(hit, part.span) for part in parts]
    wanted = [part.span for part, score in zip(parts, scores, strict=True) if score >= max(scores) - CONFIG.part]
    return Pick(hit.report, hit.sentence, Span(wanted[0].start, wanted[-1].end))


def _mean_cosine(hit: Hit, span: Span) -> float:
    """Mean over the views of the nearest clause that overlaps `span`."""
    best: dict[str, float] = {}
    for match in hit.matches:
        if match.span.overlaps(span):
            best.setdefault(match.view, match.cosine)
    return sum(best.values()) / len(best) if best else -1.0
