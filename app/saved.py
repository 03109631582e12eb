"""Saved answers: read an answer file, hold it to the schema, and check its claims against the reports again."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from app.citation import verify
from corpus.errors import UsageError, WenzhengError
from corpus.library import Library
from corpus.report import Report

SCHEMA_FILE = Path(__file__).with_name("answer.schema.json")


def check_file(file: Path, library: Path) -> tuple[int, int, list[str]]:
    """Check every answer in a file.

    Args:
        file: one answer JSON, or one per line.
        library: the folder of reports to check against.

    Returns:
        How many claims were checked, how many answers are refusals or errors and claim nothing, and one sentence for
        each fault.

    Raises:
        UsageError: the file cannot be read or is no answer file.
    """
    import jsonschema

    schema = jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))
    open_report = cache(Library(library).open)
    checked, silent, faults = 0, 0, []
    for number, answer in enumerate(_answers(file), start=1):
        where = f"Answer {answer.get('id') or number}" if isinstance(answer, dict) else f"Answer {number}"
        broken = next(schema.iter_errors(answer), None)
        if broken is not None:
            faults.append(f"{where}: not an answer JSON: {broken.json_path}: {broken.message:.120}.")
            continue
        if answer["status"] != "answered":
            silent += 1
            faults += [f"{where}: it is {answer['status']}, and yet has claims."] if answer["claims"] else []
            continue
        checked += len(answer["claims"])
        faults += [f"{where}: {fault}" for fault in _faults(answer, open_report)]
    return checked, silent, faults


def _faults(answer: dict[str, Any], open_report: Callable[[str], Report]) -> list[str]:
    try:
        faults = verify(answer["claims"], open_report)
    except WenzhengError as fault:
        return [fault.message]
    shown = " ".join(f"{claim['text']} [{n}]" for n, claim in enumerate(answer["claims"], start=1))
    return faults if answer["answer"] == shown else [*faults, "the answer's text is not that of its claims."]


def _answers(file: Path) -> list[Any]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise UsageError(f"{file} cannot be read: {fault}.") from fault
    try:
        whole = json.loads(text)
        return whole if isinstance(whole, list) else [whole]
    except ValueError:
        pass
    try:
        return [json.loads(line) for line in text.split("\n") if line.strip()]
    except ValueError as fault:
        raise UsageError(f"{file} is neither an answer JSON nor one per line: {fault}.") from fault
