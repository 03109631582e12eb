import pytest

from app import extract
from app.extract import ExtractConfig, claims, left_out, select, select_each
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
    unlikely = [*hits[:1], hit(hohhot, "h3", 2, 0.01)]
    assert picked("谁作的报告?", unlikely, reports) == ["h4"]
    several = [hit(hohhot, name, rank) for rank, name in enumerate(("h3", "h2", "h4"), start=1)]
    assert picked("When was it given, and who gave it?", several, reports) == ["h3", "h2", "h4"]
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


@pytest.mark.parametrize(("time", "ids"), [(0, ["p6.3", "p20.8"]), (-1, ["p6.3"]), (1, ["p20.8"])])
def test_of_one_time_only_that_part_of_the_report_is_quoted(hohhot, reports, time, ids):
    hits = [hit(hohhot, "p6.3", 1, 0.6), hit(hohhot, "p20.8", 2, 0.4)]
    assert [pick.sentence.id for pick in select("黑臭水体", hits, reports, time)] == ids
    assert [pick.sentence.id for pick in select("黑臭水体", hits[:1], reports, time)] == ["p6.3"]  # it has no other


def test_each_of_two_things_is_answered_from_its_own_time(hohhot, reports):
    done = [hit(hohhot, "p15.4", 1, 0.6), hit(hohhot, "p20.8", 2, 0.5), hit(hohhot, "p5.3", 3, 0.4)]
    planned = [hit(hohhot, "p5.3", 1, 0.6), hit(hohhot, "p5.4", 2, 0.5), hit(hohhot, "p15.4", 3, 0.4)]
    picks = select_each([("高铁已经开通了吗", done), ("今后还修高铁吗？", planned)], reports)
    assert [pick.sentence.id for pick in picks] == ["p5.3", "p15.4"]
    picks = select_each([("高铁怎么样", done), ("新机场怎么样？", planned)], reports)
    assert [pick.sentence.id for pick in picks] == ["p15.4", "p20.8", "p5.3", "p5.4"]


def test_of_several_things_each_has_its_best(hohhot, reports, monkeypatch):
    monkeypatch.setattr(extract, "CONFIG", ExtractConfig(each=2))
    near = [hit(hohhot, f"p20.{n}", rank, 0.6) for rank, n in enumerate((5, 6, 7, 8), start=1)]
    far = [hit(hohhot, f"p21.{n}", rank, 0.6) for rank, n in enumerate((2, 3, 4), start=1)]
    picks = select_each([("空气怎么样", near), ("绿地怎么样？", far)], reports)
    assert [pick.sentence.id for pick in picks] == ["p20.5", "p20.6", "p21.2", "p21.3"]
    assert select_each([("空气怎么样", near)], reports) == select("空气怎么样", near, reports)
    assert len(select_each([("空气怎么样", near)], reports)) == 4
    assert select_each([("空气怎么样", []), ("绿地怎么样？", far[:1])], reports) == select("绿地", far[:1], reports)


def test_of_a_sentence_that_answers_two_things_all_between_is_quoted(hohhot, reports):
    parts = hohhot.edition.parts["p6.4"]

    def near(n):
        return [hit(hohhot, "p6.4", spans={part.span: 0.1 for part in parts} | {parts[n].span: 0.9})]

    (pick,) = select_each([("建成区绿化覆盖率怎么样", near(2)), ("森林覆盖率是多少？", near(1))], reports)
    assert pick.span == Span(parts[1].span.start, parts[2].span.end)
    assert hohhot.source[pick.highlight.start : pick.highlight.end] == "23%"
    (both,) = select_each([("森林覆盖率是多少", near(1)), ("绿化覆盖率是多少？", near(2))], reports)
    assert (both.span, both.highlight) == (pick.span, pick.highlight)  # the first one's


def test_a_sentence_that_only_announces_is_replaced_by_what_follows(hohhot, reports):
    announced = hit(hohhot, "p20.10", 1, 0.6)
    (pick,) = select("绿色经济怎么发展？", [announced], reports)
    assert (pick.sentence.id, pick.span) == ("p20.11", hohhot.sentence("p20.11").span)
    parts = hohhot.edition.parts["p6.2"]
    told = hit(hohhot, "p6.2", 2, 0.5, spans={part.span: 0.1 for part in parts} | {parts[0].span: 0.9})
    (pick,) = select("生态怎么样？", [hit(hohhot, "p6.1", 1, 0.6), told], reports)
    assert (pick.sentence.id, pick.span) == ("p6.2", parts[0].span)  # it was found too, and is cut as it was found
    assert picked("教育怎么样？", [hit(hohhot, "p23.2", 1, 0.6), announced], reports) == ["p23.3", "p20.11"]


def test_what_is_told_in_two_reports_is_told_twice(hohhot, reports):
    picks = select("工作怎么样？", [hit(report, "p2.1") for report in (hohhot, reports["anning-2024"])], reports)
    assert [(pick.report, pick.sentence.id) for pick in picks] == [("hohhot-2021", "p2.1"), ("anning-2024", "p2.1")]


@pytest.mark.parametrize(
    ("question", "id_"),
    [
        ("发展绿色经济花多少钱？", "p20.10"),  # one fact is asked for
        ("绿色经济包括哪些？", "p20.10"),  # a list
        ("这些问题怎么办？", "p10.14"),  # nothing follows in its paragraph
        ("国有企业改革怎么样？", "p10.6"),  # too long only to announce
    ],
)
def test_other_sentences_stand_for_themselves(hohhot, reports, question, id_):
    assert picked(question, [hit(hohhot, id_)], reports) == [id_]


def test_a_sentence_that_leads_in_is_passed_over_unless_there_is_no_other(hohhot, reports):
    assert hohhot.sentence("p12.5").text.endswith(":")
    hits = [hit(hohhot, "p12.5", 1, 0.9), hit(hohhot, "p20.6", 2, 0.3), hit(hohhot, "p20.5", 3, 0.1)]
    assert picked("总体思路怎么样？", hits, reports) == ["p20.6", "p20.5"]  # and nothing is measured against it
    assert picked("总体思路怎么样？", hits[:1], reports) == ["p12.5"]


def test_a_short_sentence_with_a_figure_announces_nothing(reports):
    county = reports["anning-2024"]
    assert picked("地区生产总值怎么样？", [hit(county, "p3.1")], reports) == ["p3.1"]


def test_a_list_is_whole_beside_another_question(hohhot, reports):
    asked = [("六大产业集群是哪些？", [hit(hohhot, "p14.1")]), ("绿地怎么样？", [hit(hohhot, "p21.4")])]
    picks = select_each(asked, reports)
    assert [pick.sentence.id for pick in picks] == [*(f"p14.{n}" for n in range(1, 8)), "p21.4"]


def test_what_is_hardly_likely_answers_none_of_several_things(hohhot, reports):
    asked = [("森林覆盖率是多少？", [hit(hohhot, "p6.4", 1, 0.4)]), ("谁来管？", [hit(hohhot, "p21.4", 1, 0.04)])]
    assert [pick.sentence.id for pick in select_each(asked, reports)] == ["p6.4"]
    assert left_out(asked, reports) == ("谁来管？",)
    assert left_out(asked[:1], reports) == left_out(asked[1:], reports) == ()
