"""A folder of reports: list them, open them, add one. The only code that reads a report's files.

A report is a folder with `source.txt`, the text as published (UTF-8, no byte-order mark, line ends unchanged), and
`report.toml`, which says what it is, carries the source's SHA-256 and declares the source's errata.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from corpus.edition import read_edition
from corpus.errors import ReportError, UsageError
from corpus.readers import read_text
from corpus.report import Divergence, Erratum, Name, Place, Report, Span
from corpus.structure import parse

SHIPPED = Path(__file__).parent / "reports"
"""The library that comes with the project."""

_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_FIELDS = {
    "title",
    "title_en",
    "short",
    "speaker",
    "occasion",
    "date",
    "published",
    "source",
    "url",
    "language",
    "sha256",
    "original",
    "original_sha256",
}
_TABLES = {"errata", "divergences", "names", "places"}
_REQUIRED = ("title", "language", "sha256")


class Library:
    """The reports of one folder, by the names of their sub-folders."""

    def __init__(self, root: Path | str = SHIPPED) -> None:
        """Look into `root`. Raises ReportError where there is no such folder."""
        self.root = Path(root)
        if not self.root.is_dir():
            raise ReportError(f"There is no library folder {self.root}.", "Name one with --library DIR.")

    def ids(self) -> tuple[str, ...]:
        """The names of the reports, sorted."""
        return tuple(sorted(path.parent.name for path in self.root.glob("*/report.toml")))

    def __iter__(self) -> Iterator[Report]:
        """Every report, opened, in order of name."""
        return map(self.open, self.ids())

    def open(self, id: str) -> Report:  # noqa: A002 - the field's own word
        """Read one report and its structure.

        Raises:
            ReportError: it is missing, damaged, or its text is not the one that `report.toml` names.
        """
        folder = self.root / id
        if not _ID.fullmatch(id) or not (folder / "report.toml").is_file():
            known = ", ".join(self.ids()) or "none"
            raise ReportError(f"There is no report {id!r} in {self.root}.", f"It has: {known}.")
        about = _about(folder / "report.toml")
        source, sha256 = _source(folder / "source.txt")
        if sha256 != about["sha256"]:
            raise ReportError(
                f"The text of {id} has changed: its SHA-256 is {sha256[:12]}…, not {about['sha256'][:12]}….",
                f"Restore {folder / 'source.txt'}; citations are only good for the text they were made from.",
            )
        errata = tuple(sorted((_erratum(id, source, e) for e in about.get("errata", ())), key=lambda e: e.span))
        structure = parse(
            source,
            breaks=[e.break_at for e in errata if e.break_at is not None],
            corrected={e.span: e.reads for e in errata},
        )
        report = Report(
            id=id,
            source=source,
            sha256=sha256,
            language=about["language"],
            about={key: _text(value) for key, value in about.items() if key not in {"sha256", *_TABLES}},
            sections=structure.sections,
            paragraphs=structure.paragraphs,
            errata=errata,
            divergences=tuple(
                Divergence(row["words"], tuple(row["differs"]), row["why"]) for row in about.get("divergences", ())
            ),
            names=tuple(Name(row["en"], row["zh"], tuple(row["also"])) for row in about.get("names", ())),
            places=tuple(Place(tuple(row["names"]), row["zh"], row["en"]) for row in about.get("places", ())),
        )
        english = folder / "english.jsonl"
        return replace(report, edition=read_edition(english, report.sentences)) if english.exists() else report

    def add(self, file: Path, id: str, title: str) -> Report:  # noqa: A002
        """Take a report into the library.

        Args:
            file: a UTF-8 text or a Word file (see `readers`); of a Word file the extracted text is stored, once, with
                the SHA-256 of the original.
            id: name for its folder: lower-case letters, digits and hyphens.
            title: its title.

        Raises:
            UsageError: the id is taken or ill-formed, or the file cannot be read as UTF-8 text.
        """
        folder = self.root / id
        if not _ID.fullmatch(id):
            raise UsageError(f"{id!r} cannot name a report.", "Use lower-case letters, digits and hyphens.")
        if folder.exists():
            raise UsageError(f"The library has a report {id!r} already.", "Choose another --id.")
        data = read_text(file).encode()
        about = {
            "title": title,
            "language": "zh",
            "sha256": hashlib.sha256(data).hexdigest(),
            "original": file.name,
            "original_sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        }
        # A JSON string is a TOML string, but for DEL; a file's name may hold bytes that are no text.
        lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in about.items()]
        toml = "".join(lines).replace("\x7f", "\\u007f").encode("utf-8", "replace")
        folder.mkdir(parents=True)
        try:
            (folder / "source.txt").write_bytes(data)
            (folder / "report.toml").write_bytes(toml)
            return self.open(id)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise


def ids_table(report: Report) -> str:
    """Every id of a report with its span and first words, one a line, tab-separated: what `ids.tsv` holds."""
    rows = [(p.span, 0, p.id) for p in report.paragraphs if not p.id.startswith("h")]
    rows += [(s.span, 1, s.id) for s in report.sentences]
    lines = ["id\tstart\tend\tfirst words"]
    for span, _, id_ in sorted(rows):
        words = " ".join(report.source[span.start : min(span.end, span.start + 16)].split())
        lines.append(f"{id_}\t{span.start}\t{span.end}\t{words}")
    return "\n".join(lines) + "\n"


def _about(path: Path) -> dict[str, Any]:
    try:
        about = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise ReportError(f"{path} cannot be read: {fault}.", "Mend or restore the file.") from fault
    if unknown := set(about) - _FIELDS - _TABLES:
        raise ReportError(f"{path} has an unknown field {min(unknown)!r}.", f"Known are: {', '.join(sorted(_FIELDS))}.")
    if not all(isinstance(row, dict) for row in about.get("errata", ())):
        raise ReportError(f"{path} has errata that are no tables.", "Write each as [[errata]].")
    _check_tables(path, about)
    if missing := [key for key in _REQUIRED if not isinstance(about.get(key), str)]:
        raise ReportError(f"{path} lacks {missing[0]!r}.", "Every report.toml needs title, language and sha256.")
    return about


def _check_tables(path: Path, about: Mapping[str, Any]) -> None:
    """Raise ReportError where a row of divergences, names or places has not its two texts and its list of texts."""
    shapes = {
        "divergences": (("words", "why"), "differs"),
        "names": (("en", "zh"), "also"),
        "places": (("zh", "en"), "names"),
    }
    for table, (texts, several) in shapes.items():
        for row in about.get(table, ()):
            values = (
                [*map(row.get, texts), *row[several]] if isinstance(row, dict) and _is_list(row.get(several)) else []
            )
            if not values or not all(isinstance(value, str) and value for value in values):
                raise ReportError(
                    f"{path} has a row of {table} that is not well formed.",
                    f"Each [[{table}]] has {' and '.join(texts)}, each a text, and {several}, a list of texts.",
                )


def _is_list(value: object) -> bool:
    return isinstance(value, list) and bool(value)


def _source(path: Path) -> tuple[str, str]:
    try:
        data = path.read_bytes()
        return data.decode("utf-8"), hashlib.sha256(data).hexdigest()
    except FileNotFoundError as fault:
        raise ReportError(f"The report's text is missing: {path}.", "Restore the file.") from fault
    except UnicodeDecodeError as fault:
        raise ReportError(f"{path} is not UTF-8 text: {fault}.", "Restore the file.") from fault


def _erratum(id_: str, source: str, row: Mapping[str, Any]) -> Erratum:
    printed, reads, why = (str(row.get(key, "")) for key in ("printed", "reads", "why"))
    if not printed or source.count(printed) != 1:
        raise ReportError(
            f"An erratum of {id_} prints {printed!r}, which occurs {source.count(printed) if printed else 0} times.",
            "Give a stretch of the source that occurs exactly once.",
        )
    if "\n" in reads and not printed.startswith(reads.partition("\n")[0]):
        raise ReportError(f"The erratum {printed!r} of {id_} adds a line break and changes the text before it.")
    start = source.index(printed)
    return Erratum(Span(start, start + len(printed)), printed, reads, why)


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
