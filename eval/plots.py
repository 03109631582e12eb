"""What the evaluation page draws, as HTML and inline SVG: interval bars, risk and coverage, reliability."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

import numpy as np

from eval import metrics
from eval.score import Row, Share


def html(text: str) -> str:
    """Text as HTML shows it, without invisible characters that could reorder it."""
    return escape("".join(char for char in text if char.isprintable() or char.isspace()))


def bar(share: Share) -> str:
    """A 95 % interval and its mean on a track from 0 to 1."""
    ends = f"--low:{share.low:.4f};--high:{share.high:.4f};--at:{share.value:.4f}"
    return f'<i class="bar" style="{ends}"><i></i><b></b></i>'


def curve(rows: Sequence[Row]) -> list[tuple[float, float]]:
    """(coverage, risk) of what was answered, the surest first; coverage is a share of all questions.

    It ends at the coverage of the run: what a lower threshold would have answered, nobody has seen.
    """
    answered = [row for row in rows if row.status == "answered"]
    points = metrics.risk_coverage([row.confidence for row in answered], [is_right(row) for row in answered])
    return [(coverage * len(answered) / len(rows), risk) for coverage, risk in points]


def is_right(row: Row) -> bool:
    """Whether an answer was the right thing to give, and right."""
    return row.answerable and row.cited_correct == 1


def risk_coverage(rows: Sequence[Row]) -> str:
    """How much of what it answers is wrong, the surest first; empty where it answers nothing."""
    points = curve(rows)
    if not points:
        return ""
    top = math.ceil(10 * max(risk for _, risk in points) or 1) / 10
    placed = [(_x(coverage), _y(risk / top)) for coverage, risk in points]
    (x, y), (coverage, risk) = placed[-1], points[-1]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
    caption = (
        "Risk and coverage: the surest answers up to a share of all questions, and how many of them are wrong. "
        f"The dot is the threshold: {coverage:.0%} answered, {risk:.0%} of that wrong. "
        "What it would have said to the rest is not in the run."
    )
    body = f'<polyline points="{path}"/><circle cx="{x:.1f}" cy="{y:.1f}" r="5"/>'
    return _chart(body, ("0", "1", "share of all questions answered"), ("0", f"{top:.1f}", "share wrong"), caption)


def reliability(rows: Sequence[Row]) -> str:
    """How often answers of a confidence are right, with Wilson intervals; empty where it answers nothing."""
    answered = sorted((row for row in rows if row.status == "answered"), key=lambda row: (row.confidence, row.id))
    if not answered:
        return ""
    least = min(math.floor(10 * answered[0].confidence), 9) / 10
    body = f'<line class="ideal" x1="{_x(0)}" y1="{_y(least):.1f}" x2="{_x(1)}" y2="{_y(1)}"/>'
    for at in np.array_split(np.arange(len(answered)), min(6, len(answered))):
        right = sum(is_right(answered[i]) for i in at)
        low, high = metrics.wilson(right, len(at))
        x = _x((sum(answered[i].confidence for i in at) / len(at) - least) / (1 - least))
        body += (
            f'<line x1="{x:.1f}" y1="{_y(low):.1f}" x2="{x:.1f}" y2="{_y(high):.1f}"/>'
            f'<circle cx="{x:.1f}" cy="{_y(right / len(at)):.1f}" r="5"/>'
        )
    caption = (
        "Reliability: how often an answer is right, by its confidence, in groups of equal size, with 95 % intervals. "
        "On the dashed line, confidence would be exactly that."
    )
    return _chart(body, (f"{least:.1f}", "1", "confidence"), ("0", "1", "share right"), caption)


def _chart(body: str, x: tuple[str, str, str], y: tuple[str, str, str], caption: str) -> str:
    """A plot in the unit square; each axis is its lowest value, its highest and its name."""
    left, right, top, bottom = _x(0), _x(1), _y(1), _y(0)
    return (
        f'<figure><svg viewBox="0 0 410 250" role="img" aria-label="{html(caption)}">'
        f'<path class="axis" d="M{left} {top}V{bottom}H{right}"/>{body}'
        f'<text x="{left}" y="228">{x[0]}</text><text x="{right}" y="228" text-anchor="end">{x[1]}</text>'
        f'<text x="{_x(0.5)}" y="244" text-anchor="middle">{x[2]}</text>'
        f'<text x="42" y="{bottom}" text-anchor="end">{y[0]}</text>'
        f'<text x="42" y="{top + 4}" text-anchor="end">{y[1]}</text>'
        f'<text transform="translate(18 {_y(0.5)}) rotate(-90)" text-anchor="middle">{y[2]}</text></svg>'
        f"<figcaption>{html(caption)}</figcaption></figure>"
    )


def _x(share: float) -> float:
    return 50 + 340 * share


def _y(share: float) -> float:
    return 210 - 190 * share
