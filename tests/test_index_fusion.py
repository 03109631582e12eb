"""Fusion by standard scores, by hand and in general."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.fusion import standard_score_fusion

_SCORES = st.lists(st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]), min_size=5, max_size=5).map(np.array)


def test_two_rankings_by_hand():
    fused = standard_score_fusion([(1.0, np.array([1.0, 2.0, 3.0])), (0.5, np.array([9.0, 9.0, 0.0]))])
    one, other = np.sqrt(1.5), np.sqrt(0.5)
    assert fused == pytest.approx([-one + 0.5 * other, 0.5 * other, one - 0.5 * 2 * other])


def test_the_sure_ranker_is_heard():
    sure, unsure = np.eye(10)[9], np.linspace(1.2, 0.8, 10)
    assert standard_score_fusion([(1.0, sure), (1.0, unsure)]).argmax() == 9
    assert standard_score_fusion([(0.1, sure), (1.0, unsure)]).argmax() == 0


@given(_SCORES, st.sampled_from([0.0, 1.0, 3.5]))
def test_a_ranker_to_which_all_are_alike_changes_nothing(scores, same):
    alone = standard_score_fusion([(1.0, scores)])
    assert standard_score_fusion([(1.0, scores), (2.0, np.full(5, same))]) == pytest.approx(alone)


@given(_SCORES, _SCORES, st.sampled_from([0.5, 2.0]), st.sampled_from([-1.0, 0.0, 4.0]))
def test_neither_scale_nor_offset_of_a_ranker_matters(one, other, scale, offset):
    direct = standard_score_fusion([(1.0, one), (0.5, other)])
    assert standard_score_fusion([(1.0, one * scale + offset), (0.5, other)]) == pytest.approx(direct, abs=1e-9)


@given(_SCORES, _SCORES, st.permutations(range(5)))
def test_the_order_in_which_documents_come_does_not_matter(one, other, order):
    direct = standard_score_fusion([(1.0, one), (0.5, other)])
    assert standard_score_fusion([(1.0, one[order]), (0.5, other[order])]) == pytest.approx(direct[order], abs=1e-9)


def test_of_no_documents_there_are_no_scores():
    assert standard_score_fusion([(1.0, np.zeros(0))]).shape == (0,)
