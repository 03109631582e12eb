"""The command line. Errors are turned into one sentence and an exit code here, once: 2 for usage, 1 for failure."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from app import commands as run
from app.settings import load
from corpus.errors import WenzhengError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        settings = load(
            {
                name: getattr(arguments, name, None)
                for name in ("library", "index", "model", "language", "host", "port", "data")
            },
            arguments.settings,
        )
        return int(arguments.run(arguments, settings))
    except WenzhengError as fault:
        print(f"wenzheng: {run.shown(str(fault))}", file=sys.stderr)
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
    ask.add_argument("--export", metavar="FILE", type=Path, help="write it to a .md, .docx or .json file, too")
    ask.set_defaults(run=run.ask)

    chat = commands.add_parser("chat", parents=[common], help="serve the chat page")
    chat.add_argument("--host", help="address to listen on (default: 127.0.0.1)")
    chat.add_argument("--port", help="port to listen on (default: 7860)")
    chat.add_argument(
        "--language", choices=("auto", "zh", "en"), help="language of the answers (default: the question's)"
    )
    chat.add_argument("--auth-file", metavar="FILE", type=Path, help="ask for a login; lines made by wenzheng passwd")
    chat.set_defaults(run=run.chat)

    index = commands.add_parser("index", parents=[common], help="build the index, or bring it up to date")
    index.set_defaults(run=run.index)

    check = commands.add_parser(
        "verify", parents=[common], help="check saved answers against the reports; needs no model"
    )
    check.add_argument("file", type=Path, help="an answer JSON, or one per line")
    check.set_defaults(run=run.verify)

    add = commands.add_parser("add", parents=[common], help="take a report into the library")
    add.add_argument("file", type=Path, help="UTF-8 text or .docx")
    add.add_argument("--id", required=True, help="name for it: lower-case letters, digits, hyphens")
    add.add_argument("--title", required=True)
    add.set_defaults(run=run.add)

    mcp = commands.add_parser("mcp", parents=[common], help="serve other programs (MCP, over stdin and stdout)")
    mcp.add_argument(
        "--language", choices=("auto", "zh", "en"), help="language of the answers (default: the question's)"
    )
    mcp.set_defaults(run=run.mcp)

    passwd = commands.add_parser("passwd", parents=[common], help="print a line for --auth-file")
    passwd.add_argument("user", help="asks for the password, or reads it from stdin")
    passwd.set_defaults(run=run.passwd)

    _add_feedback(commands.add_parser("feedback", help="what people thought of answers"), common)
    return parser


def _add_feedback(feedback: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    kept = argparse.ArgumentParser(add_help=False, parents=[common])
    kept.add_argument("--data", metavar="DIR", help="folder of the user's data (default: ~/.local/share/wenzheng)")
    kinds = feedback.add_subparsers(required=True, metavar="COMMAND")
    listing = kinds.add_parser("list", parents=[kept], help="print it")
    listing.set_defaults(run=run.feedback_list)
    export = kinds.add_parser("export", parents=[kept], help="turn it into candidates for the gold questions")
    export.add_argument("file", nargs="?", type=Path, help="where to (default: stdout)")
    export.set_defaults(run=run.feedback_export)


if __name__ == "__main__":
    sys.exit(main())
