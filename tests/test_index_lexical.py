"""BM25: the scores of the formula, whatever was shared, saved or loaded."""

import hashlib
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import ROOT

from corpus.fold import fold
from index.lexical import Lexical
from index.tokens import chinese_question_terms, chinese_terms

_TERMS = st.lists(st.sampled_from(["清洁", "取暖", "公路", "gdp", "3200", "奶"]), max_size=8)


def bm25(documents, query, k1=1.5, b=0.75):
    """Robertson and Zaragoza (2009), with the inverse document frequency and the factor of Lucene."""
    mean = np.mean([len(document) for document in documents])
    scores = np.zeros(len(documents))
    for term in query:
        holding = sum(term in document for document in documents)
        rarity = math.log(1 + (len(documents) - holding + 0.5) / (holding + 0.5))
        for n, document in enumerate(documents):
            count = document.count(term)
            if count:
                scores[n] += rarity * count / (count + k1 * (1 - b + b * len(document) / mean))
    return scores


@settings(deadline=None)
@given(st.lists(_TERMS, min_size=1, max_size=8), _TERMS)
def test_scores_are_those_of_the_formula(documents, query):
    scores = Lexical.fit(documents).scores(query)
    assert scores.dtype == np.float32
    np.testing.assert_allclose(scores, bm25(documents, query) if any(documents) else [0] * len(documents), rtol=1e-5)


@pytest.mark.parametrize("question", ["清洁取暖怎么推进?", "研发经费投入强度提高到多少?", "和林格尔新区", "2016年GDP"])
def test_scores_over_the_report_are_those_of_the_formula(hohhot, question):
    documents = [chinese_terms(fold(sentence.text)) for sentence in hohhot.sentences]
    query = chinese_question_terms(fold(question))
    np.testing.assert_allclose(Lexical.fit(documents).scores(query), bm25(documents, query), rtol=1e-4)


def test_a_hand_computed_score():
    lexical = Lexical.fit([["清洁", "取暖"], ["公路"], ["公路", "桥梁", "桥梁"]])
    # "取暖" is in one of three documents; the first is as long as the mean: ln(1 + 2.5 / 1.5) / (1 + 1.5)
    np.testing.assert_allclose(lexical.scores(["取暖"]), [math.log(8 / 3) / 2.5, 0, 0], rtol=1e-6)


@pytest.mark.parametrize("query", [[], ["地铁"], ["地铁", "heating"]])
def test_nothing_shared_scores_zero(query):
    assert Lexical.fit([["清洁", "取暖"], ["公路"]]).scores(query).tolist() == [0, 0]


def test_a_term_that_no_document_has_changes_nothing():
    lexical = Lexical.fit([["清洁", "取暖"], ["公路"]])
    assert lexical.scores(["取暖", "地铁"]).tolist() == lexical.scores(["取暖"]).tolist()


@pytest.mark.parametrize("documents", [[], [[]], [[], [], []]])
def test_documents_without_terms_are_never_found(documents, tmp_path):
    lexical = Lexical.fit(documents)
    lexical.save(tmp_path / "bm25")
    assert not (tmp_path / "bm25").exists()
    for either in (lexical, Lexical.load(tmp_path / "bm25", len(documents))):
        assert either.scores(["取暖"]).tolist() == [0] * len(documents)


@settings(deadline=None, max_examples=25)
@given(st.lists(_TERMS, min_size=1, max_size=8), _TERMS)
def test_what_is_saved_scores_the_same_when_loaded(documents, query):
    lexical = Lexical.fit(documents)
    with tempfile.TemporaryDirectory() as folder:
        lexical.save(Path(folder) / "索引 bm25")
        loaded = Lexical.load(Path(folder) / "索引 bm25", len(documents))
    assert loaded.scores(query).tolist() == lexical.scores(query).tolist()


_SAVE = """
import sys
from pathlib import Path
from index.lexical import Lexical
Lexical.fit([list("清洁取暖改造"), list("农村公路改造"), ["gdp", "3200"]]).save(Path(sys.argv[1]))
"""


def test_the_files_do_not_depend_on_the_hash_seed(tmp_path):
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", _SAVE, str(tmp_path / seed)], cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": seed}
        )
        for seed in ("1", "2")
    ]
    assert [run.wait(60) for run in runs] == [0, 0]
    one, two = (
        {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (tmp_path / seed).iterdir()}
        for seed in ("1", "2")
    )
    assert one == two
    assert "vocab.index.json" in one
