"""Reciprocal rank fusion, by hand and in general."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.fusion import reciprocal_rank_fusion

_RANKING = st.dictionaries(st.integers(0, 9), st.sampled_from([-1.0, 0.0, 0.25, 0.5, 0.75, 1.0]))


def test_two_rankings_by_hand():
    fused = reciprocal_rank_fusion([(1.0, {7: 0.9, 8: 0.5, 9: 0.1}), (0.5, {9: 30.0, 7: 2.0})], k=5)
    assert fused == {
        7: pytest.approx(1 / 6 + 0.5 / 7),
        8: pytest.approx(1 / 7),
        9: pytest.approx(1 / 8 + 0.5 / 6),
    }


def test_equal_scores_share_the_better_rank_and_use_up_the_next():
    assert reciprocal_rank_fusion([(1.0, {3: 0.5, 1: 0.5, 2: 0.9, 4: 0.1})], k=0) == {
        2: 1,
        1: 1 / 2,
        3: 1 / 2,
        4: 1 / 4,
    }


def test_what_scores_nothing_has_no_rank():
    assert reciprocal_rank_fusion([(1.0, {1: 0.0, 2: -0.3, 3: 0.2})], k=5) == {3: 1 / 6}
    assert reciprocal_rank_fusion([(1.0, {1: 0.0}), (1.0, {})], k=5) == {}
    assert reciprocal_rank_fusion([], k=5) == {}


@given(_RANKING, st.dictionaries(st.integers(0, 9), st.sampled_from([-1.0, 0.0])))
def test_a_silent_ranker_changes_nothing(ranking, silent):
    assert reciprocal_rank_fusion([(1.0, ranking), (1.0, silent)], 5) == reciprocal_rank_fusion([(1.0, ranking)], 5)


@given(_RANKING, _RANKING, st.integers(0, 9))
def test_being_missed_by_a_ranker_costs_nothing(one, other, missed):
    alone = reciprocal_rank_fusion([(1.0, one)], 5)
    both = reciprocal_rank_fusion([(1.0, one), (1.0, {n: s for n, s in other.items() if n != missed})], 5)
    assert both.get(missed) == alone.get(missed)


@given(st.lists(st.tuples(st.sampled_from([0.5, 1.0]), _RANKING), max_size=4), st.sampled_from([1.0, 5.0, 60.0]))
def test_every_score_is_the_sum_of_its_ranks(rankings, k):
    expected = {}
    for weight, scores in rankings:
        for document, score in scores.items():
            if score > 0:
                rank = 1 + sum(other > score for other in scores.values())
                expected[document] = expected.get(document, 0) + weight / (k + rank)
    assert reciprocal_rank_fusion(rankings, k) == pytest.approx(expected)


@given(_RANKING, _RANKING, st.randoms())
def test_the_order_in_which_documents_come_does_not_matter(one, other, random):
    shuffled = [dict(random.sample(sorted(scores.items()), len(scores))) for scores in (one, other)]
    direct = reciprocal_rank_fusion([(1.0, one), (0.5, other)], 5)
    assert reciprocal_rank_fusion([(1.0, shuffled[0]), (0.5, shuffled[1])], 5) == direct
