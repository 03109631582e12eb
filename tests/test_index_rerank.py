"""The sentence ranker: what it looks at, and what its probabilities do to a search."""

import dataclasses
import hashlib
import json
import shutil

import numpy as np
import pytest
from support import RANKER, logistic

from corpus.errors import WenzhengError
from corpus.fold import fold
from index.encode import SHIPPED as SHIPPED_ENCODER
from index.encode import model_digest
from index.fit import write
from index.rerank import EVIDENCE, GRAPH, MOST_READ, READ, SHIPPED, Ranker, evidence, readings
from index.signals import SIGNALS


def column(rows, name):
    return rows[:, list(SIGNALS).index(name)]


def test_signals_say_what_was_seen(searcher):
    hits, rows = searcher.candidates("2024年新建集中供热站多少座?", "anning-2024")
    assert rows.shape == (len(hits), len(SIGNALS))
    assert np.isfinite(rows).all()
    right = next(n for n, hit in enumerate(hits) if "集中供熱站2座" in hit.sentence.text)
    assert column(rows, "figure")[right] == 0
    assert column(rows, "covered")[right] == column(rows, "covered").max() > 0.5
    assert column(rows, "near_gap").min() == 0
    assert column(rows, "fused")[0] == 0.0
    assert (np.diff(column(rows, "fused")) >= 0).all()
    assert {column(rows, "title")[n] for n, hit in enumerate(hits) if hit.sentence.id.startswith("h")} == {1.0}
    lacking = next(n for n, hit in enumerate(hits) if hit.sentence.text.startswith("现在"))
    assert column(rows, "figure")[lacking] == 1


def test_time_is_told_by_the_part_of_the_report(searcher):
    hits, rows = searcher.candidates("今年将新建多少公里农村公路?", "anning-2024")
    back = next(n for n, hit in enumerate(hits) if "农村公路" in hit.sentence.text)
    ahead = next(n for n, hit in enumerate(hits) if "城镇新增就业" in hit.sentence.text)
    assert (column(rows, "time_fits")[back], column(rows, "time_clashes")[back]) == (0, 1)
    assert (column(rows, "time_fits")[ahead], column(rows, "time_clashes")[ahead]) == (1, 0)


def test_a_search_is_in_the_order_of_probability(searcher):
    found = searcher.find("清洁取暖改造多少户?")
    likely = [hit.probability for hit in found.hits]
    assert likely == sorted(likely, reverse=True)
    assert [hit.rank for hit in found.hits] == list(range(1, 21))
    assert found.hits == searcher.search("清洁取暖改造多少户?")
    longest = dataclasses.replace(RANKER, answers=logistic(SIGNALS, bias=-6.0, long=1.0))
    searcher.ranker = longest
    lengths = [len(hit.sentence.text) for hit in searcher.search("清洁取暖改造多少户?")]
    assert lengths == sorted(lengths, reverse=True)


def test_without_a_ranker_the_fused_order_stays_and_nothing_is_claimed(searcher):
    searcher.ranker = None
    found = searcher.find("清洁取暖改造多少户?")
    assert found.odds == float("-inf")
    assert {hit.probability for hit in found.hits} == {0.0}
    assert [hit.score for hit in found.hits] == sorted((hit.score for hit in found.hits), reverse=True)


def test_odds_fall_where_what_is_asked_for_is_missing(searcher):
    wants_figure = logistic(EVIDENCE, no_figure=-5.0)
    searcher.ranker = dataclasses.replace(RANKER, answerable=wants_figure)
    assert searcher.find("新建集中供热站多少座?", "anning-2024").odds == 0
    hits, rows = searcher.candidates("新建集中供热站多少座?", "anning-2024")
    without = rows.copy()
    without[:, list(SIGNALS).index("figure")] = 1
    seen = evidence("新建集中供热站多少座?", without, RANKER.answers.probabilities(without), np.zeros(0))
    assert wants_figure.odds(seen) == -5
    assert len(seen) == len(EVIDENCE)


class Lengths:
    """Reads long sentences as answers."""

    def __init__(self):
        self.read = []

    def logits(self, pairs):
        self.read += pairs
        return np.array([float(len(text)) for _, text, _ in pairs])


def test_the_first_candidates_are_read_and_the_others_stay_below(searcher):
    question = "清洁取暖怎么样?"
    before = searcher.search(question, "hohhot-2021")
    reader = Lengths()
    reads = logistic(READ, bias=-3.0, read_gap=-0.01)
    searcher.ranker = dataclasses.replace(RANKER, reads=reads, cross=reader)
    after = searcher.search(question, "hohhot-2021")
    assert {asked for asked, *_ in reader.read} == {question}
    first = [way for hit in before[:MOST_READ] for way in searcher.excerpts(hit)]
    assert [tuple(some) for _, *some in reader.read] == first
    read = sorted(before[:MOST_READ], key=lambda hit: -readings(reader, question, [searcher.excerpts(hit)])[0])
    assert {len(searcher.excerpts(hit)) for hit in read} == {1, 2}
    assert [hit.sentence.id for hit in after[:MOST_READ]] == [hit.sentence.id for hit in read]
    assert [hit.sentence.id for hit in after[MOST_READ:]] == [hit.sentence.id for hit in before[MOST_READ:]]
    assert len(after) == 20
    least = after[MOST_READ - 1].probability
    assert all(hit.probability <= least for hit in after[MOST_READ:])
    assert after[0].probability == pytest.approx(1 / (1 + np.exp(3)), abs=1e-6)


def test_candidates_are_read_with_the_question_in_full(searcher):
    reader = Lengths()
    searcher.ranker = dataclasses.replace(RANKER, cross=reader)
    searcher.find("清洁取暖", "anning-2024", asked="报告对清洁取暖怎么说？")
    assert {question for question, *_ in reader.read} == {"报告对清洁取暖怎么说?"}
    read = [tuple(some) for _, *some in reader.read]
    searcher.ranker = RANKER
    hits = searcher.search("清洁取暖", "anning-2024")[:MOST_READ]
    assert read == [way for hit in hits for way in searcher.excerpts(hit)]


def test_what_is_read_is_the_source_with_what_a_title_line_is(searcher):
    hit = searcher.search("clean heating", "hohhot-2021")[0]
    whole, *_ = searcher.excerpts(hit)
    assert whole.text == fold(searcher.reports["hohhot-2021"].reading(hit.sentence.span))
    title = next(hit for hit in searcher.search("报告人是谁?", "hohhot-2021") if hit.sentence.kind == "speaker")
    (line,) = searcher.excerpts(title)
    assert line.text.startswith("作报告的人")
    assert line.context == ""
    name = next(hit for hit in searcher.search("报告的标题是什么?", "hohhot-2021") if hit.sentence.id == "h1")
    (line,) = searcher.excerpts(name)
    assert line.text.startswith("报告的标题")
    assert len(line.text) > 60


def test_of_a_long_sentence_the_nearest_clause_is_read_too_and_both_count_alike(searcher):
    hits = searcher.search("252个政务服务事项", "hohhot-2021")
    hit = next(hit for hit in hits if "252个" in hit.sentence.text)
    whole, clause = searcher.excerpts(hit)
    assert "252个政务服务事项" in clause.text
    assert len(clause.text) < len(whole.text)
    assert clause.context == whole.context
    short = next(hit for hit in hits if len(hit.sentence.text) <= 60)
    assert len(searcher.excerpts(short)) == 1
    ways = [(whole, clause), (clause,), searcher.excerpts(short)]
    lengths = [[len(way.text) for way in some] for some in ways]
    assert readings(Lengths(), "?", ways).tolist() == [sum(some) / len(some) for some in lengths]


def test_odds_hear_the_highest_of_what_was_read(searcher):
    searcher.ranker = dataclasses.replace(RANKER, answerable=logistic(EVIDENCE, read=1.0), cross=Lengths())
    hits = searcher.search("清洁取暖改造多少户?", "anning-2024")[:MOST_READ]
    longest = max(readings(Lengths(), "?", [searcher.excerpts(hit) for hit in hits]))
    assert searcher.find("清洁取暖改造多少户?", "anning-2024").odds == longest
    searcher.ranker = dataclasses.replace(searcher.ranker, cross=None)
    assert searcher.find("清洁取暖改造多少户?", "anning-2024").odds == 0


def test_odds_fall_with_the_distance_of_all_that_is_here():
    rows = np.zeros((2, len(SIGNALS)))
    rows[:, list(SIGNALS).index("near")] = 0.3, 0.4
    far = dict(zip(EVIDENCE, evidence("?", rows, np.array([0.5, 0.4]), np.zeros(0)), strict=True))["far"]
    assert far == pytest.approx(0.1)
    rows[1, list(SIGNALS).index("near")] = 0.9
    assert dict(zip(EVIDENCE, evidence("?", rows, np.array([0.5, 0.4]), np.zeros(0)), strict=True))["far"] == 0


def test_the_shipped_ranker_is_of_the_shipped_encoder():
    shipped = Ranker.load()
    assert shipped.model == model_digest(str(SHIPPED_ENCODER))
    right, wrong = shipped.cross.logits(
        [("有多少户清洁取暖?", text, "") for text in ("完成清洁取暖改造5.2万户。", "城镇新增就业3.5万人。")]
    )
    assert right > wrong + 2


def test_a_ranker_is_written_and_read_and_a_wrong_one_is_named(tmp_path):
    path = tmp_path / "ranker.json"
    shutil.copy(SHIPPED.with_name(GRAPH), tmp_path)
    digest = hashlib.sha256((tmp_path / GRAPH).read_bytes()).hexdigest()
    write(path, RANKER, digest, {"hit@1": 1.0})
    read = Ranker.load(path)
    assert (read.answers, read.reads, read.answerable) == (RANKER.answers, RANKER.reads, RANKER.answerable)
    assert read.model == RANKER.model
    write(path, RANKER, "0" * 64, {})
    with pytest.raises(WenzhengError, match=r"another than it was fitted to"):
        Ranker.load(path)
    row = json.loads(path.read_text(encoding="utf-8")) | {"cross": digest}
    del row["answers"]["weights"]["near"]
    path.write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(WenzhengError, match=r"answers is over other signals"):
        Ranker.load(path)
    whole = (tmp_path / GRAPH).read_bytes()
    for damaged in (b"", b"{}", whole[: len(whole) // 2]):
        write(path, RANKER, hashlib.sha256(damaged).hexdigest(), {})
        (tmp_path / GRAPH).write_bytes(damaged)
        with pytest.raises(WenzhengError, match=r"cross\.onnx is damaged"):
            Ranker.load(path)
    with pytest.raises(WenzhengError, match=r"absent\.json"):
        Ranker.load(tmp_path / "absent.json")
