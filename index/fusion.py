"""Several rankings into one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def standard_score_fusion(rankings: Sequence[tuple[float, NDArray[np.float64]]]) -> NDArray[np.float64]:
    """Fuse rankings by their scores: the sum of weight · standard score, that is, in standard deviations off the mean.

    Where one ranker is sure and the other is not, this hears the sure one; ranks alone do not tell (Bruch, Gai and
    Ingber, An Analysis of Fusion Functions for Hybrid Retrieval, TOIS 2023).

    Args:
        rankings: (weight, scores) pairs, at least one; all scores have the shape (n,), of the same documents. A ranker
            to which all documents are alike says nothing.

    Returns:
        Fused scores, shape (n,).
    """
    return np.asarray(sum(weight * _standard(scores) for weight, scores in rankings), np.float64)


def _standard(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = float(scores.std()) if len(scores) else 0.0
    return (scores - scores.mean()) / spread if spread > 0 else np.zeros(len(scores))
