"""The sentence ranker: what it looks at, and what its probabilities do to a search."""

import dataclasses
import json

import numpy as np
import pytest
from support import RANKER, logistic

from corpus.errors import WenzhengError
from index.encode import SHIPPED as SHIPPED_ENCODER
from index.encode import model_digest
from index.fit import write
from index.rerank import EVIDENCE, SIGNALS, Ranker, evidence


def column(rows, name):
    return rows[:, list(SIGNALS).index(name)]


def test_signals_say_what_was_seen(searcher):
    hits, rows = searcher.candidates("2024年新建集中供热站多少座?", "anning-2024")
    assert rows.shape == (len(hits), len(SIGNALS))
    assert np.isfinite(rows).all()
    right = next(n for n, hit in enumerate(hits) if "集中供熱站2座" in hit.sentence.text)
    assert column(rows, "figure")[right] == 0
    assert column(rows, "covered")[right] == column(rows, "covered").max() > 0.5
    assert column(rows, "near_gap").min() == 0
    assert column(rows, "fused")[0] == 1.0
    assert {column(rows, "title")[n] for n, hit in enumerate(hits) if hit.sentence.id.startswith("h")} == {1.0}
    lacking = next(n for n, hit in enumerate(hits) if hit.sentence.text.startswith("现在"))
    assert column(rows, "figure")[lacking] == 1


def test_time_is_told_by_the_part_of_the_report(searcher):
    hits, rows = searcher.candidates("今年将新建多少公里农村公路?", "anning-2024")
    back = next(n for n, hit in enumerate(hits) if "农村公路" in hit.sentence.text)
    ahead = next(n for n, hit in enumerate(hits) if "城镇新增就业" in hit.sentence.text)
    assert (column(rows, "time_fits")[back], column(rows, "time_clashes")[back]) == (0, 1)
    assert (column(rows, "time_fits")[ahead], column(rows, "time_clashes")[ahead]) == (1, 0)


def test_a_search_is_in_the_order_of_probability(searcher):
    found = searcher.find("清洁取暖改造多少户?")
    likely = [hit.probability for hit in found.hits]
    assert likely == sorted(likely, reverse=True)
    assert [hit.rank for hit in found.hits] == list(range(1, 21))
    assert found.hits == searcher.search("清洁取暖改造多少户?")
    longest = dataclasses.replace(RANKER, answers=logistic(SIGNALS, bias=-6.0, long=1.0))
    searcher.ranker = longest
    lengths = [len(hit.sentence.text) for hit in searcher.search("清洁取暖改造多少户?")]
    assert lengths == sorted(lengths, reverse=True)


def test_without_a_ranker_the_fused_order_stays_and_nothing_is_claimed(searcher):
    searcher.ranker = None
    found = searcher.find("清洁取暖改造多少户?")
    assert found.odds == float("-inf")
    assert {hit.probability for hit in found.hits} == {0.0}
    assert [hit.score for hit in found.hits] == sorted((hit.score for hit in found.hits), reverse=True)


def test_odds_fall_where_what_is_asked_for_is_missing(searcher):
    wants_figure = logistic(EVIDENCE, no_figure=-5.0)
    searcher.ranker = dataclasses.replace(RANKER, answerable=wants_figure)
    assert searcher.find("新建集中供热站多少座?", "anning-2024").odds == 0
    hits, rows = searcher.candidates("新建集中供热站多少座?", "anning-2024")
    without = rows.copy()
    without[:, list(SIGNALS).index("figure")] = 1
    seen = evidence("新建集中供热站多少座?", without, RANKER.answers.probabilities(without))
    assert wants_figure.odds(seen) == -5
    assert len(seen) == len(EVIDENCE)


def test_the_shipped_ranker_is_of_the_shipped_encoder():
    assert Ranker.load().model == model_digest(str(SHIPPED_ENCODER))


def test_a_ranker_is_written_and_read_and_a_wrong_one_is_named(tmp_path):
    write(tmp_path / "ranker.json", RANKER, {"hit@1": 1.0})
    read = Ranker.load(tmp_path / "ranker.json")
    assert (read.answers, read.answerable, read.model) == (RANKER.answers, RANKER.answerable, RANKER.model)
    row = json.loads((tmp_path / "ranker.json").read_text(encoding="utf-8"))
    del row["answers"]["weights"]["near"]
    (tmp_path / "ranker.json").write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(WenzhengError, match=r"ranker\.json"):
        Ranker.load(tmp_path / "ranker.json")
    with pytest.raises(WenzhengError, match=r"absent\.json"):
        Ranker.load(tmp_path / "absent.json")
