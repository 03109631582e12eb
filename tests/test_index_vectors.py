"""The dense store against NumPy: the same neighbours, after anything that can happen to it."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import IndexDirError
from index.vectors import VectorStore


def unit(rng, n, dim):
    rows = rng.standard_normal((n, dim)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def brute_force(ids, rows, queries, k):
    """For each query the k best cosines and id → cosine: where two are nearly equal, either may come first."""
    cosines = queries.astype(float) @ rows.T.astype(float)
    tables = [dict(zip(map(int, ids), row, strict=True)) for row in cosines]
    return -np.sort(-cosines, axis=1)[:, :k], tables


def assert_same(found, expected):
    best, tables = expected
    np.testing.assert_allclose(found[1], best, atol=1e-6)
    for ids, cosines, table in zip(*found, tables, strict=True):
        assert len(set(ids.tolist())) == len(ids)
        np.testing.assert_allclose([table[id_] for id_ in ids.tolist()], cosines, atol=1e-6)


def filled(seed, n=40, dim=16):
    rng = np.random.default_rng(seed)
    ids = rng.choice(2**62, n, replace=False) * 2 + 1  # as wide as chunk ids are
    rows = unit(rng, n, dim)
    store = VectorStore(dim)
    store.add(ids.tolist(), rows)
    return store, ids, rows, unit(rng, 3, dim)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.integers(1, 60), st.integers(2, 40), st.integers(1, 70))
def test_neighbours_are_those_of_numpy(seed, n, dim, k):
    store, ids, rows, queries = filled(seed, n, dim)
    assert_same(store.search(queries, k), brute_force(ids, rows, queries, k))


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6), st.sets(st.integers(0, 39)), st.integers(1, 50))
def test_a_search_among_some_finds_only_those(seed, chosen, k):
    store, ids, rows, queries = filled(seed)
    among = sorted(chosen)
    found = store.search(queries, k, ids[among])
    assert_same(found, brute_force(ids[among], rows[among], queries, k))


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6), st.sets(st.integers(0, 39)))
def test_what_is_removed_is_never_found_and_the_rest_stays(seed, gone):
    store, ids, rows, queries = filled(seed)
    store.remove([*(ids[n] for n in gone), 2])  # 2 is even: no id here
    left = [n for n in range(40) if n not in gone]
    assert (len(store), store.ids.tolist()) == (len(left), ids[left].tolist())
    assert_same(store.search(queries, 40), brute_force(ids[left], rows[left], queries, 40))
    store.add((int(ids[n]) for n in sorted(gone)), rows[sorted(gone)])
    assert_same(store.search(queries, 40), brute_force(ids, rows, queries, 40))


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10**6), st.integers(0, 20))
def test_bytes_bring_back_the_same_store(seed, n):
    store, _, _, queries = filled(seed, n)
    again = VectorStore.from_bytes(store.to_bytes())
    assert (len(again), again.dim, again.ids.tolist()) == (n, 16, store.ids.tolist())
    for one, other in zip(again.search(queries, 9), store.search(queries, 9), strict=True):
        np.testing.assert_array_equal(one, other)
    assert again.to_bytes() == store.to_bytes()


def test_a_store_read_from_bytes_takes_and_drops_vectors():
    store, ids, rows, queries = filled(7)
    again = VectorStore.from_bytes(store.to_bytes())
    again.remove(ids[:5].tolist())
    again.add([11], rows[:1])
    assert_same(
        again.search(queries, 36), brute_force([*ids[5:], 11], np.concatenate([rows[5:], rows[:1]]), queries, 36)
    )


def test_fewer_than_asked_for_are_all_there_are():
    store = VectorStore(2)
    store.add([5, 6], np.eye(2, dtype=np.float32))
    ids, cosines = store.search(np.array([[0.6, 0.8]], dtype=np.float32), 10)
    assert ids.tolist() == [[6, 5]]
    np.testing.assert_allclose(cosines, [[0.8, 0.6]], rtol=1e-6)


@pytest.mark.parametrize("among", [None, np.array([], dtype=np.int64)])
def test_a_search_of_nothing_finds_nothing(among):
    store = VectorStore(4)
    if among is not None:
        store.add([1], np.eye(1, 4, dtype=np.float32))
    ids, cosines = store.search(np.eye(2, 4, dtype=np.float32), 3, among)
    assert (ids.tolist(), cosines.tolist()) == ([[], []], [[], []])
    assert (ids.dtype, cosines.dtype) == (np.int64, np.float32)


def test_adding_nothing_changes_nothing():
    store = VectorStore(4)
    store.add([], np.empty((0, 4), dtype=np.float32))
    assert (len(store), store.ids.tolist(), store.dim) == (0, [], 4)


def _damaged():
    whole = filled(3)[0].to_bytes()
    yield from (b"", b"not vectors", whole[:4], whole[: len(whole) // 2], whole[:-1])
    yield from (random.Random(seed).randbytes(200) for seed in range(5))


@pytest.mark.parametrize("data", list(_damaged()), ids=range(10))
def test_bytes_that_are_no_store_are_refused(data):
    with pytest.raises(IndexDirError, match="cannot be read.*wenzheng index"):
        VectorStore.from_bytes(data)
