import json
from dataclasses import replace

import pytest

from index import questions as module
from index.questions import (
    QuestionsError,
    lint,
    lint_evidence,
    lint_overlap,
    load,
    overlap,
    skeleton,
)

REPORT = """一、目标

新建幼儿园6所，新增学位1800个。改造老旧小区15个。

二、措施

完成8000户清洁取暖改造。
"""
NEED = {
    "id": "a-001",
    "report": "安宁县",
    "section": "1",
    "split": "train",
    "kind": "need",
    "category": "figure",
    "zh": "要开几家托幼机构?",
    "en": "How many nurseries will open?",
    "answer_zh": "6所",
    "answer_en": "6",
    "evidence": ["新建幼儿园6所，新增学位1800个。"],
    "negatives": ["改造老旧小区15个。"],
}
MISS = {
    **{key: NEED[key] for key in ("report", "section", "split")},
    **{
        "id": "a-n01",
        "kind": "near-miss",
        "category": "absent-detail",
        "zh": "幼儿园花多少钱?",
        "en": "What will they cost?",
    },
    "tempting": ["新建幼儿园6所，新增学位1800个。"],
}


@pytest.fixture
def reports(tmp_path):
    (tmp_path / "reports" / "county").mkdir(parents=True)
    (tmp_path / "reports" / "county" / "安宁县.txt").write_text(REPORT, encoding="utf-8")
    return tmp_path / "reports"


@pytest.fixture
def read(tmp_path):
    def read(*rows):
        path = tmp_path / "questions.jsonl"
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        return load(path)

    return read


def test_the_shipped_set_is_well_made():
    questions = load()
    assert lint(questions) == []
    needs = [q for q in questions if q.kind == "need"]
    assert len(needs) >= 600
    assert {q.category for q in needs} == module.CATEGORIES
    assert {q.category for q in questions if q.kind == "near-miss"} == module.NEAR_MISSES
    assert {q.report for q in questions if q.split == "validation"} == {
        "2025年浙江省政府工作报告",
        "2025年陕西省政府工作报告",
        "2018-国务院政府工作报告",
    }


def test_the_shipped_set_shares_no_words_with_the_gold_questions():
    gold = [module.FILE.parents[2] / "eval" / "gold" / f"{split}.jsonl" for split in ("dev", "test")]
    assert lint_overlap(load(), gold) == []


def test_rows_are_read(read):
    need, miss = read(NEED, MISS)
    assert (need.evidence, need.negatives) == (("新建幼儿园6所，新增学位1800个。",), ("改造老旧小区15个。",))
    assert (miss.evidence, miss.negatives) == ((), ("新建幼儿园6所，新增学位1800个。",))


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (NEED | {"colour": "red"}, "other fields"),
        ({key: value for key, value in NEED.items() if key != "en"}, "other fields"),
        (MISS | {"evidence": []}, "other fields"),
        (NEED | {"kind": "poem"}, "other fields"),
        (NEED | {"category": "absent-detail"}, "unknown category"),
        (NEED | {"split": "test"}, "unknown split"),
        (NEED | {"evidence": []}, "evidence is empty"),
        (NEED | {"zh": ""}, "zh is empty"),
        ([], "other fields"),
    ],
)
def test_a_row_that_is_not_well_made_is_named(read, row, says):
    with pytest.raises(QuestionsError, match=f"row 2: .*{says}"):
        read(MISS, row)


def test_lint_sees_what_is_wrong_with_the_whole(read):
    need, miss = read(NEED, MISS)
    assert lint([need, miss]) == []
    assert "The id a-001 occurs 2 times." in lint([need, replace(need, zh="别的?", en="Other?")])
    assert "Asked twice of 安宁县: 要开几家托幼机构?" in lint([need, replace(need, id="b", en="Other?")])
    assert "安宁县 is in two splits." in lint([need, replace(miss, split="validation")])
    copied = replace(need, zh="新建幼儿园新增学位多少?")
    assert "Only 0 of 1 Chinese questions are in words of their own." in lint([copied])
    alike = [
        replace(need, id=str(n), zh=f"第{n}个问题{'甲乙丙丁戊己'[n]}?", en=f"How many in {1990 + n}?") for n in range(6)
    ]
    assert "6 questions have the skeleton 'how many in #?'." in lint(alike)


def test_evidence_must_stand_in_the_named_report(read, reports):
    need, miss = read(NEED, MISS)
    assert lint_evidence([need, miss], reports) == []
    assert lint_evidence([replace(need, evidence=("新建幼儿园7所。",))], reports) == [
        "a-001: 安宁县 has no sentence '新建幼儿园7所。'…."
    ]
    assert lint_evidence([replace(need, section="2")], reports) == ["a-001: its first sentence is not in section 2."]
    with pytest.raises(QuestionsError, match="no report 远方"):
        lint_evidence([replace(need, report="远方")], reports)


def test_words_shared_with_another_set_are_seen(read, tmp_path):
    need, miss = read(
        NEED
        | {
            "zh": "今后五年这座城市打算新开多少家托幼机构?",
            "en": "Over the next five years how many nurseries will the city open?",
        },
        MISS,
    )
    other = tmp_path / "gold.jsonl"
    for question, shared in (
        ("请问今后五年这座城市打算新开多少家公园?", True),
        ("Tell me, over the next five years how many nurseries are planned?", True),
        ("今后五年怎么安排?", False),
        ("How many nurseries will the city open?", False),
    ):
        other.write_text(json.dumps({"question": question}, ensure_ascii=False) + "\n", encoding="utf-8")
        assert bool(lint_overlap([need, miss], [other])) is shared


@pytest.mark.parametrize(
    ("question", "lang", "frame"),
    [
        ("How many households in Beijing had heating by 2024?", "en", "how many households in @ had heating by #?"),
        ("2024年新增多少个?", "zh", "#新增多少个?"),
    ],
)
def test_a_skeleton_masks_figures_and_names(question, lang, frame):
    assert skeleton(question, lang) == frame


def test_overlap_is_with_the_evidence(read):
    (need,) = read(NEED)
    assert overlap(need) == 0.0
    assert overlap(replace(need, zh="新建幼儿园?")) == 1.0
