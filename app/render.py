"""Answers as people see them: text for a terminal, Markdown and HTML for the chat. Pure; everything is escaped.

Citations are numbered once, by the order of the claims, and every view uses those numbers.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from html import escape

from app.answer import Answer
from app.citation import Citation
from corpus.report import Paragraph, Report, Span

_WORDS = {
    "en": {
        "cited": "Sources",
        "related": "Related, but it does not answer the question",
        "unofficial": "unofficial reference translation",
        "printed": "printed as “{printed}”, reads “{reads}”: {why}",
        "whole": "The whole paragraph in English",
        "none": "The passages that prove the answer appear here.",
        "searched": "Searched for: {}",
    },
    "zh": {
        "cited": "出处",
        "related": "相关段落,但没有回答这个问题",
        "unofficial": "非官方参考译文",
        "printed": "原文作“{printed}”,应读作“{reads}”:{why}",
        "whole": "整段英译",
        "none": "作为依据的原文段落显示在这里。",
        "searched": "检索的问题:{}",
    },
}
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>&$:@^=])")
_WIDTH = 100


def terminal(answer: Answer, reports: Mapping[str, Report]) -> str:
    """An answer to read in a terminal: its claims, then each source with its path, quote and translation."""
    words = _WORDS[answer.lang]
    lines = [_wrapped(f"{claim.text} [{n}]") for n, claim in enumerate(answer.claims, start=1)] or [answer.answer]
    if answer.standalone_question != answer.question:
        lines.insert(0, _wrapped(words["searched"].format(answer.standalone_question)) + "\n")
    lines += [f"\n{words['cited']}"] if answer.claims else []
    for number, claim in enumerate(answer.claims, start=1):
        for citation in claim.citations:
            report = reports[citation.report]
            lines.append(f"[{number}] {_printable(path(report, citation))}")
            lines.append(_indented(f"“{citation.quote}”"))
            if citation.translation and citation.translation != claim.text:
                lines.append(_indented(f"{citation.translation} ({words['unofficial']})"))
            for erratum in citation.errata:
                lines.append(
                    _indented(words["printed"].format(printed=erratum.printed, reads=erratum.reads, why=erratum.why))
                )
            lines.append(_indented(f"{citation.report}/{citation.sentence} [{citation.start}, {citation.end})"))
    if not answer.claims and answer.passages:
        nearest = answer.passages[0]
        lines += [f"\n{words['related']}:", _indented(nearest.sentence.text)]
        lines.append(_indented(f"{nearest.report}/{nearest.sentence.id}"))
    lines += [_wrapped(f"\n{text}") for _, text in answer.notes]
    return "\n".join(lines)


def markdown(answer: Answer) -> str:
    """An answer as a chat message; the numbers link to the sources panel."""
    words = _WORDS[answer.lang]
    parts = []
    if answer.standalone_question != answer.question:
        parts.append(f"*{plain(words['searched'].format(answer.standalone_question))}*")
    parts += [f"{plain(claim.text)} [[{n}]](#source-{n})" for n, claim in enumerate(answer.claims, start=1)]
    parts += [] if answer.claims else [f"**{plain(answer.answer)}**"]
    parts += [f"*{plain(text)}*" for _, text in answer.notes]
    return "\n\n".join(parts)


def sources(answer: Answer | None, reports: Mapping[str, Report]) -> str:
    """The sources panel as HTML: each cited paragraph whole, the quote marked in it, the English beside it."""
    if answer is None:
        return f'<p class="wz-none">{escape(_WORDS["en"]["none"])}<br>{escape(_WORDS["zh"]["none"])}</p>'
    cards = []
    for number, claim in enumerate(answer.claims, start=1):
        cards += [_card(number, citation, reports[citation.report], answer.lang) for citation in claim.citations]
    if not cards and answer.passages:
        nearest = answer.passages[0]
        report = reports[nearest.report]
        paragraph = report.paragraph(nearest.sentence.paragraph)
        cards.append(
            f'<section class="wz-card wz-related"><h3>{escape(_WORDS[answer.lang]["related"])}</h3>'
            f'<p class="wz-path">{escape(_path(report, nearest.sentence.section, paragraph))}</p>'
            f'<blockquote lang="{escape(report.language)}">{escape(nearest.sentence.text)}</blockquote></section>'
        )
    return "".join(cards)


def path(report: Report, citation: Citation) -> str:
    """Where a citation stands, for a reader: report › part › section › topic."""
    return _path(report, citation.section, report.paragraph(citation.paragraph))


def _path(report: Report, section: str, paragraph: Paragraph) -> str:
    name = report.about.get("short", report.title)
    headings = [heading if len(heading) <= 40 else heading[:39] + "…" for heading in report.headings(section)]
    return " › ".join([name, *headings, *([paragraph.topic] if paragraph.topic else [])])


def _card(number: int, citation: Citation, report: Report, lang: str) -> str:
    words = _WORDS[lang]
    paragraph = report.paragraph(citation.paragraph)
    quote = Span(citation.start, citation.end)
    text = report.source
    marked = (
        f"{escape(text[paragraph.span.start : quote.start])}<mark>{escape(citation.quote)}</mark>"
        f"{escape(text[quote.end : paragraph.span.end])}"
    )
    errata = "".join(
        f'<p class="wz-erratum">{escape(words["printed"].format(printed=e.printed, reads=e.reads, why=e.why))}</p>'
        for e in citation.errata
    )
    place = escape(f"{citation.report}/{citation.sentence} [{citation.start}, {citation.end})")
    return (
        f'<section class="wz-card" id="source-{number}"><h3><span class="wz-number">{number}</span> '
        f'<span class="wz-path">{escape(path(report, citation))}</span></h3>'
        f"{_english(citation, report, paragraph, words)}{errata}"
        f'<blockquote lang="{escape(report.language)}">{marked}</blockquote>'
        f'<p class="wz-place">{place}</p></section>'
    )


def _english(citation: Citation, report: Report, paragraph: Paragraph, words: Mapping[str, str]) -> str:
    if citation.translation is None or report.edition is None:
        return ""
    whole = " ".join(report.edition.sentences[sentence.id].text for sentence in paragraph.sentences)
    label = f"<small>({escape(words['unofficial'])})</small>"
    return (
        f'<p class="wz-english" lang="en">{escape(citation.translation)} {label}</p>'
        f'<details class="wz-whole"><summary>{escape(words["whole"])}</summary>'
        f'<p lang="en">{escape(whole)} {label}</p></details>'
    )


def plain(text: str) -> str:
    """Text in which no character means anything to Markdown or HTML."""
    return (
        _MARKDOWN.sub(r"\\\1", _printable(text)).replace("\\<", "&lt;").replace("\\>", "&gt;").replace("\\&", "&amp;")
    )


def _printable(text: str) -> str:
    """Text without control characters, which could command a terminal."""
    return "".join(char if char.isprintable() or char == "\n" else " " for char in text)


def _wrapped(text: str) -> str:
    lines = _printable(text).split("\n")
    return "\n".join(textwrap.fill(line, _WIDTH, break_on_hyphens=False) if line.isascii() else line for line in lines)


def _indented(text: str) -> str:
    return textwrap.indent(_wrapped(text), "    ")
