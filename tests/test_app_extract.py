import pytest

from app.extract import claims, select
from corpus.report import Span
from index.hits import Hit, Match


def hit(report, id_, rank=1, likely=0.6, spans=None, cosine=0.5):
    sentence = report.sentence(id_)
    spans = spans or {sentence.span: cosine}
    matches = tuple(Match("zh", span, near) for span, near in sorted(spans.items(), key=lambda pair: -pair[1]))
    return Hit(rank, 1 / rank, report.id, sentence, matches, {"zh": 1.0, "en": 0.0}, likely)


@pytest.fixture
def reports(library):
    return {report.id: report for report in library}


def picked(question, hits, reports):
    return [pick.sentence.id for pick in select(question, hits, reports)]


def test_only_what_stands_close_to_the_best_is_quoted(hohhot, reports):
    hits = [
        hit(hohhot, "p20.6", 1, 0.60),
        hit(hohhot, "p20.5", 2, 0.40),
        hit(hohhot, "p20.4", 3, 0.10),
    ]
    assert picked("怎么安排清洁取暖", hits, reports) == ["p20.6", "p20.5"]
    assert select("怎么安排清洁取暖", [], reports) == ()


def test_a_figure_question_keeps_the_sentences_with_figures(hohhot, reports):
    hits = [hit(hohhot, "p21.5", 1), hit(hohhot, "p5.5", 2, 0.5)]
    assert picked("改造了多少个老旧小区?", hits, reports) == ["p5.5"]
    assert picked("老旧小区改造得怎么样?", hits, reports) == ["p21.5", "p5.5"]
    without = [hit(hohhot, "p21.5", 1), hit(hohhot, "p21.6", 2, 0.5)]
    assert picked("改造了多少个老旧小区?", without, reports) == ["p21.5", "p21.6"]


def test_the_figure_that_the_question_gives_is_no_answer(hohhot, reports):
    hits = [hit(hohhot, "p15.2", 1), hit(hohhot, "p5.5", 2, 0.5)]
    assert picked("“四个区域中心”要建多少个站?", hits, reports) == ["p5.5"]


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        ("花了多少钱?", ["p4.3"]),
        ("比例是多少?", ["p4.3"]),
        ("要走多久?", ["p23.10"]),
        ("有多少?", ["p5.5", "p4.3"]),
    ],
)
def test_a_figure_must_be_of_the_kind_asked_for(hohhot, reports, question, kept):
    hits = [hit(hohhot, id_, rank) for rank, id_ in enumerate(("p5.5", "p4.3", "p23.10"), start=1)]
    assert picked(question, hits, reports) == kept


def test_a_list_is_given_whole_with_what_names_each_item(hohhot, reports):
    picks = select("六大产业集群是哪些?", [hit(hohhot, "p14.1", 1)], reports)
    assert [pick.sentence.id for pick in picks] == [f"p14.{n}" for n in range(1, 8)]
    texts = [claim.text for claim in claims(picks, reports, "zh")]
    assert texts[1] == "一是培育以乳业、草种业为龙头的绿色农畜产品加工产业集群,"
    assert texts[6] == "六是培育以大数据、云计算为特色的电子信息技术产业集群,"
    assert picked("六大产业集群重要吗?", [hit(hohhot, "p14.1", 1)], reports) == ["p14.1"]


def test_the_title_block_answers_as_a_block_and_never_as_padding(hohhot, reports):
    hits = [hit(hohhot, "h4", 1), hit(hohhot, "p1.3", 2, 0.5), hit(hohhot, "h3", 3, 0.1)]
    assert picked("谁作的报告?", hits, reports) == ["h4", "h3"]
    assert picked("报告", [hit(hohhot, "p1.3", 1), hit(hohhot, "h4", 2, 0.5)], reports) == ["p1.3"]


def test_a_long_sentence_is_cut_to_the_run_of_parts_that_is_meant(hohhot, reports):
    parts = hohhot.edition.parts["p6.4"]
    near = {part.span: 0.1 for part in parts} | {parts[0].span: 0.2, parts[1].span: 0.8}
    (claim,) = claims(select("森林覆盖率", [hit(hohhot, "p6.4", spans=near)], reports), reports, "en")
    (citation,) = claim.citations
    assert Span(citation.start, citation.end) == parts[1].span
    assert claim.text == parts[1].text


def test_without_an_edition_the_whole_sentence_is_quoted(reports):
    report = reports["anning-2024"]
    id_ = next(s.id for s in report.sentences if "3000人" in s.text)
    (claim,) = claims(select("城镇新增就业多少人?", [hit(report, id_)], reports), reports, "en")
    assert claim.text == report.sentence(id_).text


def test_claims_stand_in_document_order(hohhot, reports):
    picks = select("怎么样", [hit(hohhot, "p21.5", 1), hit(hohhot, "p5.5", 2, 0.5)], reports)
    assert [claim.citations[0].sentence for claim in claims(picks, reports, "zh")] == ["p5.5", "p21.5"]


def test_where_two_times_are_compared_both_are_quoted(hohhot, reports):
    hits = [hit(hohhot, "p6.3", 1, 0.8), hit(hohhot, "p6.2", 2, 0.05), hit(hohhot, "p20.8", 3, 0.05)]
    assert picked("黑臭水体之前治得怎么样,后面还有什么任务?", hits, reports) == ["p6.3", "p20.8"]
    assert picked("黑臭水体治理得怎么样?", hits, reports) == ["p6.3"]


def test_the_short_answer_is_marked_where_it_is_the_only_one(hohhot, reports):
    parts = hohhot.edition.parts["p6.4"]
    near = {part.span: 0.1 for part in parts} | {parts[1].span: 0.9}
    (claim,) = claims(select("森林覆盖率达到多少?", [hit(hohhot, "p6.4", spans=near)], reports), reports, "en")
    start, end = claim.citations[0].highlight
    assert claim.citations[0].quote[start:end] == "23%"
    (plain,) = select("森林怎么样?", [hit(hohhot, "p6.4", spans=near)], reports)
    assert plain.highlight is None
