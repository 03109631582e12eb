"""Several rankings into one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def reciprocal_rank_fusion(rankings: Sequence[tuple[float, Mapping[int, float]]], k: float) -> dict[int, float]:
    """Fuse rankings by rank alone: the score of a document is the sum of weight / (k + rank).

    Cormack, Clarke and Büttcher, Reciprocal Rank Fusion Outperforms Condorcet (SIGIR 2009).

    Args:
        rankings: (weight, document → score) pairs. Only positive scores rank: a ranker that found nothing says
            nothing, and a document that a ranker did not find is not punished by it. Equal scores share a rank.
        k: how flat the top is.

    Returns:
        document → fused score, for every document that some ranker found.
    """
    fused: dict[int, float] = {}
    for weight, scores in rankings:
        rank, previous = 0, None
        ordered = sorted((score, document) for document, score in scores.items() if score > 0)[::-1]
        for position, (score, document) in enumerate(ordered, start=1):
            rank = rank if score == previous else position
            previous = score
            fused[document] = fused.get(document, 0.0) + weight / (k + rank)
    return fused
