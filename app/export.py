"""A conversation to take away: Markdown, Word, or the JSON that `wenzheng verify` checks. Pure; writes no file.

`_story` says once what a conversation shows; the Markdown and the Word writer each say how. Text from documents and
users stays text in all three.
"""

from __future__ import annotations

import io
import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.citation import Citation
from app.render import path, plain
from app.reply import Answer
from corpus.errors import UsageError
from corpus.report import Report

Format = Literal["md", "docx", "json"]
FORMATS: tuple[Format, ...] = ("md", "docx", "json")
"""What a conversation can be exported as; each is the ending of the file's name."""

_TITLE = "Wenzheng 问政"
_WORDS = {
    "en": {
        "searched": "Searched for: {}",
        "sources": "Sources",
        "translation": "{} (unofficial reference translation)",
        "erratum": "Printed as “{}”, reads “{}”: {}",
        "place": "{report}, section {section}, paragraph {paragraph}, sentence {sentence}, "
        "characters [{start}, {end}) of the text with SHA-256 {sha256}",
        "related": "Related, but it does not answer the question",
        "nearest": "{report}, section {section}, paragraph {paragraph}, sentence {sentence}",
    },
    "zh": {
        "searched": "检索的问题：{}",
        "sources": "出处",
        "translation": "{}（非官方参考译文 unofficial reference translation）",
        "erratum": "原文作“{}”，应读作“{}”：{}",
        "place": "{report}，章节 {section}，段落 {paragraph}，句子 {sentence}，"
        "字符 [{start}, {end})，原文 SHA-256 {sha256}",
        "related": "相关段落，但没有回答这个问题",
        "nearest": "{report}，章节 {section}，段落 {paragraph}，句子 {sentence}",
    },
}
_Kind = Literal["question", "heading", "claim", "refusal", "above", "quote", "text", "place", "note"]
_MARKDOWN: dict[_Kind, str] = {
    "question": "## {}",
    "heading": "### {}",
    "refusal": "**{}**",
    "above": "**{}**",
    "quote": "> {}",
    "place": "*{}*",
    "note": "*{}*",
}
_WORD: dict[_Kind, str] = {"quote": "Quote", "place": "Caption"}


@dataclass(frozen=True, slots=True)
class _Block:
    """One paragraph of a conversation: what it is, what it says, and the number of the claim it proves or makes."""

    kind: _Kind
    text: str
    number: int = 0


def markdown(answers: Sequence[Answer], reports: Mapping[str, Report]) -> str:
    """A conversation, oldest question first, as Markdown in which no document's or user's character has a meaning."""
    parts = [f"# {_TITLE}"]
    for block in _story(answers, reports):
        text = plain(block.text).replace("\n", "\n> " if block.kind == "quote" else " ")
        number = f"[{block.number}]"
        text = f"{text} **{number}**" if block.kind == "claim" else text
        text = f"{number} {text}" if block.kind == "above" else text
        parts.append(_MARKDOWN.get(block.kind, "{}").format(text))
    return "\n\n".join(parts) + "\n"


def word(answers: Sequence[Answer], reports: Mapping[str, Report]) -> bytes:
    """A conversation, oldest question first, as a Word file (.docx)."""
    import docx

    document = docx.Document()
    document.core_properties.author = document.core_properties.title = _TITLE
    document.core_properties.comments = ""
    document.add_heading(_TITLE, 0)
    for block in _story(answers, reports):
        text = _printable(block.text)
        if block.kind in ("question", "heading"):
            document.add_heading(text, 1 if block.kind == "question" else 2)
            continue
        paragraph = document.add_paragraph(style=_WORD.get(block.kind))
        if block.kind == "above":
            paragraph.add_run(f"[{block.number}] ").bold = True
        run = paragraph.add_run(text)
        run.bold = True if block.kind in ("above", "refusal") else None
        run.italic = True if block.kind == "note" else None
        if block.kind == "claim":
            paragraph.add_run(f" [{block.number}]").bold = True
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def answer_json(answers: Sequence[Answer]) -> str:
    """A conversation as a list of answer JSONs (`answer.schema.json`), as `wenzheng verify` reads it."""
    return json.dumps([answer.to_json() for answer in answers], ensure_ascii=False, indent=1) + "\n"


def export(answers: Sequence[Answer], reports: Mapping[str, Report], form: Format) -> bytes:
    """The file that holds a conversation in one of `FORMATS`."""
    if form == "docx":
        return word(answers, reports)
    return (markdown(answers, reports) if form == "md" else answer_json(answers)).encode("utf-8", "replace")


def format_of(file: Path | str) -> Format:
    """The format that a file's name asks for. Raises UsageError where it is none of `FORMATS`."""
    for form in FORMATS:
        if Path(file).suffix.lower() == f".{form}":
            return form
    raise UsageError(f"{file} cannot be exported to.", "Give a file whose name ends in .md, .docx or .json.")


def _story(answers: Sequence[Answer], reports: Mapping[str, Report]) -> Iterator[_Block]:
    for answer in answers:
        yield _Block("question", answer.question)
        if answer.error is not None:
            yield _Block("refusal", f"{answer.error['message']} {answer.error['hint']}".strip())
        else:
            yield from _said(answer)
            yield from _proofs(answer, reports) if answer.claims else _nearest(answer)


def _said(answer: Answer) -> Iterator[_Block]:
    if answer.standalone_question != answer.question:
        yield _Block("note", _WORDS[answer.lang]["searched"].format(answer.standalone_question))
    for number, claim in enumerate(answer.claims, start=1):
        yield _Block("claim", claim.text, number)
    if not answer.claims:
        yield _Block("refusal", answer.answer)
    for _, text in answer.notes:
        yield _Block("note", text)


def _proofs(answer: Answer, reports: Mapping[str, Report]) -> Iterator[_Block]:
    yield _Block("heading", _WORDS[answer.lang]["sources"])
    for number, claim in enumerate(answer.claims, start=1):
        for citation in claim.citations:
            yield from _proof(citation, reports[citation.report], number, answer.lang)


def _proof(citation: Citation, report: Report, number: int, lang: str) -> Iterator[_Block]:
    words = _WORDS[lang]
    headings = path(report, report.paragraph(citation.paragraph), lang)
    yield _Block("above", " › ".join([report.about.get("short", report.title), *headings]), number)
    yield _Block("quote", citation.quote)
    if citation.translation is not None:
        yield _Block("text", words["translation"].format(citation.translation))
    for erratum in citation.errata:
        yield _Block("text", words["erratum"].format(erratum.printed, erratum.reads.replace("\n", "⏎"), erratum.why))
    yield _Block("place", words["place"].format(**citation.to_json()))


def _nearest(answer: Answer) -> Iterator[_Block]:
    if not answer.passages:
        return
    words, hit = _WORDS[answer.lang], answer.passages[0]
    yield _Block("heading", words["related"])
    yield _Block("quote", hit.sentence.text)
    place = {"section": hit.sentence.section, "paragraph": hit.sentence.paragraph, "sentence": hit.sentence.id}
    yield _Block("place", words["nearest"].format(report=hit.report, **place))


def _printable(text: str) -> str:
    """Text without the characters that XML cannot hold or that would reorder what is read."""
    return "".join(char for char in text if char in "\n\t" or not unicodedata.category(char).startswith("C"))
