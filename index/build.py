"""Build an index of a library, or refresh one: only chunks that are new are embedded."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.errors import IndexDirError, UsageError
from corpus.fold import fold
from corpus.library import Library
from corpus.report import Report
from index import manifest as manifests
from index.chunk import Chunk, search_text, searched
from index.encode import Encoder
from index.lexical import TERMS, Lexical
from index.manifest import FORMAT, IndexConfig, Manifest, fingerprint
from index.splitter import ClauseSplitter, chunks
from index.vectors import VectorStore

_BATCH = 64


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did: the index's manifest, how many chunks were embedded and how many taken over."""

    manifest: Manifest
    embedded: int
    reused: int


def build(
    library: Library,
    root: Path,
    encoder: Encoder,
    config: IndexConfig | None = None,
    progress: Callable[[Iterable[int], int], Iterable[int]] = lambda steps, _total: steps,
) -> Built:
    """Bring the index in `root` up to date with `library`.

    Args:
        library: every report of it is indexed.
        root: the index directory; made if it is not there.
        encoder: its digest is recorded, and a search with another model is refused.
        config: how to cut the chunks.
        progress: wraps the loop over batches, given it and their number.

    Raises:
        UsageError: the library is empty.
        ReportError: a report is damaged; the index stays as it was.
        IndexDirError: another build holds the directory.
    """
    config = config or IndexConfig()
    reports = list(library)
    if not reports:
        raise UsageError(
            f"The library {library.root} has no reports.", "Add one: wenzheng add FILE --id ID --title TITLE."
        )
    root.mkdir(parents=True, exist_ok=True)
    if not (root / ".gitignore").exists():
        (root / ".gitignore").write_text("*\n", encoding="utf-8")
    try:
        with FileLock(root / ".lock", timeout=0):
            return _build(reports, root, encoder, config, progress)
    except Timeout as fault:
        raise IndexDirError(f"Another build is writing {root}.", "Wait until it is done.") from fault


def current(library: Library, root: Path, model_digest: str) -> Manifest | None:
    """The manifest of the index in `root` if it is whole and nothing that it was made from has changed."""
    try:
        manifest = manifests.read(root)
        if manifest is not None:
            manifests.verified(root, manifest)
    except IndexDirError:
        return None
    reports = {report.id: fingerprint(report) for report in library}
    wanted = (model_digest, IndexConfig().digest, reports)
    return manifest if manifest and (manifest.model_digest, manifest.config, manifest.reports) == wanted else None


def _build(
    reports: Sequence[Report],
    root: Path,
    encoder: Encoder,
    config: IndexConfig,
    progress: Callable[[Iterable[int], int], Iterable[int]],
) -> Built:
    splitter = ClauseSplitter(encoder.max_tokens, lambda text: encoder.count_tokens(fold(text)), config.shortest_clause)
    wanted = {chunk.id: chunk for report in reports for chunk in chunks(report, splitter)}
    manifest = Manifest(
        format=FORMAT,
        model=encoder.name,
        model_digest=encoder.digest,
        dim=encoder.dim,
        config=config.digest,
        reports={report.id: fingerprint(report) for report in reports},
        chunks=len(wanted),
        sentences=sum(len(searched(report)) for report in reports),
    )
    store = _reusable(root, manifest)
    kept = set(store.ids.tolist())
    store.remove(kept - wanted.keys())
    new = sorted((chunk for id_, chunk in wanted.items() if id_ not in kept), key=lambda c: len(c.text))
    steps = range(0, len(new), _BATCH)
    for start in progress(steps, len(steps)):
        batch = new[start : start + _BATCH]
        store.add((chunk.id for chunk in batch), encoder.encode([fold(chunk.text) for chunk in batch]))
    with manifests.publishing(root, manifest) as folder:
        _write(folder, wanted.values(), store, reports)
    published = manifests.read(root)
    assert published is not None  # noqa: S101 - it was published above
    return Built(published, embedded=len(new), reused=len(wanted) - len(new))


def _reusable(root: Path, manifest: Manifest) -> VectorStore:
    """The vectors of the present index where the same model made them, else an empty store."""
    try:
        old = manifests.read(root)
        if old is None or old.model_digest != manifest.model_digest:
            return VectorStore(manifest.dim)
        return VectorStore.from_bytes((manifests.verified(root, old) / "vectors.faiss").read_bytes())
    except IndexDirError:  # damaged: it is being rebuilt
        return VectorStore(manifest.dim)


def _write(folder: Path, wanted: Iterable[Chunk], store: VectorStore, reports: Sequence[Report]) -> None:
    rows = (json.dumps({"id": chunk.id} | asdict(chunk), ensure_ascii=False) for chunk in wanted)
    (folder / "chunks.jsonl").write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    (folder / "vectors.faiss").write_bytes(store.to_bytes())
    pairs = [(report, sentence) for report in reports for sentence in searched(report)]
    sentences = "".join(f"{report.id}\t{sentence.id}\n" for report, sentence in pairs)
    (folder / "sentences.tsv").write_text(sentences, encoding="utf-8")
    for view, terms in TERMS.items():
        documents = [terms(fold(search_text(report, sentence, view))) for report, sentence in pairs]
        Lexical.fit(documents).save(folder / f"bm25-{view}")
