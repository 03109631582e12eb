"""The gate: the real product on the dev questions must break no invariant and not be worse than the baseline."""

import json

import pytest

from app.abstain import Calibration
from app.answer import Answerer
from eval import gold as golds
from eval import run as runs
from eval import score as scores
from eval.__main__ import BASELINES, README, main, with_results
from eval.compare import compare


@pytest.fixture(scope="module")
def scored(real_searcher, tmp_path_factory):
    gold = golds.load(golds.FOLDER / "dev.jsonl", real_searcher.reports)
    run = runs.run(gold, Answerer(real_searcher, Calibration.load()), tmp_path_factory.mktemp("gate") / "run.jsonl")
    return run.header, scores.score(run, gold, real_searcher.reports)


def test_invariants_hold_for_every_question(scored):
    _, rows = scored
    assert len(rows) == 524
    assert scores.invariants(rows) == {"ids resolve": [], "quotes verbatim": [], "figures cited": []}


def test_nothing_got_worse_beyond_chance(scored):
    baseline = scores.from_json(json.loads((BASELINES / "dev.json").read_text(encoding="utf-8")))
    comparison = compare(baseline, scored)
    assert not comparison.regressed, f"broken: {comparison.broken}; fixed: {comparison.fixed}; p = {comparison.p:.3f}"


def test_english_finds_what_chinese_finds_but_for_one_in_twenty(scored):
    found = {lang: [row.hit_5 for row in scored[1] if row.lang == lang and row.answerable] for lang in ("en", "zh")}
    assert sum(found["en"]) >= sum(found["zh"]) - len(found["zh"]) / 20


def test_the_readme_shows_the_committed_results():
    readme = README.read_text(encoding="utf-8")
    assert with_results(readme) == readme, "write it anew: python -m eval table"


def test_the_test_questions_are_not_looked_at_without_a_reason(capsys):
    assert main(["run", "--split", "test"]) == 2
    assert "--reason" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["compare", "absent.json", "absent.json"], ["score", "absent.jsonl"]])
def test_what_cannot_be_read_exits_with_1(arguments, capsys):
    assert main(arguments) == 1
    assert "absent" in capsys.readouterr().err


def test_lint_passes_and_prints_the_counts(capsys):
    assert main(["lint"]) == 0
    assert "test: 254 questions, 127 needs, 127 in both languages" in capsys.readouterr().out
