"""Runs, scores and comparisons, over the tests' encoder and a few dev questions."""

import json
from dataclasses import replace

import pytest
from support import CALIBRATION

from app.answer import Answerer
from app.citation import cite
from eval import gold as golds
from eval import run as runs
from eval import score as scores
from eval.compare import compare
from eval.run import RunError


@pytest.fixture
def reports(searcher):
    return searcher.reports


@pytest.fixture
def gold(reports):
    whole = golds.load(golds.FOLDER / "dev.jsonl", reports)
    wanted = ("d001-zh", "d006-zh", "d061-zh", "d069-zh", "d088-en")
    return replace(whole, questions=tuple(q for q in whole.questions if q.id in wanted))


@pytest.fixture
def run(gold, searcher, tmp_path):
    return runs.run(gold, Answerer(searcher, CALIBRATION), tmp_path / "run.jsonl")


def test_a_run_is_written_once_and_reads_back_the_same(run, gold, searcher, tmp_path):
    path = tmp_path / "run.jsonl"
    assert runs.read(path) == run
    assert [*run.rows] == [q.id for q in gold.questions]
    assert run.header["gold"] == gold.sha256
    assert {"commit", "index", "config", "model", "peak_memory_mb"} <= set(run.header)
    with pytest.raises(RunError, match="exists already"):
        runs.run(gold, Answerer(searcher, CALIBRATION), path)
    follow_up = run.rows["d061-zh"]
    assert len(follow_up["as_asked"]) == 20
    assert follow_up["answer"]["standalone_question"] != follow_up["answer"]["question"]


@pytest.mark.parametrize("damage", ["", "{", '{"run": 1, "questions": 5}\n', '{"run": 2, "questions": 0}\n', "[]\n"])
def test_an_empty_or_damaged_run_is_named(tmp_path, damage):
    path = tmp_path / "bad.jsonl"
    path.write_text(damage)
    with pytest.raises(RunError, match=r"bad\.jsonl"):
        runs.read(path)


def test_a_crash_and_a_missing_row_score_nothing(run, gold, reports, searcher, tmp_path, monkeypatch):
    answerer = Answerer(searcher, CALIBRATION)
    ask = answerer.ask

    def crashing(question, *arguments):
        if "森林" in question or "树林" in question:
            raise RuntimeError("no luck")
        return ask(question, *arguments)

    monkeypatch.setattr(answerer, "ask", crashing)
    crashed = runs.run(gold, answerer, tmp_path / "crashed.jsonl")
    assert crashed.rows["d006-zh"]["crash"] == "RuntimeError: no luck"
    missing = replace(run, rows={id_: row for id_, row in run.rows.items() if id_ != "d006-zh"})
    for run_ in (crashed, missing):
        rows = {row.id: row for row in scores.score(run_, gold, reports)}
        assert len(rows) == len(gold.questions)
        assert (rows["d006-zh"].status, rows["d006-zh"].cited_correct, rows["d006-zh"].hit_5) == ("crashed", 0.0, 0.0)


def test_scores_are_a_pure_function_and_survive_json(run, gold, reports):
    rows = scores.score(run, gold, reports)
    assert rows == scores.score(run, gold, reports)
    header, back = scores.from_json(json.loads(json.dumps(scores.to_json(run, rows))))
    assert (header, back) == (run.header, rows)
    with pytest.raises(RunError, match="no scores"):
        scores.from_json({"header": {}, "rows": [{"id": "x"}]})


def test_a_run_made_with_other_questions_is_refused(run, gold, reports):
    with pytest.raises(RunError, match="other dev questions"):
        scores.score(run, replace(gold, sha256="0" * 64), reports)


def perfect(question, report):
    """An answer that quotes the evidence, in whole parts or clauses, and so states every nugget in its quotes."""
    spans = [span for group in question.evidence for span in group[0]]
    claims = [cite(report, golds.sentence_of(report, span), span, "zh").to_json() for span in spans]
    ids = dict.fromkeys(golds.sentence_of(report, span) for span in spans)
    passages = [{"report": report.id, "sentence": s.id, "paragraph": s.paragraph} for s in ids]
    return {"status": "answered" if claims else "refused", "claims": claims, "passages": passages, "confidence": 1.0}


def test_a_perfect_answer_scores_one_and_each_fault_costs(gold, reports):
    questions = [q for q in gold.questions if q.lang == "zh"]
    rows = {q.id: {"id": q.id, "answer": perfect(q, reports[q.report])} for q in questions}
    gold = replace(gold, questions=tuple(questions))
    run = runs.Run({"gold": gold.sha256}, rows)
    scored = scores.score(run, gold, reports)
    assert [row.cited_correct for row in scored] == [1.0] * len(questions)
    assert {ids for faults in scores.invariants(scored).values() for ids in faults} == set()
    first = next(row for row in scored if row.answerable)
    assert (first.hit_1, first.recall_5, first.mrr, first.citation_precision, first.citation_recall) == (1, 1, 1, 1, 1)
    rows[first.id]["answer"]["claims"][0]["citations"][0]["quote"] += "x"
    damaged = {row.id: row for row in scores.score(run, gold, reports)}[first.id]
    assert not damaged.quotes_verbatim
    rows[first.id]["answer"]["claims"] = []
    rows[first.id]["answer"]["status"] = "refused"
    assert {row.id: row for row in scores.score(run, gold, reports)}[first.id].cited_correct == 0.0
    summary = scores.summary(scored)
    assert summary["cited-correct"].value == 1.0
    assert summary["citation F1"].value == 1.0
    assert summary["false answers"].n == sum(not q.answerable for q in questions)


def test_a_figure_that_is_not_in_the_quote_breaks_the_invariant(gold, reports):
    question = next(q for q in gold.questions if q.id == "d006-zh")
    answer = perfect(question, reports[question.report])
    answer["claims"][0]["text"] = answer["claims"][0]["text"].replace("23%", "32%")
    run = runs.Run({"gold": gold.sha256}, {question.id: {"id": question.id, "answer": answer}})
    (row,) = scores.score(run, replace(gold, questions=(question,)), reports)
    assert not row.figures_cited
    assert scores.invariants([row])["figures cited"] == ["d006-zh"]


def with_results(rows, right):
    return [
        replace(row, id=f"q{n}", need=f"n{n}", cited_correct=float(r))
        for n, (row, r) in enumerate(zip(rows, right, strict=True))
    ]


def test_compare_lists_flips_and_knows_a_regression(run, gold, reports):
    (row, *_) = scores.score(run, gold, reports)
    old = with_results([row] * 20, [1] * 15 + [0] * 5)
    worse = with_results([row] * 20, [0] * 8 + [1] * 8 + [0] * 4)
    header = {"gold": "x"}
    comparison = compare((header, old), (header, worse))
    assert comparison.broken == tuple(f"q{n}" for n in range(8))
    assert comparison.fixed == ("q15",)
    assert comparison.p == pytest.approx(2 * 10 / 2**9)
    assert comparison.regressed
    assert not compare((header, worse), (header, old)).regressed
    assert not compare((header, old), (header, old)).regressed
    headline = comparison.differences[0]
    assert (headline.measure, headline.old, headline.new) == ("cited_correct", 0.75, 0.4)
    assert headline.low <= -0.35 <= headline.high


def test_runs_over_other_questions_cannot_be_compared(run, gold, reports):
    rows = scores.score(run, gold, reports)
    with pytest.raises(RunError, match="different questions"):
        compare(({"gold": "a"}, rows), ({"gold": "b"}, rows))
    with pytest.raises(RunError, match="different questions"):
        compare(({"gold": "a"}, rows), ({"gold": "a"}, rows[1:]))
    with pytest.raises(RunError, match="no questions"):
        compare(({"gold": "a"}, ()), ({"gold": "a"}, ()))
