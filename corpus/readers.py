"""Files people have → the plain text that a report is stored as: .txt and .docx.

A Word file becomes one line for each paragraph and each row of a table, in the order of the document; what Word numbers
by itself is not in the text and stays out. Where a heading stands is for `structure` to see, from the text alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import UsageError

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table

KINDS = (".txt", ".docx")


def read_text(path: Path) -> str:
    """The text of a file.

    Args:
        path: a `.docx`, or UTF-8 text of any other name; a byte-order mark is dropped, every other character is kept.

    Raises:
        UsageError: it cannot be read, or is not what its name says.
    """
    try:
        if path.suffix.lower() == ".docx":
            return _docx(path)
        return path.read_bytes().removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as fault:
        raise UsageError(f"{path} is not UTF-8 text: {fault}.", "Save it as UTF-8 .txt, or as .docx.") from fault
    except OSError as fault:
        raise UsageError(f"{path} cannot be read: {fault}.") from fault


def _docx(path: Path) -> str:
    import zlib
    from zipfile import BadZipFile

    import docx
    from docx.opc.exceptions import PackageNotFoundError

    try:
        document = docx.Document(str(path))
    except (PackageNotFoundError, KeyError, ValueError, SyntaxError, zlib.error, BadZipFile) as fault:
        raise UsageError(f"{path} is no Word file: {fault}.", "Save it as .docx or as UTF-8 .txt.") from fault
    return "".join(f"{line}\n" for line in _lines(document))


def _lines(document: Document) -> Iterator[str]:
    from docx.table import Table

    for block in document.iter_inner_content():
        if isinstance(block, Table):
            yield from _rows(block)
        else:
            yield from block.text.split("\n")


def _rows(table: Table) -> Iterator[str]:
    """A row's cells side by side; a merged cell, which Word repeats, once."""
    for row in table.rows:
        cells = [cell.text.replace("\n", " ").strip() for cell in row.cells]
        kept = [text for n, text in enumerate(cells) if n == 0 or row.cells[n]._tc is not row.cells[n - 1]._tc]
        yield "　".join(kept)
