"""The same answers for other programs: an MCP server over standard input and output.

Three tools, each with the exact place of what it says. Only the protocol is written to standard output.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from app.answer import Answerer
from corpus.errors import UsageError, WenzhengError
from corpus.locate import Place, locate
from corpus.report import Paragraph, Report

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

_INSTRUCTIONS = """Answers questions about Chinese government reports. Every sentence of an answer is a verbatim quote \
(or the English edition's rendering of it) with its exact place: half-open [start, end) offsets of Unicode code points \
in the text with the given SHA-256. "refused" means that the report does not say. The English edition is an unofficial \
reference translation; the Chinese is the authority. Reports: {}."""
_UNOFFICIAL = "unofficial reference translation; the Chinese is the authority"


def serve(answerer: Answerer) -> None:
    """Serve until the client closes standard input."""
    server(answerer).run("stdio")


def server(answerer: Answerer) -> MCPServer[Any]:
    """The MCP server over the reports of one open index."""
    from mcp.server.mcpserver import MCPServer

    searcher, reports = answerer.searcher, answerer.searcher.reports
    answerers = {language: Answerer(searcher, answerer.calibration, language) for language in ("auto", "zh", "en")} | {
        "": answerer
    }
    one_at_a_time = threading.Lock()
    mcp: MCPServer[Any] = MCPServer(
        "wenzheng", instructions=_INSTRUCTIONS.format(", ".join(reports)), log_level="WARNING"
    )

    @mcp.tool()
    def ask(
        question: str,
        history: list[str] | None = None,
        report: str | None = None,
        language: Literal["auto", "zh", "en"] | None = None,
    ) -> dict[str, Any]:
        """Answer a question in English or Chinese with cited quotes, or refuse where the report does not say.

        Args:
            question: one question.
            history: the user's earlier questions, oldest first, for a question that leans on them.
            report: answer from the report of this id alone.
            language: of the answer; auto follows the question.
        """
        with _told(), one_at_a_time:
            return answerers[language or ""].ask(question, history or (), report).to_json()

    @mcp.tool()
    def verify_quote(report: str, quote: str) -> dict[str, Any]:
        """Say where exactly a quote stands in a report, or that it does not.

        Args:
            report: id of the report.
            quote: words that should stand in its Chinese text.

        Returns:
            `found`: "verbatim", "folded" (only when traditional and simplified, full- and half-width characters and
            white space are taken for the same) or "nowhere"; and `places`, each with the characters as printed.
        """
        with _told():
            source = _report(reports, report)
            places = locate(source, quote)
            found = "nowhere" if not places else "verbatim" if places[0].exact else "folded"
            return {"found": found, "sha256": source.sha256, "places": [_place(source, place) for place in places]}

    @mcp.tool()
    def read_paragraph(report: str, paragraph: str) -> dict[str, Any]:
        """Read a whole paragraph with its sentences, their ids and spans, and its English edition.

        Args:
            report: id of the report.
            paragraph: its id, as citations give it, such as p31.
        """
        with _told():
            source = _report(reports, report)
            try:
                return _paragraph(source, source.paragraph(paragraph))
            except KeyError as fault:
                last = source.paragraphs[-1].id
                raise UsageError(f"There is no paragraph {paragraph!r} in {report}.", f"The last is {last}.") from fault

    return mcp


@contextmanager
def _told() -> Iterator[None]:
    """A fault that the user can mend reaches the client in its own words."""
    from mcp.server.mcpserver.exceptions import ToolError

    try:
        yield
    except WenzhengError as fault:
        raise ToolError(str(fault)) from fault


def _report(reports: Mapping[str, Report], id_: str) -> Report:
    if id_ not in reports:
        raise UsageError(f"There is no report {id_!r}.", f"There are: {', '.join(reports)}.")
    return reports[id_]


def _place(report: Report, place: Place) -> dict[str, Any]:
    span = place.span
    return {
        "start": span.start,
        "end": span.end,
        "text": report.source[span.start : span.end],
        "sentences": [sentence.id for sentence in place.sentences],
        "paragraphs": list(dict.fromkeys(sentence.paragraph for sentence in place.sentences)),
        "sections": list(dict.fromkeys(sentence.section for sentence in place.sentences)),
    }


def _paragraph(report: Report, paragraph: Paragraph) -> dict[str, Any]:
    span, sentences = paragraph.span, []
    for sentence in paragraph.sentences:
        row = {"id": sentence.id, "start": sentence.span.start, "end": sentence.span.end, "text": sentence.text}
        english = {} if report.edition is None else {"english": report.edition.sentences[sentence.id].text}
        sentences.append(row | english)
    return {
        "report": report.id,
        "sha256": report.sha256,
        "paragraph": paragraph.id,
        "section": paragraph.section,
        "headings": list(report.headings(paragraph.section)),
        "start": span.start,
        "end": span.end,
        "text": report.source[span.start : span.end],
        "sentences": sentences,
        "english_is": "absent" if report.edition is None else _UNOFFICIAL,
        "errata": [{"printed": e.printed, "reads": e.reads, "why": e.why} for e in report.errata_in(span)],
    }
