"""Scores as people read them: tables for a terminal and the README, and one HTML page with every question on it.

The same tables feed the terminal and the page. There is no clock in it: the same scores give the same bytes. The page
needs no network and no other file, and everything that it shows is escaped.
"""

from __future__ import annotations

import base64
import hashlib
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

from corpus.report import Report
from eval import metrics
from eval.cards import LANGUAGES, card
from eval.gold import Gold
from eval.plots import bar, curve, html, is_right, reliability, risk_coverage
from eval.run import Run
from eval.score import Row, Share, invariants, summary

_STYLE = Path(__file__).with_suffix(".css")
_SCRIPT = Path(__file__).with_suffix(".js")
_README = ("cited-correct", "hit@5", "citation recall", "citation precision", "false answers", "false refusals")
_DIGESTS = ("commit", "split", "questions", "gold", "index", "config", "model")
_WIDTH = 100


@dataclass(frozen=True, slots=True)
class _Table:
    """A table for the terminal and the page alike; `lists` names question ids, `note` is a sentence below."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str | Share]] = ()
    note: str = ""
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)


def table(rows: Sequence[Row], run: Run) -> str:
    """Every figure as plain text, at most 100 columns wide."""
    blocks = [" · ".join(f"{name} {value}" for name, value in _identity(run.header))]
    for each in _tables(run, rows):
        lines = [each.title, *_grid([each.head, *each.rows] if each.rows else [])]
        lines += [f"{name}: {', '.join(ids) or 'none'}" for name, ids in each.lists.items()]
        blocks.append("\n".join([*lines, each.note] if each.note else lines))
    return "\n\n".join("\n".join(map(_wrapped, block.split("\n"))) for block in blocks)


def readme_table(rows: Sequence[Row], header: Mapping[str, Any]) -> str:
    """The headline figures as a Markdown table."""
    slices = _slices(rows)
    figures = {name: summary(chosen) for name, chosen in slices.items()}
    lines = [
        f"| {header['split']}, {len(rows)} questions | {' | '.join(slices)} |",
        f"| :-- | {' | '.join('--:' for _ in slices)} |",
    ]
    for name in _README:
        cells = (
            f"{_number(s[name].value)} [{_number(s[name].low)}, {_number(s[name].high)}]" for s in figures.values()
        )
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def page(
    run: Run,
    gold: Gold,
    rows: Sequence[Row],
    reports: Mapping[str, Report],
    baseline: Sequence[Row] | None = None,
) -> str:
    """The whole evaluation as one HTML page that needs no network and no other file.

    Args:
        run: what was answered.
        gold: the questions of that run.
        rows: its scores, in gold order.
        reports: id → report.
        baseline: the scores of an earlier run, to list what changed.
    """
    tables = [_html_table(each) for each in _tables(run, rows)]
    scores = {row.id: row for row in rows}
    cards = [card(q, scores[q.id], run.rows.get(q.id, {}), reports[q.report]) for q in gold.questions]
    script, style = _SCRIPT.read_text(encoding="utf-8"), _STYLE.read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    identity = "".join(
        f"<div><dt>{html(name)}</dt><dd>{html(value)}</dd></div>" for name, value in _identity(run.header)
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Wenzheng 问政: evaluation of {html(str(run.header.get("commit")))} on {html(gold.split)}</title>
<style>{style}</style>
</head>
<body>
<header><h1>Wenzheng 问政 <span>evaluation</span></h1><dl>{identity}</dl></header>
<main>
{_headline(rows)}
{_flips(rows, baseline) if baseline is not None else ""}
<div class="grid">
{"".join(tables[:3])}
<section><h2>Confidence</h2>{risk_coverage(rows)}{reliability(rows)}</section>
{"".join(tables[3:])}
</div>
<section id="questions"><h2>Every question</h2>
<p class="note">In a paragraph, <mark>marked</mark> is what the answer cites, with the number of its claim;
<u>underlined</u> is the evidence that the gold question asks for.</p>
{_filters(gold)}
{"".join(cards)}
</section>
</main>
<script>{script}</script>
</body>
</html>
"""


# What the tables say.


def _tables(run: Run, rows: Sequence[Row]) -> Iterator[_Table]:
    slices = _slices(rows)
    head = ["", *slices]
    figures = {name: summary(chosen) for name, chosen in slices.items()}
    measures = [_line(name, (each[name] for each in figures.values())) for name in figures["overall"]]
    yield _Table(
        "Figures",
        head,
        [line for line in measures if not str(line[0]).startswith("false")],
        "Each: value, 95 % interval, number of questions.",
    )
    yield _Table(
        "Cited-correct by category",
        head,
        [
            _line(name, (_share(row.cited_correct for row in s if row.category == name) for s in slices.values()))
            for name in sorted({row.category for row in rows})
        ],
        "Wilson intervals.",
    )
    answered = [[row for row in s if row.status == "answered"] for s in slices.values()]
    yield _Table(
        "Risk",
        head,
        [
            *(line for line in measures if str(line[0]).startswith("false")),
            _line("risk, where it answers", (_share(not is_right(row) for row in s) for s in answered)),
            _line("AURC, where it answers", (_number(metrics.aurc(curve(s))) if s else "-" for s in answered)),
        ],
    )
    followups = [[row for row in s if row.category == "follow-up"] for s in slices.values()]
    by_hand = [[row for row in s if row.gold_rewrite_hit_5 is not None] for s in followups]
    yield _Table(
        "Follow-ups, hit@5",
        head,
        [
            _line("as asked", (_share(row.as_asked_hit_5 or 0.0 for row in s) for s in followups)),
            _line("rewritten", (_share(row.hit_5 for row in s) for s in followups)),
            _line("gold rewrite", (_share(row.gold_rewrite_hit_5 or 0.0 for row in s) for s in by_hand)),
        ],
    )
    yield _parity(rows)
    yield _latency(run)
    faults = invariants(rows)
    yield _Table(
        "Invariants",
        ["", "holds for"],
        [[name, f"{len(rows) - len(ids)} of {len(rows)}"] for name, ids in faults.items()],
        lists={f"{name} fails": ids for name, ids in faults.items() if ids},
    )


def _line(name: str, cells: Iterable[str | Share]) -> list[str | Share]:
    return [name, *cells]


def _parity(rows: Sequence[Row]) -> _Table:
    needs: dict[str, dict[str, list[Row]]] = {}
    for row in rows:
        needs.setdefault(row.need, {}).setdefault(row.lang, []).append(row)
    both = [(need["zh"], need["en"]) for need in needs.values() if len(need) == 2]
    right = [tuple(all(row.cited_correct for row in asked) for asked in pair) for pair in both]
    chinese = [pair for pair, each in zip(both, right, strict=True) if each == (True, False)]
    english = [pair for pair, each in zip(both, right, strict=True) if each == (False, True)]
    return _Table(
        f"English and Chinese: {len(both)} needs asked in both",
        ["", "needs"],
        [
            ["right in both", str(right.count((True, True)))],
            ["right in Chinese only", str(len(chinese))],
            ["right in English only", str(len(english))],
            ["wrong in both", str(right.count((False, False)))],
        ],
        f"McNemar's exact p = {metrics.mcnemar(len(chinese), len(english)):.3f}.",
        {
            "wrong in English only": [row.id for _, asked in chinese for row in asked if not row.cited_correct],
            "wrong in Chinese only": [row.id for asked, _ in english for row in asked if not row.cited_correct],
        },
    )


def _latency(run: Run) -> _Table:
    stages: dict[str, list[float]] = {}
    for record in run.rows.values():
        for stage, ms in (record.get("answer") or {}).get("timings_ms", {}).items():
            stages.setdefault(stage, []).append(ms)
    stages["total"] = [record["wall_ms"] for record in run.rows.values() if "wall_ms" in record]
    start, memory = run.header.get("cold_start_s") or "?", run.header.get("peak_memory_mb", "?")
    timed = {stage: np.percentile(ms, (50, 95)) for stage, ms in stages.items() if ms}
    return _Table(
        "Latency",
        ["", "p50 ms", "p95 ms", "questions"],
        [[stage, f"{p50:.1f}", f"{p95:.1f}", str(len(stages[stage]))] for stage, (p50, p95) in timed.items()],
        f"Cold start {start} s; peak memory {memory} MB.",
    )


def _slices(rows: Sequence[Row]) -> dict[str, Sequence[Row]]:
    return {"overall": rows} | {lang: [row for row in rows if row.lang == lang] for lang in LANGUAGES}


def _identity(header: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(name, str(header.get(name, "?"))[:12]) for name in _DIGESTS]


def _share(values: Iterable[float]) -> Share:
    found = [*values]
    right = round(sum(found))
    return Share(right / max(1, len(found)), *metrics.wilson(right, len(found)), len(found))


def _number(value: float) -> str:
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.0f}"


# Plain text.


def _cell(cell: str | Share) -> str:
    if isinstance(cell, str):
        return cell
    return f"{_number(cell.value)} [{_number(cell.low)},{_number(cell.high)}] {cell.n:3}" if cell.n else "-"


def _grid(rows: Sequence[Sequence[str | Share]]) -> list[str]:
    texts = [[_cell(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    return [
        "  ".join([row[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))])
        for row in texts
    ]


def _wrapped(line: str) -> str:
    return line if len(line) <= _WIDTH else textwrap.fill(line, _WIDTH, subsequent_indent="  ", break_on_hyphens=False)


# HTML.


def _html_cell(cell: str | Share) -> str:
    if isinstance(cell, str) or not cell.n:
        return f"<td>{html(_cell(cell))}</td>"
    interval = f"<small>{_number(cell.low)}–{_number(cell.high)} <span>· {cell.n}</span></small>"
    return f"<td>{_number(cell.value)}{bar(cell) if cell.high <= 1 else ''}{interval}</td>"


def _html_table(table: _Table) -> str:
    head = "".join(f"<th>{html(name)}</th>" for name in table.head)
    rows = "".join(f"<tr><th>{html(_cell(row[0]))}</th>{''.join(map(_html_cell, row[1:]))}</tr>" for row in table.rows)
    lists = "".join(
        f'<p class="ids">{html(name)} ({len(ids)}): {" ".join(map(_link, ids)) or "none"}</p>'
        for name, ids in table.lists.items()
    )
    body = f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>' if rows else ""
    note = f'<p class="note">{html(table.note)}</p>' if table.note else ""
    return f"<section><h2>{html(table.title)}</h2>{body}{lists}{note}</section>"


def _link(id_: str) -> str:
    return f'<a href="#{html(quote(f"q-{id_}"))}">{html(id_)}</a>'


def _headline(rows: Sequence[Row]) -> str:
    cells = []
    for name, chosen in _slices(rows).items():
        share = summary(chosen)["cited-correct"]
        cells.append(
            f"<div><b>{share.value:.1%}</b> {LANGUAGES.get(name, name)}{bar(share)}"
            f"<small>95 % interval {share.low:.1%} to {share.high:.1%} · {share.n} questions</small></div>"
        )
    return (
        '<section class="headline"><h2>Cited-correct</h2><p>Refused where the report does not say; where it does, '
        f"every nugget stated and every piece of evidence cited.</p><div>{''.join(cells)}</div></section>"
    )


def _flips(rows: Sequence[Row], baseline: Sequence[Row]) -> str:
    before = {row.id: row.cited_correct for row in baseline}
    shared = [row for row in rows if row.id in before]
    fixed = [row.id for row in shared if row.cited_correct > before[row.id]]
    broken = [row.id for row in shared if row.cited_correct < before[row.id]]
    note = f"{len(shared)} questions in both. McNemar's exact p = {metrics.mcnemar(len(fixed), len(broken)):.3f}."
    return _html_table(_Table("Against the baseline", [], note=note, lists={"fixed": fixed, "broken": broken}))


def _filters(gold: Gold) -> str:
    categories = sorted({question.category for question in gold.questions})
    choices = {"language": LANGUAGES, "category": dict(zip(categories, categories, strict=True))}
    selects = "".join(
        f'<select name="{name}" aria-label="{name}"><option value="">every {name}</option>'
        + "".join(f'<option value="{value}">{label}</option>' for value, label in options.items())
        + "</select>"
        for name, options in choices.items()
    )
    return (
        '<form hidden><label><input type="checkbox" name="failures"> only failures</label>'
        f'{selects}<input type="search" name="words" placeholder="search" aria-label="search">'
        '<button type="button" name="all">open or close all</button><output name="shown"></output></form>'
    )
