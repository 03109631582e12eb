"""What each command of the command line does; `cli` says how it is typed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import redirect_stdout
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from app.settings import Settings
from corpus.errors import UsageError, WenzhengError

if TYPE_CHECKING:
    from app.answer import Answerer
    from app.export import Format
    from app.reply import Answer
    from index.search import Searcher


def ask(arguments: argparse.Namespace, settings: Settings) -> int:
    """Answer a question, or a file of them."""
    if (arguments.question is None) == (arguments.batch is None):
        raise UsageError(
            "Give either a question or --batch FILE.", 'For example: wenzheng ask "What about clean heating?"'
        )
    if arguments.batch is not None and (arguments.report is not None or arguments.history):
        raise UsageError("--report and --history go with one question.", "In a batch, give them on each line.")
    form = None if arguments.export is None else _format(arguments.export)
    lines = None if arguments.batch is None else _lines(arguments.batch)
    if arguments.question is not None:
        from app.question import clean

        clean(arguments.question)  # a bad question is told at once, before the model loads
    answerer = open_answerer(settings)
    if lines is not None:
        answers = _batch(answerer, lines)
    else:
        answers = [answerer.ask(arguments.question, arguments.history, arguments.report)]
        _print_answer(answers[0], answerer, arguments)
    if form is not None:
        from app.export import export

        _write(arguments.export, export(answers, answerer.searcher.reports, form))
    return 0


def _print_answer(answer: Answer, answerer: Answerer, arguments: argparse.Namespace) -> None:
    if arguments.json:
        print(json.dumps(answer.to_json(), ensure_ascii=False, indent=1))
    else:
        from app.render import terminal

        print(terminal(answer, answerer.searcher.reports, arguments.paragraph))


def _batch(answerer: Answerer, lines: Iterable[str]) -> list[Answer]:
    from app.rows import answer_line

    answers = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            answers.append(answer_line(answerer, line, number))
            print(json.dumps(answers[-1].to_json(), ensure_ascii=False), flush=True)
    if errors := sum(answer.status == "error" for answer in answers):
        print(f"wenzheng: {errors} of the lines could not be answered; their rows say why.", file=sys.stderr)
    return answers


def chat(arguments: argparse.Namespace, settings: Settings) -> int:
    """Serve the chat page."""
    from app.accounts import read_accounts
    from app.chat import serve
    from app.desk import Desk

    accounts = None if arguments.auth_file is None else read_accounts(arguments.auth_file)
    answerer = open_answerer(settings)
    desk = Desk(answerer.searcher, answerer.calibration, answerer.language)
    serve(desk, settings.host, settings.port, settings.data_dir, accounts)
    return 0


def mcp(arguments: argparse.Namespace, settings: Settings) -> int:
    """Serve other programs over standard input and output."""
    from app.mcp import serve

    with redirect_stdout(sys.stderr):  # standard output is the protocol's, from the first byte
        answerer = open_answerer(settings)
    serve(answerer)
    return 0


def passwd(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print the line of a user for the file of accounts."""
    from app.accounts import account_line

    if sys.stdin.isatty():
        password = getpass("Password: ")
        if getpass("Once more: ") != password:
            raise UsageError("The two passwords differ.")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    print(account_line(arguments.user, password))
    return 0


def feedback_list(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print what people thought of answers, oldest first."""
    from app.feedback import FeedbackStore

    for it in FeedbackStore(settings.data_dir):
        print(shown(f"{it.time}  {it.verdict:19}  {it.question}{f'  — {it.note}' if it.note else ''}"))
    return 0


def feedback_export(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write what people thought of answers as candidates for the gold questions."""
    from app.feedback import FeedbackStore, candidates

    rows = list(candidates(list(FeedbackStore(settings.data_dir))))
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    if arguments.file is None:
        print(text, end="")
    else:
        _write(arguments.file, text.encode("utf-8"))
        print(f"{arguments.file}: {len(rows)} candidate(s); eval/gold/README.md says how they become gold.")
    return 0


def index(arguments: argparse.Namespace, settings: Settings) -> int:
    """Build the index, or bring it up to date."""
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


def verify(arguments: argparse.Namespace, settings: Settings) -> int:
    """Check saved answers against the reports."""
    from app.saved import check_file

    checked, refused, faults = check_file(arguments.file, settings.library)
    for fault in faults:
        print(shown(fault))
    if faults:
        raise WenzhengError(f"{arguments.file} does not verify: {len(faults)} fault(s).")
    if not checked:
        raise WenzhengError(f"{arguments.file} claims nothing, so nothing was verified ({refused} refusal(s)).")
    print(
        f"Verified: {checked} claim(s), every quote verbatim at its place"
        + (f"; {refused} refusal(s)." if refused else ".")
    )
    return 0


def add(arguments: argparse.Namespace, settings: Settings) -> int:
    """Take a report into the library."""
    from corpus.library import Library

    settings.library.mkdir(parents=True, exist_ok=True)
    report = Library(settings.library).add(arguments.file, arguments.id, arguments.title)
    count = sum(sentence.kind != "heading" for sentence in report.sentences)
    print(f"Added {report.id}: {len(report.sections)} sections, {count} sentences.")
    print(f"Now run: wenzheng index --library {settings.library}")
    return 0


def open_answerer(settings: Settings) -> Answerer:
    """The library, index, models and calibration that the settings name, ready to answer."""
    from app.abstain import Calibration
    from app.answer import Answerer

    searcher, calibration = open_searcher(settings), Calibration.load()
    calibration.check(searcher)
    return Answerer(searcher, calibration, settings.language)


def open_searcher(settings: Settings) -> Searcher:
    """The library, index and models that the settings name, ready to search."""
    from corpus.library import Library
    from index.encode import load_encoder
    from index.rerank import Ranker
    from index.search import Searcher

    encoder = load_encoder(settings.model, light=True)
    return Searcher(settings.index_dir, Library(settings.library), encoder, ranker=Ranker.load())


def _progress(steps: Iterable[int], total: int) -> Iterable[int]:
    from tqdm import tqdm

    bar: Iterable[int] = tqdm(steps, total=total, desc="Embedding", unit="batch", delay=1.5, disable=None)
    return bar


def _format(file: Path) -> Format:
    from app.export import format_of

    return format_of(file)


def _write(file: Path, data: bytes) -> None:
    try:
        file.write_bytes(data)
    except OSError as fault:
        raise WenzhengError(f"{file} cannot be written: {fault}.") from fault


def shown(text: str) -> str:
    """Text without the control characters that could command a terminal."""
    return "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in text)


def _lines(name: str) -> Iterator[str]:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise UsageError(f"The batch file {name} cannot be read: {fault}.") from fault
    return iter(text.split("\n"))
