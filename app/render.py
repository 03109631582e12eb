"""Answers as people see them: text for a terminal, Markdown and HTML for the chat. Pure; everything is escaped.

Citations are numbered once, by the order of the claims, and every view uses those numbers.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import accumulate

from app.citation import Citation
from app.reply import Answer
from corpus.edition import Edition
from corpus.report import Erratum, Paragraph, Report

_WORDS = {
    "en": {
        "cited": "Sources",
        "related": "Related, but it does not answer the question",
        "unofficial": "unofficial reference translation",
        "printed": "Printed as “{}”, reads “{}”: {}",
        "whole": "The whole paragraph in English",
        "searched": "Searched for: {}",
    },
    "zh": {
        "cited": "出处",
        "related": "相关段落，但没有回答这个问题",
        "unofficial": "非官方参考译文 unofficial reference translation",
        "printed": "原文作“{}”，应读作“{}”：{}",
        "whole": "整段英译",
        "searched": "检索的问题：{}",
    },
}
_EMPTY = """<p class="wz-none">The passages that prove the answer appear here, each in its paragraph.</p>
<p class="wz-none" lang="zh">作为依据的原文显示在这里，连同所在段落。</p>"""
_FACTS = ("title_en", "speaker", "date")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>&$:@^=])")


def terminal(answer: Answer, reports: Mapping[str, Report], whole: bool = False) -> str:
    """An answer to read in a terminal: its claims, then each source with its path, quote and translation.

    With `whole`, each source is followed by its whole paragraph and the paragraph's translation.
    """
    words = _WORDS[answer.lang]
    lines = [_wrapped(f"{claim.text} [{number}]") for number, claim in enumerate(answer.claims, start=1)]
    if answer.standalone_question != answer.question:
        lines.insert(0, _wrapped(words["searched"].format(answer.standalone_question)) + "\n")
    lines.append(f"\n{words['cited']}" if answer.claims else answer.answer)
    for number, claim in enumerate(answer.claims, start=1):
        for citation in claim.citations:
            report = reports[citation.report]
            paragraph = report.paragraph(citation.paragraph)
            above = path(report, paragraph, "zh")
            lines.append(_printable(f"[{number}] {' › '.join([_name(report), *map(_short, above)])}"))
            below = [" › ".join(map(_short, path(report, paragraph, "en")))] if report.edition is not None else []
            below.append(f"“{citation.quote}”")
            if citation.translation and citation.translation != claim.text:
                below.append(f"{citation.translation} ({words['unofficial']})")
            below += [_reading(erratum, words) for erratum in citation.errata]
            below.append(f"{citation.report}/{citation.sentence} [{citation.start}, {citation.end})")
            below += _paragraph(paragraph, report, words) if whole else []
            lines += [_wrapped(line, "    ") for line in below]
    if not answer.claims and answer.passages:
        nearest = answer.passages[0]
        nearby = f"{nearest.sentence.text}\n{nearest.report}/{nearest.sentence.id}"
        lines += [f"\n{words['related']}:", _wrapped(nearby, "    ")]
    lines += [_wrapped(f"\n{text}") for _, text in answer.notes]
    return "\n".join(lines)


def _paragraph(paragraph: Paragraph, report: Report, words: Mapping[str, str]) -> Iterator[str]:
    yield report.source[paragraph.span.start : paragraph.span.end]
    if report.edition is not None:
        english = " ".join(report.edition.sentences[sentence.id].text for sentence in paragraph.sentences)
        yield f"{english} ({words['unofficial']})"


def markdown(answer: Answer, turn: int) -> str:
    """An answer as a chat message; its numbers link to the sources of the conversation's turn `turn`."""
    words = _WORDS[answer.lang]
    searched = [answer.standalone_question] if answer.standalone_question != answer.question else []
    parts = [f"*{plain(words['searched'].format(question))}*" for question in searched]
    parts += [
        f"{plain(claim.text)} [{number}](#source-{turn}-{number})"
        for number, claim in enumerate(answer.claims, start=1)
    ]
    parts += [] if answer.claims else [f"> {plain(answer.answer)}"]
    parts += [f"*{plain(text)}*" for _, text in answer.notes]
    return "\n\n".join(parts)


def welcome(reports: Mapping[str, Report]) -> str:
    """The reports that can be asked, as the empty conversation's Markdown."""
    about = ((_name(report), [report.about.get(key) for key in _FACTS]) for report in reports.values())
    return "\n\n".join(f"**{plain(name)}**\n\n{plain(' · '.join(filter(None, facts)))}" for name, facts in about)


def sources(answers: Sequence[Answer], reports: Mapping[str, Report]) -> str:
    """The sources panel as HTML: for each turn of the conversation, newest first, its cited paragraphs."""
    turns = [
        f'<details class="wz-turn" name="wz-turn"{" open" if answer is answers[-1] else ""}>'
        f"<summary>{_html(answer.question)}</summary>{''.join(_cards(answer, turn, reports))}</details>"
        for turn, answer in enumerate(answers)
    ]
    return "".join(reversed(turns)) or _EMPTY


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


def _cards(answer: Answer, turn: int, reports: Mapping[str, Report]) -> Iterator[str]:
    for number, claim in enumerate(answer.claims, start=1):
        proofs = "".join(_proof(citation, reports[citation.report], answer.lang) for citation in claim.citations)
        card = f'<section class="wz-card" tabindex="-1" id="source-{turn}-{number}">'
        yield f'{card}<b class="wz-number">{number}</b>{proofs}</section>'
    if not answer.claims and answer.passages:
        report, sentence = reports[answer.passages[0].report], answer.passages[0].sentence
        english = report.edition.sentences[sentence.id].text if report.edition is not None else None
        passage = _passage(report, report.paragraph(sentence.paragraph), _html(sentence.text), english, answer.lang)
        yield f'<section class="wz-card wz-related"><h3>{_WORDS[answer.lang]["related"]}</h3>{passage}</section>'


def _proof(citation: Citation, report: Report, lang: str) -> str:
    """One citation: the quotation marked in its paragraph, and what goes with it."""
    words, text = _WORDS[lang], report.source
    paragraph = report.paragraph(citation.paragraph)
    before, after = text[paragraph.span.start : citation.start], text[citation.end : paragraph.span.end]
    marked = f"{_html(before)}<mark>{_html(citation.quote)}</mark>{_html(after)}"
    errata = "".join(f'<p class="wz-erratum">{_html(_reading(erratum, words))}</p>' for erratum in citation.errata)
    place = f"{citation.report}/{citation.sentence} [{citation.start}, {citation.end})"
    return (
        _passage(report, paragraph, marked, citation.translation, lang)
        + errata
        + (_whole(report.edition, paragraph, citation.sentence, words) if report.edition is not None else "")
        + f'<p class="wz-place"><span lang="zh">{_html(_name(report))}</span> · {_html(place)}</p>'
    )


def _passage(report: Report, paragraph: Paragraph, quoted: str, english: str | None, lang: str) -> str:
    """Section path and text, each in both languages, the answer's language first. `quoted` is HTML."""
    label = f"<small>({_WORDS[lang]['unofficial']})</small>"
    texts = {
        "en": f'<p class="wz-english" lang="en">{_html(english)} {label}</p>' if english else "",
        "zh": f'<blockquote class="wz-quote" lang="zh">{quoted}</blockquote>',
    }
    paths = {each: path(report, paragraph, each) for each in sorted(texts, key=lambda each: each != lang)}
    above = (
        f'<p class="wz-path" lang="{each}" title="{_html(" › ".join(steps))}">{_html(" › ".join(map(_short, steps)))}'
        for each, steps in paths.items()
        if steps
    )
    return "</p>".join([*above, ""]) + "".join(texts[each] for each in paths)


def _whole(edition: Edition, paragraph: Paragraph, cited: str, words: Mapping[str, str]) -> str:
    """The paragraph's whole translation, one click away, the cited sentence marked in it."""
    english = ((sentence.id, _html(edition.sentences[sentence.id].text)) for sentence in paragraph.sentences)
    marked = " ".join(f"<mark>{text}</mark>" if id_ == cited else text for id_, text in english)
    return (
        f'<details class="wz-whole"><summary>{words["whole"]}</summary>'
        f'<p lang="en">{marked} <small>({words["unofficial"]})</small></p></details>'
    )


def _short(heading: str) -> str:
    """A heading on a line of its own: 80 columns, of which a Chinese character takes two."""
    short = heading if len(heading) <= 40 else heading[:39] + "…"
    return textwrap.shorten(heading, 80, placeholder="…") if heading.isascii() else short


def _name(report: Report) -> str:
    return report.about.get("short", report.title)


def _reading(erratum: Erratum, words: Mapping[str, str]) -> str:
    return words["printed"].format(erratum.printed, erratum.reads.replace("\n", "⏎"), erratum.why)


def _html(text: str) -> str:
    """Text as HTML shows it, without invisible characters that could reorder it."""
    return escape("".join(char for char in text if char.isprintable() or char.isspace()))


def _printable(text: str) -> str:
    """Text without control characters, which could command a terminal."""
    return "".join(char if char.isprintable() or char == "\n" else " " for char in text)


def _wrapped(text: str, indent: str = "") -> str:
    fold = textwrap.TextWrapper(100, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
    return "\n".join(fold.fill(line) if line.isascii() else indent + line for line in _printable(text).split("\n"))
