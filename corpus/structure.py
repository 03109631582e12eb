"""From a report's plain text to its title block, sections, paragraphs and sentences.

The rules know how Chinese government reports are laid out and how web pages wrap them, and accept ASCII and
full-width punctuation alike. They know nothing of any one report: what a particular source lost (a line break,
say) is declared in its `report.toml` and arrives here as offsets.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from corpus.report import Kind, Paragraph, Section, Sentence, Span
from corpus.sentences import sentence_spans

_BLANK = (
    " \t\r\n\f\v\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u202f\u3000\ufeff"
)
_NUMERAL = "[〇零一二三四五六七八九十百]+"
# From the outermost to the innermost: the rank of a heading is the place of its pattern here.
_HEADINGS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"第{_NUMERAL}(?:章|部分|篇)",
        rf"第{_NUMERAL}节",
        rf"{_NUMERAL}、",
        rf"[(（]{_NUMERAL}[)）]",
        r"\d{1,2}(?:[、．]|\.(?!\d))",
        r"[(（]\d{1,2}[)）]",
    )
)
_FIRST_LIST_RANK = 4
_LONGEST_HEADING = 100
_TOPIC = re.compile(r"(?:——|--|──)\s*([^。,，;；:：!！?？]{2,40})[。,，]")
# Words that also open a sentence count as furniture only before a colon, a bar or nothing.
_FURNITURE = re.compile(
    r"(?:来源|作者|编辑|打印|关闭|阅读|主办|承办)(?:单位|窗口|本页|次数|量|分享|打印|关闭|\s)*(?:[:：|｜]|$)|"
    r"(?:发布(?:时间|日期)|信息来源|责任编辑|字号|字体|浏览(?:次数|量)|分享到?|主办单位|承办单位|"
    r"版权所有|技术支持|网站(?:地图|标识码)|政府网站标识码|联系我们|电脑版|触屏版|手机版|"
    r"[^:：]{0,4}公网安备|[^:：]{0,2}ICP备|当前位置|上一篇|下一篇|扫一扫)"
    r"(?:\s*[:：|｜]|\s*$|[^。！？；;，,]{0,40}$)"
)
_SALUTATION = re.compile(r"^(?:各位(?:代表|委员|同志)|同志们|朋友们)[：:！!，,。]?$")
_DATE = re.compile(r"^[—(（\s]*[\d〇零一二三四五六七八九十]{4}\s*[年.\-/]")
_SPEAKER = re.compile(r"^(?:[一-鿿]{2,20}\s+)?[一-鿿](?:[\s·]*[一-鿿]){1,3}$")


@dataclass(frozen=True, slots=True)
class Structure:
    """The sections and paragraphs of one text, in document order; title lines are the paragraphs `h1`, `h2`, …."""

    sections: tuple[Section, ...]
    paragraphs: tuple[Paragraph, ...]


def parse(text: str, breaks: Collection[int] = (), corrected: dict[Span, str] | None = None) -> Structure:
    """Read the structure of a report.

    Args:
        text: the source, unchanged.
        breaks: offsets where the source lost a line break.
        corrected: what damaged spans should read; used only to recognise a line of the title block.

    Returns:
        Its structure. Page furniture and blank lines belong to nothing.
    """
    blocks = list(_blocks(text, breaks))
    titles, body = _title_block(text, blocks)
    front = [_title_line(text, span, n, corrected or {}) for n, span in enumerate(titles, start=1)]
    sections, paragraphs = _body(text, body)
    return Structure(tuple(sections), (*front, *paragraphs))


def _blocks(text: str, breaks: Collection[int]) -> Iterator[Span]:
    """The lines of `text` without surrounding white space, blank lines and page furniture."""
    edges = [m.end() for m in re.finditer(r"\r\n|\r|\n", text)]
    edges = sorted({0, len(text), *edges, *breaks})
    for start, end in zip(edges, edges[1:], strict=False):
        line = text[start:end]
        start += len(line) - len(line.lstrip(_BLANK))
        span = Span(start, start + len(line.strip(_BLANK)))
        if span.start < span.end and not _FURNITURE.match(text, span.start, span.end):
            yield span


def _title_block(text: str, blocks: list[Span]) -> tuple[list[Span], list[Span]]:
    """Split off the lines before the first heading or sentence; a text that opens with a sentence has no title."""
    for at, span in enumerate(blocks):
        line = text[span.start : span.end]
        if _heading_rank(line) is not None or _is_running_text(line):
            return blocks[:at], blocks[at:]
    return [], blocks


def _is_running_text(line: str) -> bool:
    return (line[-1] in "。！？!?；;”" and len(line) > 20) or _SALUTATION.match(line) is not None


def _title_line(text: str, span: Span, number: int, corrected: dict[Span, str]) -> Paragraph:
    id_ = f"h{number}"
    line = text[span.start : span.end]
    reads = next((reads for damaged, reads in corrected.items() if span.contains(damaged)), line)
    kind: Kind = "title" if number == 1 else "front"
    if number > 1 and _DATE.match(reads):
        kind = "date"
    elif number > 1 and _SPEAKER.match(line):
        kind = "speaker"
    elif number > 1 and "报告" in line:
        kind = "occasion"
    return Paragraph(id_, span, "0", (Sentence(id_, span, line, kind, id_, "0"),))


def _body(text: str, blocks: list[Span]) -> tuple[list[Section], list[Paragraph]]:
    sections: list[Section] = []
    paragraphs: list[Paragraph] = []
    open_ranks: list[int] = []
    counters: list[int] = []
    for block in blocks:
        heading = _heading_span(text, block)
        if heading is not None:
            rank = _heading_rank(text[block.start : block.end])
            assert rank is not None  # noqa: S101 - a heading span has a rank
            depth = next((d for d, opened in enumerate(open_ranks) if opened >= rank), len(open_ranks))
            open_ranks[depth:] = [rank]
            counters[depth:] = [counters[depth] + 1 if depth < len(counters) else 1]
            path = ".".join(map(str, counters))
            sections.append(Section(path, _sentence(text, path, heading, "heading", path, path)))
            block = Span(heading.end, block.end)
        if block.start < block.end:
            section = sections[-1].path if sections else "0"
            number = f"p{len(paragraphs) + 1}"
            paragraphs.append(_paragraph(text, block, number, section))
    return sections, paragraphs


def _heading_rank(line: str) -> int | None:
    return next((rank for rank, pattern in enumerate(_HEADINGS) if pattern.match(line)), None)


def _heading_span(text: str, block: Span) -> Span | None:
    """The heading at the start of a block: the whole line, or its first sentence with the paragraph glued on."""
    rank = _heading_rank(text[block.start : block.end])
    if rank is None:
        return None
    first = sentence_spans(text, block.start, block.end)[0]
    is_list_item = rank >= _FIRST_LIST_RANK and first == block and text[first.end - 1] in "。；;！!？?"
    return None if is_list_item or first.end - first.start > _LONGEST_HEADING else first


def _paragraph(text: str, block: Span, id_: str, section: str) -> Paragraph:
    topic = _TOPIC.match(text, block.start, block.end)
    sentences = []
    for n, span in enumerate(sentence_spans(text, block.start, block.end), start=1):
        announces = n == 1 and topic is not None and topic.end() >= span.end
        sentences.append(_sentence(text, f"{id_}.{n}", span, "heading" if announces else "body", id_, section))
    return Paragraph(id_, block, section, tuple(sentences), topic.group(1) if topic else "")


def _sentence(text: str, id_: str, span: Span, kind: Kind, paragraph: str, section: str) -> Sentence:
    return Sentence(id_, span, text[span.start : span.end], kind, paragraph, section)
