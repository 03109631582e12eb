"""`python -m eval`: lint the gold, run, score, compare, hold against the baseline; exit code 1 where that fails."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from app import abstain
from app.commands import open_answerer, open_searcher
from app.settings import load as load_settings
from corpus.errors import UsageError, WenzhengError
from corpus.library import Library
from corpus.report import Report
from eval import gold as golds
from eval import report as reports_of
from eval import run as runs
from eval import score as scores
from eval.calibrate import calibrate
from eval.calibrate import write as write_calibration
from eval.compare import Comparison, compare
from eval.gold import Gold, GoldError, Question

BASELINES = Path(__file__).parent / "baselines"
README = Path(__file__).parent.parent / "README.md"
TEST_LOG = golds.FOLDER / "test-runs.md"
TEST_HASH = golds.FOLDER / "test.sha256"
_MARKERS = ("<!-- results -->\n", "<!-- /results -->")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except WenzhengError as fault:
        sys.stderr.write(f"eval: {fault}\n")
        return fault.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval", description="Does it work?")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    lint = commands.add_parser("lint", help="prove that the gold files are well made")
    lint.set_defaults(run=_lint)

    run = commands.add_parser("run", help="ask the gold questions, score the answers, write run, scores and HTML page")
    run.add_argument("--split", choices=golds.SPLITS, default="dev")
    run.add_argument("--reason", help="why the test questions are looked at; required for them, and logged")
    run.add_argument("--out", type=Path, help="the run's file (default: eval/runs/SPLIT-COMMIT-N.jsonl)")
    run.add_argument("--baseline", type=Path, help="scores to show flips against (default: eval/baselines/SPLIT.json)")
    run.set_defaults(run=_run)

    score = commands.add_parser("score", help="score a run and print its scores as JSON")
    score.add_argument("file", type=Path)
    score.set_defaults(run=_score)

    against = commands.add_parser("compare", help="what run B fixed and broke against run A (runs or scores)")
    against.add_argument("a", type=Path)
    against.add_argument("b", type=Path)
    against.set_defaults(run=_compare)

    gate = commands.add_parser("gate", help="run dev; fail on a broken invariant or a significant regression")
    gate.set_defaults(run=_gate)

    fit = commands.add_parser("calibrate", help="fit the confidence of answers on dev; write app/abstain.json")
    fit.add_argument("--cost", type=float, default=1.5, help="of a false answer, in false refusals (default: 1.5)")
    fit.add_argument("--out", type=Path, default=abstain.SHIPPED, help="the file to write (default: the shipped one)")
    fit.set_defaults(run=_calibrate)

    table = commands.add_parser("table", help="write the README's results from the committed baseline")
    table.set_defaults(run=_table)

    bench = commands.add_parser("bench", help="the public sets in DATA_DIR, beside baselines")
    bench.add_argument("rest", nargs=argparse.REMAINDER)
    bench.set_defaults(run=_bench)
    return parser


def _lint(arguments: argparse.Namespace) -> int:
    reports = _reports()
    loaded = [_gold(split, reports) for split in golds.SPLITS]
    for gold in loaded:
        chinese = [q for q in gold.questions if q.lang == "zh" and q.answerable]
        overlaps = [golds.overlap(q, reports[q.report]) for q in chinese]
        pairs = Counter(q.need for q in gold.questions)
        both, distant = sum(n > 1 for n in pairs.values()), sum(o < 0.5 for o in overlaps)
        sys.stdout.write(
            f"{gold.split}: {len(gold.questions)} questions, {len(pairs)} needs, {both} in both languages; "
            f"{distant} of {len(chinese)} Chinese questions in words of their own\n"
        )
        for category, n in sorted(Counter(q.category for q in gold.questions).items()):
            sys.stdout.write(f"  {category:18} {n:4}\n")
    if faults := golds.lint(loaded, reports):
        raise GoldError(" ".join(faults))
    return 0


def _run(arguments: argparse.Namespace) -> int:
    split = arguments.split
    if split == "test" and not arguments.reason:
        raise UsageError("Each look at the test questions is logged.", 'Say why: --reason "…".')
    reports = _reports()
    gold = _gold(split, reports)
    out = arguments.out or _free(runs.RUNS / f"{split}-{runs.commit()}.jsonl")
    run = runs.run(gold, open_answerer(load_settings({})), out, _cold_start(), _progress)
    rows = scores.score(run, gold, reports)
    out.with_suffix(".json").write_text(_dumps(scores.to_json(run, rows)), encoding="utf-8")
    baseline = arguments.baseline or BASELINES / f"{split}.json"
    old = _scored(baseline, reports) if baseline.exists() else None
    comparable = old is not None and old[0].get("gold") == gold.sha256
    page = reports_of.page(run, gold, rows, reports, old[1] if old and comparable else None)
    out.with_suffix(".html").write_text(page, encoding="utf-8")
    sys.stdout.write(reports_of.table(rows, run) + "\n")
    if old and comparable:
        _print_comparison(compare(old, (run.header, rows)))
    sys.stdout.write(f"{out.with_suffix('.html')}\n")
    if split == "test":
        _log_test_run(run.header, rows, arguments.reason)
    return 1 if any(scores.invariants(rows).values()) else 0


def _score(arguments: argparse.Namespace) -> int:
    reports = _reports()
    run = runs.read(arguments.file)
    rows = scores.score(run, _gold(run.header["split"], reports), reports)
    sys.stdout.write(_dumps(scores.to_json(run, rows)))
    return 0


def _compare(arguments: argparse.Namespace) -> int:
    reports = _reports()
    _print_comparison(compare(_scored(arguments.a, reports), _scored(arguments.b, reports)))
    return 0


def _gate(arguments: argparse.Namespace) -> int:
    reports = _reports()
    gold = _gold("dev", reports)
    run = runs.run(gold, open_answerer(load_settings({})), _free(runs.RUNS / "gate.jsonl"), progress=_progress)
    rows = scores.score(run, gold, reports)
    comparison = compare(_scored(BASELINES / "dev.json", reports), (run.header, rows))
    _print_comparison(comparison)
    broken = {name: ids for name, ids in scores.invariants(rows).items() if ids}
    for name, ids in broken.items():
        sys.stdout.write(f"BROKEN: {name}: {', '.join(ids)}\n")
    return int(comparison.regressed or bool(broken))


def _calibrate(arguments: argparse.Namespace) -> int:
    gold = _gold("dev", _reports())
    with tempfile.TemporaryDirectory() as work:
        fitted = calibrate(gold, open_searcher(load_settings({})), Path(work) / "run.jsonl", arguments.cost)
    write_calibration(arguments.out, fitted)
    sys.stdout.write(json.dumps(fitted, indent=1, ensure_ascii=False) + "\n")
    return 0


def _table(arguments: argparse.Namespace) -> int:
    README.write_text(with_results(README.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


def with_results(readme: str) -> str:
    """The README with its results table made anew from the committed baselines."""
    before, rest = readme.split(_MARKERS[0])
    after = rest.split(_MARKERS[1])[1]
    parts = []
    for split in golds.SPLITS:
        header, rows = scores.from_json(json.loads((BASELINES / f"{split}.json").read_text(encoding="utf-8")))
        parts.append(reports_of.readme_table(rows, header))
    return before + _MARKERS[0] + "\n".join(parts) + _MARKERS[1] + after


def _bench(arguments: argparse.Namespace) -> int:
    from eval.benchmarks.public import main as bench

    return bench(arguments.rest)


def _reports() -> dict[str, Report]:
    return {report.id: report for report in Library()}


def _gold(split: str, reports: dict[str, Report]) -> Gold:
    gold = golds.load(golds.FOLDER / f"{split}.jsonl", reports)
    if split == "test" and gold.sha256 != TEST_HASH.read_text(encoding="utf-8").split()[0]:
        raise GoldError(f"The test questions are not those of {TEST_HASH.name}.", "They are frozen: restore the file.")
    return gold


def _scored(path: Path, reports: dict[str, Report]) -> tuple[dict[str, object], tuple[scores.Row, ...]]:
    """A scored run from a run's file or a score's."""
    if path.suffix == ".jsonl":
        run = runs.read(path)
        return run.header, scores.score(run, _gold(run.header["split"], reports), reports)
    try:
        return scores.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as fault:
        raise runs.RunError(f"The scores {path} cannot be read: {fault}.") from fault


def _free(path: Path) -> Path:
    """`path`, or the first numbered neighbour of it that is not there."""
    number = 2
    free = path
    while free.exists():
        free, number = path.with_stem(f"{path.stem}-{number}"), number + 1
    return free


def _dumps(data: dict[str, object]) -> str:
    header, rows = data["header"], data["rows"]
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)  # type: ignore[attr-defined]
    return f'{{"header": {json.dumps(header)},\n"rows": [\n{lines}\n]}}\n'


def _print_comparison(comparison: Comparison) -> None:
    sys.stdout.write(
        f"fixed {len(comparison.fixed)}: {' '.join(comparison.fixed)}\n"
        f"broken {len(comparison.broken)}: {' '.join(comparison.broken)}\n"
        f"McNemar p = {comparison.p:.3f}\n"
    )
    for d in comparison.differences:
        moved = f"{d.new - d.old:+.3f} [{d.low:+.3f}, {d.high:+.3f}]"
        sys.stdout.write(f"{d.measure:20} {d.old:.3f} → {d.new:.3f}  {moved}\n")


def _log_test_run(header: dict[str, object], rows: Sequence[scores.Row], reason: str) -> None:
    headline = scores.summary(rows)["cited-correct"]
    line = f"| {date.today()} | {header['commit']} | {headline.value:.3f} | {reason} |\n"
    with TEST_LOG.open("a", encoding="utf-8") as log:
        log.write(line)


def _cold_start() -> float:
    """Seconds from starting `wenzheng ask` to its end, once."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "app", "ask", "What does the plan say about clean heating?"]
    subprocess.run(command, check=True, capture_output=True, cwd=README.parent)  # noqa: S603
    return round(time.perf_counter() - began, 2)


def _progress(questions: Iterable[Question]) -> Iterable[Question]:
    from tqdm import tqdm

    bar: Iterable[Question] = tqdm(questions, desc="Asking", unit="question", disable=None)
    return bar


if __name__ == "__main__":
    sys.exit(main())
