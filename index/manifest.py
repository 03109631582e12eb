"""What an index directory promises, and how it is published so that no reader ever sees half of one.

DIR/manifest.json         what was indexed, by which model and settings, and a checksum for every file
DIR/<generation>/…        the files; a new build makes a new generation and the manifest moves to it last
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from corpus.errors import IndexDirError
from corpus.report import Report

FORMAT = 1
"""To be raised when the files change, or what fills them: the analyzers, the labels of title lines, the folding."""
_NAME = "manifest.json"
_OURS = re.compile(r"[0-9a-f]{16}|\.new-.+")  # a user may name a directory that holds other folders
_REBUILD = "Rebuild it: wenzheng index."


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index holds.

    Attributes:
        format: of the files; a reader takes only its own `FORMAT`.
        model, model_digest, dim: the encoder's name, the SHA-256 over its files, the length of its vectors.
        config: digest of the settings that shape the chunks.
        reports: report id → SHA-256 over its text, edition and errata.
        chunks, sentences: how many there are.
        generation: the sub-folder that holds the files.
        files: relative path → SHA-256.
    """

    format: int
    model: str
    model_digest: str
    dim: int
    config: str
    reports: dict[str, str]
    chunks: int
    sentences: int
    generation: str = ""
    files: dict[str, str] | None = None

    @property
    def digest(self) -> str:
        """The identity of the index's contents, wherever the model's folder stands: SHA-256 over all but its name."""
        return hashlib.sha256(json.dumps(asdict(self) | {"model": ""}, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class IndexConfig:
    """What shapes the chunks.

    Attributes:
        shortest_clause: a clause of fewer characters is joined to its neighbour.
    """

    shortest_clause: int = 8

    @property
    def digest(self) -> str:
        """SHA-256 of the settings, hexadecimal."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


def fingerprint(report: Report) -> str:
    """SHA-256 over all of a report that is indexed: text, errata and English edition."""
    parts = [report.sha256, repr(report.errata), repr(report.edition)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def read(root: Path) -> Manifest | None:
    """The manifest of an index, or None where none was ever published.

    Raises:
        IndexDirError: it is damaged or of another format.
    """
    try:
        fields = json.loads((root / _NAME).read_bytes())
        if fields["format"] != FORMAT:
            raise IndexDirError(f"The index in {root} has format {fields['format']}, not {FORMAT}.", _REBUILD)
        if fields["generation"] != _generation(fields):
            raise ValueError("it is not the one that was written")
        return Manifest(**fields)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise IndexDirError(f"The index in {root} has a damaged manifest: {fault}.", _REBUILD) from fault


def verified(root: Path, manifest: Manifest) -> Path:
    """The folder of the index's files, after every one has been checked against its checksum.

    Raises:
        IndexDirError: a file is missing, truncated or altered.
    """
    folder = root / manifest.generation
    for name, expected in (manifest.files or {}).items():
        try:
            actual = _sha256(folder / name)
        except OSError as fault:
            raise IndexDirError(f"The index in {root} lacks its file {name}.", _REBUILD) from fault
        if actual != expected:
            raise IndexDirError(f"The index in {root} is damaged: {name} is not the file that was written.", _REBUILD)
    return folder


@contextmanager
def publishing(root: Path, manifest: Manifest) -> Iterator[Path]:
    """Give the caller a folder to fill; when it is done, publish the whole as the new index, manifest last.

    If the caller fails or is interrupted, what was published before stays as it was.
    """
    root.mkdir(parents=True, exist_ok=True)
    folder = root / f".new-{uuid.uuid4().hex}"
    folder.mkdir()
    try:
        yield folder
        files = {p.relative_to(folder).as_posix(): _sha256(p) for p in sorted(folder.rglob("*")) if p.is_file()}
        fields = asdict(manifest) | {"files": files}
        generation = _generation(fields)
        try:
            verified(root, Manifest(**fields | {"generation": generation}))  # there already: readers may be in it
        except IndexDirError:
            shutil.rmtree(root / generation, ignore_errors=True)
            os.replace(folder, root / generation)
        _write(root / _NAME, json.dumps(fields | {"generation": generation}, indent=1, sort_keys=True).encode())
        for old in root.iterdir():
            if old.is_dir() and old.name != generation and _OURS.fullmatch(old.name):
                shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _generation(fields: dict[str, Any]) -> str:
    """The name of a generation: of the SHA-256 over all else that its manifest says."""
    return hashlib.sha256(json.dumps(fields | {"generation": ""}, sort_keys=True).encode()).hexdigest()[:16]


def _write(path: Path, data: bytes) -> None:
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    os.replace(fresh, path)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
