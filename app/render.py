"""Answers as text: for a terminal, and to copy from the page; and what the HTML of the page shares with them. Pure.

Citations are numbered once, by the order of the claims, and every view uses those numbers.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from itertools import accumulate

from app.reply import Answer
from app.words import said
from corpus.report import Erratum, Paragraph, Report

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>&$:@^=])")


def terminal(answer: Answer, reports: Mapping[str, Report], whole: bool = False) -> str:
    """An answer to read in a terminal: its claims, then each source with its path, quote and translation.

    With `whole`, each source is followed by its whole paragraph and the paragraph's translation.
    """
    lang = answer.lang
    lines = [_wrapped(f"{claim.text} [{number}]") for number, claim in enumerate(answer.claims, start=1)]
    if answer.standalone_question != answer.question:
        lines.insert(0, _wrapped(said("searched", lang).format(answer.standalone_question)) + "\n")
    lines.append(f"\n{said('sources', lang)}" if answer.claims else answer.answer)
    for number, claim in enumerate(answer.claims, start=1):
        for citation in claim.citations:
            report = reports[citation.report]
            paragraph = report.paragraph(citation.paragraph)
            above = path(report, paragraph, "zh")
            lines.append(_printable(f"[{number}] {' › '.join([name(report), *map(short, above)])}"))
            below = [" › ".join(map(short, path(report, paragraph, "en")))] if report.edition is not None else []
            below.append(f"“{citation.quote}”")
            if citation.translation and citation.translation != claim.text:
                below.append(f"{citation.translation} ({said('unofficial', lang)})")
            below += [_reading(erratum, lang) for erratum in citation.errata]
            below.append(f"{citation.report}/{citation.sentence} [{citation.start}, {citation.end})")
            below += _paragraph(paragraph, report, lang) if whole else []
            lines += [_wrapped(line, "    ") for line in below]
    if not answer.claims and answer.passages:
        nearest = answer.passages[0]
        nearby = f"{nearest.sentence.text}\n{nearest.report}/{nearest.sentence.id}"
        lines += [f"\n{said('related', lang)}:", _wrapped(nearby, "    ")]
    lines += [_wrapped(f"\n{text}") for _, text in answer.notes]
    return "\n".join(lines)


def _paragraph(paragraph: Paragraph, report: Report, lang: str) -> Iterator[str]:
    yield report.source[paragraph.span.start : paragraph.span.end]
    if report.edition is not None:
        english = " ".join(report.edition.sentences[sentence.id].text for sentence in paragraph.sentences)
        yield f"{english} ({said('unofficial', lang)})"


def copied(answer: Answer, reports: Mapping[str, Report]) -> str:
    """An answer to paste elsewhere: question, numbered claims, and each quote with its place and the file's SHA-256."""
    lang = answer.lang
    lines = [answer.question, ""]
    lines += [f"{claim.text} [{number}]" for number, claim in enumerate(answer.claims, start=1)] or [answer.answer]
    for number, claim in enumerate(answer.claims, start=1):
        for citation in claim.citations:
            report = reports[citation.report]
            above = " › ".join([name(report), *path(report, report.paragraph(citation.paragraph), "zh")])
            place = f"{citation.report}/{citation.sentence} [{citation.start}, {citation.end})"
            lines += ["", f"[{number}] {above}", f"“{citation.quote}”"]
            if citation.translation and citation.translation != claim.text:
                lines.append(f"{citation.translation} ({said('unofficial', lang)})")
            lines += [_reading(erratum, lang) for erratum in citation.errata]
            lines.append(f"{place}, SHA-256 {citation.sha256}")
    lines += [f"\n{text}" for _, text in answer.notes]
    return _printable("\n".join(lines))


def path(report: Report, paragraph: Paragraph, lang: str) -> tuple[str, ...]:
    """The headings above a paragraph, outermost first, and its topic: as printed for `zh`, by the edition for `en`."""
    if lang == "zh":
        return (*report.headings(paragraph.section), *filter(None, [paragraph.topic]))
    english = report.edition.sentences if report.edition is not None else {}
    outer = accumulate(paragraph.section.split("."), "{}.{}".format)
    steps = [english[step].text for step in outer if step in english]
    if english and paragraph.topic:
        topic = english[paragraph.sentences[0].id].text
        alone = paragraph.sentences[0].text.strip("—。 \u2002\u3000") == paragraph.topic
        steps.append((topic if alone else topic.split(",")[0]).strip("—. "))
    return tuple(steps)


def plain(text: str) -> str:
    """Text in which no character means anything to Markdown or HTML."""
    tidy = "\n".join(" ".join(line.split()) for line in _printable(text).split("\n"))
    return _MARKDOWN.sub(r"\\\1", tidy).replace("\\<", "&lt;").replace("\\>", "&gt;").replace("\\&", "&amp;")


def name(report: Report) -> str:
    """What a report is called where there is little room."""
    return report.about.get("short", report.title)


def short(heading: str) -> str:
    """A heading on a line of its own: 80 columns, of which a Chinese character takes two."""
    short = heading if len(heading) <= 40 else heading[:39] + "…"
    return textwrap.shorten(heading, 80, placeholder="…") if heading.isascii() else short


def _reading(erratum: Erratum, lang: str) -> str:
    return said("printed", lang).format(erratum.printed, erratum.reads.replace("\n", "⏎"), erratum.why)


def _printable(text: str) -> str:
    """Text without control characters, which could command a terminal."""
    return "".join(char if char.isprintable() or char == "\n" else " " for char in text)


def _wrapped(text: str, indent: str = "") -> str:
    fold = textwrap.TextWrapper(100, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
    return "\n".join(fold.fill(line) if line.isascii() else indent + line for line in _printable(text).split("\n"))
