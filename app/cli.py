"""The command line. Errors are turned into one sentence and an exit code here, once: 2 for usage, 1 for failure."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.settings import Settings, load
from corpus.errors import UsageError, WenzhengError

if TYPE_CHECKING:
    from app.answer import Answerer
    from app.reply import Answer


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        settings = load(
            {
                name: getattr(arguments, name, None)
                for name in ("library", "index", "model", "language", "host", "port")
            },
            arguments.settings,
        )
        return int(arguments.run(arguments, settings))
    except WenzhengError as fault:
        print(f"wenzheng: {_shown(str(fault))}", file=sys.stderr)
        return fault.exit_code
    except KeyboardInterrupt:
        print("wenzheng: interrupted; nothing was changed.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 1


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--library", metavar="DIR", help="folder of reports (default: the one that comes with the project)"
    )
    common.add_argument("--index", metavar="DIR", help="index directory (default: LIBRARY/.index)")
    common.add_argument(
        "--model", metavar="NAME", help="encoder: a folder or a hub id (default: the one in the project)"
    )
    common.add_argument(
        "--settings", metavar="FILE", type=Path, help="settings file (default: wenzheng.toml, if there is one)"
    )
    parser = argparse.ArgumentParser(
        prog="wenzheng",
        description="Ask a Chinese government report a question; every sentence of the answer is cited.",
    )
    parser.add_argument("--version", action="version", version=f"wenzheng {version('wenzheng')}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    ask = commands.add_parser("ask", parents=[common], help="answer a question, or a file of them")
    ask.add_argument("question", nargs="?", help="in English or Chinese")
    ask.add_argument(
        "--batch", metavar="FILE", help='one {"id", "question", "history"?, "report"?} per line; - for stdin'
    )
    ask.add_argument("--report", metavar="ID", help="answer from this report alone")
    ask.add_argument(
        "--history", metavar="QUESTION", action="append", default=[], help="an earlier question; repeat in order"
    )
    ask.add_argument(
        "--language", choices=("auto", "zh", "en"), help="language of the answer (default: the question's)"
    )
    ask.add_argument("--paragraph", action="store_true", help="print each cited paragraph whole, with its translation")
    ask.add_argument("--json", action="store_true", help="print the answer JSON")
    ask.set_defaults(run=_ask)

    chat = commands.add_parser("chat", parents=[common], help="serve the chat page")
    chat.add_argument("--host", help="address to listen on (default: 127.0.0.1)")
    chat.add_argument("--port", help="port to listen on (default: 7860)")
    chat.add_argument(
        "--language", choices=("auto", "zh", "en"), help="language of the answers (default: the question's)"
    )
    chat.set_defaults(run=_chat)

    index = commands.add_parser("index", parents=[common], help="build the index, or bring it up to date")
    index.set_defaults(run=_index)

    check = commands.add_parser(
        "verify", parents=[common], help="check saved answers against the reports; needs no model"
    )
    check.add_argument("file", type=Path, help="an answer JSON, or one per line")
    check.set_defaults(run=_verify)

    add = commands.add_parser("add", parents=[common], help="take a report into the library")
    add.add_argument("file", type=Path, help="UTF-8 text or .docx")
    add.add_argument("--id", required=True, help="name for it: lower-case letters, digits, hyphens")
    add.add_argument("--title", required=True)
    add.set_defaults(run=_add)
    return parser


def _ask(arguments: argparse.Namespace, settings: Settings) -> int:
    if (arguments.question is None) == (arguments.batch is None):
        raise UsageError(
            "Give either a question or --batch FILE.", 'For example: wenzheng ask "What about clean heating?"'
        )
    if arguments.batch is not None and (arguments.report is not None or arguments.history):
        raise UsageError("--report and --history go with one question.", "In a batch, give them on each line.")
    lines = None if arguments.batch is None else _lines(arguments.batch)
    if arguments.question is not None:
        from app.question import clean

        clean(arguments.question)  # a bad question is told at once, before the model loads
    answerer = open_answerer(settings)
    if lines is not None:
        return _batch(answerer, lines)
    answer = answerer.ask(arguments.question, arguments.history, arguments.report)
    if arguments.json:
        print(json.dumps(answer.to_json(), ensure_ascii=False, indent=1))
    else:
        from app.render import terminal

        print(terminal(answer, answerer.searcher.reports, arguments.paragraph))
    return 0


def _batch(answerer: Answerer, lines: Iterable[str]) -> int:
    errors = 0
    for number, line in enumerate(lines, start=1):
        if line.strip():
            answer = _answer_line(answerer, line, number)
            errors += answer.status == "error"
            print(json.dumps(answer.to_json(), ensure_ascii=False), flush=True)
    if errors:
        print(f"wenzheng: {errors} of the lines could not be answered; their rows say why.", file=sys.stderr)
    return 0


def _answer_line(answerer: Answerer, line: str, number: int) -> Answer:
    row: Any = None
    try:
        try:
            row = json.loads(line)
            row = json.loads(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace"))  # no lone surrogates
        except ValueError as fault:
            raise UsageError(f"Line {number} is not JSON: {fault}.") from fault
        if not isinstance(row, dict) or not isinstance(row.get("question"), str):
            raise UsageError(f"Line {number} has no question.", 'Each line needs {"id": …, "question": …}.')
        if not isinstance(row.get("report"), str | None):
            raise UsageError(f"Line {number} has a report that is not a name.")
        return answerer.ask(
            row["question"], _history(row.get("history"), number), row.get("report"), str(row.get("id", ""))
        )
    except WenzhengError as fault:
        known = row if isinstance(row, dict) else {}
        return answerer.failed(str(known.get("question", "")), fault, str(known.get("id", "")), number)


def _history(value: Any, number: int) -> list[str]:  # noqa: ANN401 - whatever the line holds
    """Earlier user questions, given as strings or as chat messages."""
    if not isinstance(value, list | None):
        raise UsageError(f"Line {number} has a history that is not a list.")
    history: list[str] = []
    for turn in value or ():
        if isinstance(turn, str):
            history.append(turn)
        elif isinstance(turn, dict) and isinstance(turn.get("content"), str):
            history += [turn["content"]] if turn.get("role") == "user" else []
        else:
            raise UsageError(f"Line {number} has a history that is neither questions nor chat messages.")
    return history


def _chat(arguments: argparse.Namespace, settings: Settings) -> int:
    from app.chat import serve

    serve(open_answerer(settings), settings.host, settings.port, settings.data_dir)
    return 0


def _index(arguments: argparse.Namespace, settings: Settings) -> int:
    from corpus.library import Library
    from index.build import build, current
    from index.encode import load_encoder, model_digest

    library = Library(settings.library)
    manifest, done = current(library, settings.index_dir, model_digest(settings.model)), "up to date"
    if manifest is None:
        built = build(library, settings.index_dir, load_encoder(settings.model, light=False), progress=_progress)
        manifest, done = built.manifest, f"{built.embedded} embedded, {built.reused} unchanged"
    print(
        f"{settings.index_dir}: {len(manifest.reports)} report(s), {manifest.sentences} sentences, "
        f"{manifest.chunks} chunks ({done})"
    )
    return 0


def _verify(arguments: argparse.Namespace, settings: Settings) -> int:
    from app.saved import check_file

    checked, refused, faults = check_file(arguments.file, settings.library)
    for fault in faults:
        print(_shown(fault))
    if faults:
        raise WenzhengError(f"{arguments.file} does not verify: {len(faults)} fault(s).")
    if not checked:
        raise WenzhengError(f"{arguments.file} claims nothing, so nothing was verified ({refused} refusal(s)).")
    print(
        f"Verified: {checked} claim(s), every quote verbatim at its place"
        + (f"; {refused} refusal(s)." if refused else ".")
    )
    return 0


def _add(arguments: argparse.Namespace, settings: Settings) -> int:
    from corpus.library import Library

    settings.library.mkdir(parents=True, exist_ok=True)
    report = Library(settings.library).add(arguments.file, arguments.id, arguments.title)
    count = sum(sentence.kind != "heading" for sentence in report.sentences)
    print(f"Added {report.id}: {len(report.sections)} sections, {count} sentences.")
    print(f"Now run: wenzheng index --library {settings.library}")
    return 0


def open_answerer(settings: Settings) -> Answerer:
    """The library, index and encoder that the settings name, ready to answer."""
    from app.answer import Answerer
    from corpus.library import Library
    from index.encode import load_encoder
    from index.search import Searcher

    library = Library(settings.library)
    return Answerer(Searcher(settings.index_dir, library, load_encoder(settings.model, light=True)), settings.language)


def _progress(steps: Iterable[int], total: int) -> Iterable[int]:
    from tqdm import tqdm

    bar: Iterable[int] = tqdm(steps, total=total, desc="Embedding", unit="batch", delay=1.5, disable=None)
    return bar


def _shown(text: str) -> str:
    """Text without the control characters that could command a terminal."""
    return "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in text)


def _lines(name: str) -> Iterator[str]:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise UsageError(f"The batch file {name} cannot be read: {fault}.") from fault
    return iter(text.split("\n"))


if __name__ == "__main__":
    sys.exit(main())
