import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.sentences import clause_spans, sentence_spans


def cut(text):
    return [text[span.start : span.end] for span in sentence_spans(text)]


def clauses(text, shortest=1):
    return [text[span.start : span.end] for span in clause_spans(text, shortest)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲。乙!丙？丁", ["甲。", "乙!", "丙？", "丁"]),
        ("他说:“好。”乙。", ["他说:“好。”", "乙。"]),
        ("建成“世界乳都”。四是", ["建成“世界乳都”。", "四是"]),
        ("“行吗?”,他问。", ["“行吗?”,他问。"]),
        ("(见附件。)下文。", ["(见附件。)", "下文。"]),
        ("由0.94%提高到1.67%。下", ["由0.94%提高到1.67%。", "下"]),
        ("一定能够实现!!完", ["一定能够实现!!", "完"]),
        ("It rose to 1.67%. Dr. Li agreed. Done", ["It rose to 1.67%. ", "Dr. Li agreed. ", "Done"]),
        ("等等……后来。", ["等等……", "后来。"]),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text, expected):
    assert cut(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("建成绿道,新建公园;完成改造。", ["建成绿道,", "新建公园;", "完成改造。"]),
        ("打造“美丽青城,草原都市”风景线,再造", ["打造“美丽青城,草原都市”风景线,", "再造"]),
        ("惠及130,000户,完成", ["惠及130,000户,", "完成"]),
        ("建设（一期，二期）工程，完成", ["建设（一期，二期）工程，", "完成"]),
        ("未闭合的“引号,照样断开", ["未闭合的“引号,", "照样断开"]),
    ],
)
def test_clauses_end_outside_quotes_and_numbers(text, expected):
    assert clauses(text) == expected


def test_short_clauses_join_their_neighbour():
    assert clauses("首先,要建成一批新的公园,好。", shortest=4) == ["首先,要建成一批新的公园,好。"]
    assert clauses("要建成一批公园,再建成一批绿道", shortest=4) == ["要建成一批公园,", "再建成一批绿道"]


_TEXT = st.text(alphabet="甲乙丙1，,。!？；;“”’（)《. A…\n 　", max_size=60)


@given(_TEXT, st.integers(0, 10))
def test_sentence_spans_tile_any_text(text, start):
    start = min(start, len(text))
    spans = sentence_spans(text, start)
    assert "".join(text[span.start : span.end] for span in spans) == text[start:]
    assert all(span.start < span.end for span in spans)


@given(_TEXT, st.integers(1, 12))
def test_clause_spans_tile_any_text(text, shortest):
    spans = clause_spans(text, shortest)
    assert "".join(text[span.start : span.end] for span in spans) == text
    assert len(spans) <= 1 or all(span.end - span.start >= shortest for span in spans)
