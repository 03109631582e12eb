"""One gold question on the evaluation page: what was asked, answered and expected, and why it failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from corpus.report import Report, Span
from eval import metrics
from eval.gold import Question, sentence_of
from eval.plots import html
from eval.score import Row
from index.tokens import language

LANGUAGES = {"zh": "Chinese", "en": "English"}


def why(question: Question, row: Row, record: Mapping[str, Any], report: Report) -> str:
    """Why a question failed, in one line; empty where it did not.

    Args:
        question: the gold question.
        row: its scores.
        record: its row of the run; empty where it was never asked.
        report: the report it asks about.
    """
    if row.cited_correct:
        return ""
    answer = record.get("answer") or {}
    if row.status not in ("answered", "refused"):
        error = answer.get("error", {}).get("message", record.get("crash", "the run has no answer to it"))
        return f"{row.status}: {error}"
    if not question.answerable:
        return f"answered though the report does not say (confidence {row.confidence:.3f})"
    missing = _missing(question, answer, report)
    place = _place(missing or question.evidence, answer, report)
    if row.status == "refused":
        return f"refused: confidence {row.confidence:.3f} below the threshold; evidence {place}"
    reasons = []
    if missing:
        sentences = {sentence_of(report, span).span for group in missing for choice in group for span in choice}
        if len(missing) < len(question.evidence):
            reasons.append(f"quoted, but {len(missing)} of {len(question.evidence)} groups missing: {place}")
        elif any(span.overlaps(sentence) for span in _cited(answer) for sentence in sentences):
            reasons.append(f"{place}, quoted only in part")
        else:
            reasons.append(f"{place}, not quoted")
    unsaid = [forms for forms in question.nuggets if not _states(answer, forms)]
    if unsaid:
        shown = (next((form for form in forms if language(form) == question.lang), forms[0]) for forms in unsaid)
        reasons.append(f"{'a nugget' if len(unsaid) == 1 else f'{len(unsaid)} nuggets'} missing: {', '.join(shown)}")
    return "; ".join(reasons)


def card(question: Question, row: Row, record: Mapping[str, Any], report: Report) -> str:
    """The question as HTML: a line to open, and in it everything there is to know."""
    answer = record.get("answer") or {}
    right, lang, id_ = int(row.cited_correct), question.lang, html(question.id)
    facts = f"{id_} · {question.category} · {LANGUAGES[lang]} · {html(row.status)}, confidence {row.confidence:.3f}"
    fault = "" if right else f'<span class="why">{html(why(question, row, record, report))}</span>'
    history = [f"after: {earlier}" for earlier in question.history]
    history += [f"searched for: {answer['standalone_question']}"] if question.history and answer else []
    before = "".join(f'<p class="note" lang="{lang}">{html(line)}</p>' for line in history)
    claims = "".join(f"<li>{html(claim['text'])}</li>" for claim in answer.get("claims", ()))
    said = f"<ol>{claims}</ol>" if claims else f"<p>{html(answer.get('answer', ''))}</p>"
    return (
        f'<details class="question" data-right="{right}" data-lang="{lang}" data-category="{question.category}">'
        f'<summary>{_tick(right)}<span><span class="asked" lang="{lang}">{html(question.question)}</span>{fault}'
        f'<small>{facts}</small></span></summary><div id="q-{id_}">{before}<div class="sides">'
        f'<div lang="{lang}"><h3 lang="en">Answered</h3>{said}</div>'
        f'<div lang="{lang}"><h3 lang="en">Expected</h3>{_expected(question, answer, report)}</div></div>'
        f"{''.join(_paragraphs(question, answer, report))}{_ranking(question, answer, report)}</div></details>\n"
    )


def _expected(question: Question, answer: Mapping[str, Any], report: Report) -> str:
    """The reference answer, then each nugget and each group of evidence, and whether the answer has it."""
    missing, items = _missing(question, answer, report), []
    for forms in question.nuggets:
        items.append(f"{_tick(_states(answer, forms))} {html(' / '.join(forms))}")
    for group in question.evidence:
        quotes = ([report.source[span.start : span.end].strip() for span in choice] for choice in group)
        choices = (" <small>and</small> ".join(f'<q lang="zh">{html(text)}</q>' for text in each) for each in quotes)
        either = " <small>or</small> ".join(choices)
        items.append(f"{_tick(group not in missing)} {either} <small>{_place([group], answer, report)}</small>")
    return f"<p>{html(question.answer)}</p><ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"


def _paragraphs(question: Question, answer: Mapping[str, Any], report: Report) -> Iterator[str]:
    """The paragraphs that are cited, and those of what should have been and was not, in the report's order."""
    cited = _cited(answer)
    wanted = [*cited, *(span for group in _missing(question, answer, report) for span in group[0])]
    for paragraph in report.paragraphs:
        if any(paragraph.span.overlaps(span) for span in wanted):
            quoted = "" if any(paragraph.span.overlaps(span) for span in cited) else " · not cited"
            path = " › ".join([report.id, paragraph.id, *report.headings(paragraph.section)])
            text = _marked(report.source, paragraph.span, cited, _evidence(question))
            yield f'<p class="path" lang="zh">{html(path)}{quoted}</p><blockquote lang="zh">{text}</blockquote>'


def _marked(text: str, span: Span, cited: Sequence[Span], evidence: Sequence[Span]) -> str:
    """The text of `span` with what is cited marked and numbered, and the evidence underlined."""
    ends = {end for each in [span, *cited, *evidence] for end in (each.start, each.end)}
    cuts = sorted(end for end in ends if span.start <= end <= span.end)
    parts = []
    for start, end in zip(cuts, cuts[1:], strict=False):
        part, piece = Span(start, end), html(text[start:end])
        if any(each.contains(part) for each in evidence):
            piece = f"<u>{piece}</u>"
        if any(each.contains(part) for each in cited):
            numbers = "".join(f"<sup>{n}</sup>" for n, each in enumerate(cited, start=1) if each.start == start)
            piece = f"<mark>{numbers}{piece}</mark>"
        parts.append(piece)
    return "".join(parts)


def _ranking(question: Question, answer: Mapping[str, Any], report: Report) -> str:
    relevant = {sentence_of(report, span).id for span in _evidence(question)}
    rows = "".join(
        f"<li>{_tick(True) if passage['sentence'] in relevant else ''} <small>{html(passage['sentence'])} · "
        f'{passage["score"]:.3f}</small> <span lang="zh">{html(passage["text"].strip())}</span></li>'
        for passage in answer.get("passages", ())[:10]
    )
    return f"<details><summary>The ten best-ranked sentences</summary><ol>{rows}</ol></details>" if rows else ""


def _tick(yes: float) -> str:
    return '<b class="right" title="yes">✓</b>' if yes else '<b class="wrong" title="no">✗</b>'


def _cited(answer: Mapping[str, Any]) -> list[Span]:
    return [Span(c["start"], c["end"]) for claim in answer.get("claims", ()) for c in claim["citations"]]


def _evidence(question: Question) -> list[Span]:
    return [span for group in question.evidence for choice in group for span in choice]


def _missing(question: Question, answer: Mapping[str, Any], report: Report) -> list[Sequence[Sequence[Span]]]:
    """The groups of evidence that are not cited whole."""
    cited = _cited(answer)
    return [group for group in question.evidence if not metrics.citation_recall(cited, [group], report.source)]


def _states(answer: Mapping[str, Any], forms: Sequence[str]) -> bool:
    return metrics.nugget_recall(" ".join(claim["text"] for claim in answer.get("claims", ())), [forms]) == 1


def _place(groups: metrics.Groups, answer: Mapping[str, Any], report: Report) -> str:
    """Where groups are ranked: each by when some alternative of it has been found whole."""
    ranks = {passage["sentence"]: n for n, passage in enumerate(answer.get("passages", ()), start=1)}
    found = []
    for group in groups:
        choices = ({ranks.get(sentence_of(report, span).id, 0) for span in choice} for choice in group)
        found.append(min((max(choice) for choice in choices if 0 not in choice), default=0))
    ranked = ", ".join(map(_ordinal, sorted(rank for rank in found if rank)))
    lost = f"not in the first {len(ranks)}" if ranks else "not ranked"
    return " and ".join(filter(None, [f"ranked {ranked}" if ranked else "", lost if 0 in found else ""]))


def _ordinal(n: int) -> str:
    return f"{n}{'th' if n % 100 in (11, 12, 13) else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"
