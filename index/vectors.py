"""The dense store: unit vectors by number in a FAISS inner-product index, so that scores are cosines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import faiss as _faiss
import numpy as np
from numpy.typing import NDArray

from corpus.errors import IndexDirError

faiss: Any = _faiss  # its type stubs describe the C++ layer, not the NumPy one that is used here


class VectorStore:
    """Exact search over unit float32 vectors with 63-bit ids."""

    def __init__(self, dim: int) -> None:
        """An empty store for vectors of `dim` numbers."""
        self._index = faiss.IndexIDMap2(faiss.IndexFlatIP(dim))

    @classmethod
    def from_bytes(cls, data: bytes) -> VectorStore:
        """Read what `to_bytes` wrote. Raises IndexDirError where it is not that."""
        store = cls.__new__(cls)
        try:
            store._index = faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8))
        except RuntimeError as fault:
            raise IndexDirError("The vectors of the index cannot be read.", "Rebuild it: wenzheng index.") from fault
        return store

    def to_bytes(self) -> bytes:
        """The store as bytes: FAISS's own file functions fail on non-ASCII paths."""
        return bytes(faiss.serialize_index(self._index).tobytes())

    def __len__(self) -> int:
        """How many vectors there are."""
        return int(self._index.ntotal)

    @property
    def dim(self) -> int:
        """Length of each vector."""
        return int(self._index.d)

    @property
    def ids(self) -> NDArray[np.int64]:
        """The ids, in the order of their adding, shape (n,)."""
        return np.array(faiss.vector_to_array(self._index.id_map), dtype=np.int64)

    def add(self, ids: Iterable[int], vectors: NDArray[np.float32]) -> None:
        """Add unit rows, shape (n, dim), under n new ids."""
        if len(vectors):
            self._index.add_with_ids(np.ascontiguousarray(vectors), np.fromiter(ids, dtype=np.int64))

    def remove(self, ids: Iterable[int]) -> None:
        """Forget these ids; unknown ones are ignored."""
        self._index.remove_ids(np.fromiter(ids, dtype=np.int64))

    def search(
        self, queries: NDArray[np.float32], k: int, among: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The `k` nearest of each query.

        Args:
            queries: unit rows, shape (q, dim).
            k: how many; at most as many as there are.
            among: search only these ids.

        Returns:
            ids and cosines, both of shape (q, k), best first.
        """
        found = min(k, len(self) if among is None else len(among))
        if not found:
            return np.empty((len(queries), 0), np.int64), np.empty((len(queries), 0), np.float32)
        selector = None if among is None else faiss.IDSelectorBatch(among)
        parameters = faiss.SearchParameters(sel=selector) if selector is not None else None
        scores, ids = self._index.search(queries, found, params=parameters)
        return ids, scores
