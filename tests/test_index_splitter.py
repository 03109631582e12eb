"""Clauses: they tile their sentence, fit the encoder, and say exactly where they stand."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.documents import Document
from langchain_text_splitters import TextSplitter

from corpus.fold import fold
from index.splitter import ClauseSplitter, chunks

_SENTENCE = st.text(alphabet="甲乙丙1，,、;；“”（） /。", max_size=80)


@given(_SENTENCE, st.integers(1, 30), st.integers(1, 12))
def test_pieces_join_to_the_sentence_and_none_is_too_long(text, longest, shortest):
    pieces = ClauseSplitter(longest, shortest=shortest).split_text(text)
    assert "".join(pieces) == text
    assert all(0 < len(piece) <= longest for piece in pieces)


@given(_SENTENCE, st.integers(1, 30), st.integers(1, 12), st.integers(1, 4))
def test_start_indexes_are_exact_even_where_clauses_repeat(text, longest, shortest, times):
    text *= times
    splitter = ClauseSplitter(longest, shortest=shortest)
    documents = splitter.create_documents([text])
    assert [document.page_content for document in documents] == splitter.split_text(text)
    starts = [0, *accumulate(len(document.page_content) for document in documents)][:-1]
    assert [document.metadata["start_index"] for document in documents] == starts


def test_a_clause_said_three_times_has_three_places():
    documents = ClauseSplitter(50).create_documents(["新建公园和绿道,新建公园和绿道,新建公园和绿道,"])
    assert [(d.metadata["start_index"], d.page_content) for d in documents] == [
        (0, "新建公园和绿道,"),
        (8, "新建公园和绿道,"),
        (16, "新建公园和绿道,"),
    ]


def test_it_is_a_langchain_splitter():
    splitter = ClauseSplitter(50)
    assert isinstance(splitter, TextSplitter)
    documents = splitter.split_documents([Document("加快建设公园绿道,全力改造老旧小区。", metadata={"page": 3})])
    assert [(d.page_content, d.metadata) for d in documents] == [
        ("加快建设公园绿道,", {"page": 3, "start_index": 0}),
        ("全力改造老旧小区。", {"page": 3, "start_index": 9}),
    ]


@pytest.mark.parametrize(
    ("clause", "pieces"),
    [
        ("道路桥梁管网", ["道路桥梁管网"]),
        ("道路、桥梁、管网、公园、绿道", ["道路、桥梁、", "管网、", "公园、绿道"]),
        ("道路桥梁管网公园绿道", ["道路桥梁管", "网公园绿道"]),
        ("路,新建桥梁和管网公园", ["路,", "新建桥梁", "和管网公园"]),
    ],
)
def test_a_long_clause_is_cut_at_the_stop_nearest_its_middle(clause, pieces):
    assert list(ClauseSplitter(6).fit(clause)) == pieces


def test_length_is_counted_in_the_encoders_tokens():
    text = "建设宜居宜业首府"
    assert ClauseSplitter(8).split_text(text) == [text]
    assert ClauseSplitter(8, lambda piece: 2 * len(piece)).split_text(text) == ["建设宜居", "宜业首府"]
    assert ClauseSplitter(8, lambda piece: 100).split_text(text) == list(text)


def test_short_clauses_are_joined_up_to_the_length_that_is_asked_for():
    text = "建成绿道,新建公园,完成改造。"
    assert ClauseSplitter(50, shortest=5).split_text(text) == ["建成绿道,", "新建公园,", "完成改造。"]
    assert ClauseSplitter(50).split_text(text) == [text]


def _split(report, encoder):
    splitter = ClauseSplitter(encoder.max_tokens, lambda text: encoder.count_tokens(fold(text)))
    return list(chunks(report, splitter))


@pytest.mark.parametrize("tokens", [256, 24])
def test_chunks_of_the_report_tile_their_sentences(hohhot, encoder, tokens):
    encoder.max_tokens = tokens
    source = [chunk for chunk in _split(hohhot, encoder) if chunk.view == "zh"]
    spans = {}
    for chunk in source:
        spans.setdefault(chunk.sentence, []).append((chunk.start, chunk.end))
    assert list(spans) == [s.id for s in hohhot.sentences if s.kind != "heading"]
    for id_, found in spans.items():
        whole = hohhot.sentence(id_).span
        edges = [whole.start, *(end for _, end in found)]
        assert [start for start, _ in found] == edges[:-1]
        assert edges[-1] == whole.end


def test_chunks_of_the_report_read_as_it_does(hohhot, encoder):
    printed_otherwise = []
    for chunk in _split(hohhot, encoder):
        if chunk.view == "zh" and not chunk.sentence.startswith("h"):
            printed = hohhot.source[chunk.start : chunk.end]
            mended = printed
            for erratum in hohhot.errata:
                mended = mended.replace(erratum.printed, erratum.reads)
            assert chunk.text == mended
            printed_otherwise += [printed] * (mended != printed)
    assert printed_otherwise == [
        "建立政治要件闭环落实机制围绕习近平总书记对内蒙古重要讲话重要指示批示精神,",
        "全社会研发经费投入强度由2016年的0.94%提高到1.67%农业现代化水平稳步提升,",
        "地铁12号线建成投运,",
        "深入实施城市更新行动852个老旧小区、87个棚户区、370公里老旧管网改造任务全面完成,",
        "从产业发展看规模小、层次低、结构不合理的问题还没有根本改变,",
        "宜居就是把城市建得舒朗大气、舒适宜居、赏心悦目、健康时尚,",
    ]


def test_english_chunks_are_the_editions_parts(hohhot, encoder):
    encoder.max_tokens = 10_000
    found = [(c.sentence, c.start, c.end, c.text) for c in _split(hohhot, encoder) if c.view == "en"]
    assert found[4:] == [
        (s.id, part.span.start, part.span.end, part.text)
        for s in hohhot.sentences
        if s.kind == "body"
        for part in hohhot.edition.renderings(s.id)
    ]


def test_every_chunk_of_the_report_fits_the_encoder(hohhot, encoder):
    assert max(encoder.count_tokens(fold(chunk.text)) for chunk in _split(hohhot, encoder)) <= encoder.max_tokens


def test_a_report_without_an_edition_is_searched_in_chinese_alone(county, encoder):
    texts = [(c.sentence, c.view, c.text) for c in _split(county.open("anning-2024"), encoder)]
    assert texts[3:] == [
        ("p1.1", "zh", "各位代表："),
        ("p2.1", "zh", "现在，我代表县人民政府向大会报告工作。"),
        ("p3.1", "zh", "全年地区生产总值达到３２亿元，增长６％。"),
        ("p3.2", "zh", "新建农村公路120公里。"),
        ("p4.1", "zh", "1.新建幼儿园6所，"),
        ("p4.1", "zh", "新增学位1800个。"),
        ("p5.1", "zh", "2.完成老旧小区改造15个。"),
        ("p6.1", "zh", "地区生产总值增长５.５％左右；"),
        ("p6.1", "zh", "城镇新增就业3000人。"),
        ("p7.1", "zh", "完成8000户清潔取暖改造，"),
        ("p7.1", "zh", "新建集中供熱站2座。"),
    ]
    assert [view for _, view, _ in texts[:3]] == ["zh", "zh", "zh"]
