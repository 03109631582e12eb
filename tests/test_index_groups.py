"""What the cross-encoder learns from: candidates of a report's questions, of articles, and in English."""

import json

import pytest

from index import groups as module
from index.chunk import Excerpt, excerpt
from index.groups import Group, groups, read, write
from index.pairs import Pair
from index.questions import TrainingQuestion
from index.sources import Twin


@pytest.fixture
def asked(monkeypatch, searcher, tmp_path):
    report = searcher.reports["anning-2024"]
    sentence = next(s for s in report.sentences if "新建集中供" in s.text)
    other = next(s for s in report.sentences if s.kind == "body" and s != sentence)

    def question(id_, kind, evidence, negatives, split="train"):
        return TrainingQuestion(
            id_,
            "county",
            "1",
            split,
            kind,
            "figure",
            f"{id_}供热站多少座？",
            f"How many {id_}?",
            "",
            "",
            evidence,
            negatives,
        )

    some = [
        question("need", "need", (sentence.text.strip(),), (other.text.strip(),)),
        question("miss", "near-miss", (), (sentence.text.strip(),)),
        question("held", "need", (sentence.text.strip(),), (), "validation"),
    ]
    tables = {
        "sentences": [(f"county#{other.id}", "修路吗？", "Roads?")],
        "near": [(f"county#{other.id}", "几时修路？", "Roads when?")],
    }
    monkeypatch.setattr(module, "load_questions", lambda: some)
    monkeypatch.setattr(module, "report_ids", lambda questions: {"county": "anning-2024"})
    monkeypatch.setattr(module, "read_sentences", lambda learner: tables["sentences"] if learner == "encoder" else [])
    monkeypatch.setattr(module, "read_near", lambda learner: tables["near"] if learner == "encoder" else [])
    twin = Twin("county", sentence.id, "新建几座？", "How many new?", "拆了几座？", "How many torn down?", other.id)
    broad = ("county", "供热怎么样？", "Heating?", [sentence.id], [other.id])
    monkeypatch.setattr(module, "read_twins", lambda learner: [twin] if learner == "encoder" else [])
    monkeypatch.setattr(module, "read_broad", lambda learner: [broad] if learner == "encoder" else [])
    elsewhere = question("other", "need", (), ())
    monkeypatch.setattr(module, "pairs", lambda *given: [Pair(elsewhere, "county", "东台")])
    off = [("红烧鱼怎么做？", "How is fish braised?")]
    monkeypatch.setattr(module, "read_off_topic", lambda learner: off if learner == "encoder" else [])
    english = {
        "drcd.en.tsv": [("1-1-1", "Where?")],
        "evidence.en.tsv": [(sentence.text.strip(), "Two heating stations.")],
    }
    monkeypatch.setattr(module, "read_pairs", english.__getitem__)
    paragraphs = [
        {
            "id": "1-1",
            "context": "甲在北京。乙在上海。",
            "qas": [_qa("1-1-1", "甲在哪？", "北京", 2), _qa("1-1-2", "乙在哪？", "上海", 7)],
        },
        {"id": "1-2", "context": "丙在北京的东边。丁很远。", "qas": []},
        {
            "id": "2-1",
            "context": "戊在广州。这是测试里的一句十三个字以上的话。己在成都。",
            "qas": [_qa("2-1-1", "己呢？", "成都", 24)],
        },
        {"id": "3-1", "context": "庚在。", "qas": [_qa("3-1-1", "这是测试里的一句十三个字以上的话？", "庚", 0)]},
    ]
    (tmp_path / "bench").mkdir()
    content = json.dumps({"data": [{"paragraphs": paragraphs}]})
    (tmp_path / "bench" / "DRCD_dev.json").write_text(content, encoding="utf-8")
    test = tmp_path / "test.txt"
    test.write_text("这是测试里的一句十三个字以上的话。", encoding="utf-8")
    report = searcher.reports["anning-2024"]
    return list(groups(searcher, tmp_path, [test])), excerpt(report, sentence), excerpt(report, other)


def texts(*some):
    return tuple(map(Excerpt, some))


def _qa(id_, question, text, start):
    return {"id": id_, "question": question, "answers": [{"text": text, "answer_start": start}]}


def test_a_need_has_its_evidence_and_what_tempts_comes_first(asked):
    some, right, tempting = asked
    zh, en = [group for group in some if group.source == "need"]
    assert (zh.question, en.question) == ("need供热站多少座?", "How many need?")
    for group in (zh, en):
        assert group.right == (right,)
        assert group.wrong[0] == tempting
        assert group.tempting == 1
        assert right not in group.wrong
        assert 1 < len(set(group.wrong)) == len(group.wrong) <= 22
    assert not any("held" in group.question for group in some)


def test_near_misses_have_no_right_sentence(asked):
    some, right, other = asked
    misses = {group.question: group for group in some if group.source == "near-miss"}
    assert set(misses) == {"miss供热站多少座?", "How many miss?", "几时修路?", "Roads when?"}
    assert all(group.right == () for group in misses.values())
    assert misses["How many miss?"].wrong[0] == right
    assert misses["Roads when?"].wrong[0] == other == next(g for g in some if g.source == "sentence").right[0]


def test_of_twins_one_is_answered_and_what_tempts_for_the_other_comes_first(asked):
    some, right, other = asked
    twins = {group.question: group for group in some if group.source == "twin"}
    assert set(twins) == {"新建几座?", "How many new?", "拆了几座?", "How many torn down?"}
    for answered, unanswered in (("新建几座?", "拆了几座?"), ("How many new?", "How many torn down?")):
        assert (twins[answered].right, twins[answered].tempting) == ((right,), 0)
        assert (twins[unanswered].right, twins[unanswered].tempting) == ((), 1)
        assert twins[unanswered].wrong[0] == other
        assert right in twins[unanswered].wrong


def test_a_broad_question_has_all_its_sentences(asked):
    some, right, other = asked
    zh, en = [group for group in some if group.source == "broad"]
    assert (zh.question, en.question) == ("供热怎么样?", "Heating?")
    assert zh.right == en.right == (right,)
    assert zh.wrong[0] == en.wrong[0] == other


def test_nothing_is_right_for_a_question_on_anything_or_of_another_report(asked):
    some, *_ = asked
    nothing = {group.question: group for group in some if group.source in ("off-topic", "other-report")}
    assert set(nothing) == {
        "红烧鱼怎么做?",
        "How is fish braised?",
        "甲在哪?",
        "Where?",
        "other供热站多少座?",
        "How many other?",
    }
    assert all(group.right == () and group.tempting == 0 and group.wrong for group in nothing.values())


def test_of_an_article_the_sentence_with_the_answer_is_right(asked):
    some, *_ = asked
    first, english, second, third = [group for group in some if group.source == "drcd"]
    assert first == Group("甲在哪?", texts("甲在北京。"), texts("丁很远。", "乙在上海。"), 0, "drcd")
    assert (english.question, english.right) == ("Where?", first.right)
    assert (second.right, set(second.wrong)) == (
        texts("乙在上海。"),
        {*texts("甲在北京。", "丙在北京的东边。", "丁很远。")},
    )
    assert (third.right, third.wrong) == (texts("己在成都。"), texts("戊在广州。"))  # the other sentence is in a test


def test_a_context_that_stands_in_a_test_is_left_out_and_the_sentence_stays(monkeypatch, searcher, tmp_path):
    known = "这是测试里的一句十三个字以上的话。"
    (tmp_path / "test.txt").write_text(known, encoding="utf-8")
    for source in ("_of_questions", "_of_twins", "_of_broad", "_of_others", "_of_drcd"):
        monkeypatch.setattr(module, source, lambda *_: iter(()))
    given = Group("q", (Excerpt("a", known),), (Excerpt("b", known), Excerpt("c", "别处")), 0, "x")
    monkeypatch.setattr(module, "_in_english", lambda: iter([given]))
    (found,) = groups(searcher, tmp_path, [tmp_path / "test.txt"])
    assert (found.right, found.wrong) == (texts("a"), (Excerpt("b"), Excerpt("c", "别处")))


def test_a_sentence_is_wrong_once_however_often_it_stands(monkeypatch, searcher):
    monkeypatch.setattr(module, "load_questions", list)
    monkeypatch.setattr(module, "report_ids", lambda questions: {"county": "anning-2024"})
    reports = module._Reports(searcher)
    first, *_ = reports.group("供热站多少座？", "county", [], [], "x").wrong
    again = reports.group("供热站多少座？", "county", [], [Excerpt(first.text, "别处")], "x")
    assert [some for some in again.wrong if some.text == first.text] == [Excerpt(first.text, "别处")]


def test_groups_are_read_as_they_were_written(asked, tmp_path):
    some, *_ = asked
    assert write(tmp_path / "groups.jsonl", some) == len(some)
    assert read(tmp_path / "groups.jsonl") == some
