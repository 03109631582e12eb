import ir_measures
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, Success, nDCG

from corpus.report import Span
from eval import metrics

ranked_lists = st.lists(st.sampled_from([f"d{n}" for n in range(12)]), unique=True, max_size=12)
relevant_sets = st.sets(st.sampled_from([f"d{n}" for n in range(14)]), min_size=1, max_size=6)


@given(ranked_lists, relevant_sets)
def test_retrieval_measures_agree_with_ir_measures(ranked, relevant):
    qrels = [ir_measures.Qrel("q", id_, 1) for id_ in sorted(relevant)]
    run = [ir_measures.ScoredDoc("q", id_, float(-rank)) for rank, id_ in enumerate(ranked)]
    theirs = ir_measures.calc_aggregate([Success @ 1, Success @ 3, Success @ 5, RR, nDCG @ 10], qrels, run)
    ours = {
        Success @ 1: metrics.success(ranked, relevant, 1),
        Success @ 3: metrics.success(ranked, relevant, 3),
        Success @ 5: metrics.success(ranked, relevant, 5),
        RR: metrics.reciprocal_rank(ranked, relevant),
        nDCG @ 10: metrics.ndcg(ranked, relevant, 10),
    }
    for measure, value in ours.items():
        assert value == pytest.approx(theirs[measure] if run else 0.0)


def test_group_recall_needs_a_whole_alternative_of_each_group():
    groups = [[{"a", "b"}, {"c"}], [{"d"}]]
    assert metrics.group_recall(["a", "x"], groups) == 0.0
    assert metrics.group_recall(["a", "b"], groups) == 0.5
    assert metrics.group_recall(["c", "d"], groups) == 1.0


TEXT = "建成绿道,新建公园;完成改造。"
GROUPS = [[[Span(0, 5)], [Span(5, 10)]], [[Span(10, 15)]]]


@pytest.mark.parametrize(
    ("cited", "precision", "recall"),
    [
        ([], 0.0, 0.0),
        ([Span(0, 4)], 1.0, 0.5),
        ([Span(0, 3)], 1.0, 0.0),
        ([Span(5, 15)], 1.0, 1.0),
        ([Span(5, 9), Span(10, 14)], 1.0, 1.0),
        ([Span(10, 15), Span(20, 30)], 0.5, 0.5),
    ],
)
def test_citations_against_evidence(cited, precision, recall):
    assert metrics.citation_precision(cited, GROUPS) == precision
    assert metrics.citation_recall(cited, GROUPS, TEXT) == recall


@pytest.mark.parametrize(
    ("answer", "forms", "stated"),
    [
        ("The rate has reached 23%.", ["23%", "百分之二十三"], True),
        ("The rate has reached 123%.", ["23%"], False),
        ("完成225万亩", ["2.25 million mu"], True),
        ("130,000 households", ["13万户"], True),
        ("852个老旧小区", ["852"], True),
        ("87个棚户区", ["852"], False),
        ("三次产业结构调整为4.5∶29.1∶66.4", ["29.1"], True),
        ("三次产业结构调整为4.5∶29.1∶66.4", ["29"], False),
        ("Bao Gang", ["包钢", "bao gang"], True),
        ("清潔取暖", ["清洁取暖"], True),
        ("", ["x"], False),
    ],
)
def test_a_nugget_is_stated_by_value_or_by_text(answer, forms, stated):
    assert metrics.nugget_recall(answer, [forms]) == float(stated)


def test_intervals():
    low, high = metrics.wilson(8, 10)
    assert (round(low, 4), round(high, 4)) == (0.4902, 0.9433)
    assert metrics.wilson(0, 0) == (0.0, 1.0)
    values = {str(n): [float(n % 2), 1.0] for n in range(40)}
    low, high = metrics.bootstrap(values)
    assert (low, high) == metrics.bootstrap(values)
    assert low < 0.75 < high
    assert high - low < 0.2
    assert metrics.bootstrap({"a": [1.0], "b": [1.0]}) == (1.0, 1.0)
    assert metrics.bootstrap({}) == (0.0, 1.0)


def test_mcnemar_is_the_exact_binomial():
    assert metrics.mcnemar(0, 0) == 1.0
    assert metrics.mcnemar(1, 9) == pytest.approx(2 * (1 + 10) / 2**10)
    assert metrics.mcnemar(5, 5) == 1.0


def test_risk_coverage_answers_the_surest_first():
    points = metrics.risk_coverage([0.9, 0.5, 0.7], [True, False, True])
    assert points == [(pytest.approx(1 / 3), 0.0), (pytest.approx(2 / 3), 0.0), (1.0, pytest.approx(1 / 3))]
    assert metrics.aurc(points) == pytest.approx(1 / 9)
    assert metrics.aurc([]) == 0.0


def test_f1():
    assert metrics.f1(0.0, 0.0) == 0.0
    assert metrics.f1(0.5, 1.0) == pytest.approx(2 / 3)
    assert np.isfinite(metrics.f1(1.0, 0.0))
