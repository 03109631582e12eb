"""Reading public data and our tables; whole sentences cut from articles."""

import json

import pytest

from corpus.errors import UsageError
from index import sources
from index.questions import load as load_questions
from index.sources import (
    Twin,
    drcd,
    opening,
    read_broad,
    read_lines,
    read_near,
    read_off_topic,
    read_ours,
    read_pairs,
    read_rows,
    read_sentences,
    read_twins,
    windows,
)


@pytest.fixture
def ours(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "OURS", tmp_path)
    return tmp_path


def test_our_tables_are_read_as_they_stand_and_may_be_absent(ours):
    (ours / "a.tsv").write_text('他说：“好。”\t"Good," he said.\n二\ttwo\n', encoding="utf-8")
    assert read_pairs("a.tsv") == [("他说：“好。”", '"Good," he said.'), ("二", "two")]
    assert read_ours("b.tsv") == read_pairs("b.tsv") == []


def test_the_encoder_and_the_ranker_learn_from_sentences_of_their_own(ours):
    rows = "甲#p1.1\t修路吗？\tRoads?\tencoder\n甲#p1.2\t建校吗？\tSchools?\tranker\n"
    (ours / "sentences.tsv").write_text(rows, encoding="utf-8")
    assert read_sentences("encoder") == [("甲#p1.1", "修路吗？", "Roads?")]
    assert read_sentences("ranker") == [("甲#p1.2", "建校吗？", "Schools?")]


def test_the_rows_that_come_with_the_project_are_each_for_one_learner():
    assert {len(row) for row in read_ours("sentences.tsv")} == {4}
    encoder, ranker = (read_sentences(learner) for learner in ("encoder", "ranker"))
    assert len(encoder) + len(ranker) == len(read_ours("sentences.tsv"))
    assert {zh for _, zh, _ in encoder}.isdisjoint(zh for _, zh, _ in ranker)


def test_a_near_miss_is_for_the_learner_of_its_sentence():
    learner = {place: of for place, _, _, of in reversed(read_ours("sentences.tsv"))}
    rows = read_ours("near-misses.tsv")
    assert all(learner[place] == of for place, _, _, _, of in rows)
    assert {kind for _, _, _, kind, _ in rows} == {"attribute", "year", "finer", "neighbour", "reason", "premise"}
    encoder, ranker = (read_near(learner) for learner in ("encoder", "ranker"))
    assert len(encoder) + len(ranker) == len(rows)
    for n in (1, 2):
        asked = [row[n] for row in rows]
        assert len(set(asked)) == len(asked)
        assert set(asked).isdisjoint(row[n] for row in read_ours("sentences.tsv"))


def test_twins_broad_and_off_topic_questions_are_read_by_learner(ours):
    twin = "甲\tp1.1\t修几条路？\tHow many roads?\t修路花多少？\tWhat do roads cost?\tfigure\tp1.2\t"
    (ours / "twins.tsv").write_text(f"{twin}encoder\n", encoding="utf-8")
    (ours / "broad.tsv").write_text("甲\ttopic\t路？\tRoads?\tp1.1 p1.2\tp1.3\tranker\n", encoding="utf-8")
    (ours / "off-topic.tsv").write_text("下雨吗？\tWill it rain?\tranker\n", encoding="utf-8")
    expected = Twin("甲", "p1.1", "修几条路？", "How many roads?", "修路花多少？", "What do roads cost?", "p1.2")
    assert (read_twins("encoder"), read_twins("ranker")) == ([expected], [])
    assert read_broad("ranker") == [("甲", "路？", "Roads?", ["p1.1", "p1.2"], ["p1.3"])]
    assert read_off_topic("ranker") == [("下雨吗？", "Will it rain?")]
    assert read_broad("encoder") == read_off_topic("encoder") == []


def test_no_twin_broad_or_off_topic_question_is_asked_twice_or_of_a_validation_report():
    validation = {q.report for q in load_questions() if q.split == "validation"}
    twins, broad, off = (read_ours(f"{name}.tsv") for name in ("twins", "broad", "off-topic"))
    assert (len(twins), len(broad), len(off)) == (4286, 1657, 700)
    assert {row[0] for row in (*twins, *broad)}.isdisjoint(validation)
    for zh, en in ((2, 3), (4, 5)):
        asked = [(row[zh], row[en]) for row in twins]
        assert len(set(asked)) == len(asked)
    asked = [zh for row in twins for zh in (row[2], row[4])] + [row[2] for row in broad] + [row[0] for row in off]
    assert len(set(asked)) == len(asked)
    assert all(set(right.split()).isdisjoint(tempting.split()) for *_, right, tempting, _ in broad)
    for rows in (twins, broad, off):
        assert {row[-1] for row in rows} == {"encoder", "ranker"}


def test_lines_and_rows_of_a_file_and_a_file_that_is_not_there(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"zh": "一"}\n\n{"zh": "二"}\n', encoding="utf-8")
    assert read_lines(tmp_path / "a.jsonl")[1] == ""
    assert read_rows(tmp_path / "a.jsonl") == [{"zh": "一"}, {"zh": "二"}]
    with pytest.raises(UsageError, match=r"b\.jsonl") as caught:
        read_rows(tmp_path / "b.jsonl")
    assert "index/sources.py" in caught.value.hint


def test_the_paragraphs_of_drcd(tmp_path):
    qas = [{"id": "1-2-1", "question": "哪裡？"}]
    (tmp_path / "bench").mkdir()
    data = {"data": [{"paragraphs": [{"id": "1-2", "context": "在歐洲。", "qas": qas}]}]}
    (tmp_path / "bench/DRCD_dev.json").write_text(json.dumps(data), encoding="utf-8")
    assert list(drcd(tmp_path)) == [("1-2", "在歐洲。", qas)]


def test_windows_are_whole_sentences_of_a_fitting_length():
    sentence = "新" * 99 + "。"
    text = sentence * 5 + "完"
    assert windows(text) == [(0, 300), (300, 501)]
    assert windows(sentence) == []  # too short
    assert windows("新" * 400 + "。" + sentence * 2) == [(401, 601)]  # a sentence too long stands in none
    assert windows(f"{sentence[1:-1]}！{sentence[1:-1]}？") == [(0, 198)]


def test_an_opening_is_the_first_whole_sentences():
    sentence = "新" * 99 + "。"
    assert opening(sentence * 3) == sentence * 2
    assert opening("新" * 300 + "。" + sentence) == "新" * 300 + "。"
    assert opening("一\n 二！ 三") == "一 二！ 三"
    assert opening("") == ""
