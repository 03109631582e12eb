"""What a question needs that a sentence plainly has or lacks."""

import pytest

from index import needs
from index.needs import answering_figures, asks_for_date, asks_for_figure, asks_for_list, time_asked, time_of


@pytest.fixture
def reports(library):
    return {report.id: report for report in library}


@pytest.mark.parametrize(
    ("question", "id_", "unmet"),
    [
        ("What is the forest coverage rate?", "p6.4", (False, False, False, False)),
        ("How much will the new airport cost?", "p25.1", (True, False, False, False)),
        ("When will the new airport open?", "p25.1", (False, True, False, False)),
        ("What was the forest coverage rate in 2016?", "p6.4", (False, False, True, False)),
        ("What is the forest coverage of Baotou?", "p6.4", (False, False, False, True)),
        ("What is the forest coverage of Hohhot?", "p6.4", (False, False, False, False)),
        ("呼和浩特的GDP是多少?", "p6.4", (False, False, False, True)),
        ("包括2016年在内,森林覆盖率是多少?", "p6.4", (False, False, True, False)),
        ("研发投入强度2016年是多少?", "p4.3", (False, False, False, False)),
        ("What has been done over the past five years?", "p6.4", (False, False, False, False)),
        ("有多少人口?", "p7.4", (True, False, False, False)),  # 58 hotlines, called “12345”
        ("呼和浩特有多少人口?", "p7.8", (True, False, False, False)),  # 578 projects, 470,000 households
        ("多少户拿到了房本?", "p7.8", (False, False, False, False)),
        ("Will it rain tomorrow?", "p21.11", (False, False, False, True)),
        ("呼和浩特明天会下雨吗?", "p21.11", (False, False, False, True)),
        ("今后天然气怎么发展?", "p21.10", (False, False, False, False)),
        ("桥下周边环境如何治理?", "p21.10", (False, False, False, False)),
        ("What about the next weeks?", "p21.10", (False, False, False, False)),
    ],
)
def test_needs_that_the_sentences_leave_unmet(hohhot, question, id_, unmet):
    assert needs.unmet(question, [(hohhot, hohhot.sentence(id_))]) == unmet


def test_english_names_are_not_looked_for_in_a_report_without_an_edition(reports):
    report = reports["anning-2024"]
    id_ = next(s.id for s in report.sentences if "3000人" in s.text)
    asked = "How many jobs will Anning create?"
    assert needs.unmet(asked, [(report, report.sentence(id_))]) == (False, False, False, False)


def test_a_day_counted_from_today_may_be_named_where_the_report_names_it(library, tmp_path):
    (tmp_path / "new.txt").write_text("一、概况\n让人民的明天更加美好。\n", encoding="utf-8")
    report = library.add(tmp_path / "new.txt", "new", "新")
    sentence = report.sentences[-1]
    for question in ("What is said of tomorrow?", "明天会怎样?"):
        assert not needs.unmet(question, [(report, sentence)])[-1]
    assert needs.unmet("昨天怎样?", [(report, sentence)])[-1]


@pytest.mark.parametrize(
    ("question", "figure", "date", "many"),
    [
        ("How many schools will be built?", True, False, False),
        ("What is the population of Hohhot?", True, False, False),
        ("What's the city's annual budget?", True, False, False),
        ("新增多少所幼儿园?", True, False, False),
        ("几何级数", False, False, False),
        ("这几年变好了吗?", False, False, False),
        ("前几年打黑,今后几年还打吗?", False, False, False),
        ("近几年建了几所学校?", True, False, False),
        ("When will it open?", False, True, False),
        ("What will happen when it rains?", False, False, False),
        ("地铁哪年通车?", False, True, False),
        ("What are the six industrial clusters?", False, False, True),
        ("六大产业集群是哪些?", False, False, True),
        ("Who gave this report, and when?", False, True, False),
    ],
)
def test_what_a_question_asks_for(question, figure, date, many):
    assert (asks_for_figure(question) is not None, asks_for_date(question), asks_for_list(question)) == (
        figure,
        date,
        many,
    )


@pytest.mark.parametrize(
    ("question", "id_", "gives"),
    [
        ("公园绿地有多少平方米？", "p6.4", True),
        ("公园绿地有多少平方公里？", "p6.4", False),
        ("要走几分钟？", "p23.10", True),
        ("要走几小时？", "p23.10", False),
        ("修了多少公里？", "p5.5", True),
        ("修了多少？", "p5.5", True),
        ("How many square metres of park are there?", "p6.4", True),
        ("How many hectares of park are there?", "p6.4", False),
        ("How many more square metres of park are there?", "p6.4", True),
        ("How many more hectares of park are there?", "p6.4", False),
    ],
)
def test_a_figure_is_in_the_unit_that_is_asked_for(hohhot, question, id_, gives):
    assert needs.gives_figure(question, hohhot.sentence(id_), hohhot) is gives


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("多少户受益？", ["8000户"]),
        ("多少人受益？", ["3000人"]),
        ("几户受益？", ["8000户"]),
        ("多少人家受益？", ["8000户"]),
        ("这几年有多少人受益？", ["3000人"]),  # years are not what is counted
        ("受益的有多少？", ["8000户", "3000人"]),
        ("建了多少所学校？", ["8000户", "3000人"]),  # what is counted may be named otherwise
        ("How many households gained?", ["8000户"]),
        ("How many more people gained?", ["3000人"]),
        ("受益的人多吗？", []),
        ("常住人口有多少？", ["3000人"]),
        ("有多少人口？", ["3000人"]),
        ("人口增长了多少？", ["8000户", "3000人"]),  # it may be given in per cent
        ("What is the population?", ["3000人"]),
        ("What is the resident population of the city?", ["3000人"]),
    ],
)
def test_people_are_no_households(question, found):
    text = "8000户改造,惠及3000人"
    assert [text[figure.start : figure.end] for figure in answering_figures(question, text)] == found


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What will the new airport cost?", "money"),
        ("What are families charged for heating?", "money"),
        ("What is done for those who earn little?", None),
        ("What will the city do so that patients pay less?", None),
        ("What will the new airport offer?", None),
        ("机场要花多少钱？", "money"),
        ("会议开多长时间？", "duration"),
        ("隔多长时间开一次会？", None),  # 定期 answers it
    ],
)
def test_what_a_thing_costs_is_an_amount_of_money(question, kind):
    assert asks_for_figure(question) == kind


@pytest.mark.parametrize(
    ("question", "time"),
    [
        ("How many schools will be built?", 1),
        ("What were the results?", -1),
        ("What was done, and what is planned?", 0),
        ("清洁取暖", 0),
        ("今后五年的目标是什么?", 1),
        ("过去五年取得了哪些成绩?", -1),
        ("到2025年建多少所学校?", 1),
        ("以后的天然气打算怎么送来?", 1),
        ("公司合并以后还剩几家?", 0),  # after, and no more
        ("What does it have to say on wind?", 0),
        ("What has it had to do?", -1),
    ],
)
def test_the_time_that_is_asked_for(question, time):
    assert time_asked(question) == time


def test_the_part_that_looks_back_and_those_after_it(hohhot, reports):
    assert time_of(hohhot.sentence("p4.3"), hohhot) == -1
    assert time_of(hohhot.sentence("p20.6"), hohhot) == 1
    county = reports["anning-2024"]
    assert {time_of(sentence, county) for sentence in county.sentences} == {-1, 0, 1}


def test_a_list_is_seen_by_its_commas_or_its_numbers(hohhot):
    assert needs.gives_list(next(s for s in hohhot.sentences if s.text.count("、") > 2))
    assert not needs.gives_list(hohhot.sentence("p4.3"))


@pytest.mark.parametrize(
    "question",
    [
        "三年内新增多少所幼儿园？",
        "3公里内有多少所幼儿园？",
        "In the next three years, how many kindergartens will be added?",
    ],
)
def test_a_figure_of_three_in_the_question_is_not_what_is_counted(question):
    assert [figure.value for figure in answering_figures(question, "新增40所幼儿园")] == [(40,)]


@pytest.mark.parametrize(
    ("question", "texts", "lacks"),
    [
        ("哪三条路通车?", ["3条路通车。"], True),
        ("哪三条路通车?", ["东路、西路、南路通车。"], False),
        ("哪三条路通车?", ["东路通车。", "西路通车。", "南路通车。"], False),
        ("哪三条路通车?", ["“东”“西”“南”三条路通车。"], False),
        ("哪两条路通车?", ["东路和西路通车。"], False),
        ("哪两条路通车?", ["2条路通车。"], True),
        ("这三条路花了多少钱?", ["3条路通车。"], False),
        ("那三条路各叫什么?", ["3条路通车。"], True),
        ("哪三十条路通车?", ["30条路通车。"], False),  # nobody expects so many
        ("哪些路通车?", ["3条路通车。"], False),
        ("Which three roads were opened?", ["3条路通车。"], True),
        ("What does each of the three roads cost?", ["东路、西路、南路通车。"], False),
        ("What are the three roads called?", ["3条路通车。"], True),
        ("Which roads opened within three years?", ["3条路通车。"], False),
    ],
)
def test_things_asked_for_one_by_one_are_named(question, texts, lacks):
    assert needs.lacks_items(question, texts) is lacks
