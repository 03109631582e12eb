"""A report as the page's reader shows it: the whole text with its outline, and the English edition underneath.

It is rendered once for each report; what is cited is marked in the browser. Every sentence carries its id and the
offset of its first character, and every character of the source stands in it exactly once, so that a span of the
source is a range of the page. Knows nothing of answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from app.render import name, path
from app.words import both, exact, html, pair
from corpus.report import Erratum, Paragraph, Report, Section, Sentence, Span

_FACTS = {"speaker": "speaker", "occasion": "occasion", "date": "date", "published": "published", "source": "origin"}
_TITLE_LEVEL, _LOWEST_LEVEL = 3, 6


def reader(report: Report, reports: Mapping[str, Report]) -> str:
    """One report as HTML: a bar with its outline, the choice of language and of report, and the text itself."""
    text = "".join(
        _paragraph(report, block) if isinstance(block, Paragraph) else _heading(report, block)
        for block in _blocks(report)
    )
    return (
        f'<div class="wz-reader" data-report="{html(report.id)}"><div class="wz-bar">{_outline(report)}'
        f"{_toggle(report)}{_chooser(report, reports)}</div>"
        '<div class="wz-scroll" role="region" tabindex="0" aria-labelledby="wz-reader-name">'
        f'<span class="wz-sr" id="wz-reader-name">{both("reader")}</span>'
        f'<article class="wz-text">{text}</article>{_colophon(report)}</div></div>'
    )


def nothing() -> str:
    """What stands in the reader's place where the library is empty."""
    return f'<p class="wz-none">{both("nothing")}</p>'


def _blocks(report: Report) -> list[Paragraph | Section]:
    """Paragraphs and headings in document order."""
    blocks: list[Paragraph | Section] = [*report.paragraphs, *report.sections]
    return sorted(blocks, key=lambda it: it.span if isinstance(it, Paragraph) else it.heading.span)


def _outline(report: Report) -> str:
    entries = "".join(
        f'<li class="wz-depth-{depth}"><a href="#{html(report.id)}/{html(place)}">{pair(english, chinese)}</a></li>'
        for depth, place, english, chinese in _entries(report)
    )
    if not entries:
        return ""
    return (
        f'<details class="wz-outline"><summary>{both("outline")}</summary><nav aria-labelledby="wz-outline-name">'
        f'<span class="wz-sr" id="wz-outline-name">{both("outline")}</span><ol>{entries}</ol></nav></details>'
    )


def _entries(report: Report) -> Iterator[tuple[int, str, str, str]]:
    """Depth, place, English and Chinese of each heading and each paragraph that announces its topic."""
    english = report.edition.sentences if report.edition is not None else {}
    for block in _blocks(report):
        depth = block.path.count(".") + 1 if isinstance(block, Section) else block.section.count(".") + 2
        if isinstance(block, Section):
            chinese = block.heading.text.strip()
            yield depth, block.path, english[block.path].text if english else chinese, chinese
        elif block.topic:
            yield depth, block.id, path(report, block, "en")[-1] if english else block.topic, block.topic


def _toggle(report: Report) -> str:
    """The switch that shows the edition, with the label that it always carries."""
    if report.edition is None:
        return ""
    return (
        f'<button type="button" class="wz-toggle" data-do="english" aria-pressed="false">{both("english")}</button>'
        f'<small class="wz-label">{both("english-note")}</small>'
    )


def _chooser(report: Report, reports: Mapping[str, Report]) -> str:
    if len(reports) < 2:
        return ""
    options = "".join(
        f'<option value="{html(each.id)}"{" selected" if each.id == report.id else ""}>{html(name(each))}</option>'
        for each in reports.values()
    )
    return f'<label class="wz-chooser"><span class="wz-sr">{both("chooser")}</span><select>{options}</select></label>'


def _heading(report: Report, section: Section) -> str:
    level = min(_TITLE_LEVEL + section.path.count(".") + 1, _LOWEST_LEVEL)
    text = f'<h{level} lang="zh">{_sentence(report, section.heading)}</h{level}>'
    below = _english(report, [section.heading]) + _errata(report, section.heading.span)
    return f'<section class="wz-block wz-heading" data-place="{html(section.path)}">{text}{below}</section>'


def _paragraph(report: Report, paragraph: Paragraph) -> str:
    text = "".join(_sentence(report, sentence) for sentence in paragraph.sentences)
    kind = paragraph.sentences[0].kind
    tag = f"h{_TITLE_LEVEL}" if kind == "title" else "p"
    below = _english(report, paragraph.sentences) + _errata(report, paragraph.span)
    place, link = html(paragraph.id), f"#{html(report.id)}/{html(paragraph.id)}"
    front = " wz-front" if paragraph.id.startswith("h") else ""
    return (
        f'<section class="wz-block{front}" data-place="{place}"><a class="wz-anchor" href="{link}">{place}</a>'
        f'<{tag} lang="zh">{text}</{tag}>{below}</section>'
    )


def _sentence(report: Report, sentence: Sentence) -> str:
    """One sentence, what the report declares misprinted in it underlined."""
    span = sentence.span
    inside = [Span(max(e.span.start, span.start), min(e.span.end, span.end)) for e in report.errata]
    misprints = [it for it in inside if it.start < it.end]
    edges = sorted({span.start, span.end, *(edge for it in misprints for edge in (it.start, it.end))})
    text = "".join(
        f'<span class="wz-misprint">{piece}</span>' if any(it.start <= start < it.end for it in misprints) else piece
        for start, end in pairwise(edges)
        for piece in [exact(report.source[start:end])]
    )
    place = html(sentence.id)
    return f'<span class="wz-s" data-place="{place}" data-start="{span.start}" tabindex="-1">{text}</span>'


def _english(report: Report, sentences: Sequence[Sentence]) -> str:
    if report.edition is None:
        return ""
    each = ((s.id, part) for s in sentences for part in report.edition.renderings(s.id))
    parts = (
        f'<span data-of="{html(id_)}" data-start="{it.span.start}" data-end="{it.span.end}">{html(it.text)}</span>'
        for id_, it in each
    )
    return f'<p class="wz-english" lang="en">{" ".join(parts)}</p>'


def _errata(report: Report, span: Span) -> str:
    return "".join(erratum(it) for it in report.errata if span.start <= it.span.start < span.end)


def erratum(it: Erratum) -> str:
    """A declared misprint, as a line of HTML."""
    return f'<p class="wz-erratum">{both("printed", it.printed, it.reads.replace(chr(10), "⏎"), it.why)}</p>'


def _colophon(report: Report) -> str:
    """What the report is and where it comes from, as `report.toml` says."""
    facts = [(both(label), html(report.about[key])) for key, label in _FACTS.items() if report.about.get(key)]
    facts.append((both("sha256"), f"<code>{report.sha256}</code>"))
    rows = "".join(f"<dt>{label}</dt><dd>{value}</dd>" for label, value in facts)
    titles = "".join(f"<p>{html(each)}</p>" for each in (report.about.get("title_en"), name(report)) if each)
    return f'<footer class="wz-colophon">{titles}<dl>{rows}</dl></footer>'
