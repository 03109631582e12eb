"""The conversation as HTML: one article for each question, with its answer or refusal. Pure; everything is escaped.

Every number is a link to its place in the report, which the page's script shows in the reader and marks there. Where
a document's or a user's text stands, it is the text of an element or the value of an attribute, and escaped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from urllib.parse import urlencode

from app.citation import Citation, Claim
from app.examples import topics
from app.outbox import form
from app.reader import erratum
from app.render import copied, name, path, short
from app.reply import Answer
from app.why import drawer
from app.words import both, html, pair
from corpus.figures import figures
from corpus.report import Report

_HIGH, _FAIR = 0.8, 0.6
"""Confidence, the calibrated probability of a right answer, from which it is called high, or fair."""


def conversation(answers: Sequence[Answer], reports: Mapping[str, Report], fault: tuple[str, str] | None = None) -> str:
    """Every turn, oldest first, and at the end a question that could not be answered, with the reason.

    An empty conversation says how to begin.
    """
    turns = "".join(turn(answer, number, reports) for number, answer in enumerate(answers))
    if fault is not None:
        asked, why = fault
        heading = f'<h3 class="wz-asked">{html(asked)}</h3>' if asked.strip() else ""
        turns += f'<article class="wz-turn">{heading}<p class="wz-fault" role="alert">{html(why)}</p></article>'
    return turns or welcome(reports)


def turn(answer: Answer, number: int, reports: Mapping[str, Report]) -> str:
    """One question with what came of it."""
    searched = ""
    if answer.standalone_question != answer.question:
        searched = f'<p class="wz-searched">{both("searched", answer.standalone_question)}</p>'
    if answer.conversational:
        said = f'<p class="wz-reply" lang="{answer.lang}">{html(answer.answer)}</p>'
    else:
        said = searched + (_answered(answer, reports) if answer.claims else _refused(answer, reports))
        said += f'<div class="wz-tools">{"".join(_tools(answer, reports))}</div>'
        said += form(answer, number) if answer.error is None else ""
        said += drawer(answer, reports)
    asked = html(answer.question)
    return (
        f'<article class="wz-turn" data-turn="{number}" data-question="{asked}">'
        f'<h3 class="wz-asked">{asked}</h3>{said}</article>'
    )


def welcome(reports: Mapping[str, Report]) -> str:
    """The empty conversation: which reports can be asked, and questions to begin with."""
    about = "".join(
        f'<p class="wz-about"><b lang="zh">{html(name(report))}</b>'
        f"<br>{html(' · '.join(filter(None, map(report.about.get, ('title_en', 'speaker', 'date')))))}</p>"
        for report in reports.values()
    )
    rows = "".join(
        f"<li><b>{pair(*topic)}</b>"
        + "".join(
            f'<span class="wz-{lang}" lang="{lang}">'
            + "".join(f'<button type="button" data-do="ask">{html(question)}</button>' for question in questions)
            + "</span>"
            for lang, questions in asked.items()
        )
        + "</li>"
        for topic, asked in topics(reports)
    )
    examples = f'<h3>{both("examples")}</h3><ul class="wz-examples">{rows}</ul>' if rows else ""
    return f'<div class="wz-welcome"><h2>{both("welcome")}</h2><p>{both("welcome-how")}</p>{about}{examples}</div>'


def _answered(answer: Answer, reports: Mapping[str, Report]) -> str:
    claims = "".join(_claim(claim, number, reports) for number, claim in enumerate(answer.claims, start=1))
    sure = "high" if answer.confidence >= _HIGH else "fair" if answer.confidence >= _FAIR else "low"
    notes = "".join(f'<p class="wz-note" lang="{answer.lang}">{html(text)}</p>' for _, text in answer.notes)
    return (
        f'<div class="wz-answer">{claims}</div>'
        f'<p class="wz-confidence wz-{sure}" title="{answer.confidence:.2f}">{both(f"confidence-{sure}")}</p>{notes}'
    )


def _claim(claim: Claim, number: int, reports: Mapping[str, Report]) -> str:
    """One sentence of the answer with its number, where it stands, its misprints and its other language."""
    first = claim.citations[0]
    in_english = claim.text == first.translation
    links = "".join(_link(citation, number) for citation in claim.citations)
    others = "".join(_other(citation, in_english) for citation in claim.citations)
    errata = "".join(erratum(it) for citation in claim.citations for it in citation.errata)
    report = reports[first.report]
    above = {lang: path(report, report.paragraph(first.paragraph), lang) for lang in ("en", "zh")}
    chinese, english = (" › ".join(map(short, above[lang] or above["zh"])) for lang in ("zh", "en"))
    source = f"{html(name(report))} · " if len(reports) > 1 else ""
    source += f"{pair(english, chinese)} · " if chinese else ""
    return (
        f'<p class="wz-claim" lang="{"en" if in_english else "zh"}">{_emphasised(claim)} {links}</p>'
        f'<div class="wz-other" hidden>{others}</div>'
        f'<p class="wz-path">{source}{html(first.sentence)}</p>{errata}'
    )


def _link(citation: Citation, number: int) -> str:
    highlight = citation.highlight
    marked = ""
    if highlight is not None:
        first, last = (citation.start + at for at in highlight)
        marked = f' data-first="{first}" data-last="{last}"'
    return (
        f'<a class="wz-cite" href="#{html(citation.report)}/{html(citation.sentence)}" data-start="{citation.start}" '
        f'data-end="{citation.end}"{marked}><span class="wz-sr">{both("source")} </span>{number}</a>'
    )


def _emphasised(claim: Claim) -> str:
    """The claim's text, its short answer in bold: the highlight, or the figure of a translation that says the same."""
    citation = claim.citations[0]
    highlight = citation.highlight
    if highlight is not None and claim.text != citation.quote:
        highlight = _same_figure(citation.quote[slice(*highlight)], claim.text)
    if highlight is None:
        return html(claim.text)
    first, last = highlight
    return f"{html(claim.text[:first])}<strong>{html(claim.text[first:last])}</strong>{html(claim.text[last:])}"


def _same_figure(chinese: str, english: str) -> tuple[int, int] | None:
    """Where an English text gives the one figure of a Chinese one, if it gives it once."""
    wanted = {(it.value, it.unit) for it in figures(chinese, "zh")}
    found = [it for it in figures(english, "en") if (it.value, it.unit) in wanted]
    return (found[0].start, found[0].end) if len(wanted) == len(found) == 1 else None


def _other(citation: Citation, in_english: bool) -> str:
    if in_english:
        return f'<blockquote lang="zh">{html(citation.quote)}</blockquote>'
    if citation.translation is None:
        return ""
    return (
        f'<blockquote lang="en">{html(citation.translation)}</blockquote><p class="wz-note">({both("unofficial")})</p>'
    )


def _tools(answer: Answer, reports: Mapping[str, Report]) -> Iterator[str]:
    """The buttons under an answer."""
    if any(citation.translation for claim in answer.claims for citation in claim.citations):
        other = "show-zh" if answer.lang == "en" else "show-en"
        yield f'<button type="button" data-do="other" aria-pressed="false">{both(other)}</button>'
    text = escape(copied(answer, reports), quote=True)
    yield f'<button type="button" data-do="copy" data-text="{text}">{both("copy")}</button>'
    link = escape("?" + urlencode({"q": answer.standalone_question or answer.question}), quote=True)
    yield f'<a href="{link}" data-do="link">{both("link")}</a>'


def _refused(answer: Answer, reports: Mapping[str, Report]) -> str:
    """A refusal or an error, and the nearest passage, which is no source."""
    why = answer.error["message"] if answer.error is not None else answer.answer
    said = f'<p class="wz-refusal" lang="{answer.lang}">{html(why)}</p>'
    said += "".join(f'<p class="wz-note" lang="{answer.lang}">{html(text)}</p>' for _, text in answer.notes)
    if not answer.passages:
        return said
    nearest = answer.passages[0]
    report, sentence = reports[nearest.report], nearest.sentence
    english = report.edition.sentences[sentence.id].text if report.edition is not None else None
    texts = f'<blockquote lang="zh">{html(sentence.text.strip())}</blockquote>'
    if english:
        texts += f'<p lang="en">{html(english)} <small>({both("unofficial")})</small></p>'
    return (
        f'{said}<div class="wz-related"><h4>{both("related")}</h4>{texts}'
        f'<a href="#{html(report.id)}/{html(sentence.id)}">{both("read")} ({html(sentence.id)})</a></div>'
    )
