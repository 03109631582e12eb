import re

import pytest

from corpus.report import Span
from corpus.structure import parse

FURNITURE = ("发布时间", "电脑版", "触屏版", "版权所有", "备案", "技术支持", "网站标识码", "15010202150696")


def test_the_report_has_four_parts_nine_tasks_and_four_tasks(hohhot):
    paths = [section.path for section in hohhot.sections]
    assert paths == ["1", "2", "3", *(f"3.{n}" for n in range(1, 10)), "4", *(f"4.{n}" for n in range(1, 5))]
    by_path = {section.path: section.heading.text for section in hohhot.sections}
    assert by_path["1"] == "一、过去五年的工作回顾"
    assert by_path["3.5"] == "(五)坚持以人民为中心的发展思想,在实现共同富裕中持续增进民生福祉。"
    assert by_path["4"] == "四、坚定不移推进全面从严治党"
    assert by_path["4.4"] == "(四)坚决有力净化政治生态。"


def test_a_heading_glued_to_its_paragraph_is_cut_off(hohhot):
    paragraph = next(p for p in hohhot.paragraphs if p.section == "3.2")
    assert paragraph.sentences[0].text.startswith("保持和加强生态文明建设的战略定力")
    assert hohhot.source[: paragraph.span.start].endswith("建设者、守护人。")


def test_paragraphs_led_by_a_dash_carry_their_topic(hohhot):
    topics = [paragraph.topic for paragraph in hohhot.paragraphs if paragraph.topic]
    assert topics == [
        *("政治建设不断强化", "综合实力稳步提升", "城乡面貌焕然一新", "生态建设成效显著"),
        *("民生福祉持续增进", "改革开放稳步推进", "社会大局和谐稳定", "从严治党管党治党"),
        *("在功能定位上", "在产业定位上", "在开放定位上", "在城市定位上"),
    ]


def test_the_title_block_says_what_each_line_is(hohhot):
    front = [s for s in hohhot.sentences if s.id.startswith("h")]
    assert [(s.id, s.kind, s.text) for s in front[1:]] == [
        ("h2", "occasion", "——在中国共产党呼和浩特市第十三次代表大会上的报告"),
        ("h3", "date", "2021927日)"),
        ("h4", "speaker", "包\u2002 钢"),
    ]
    assert front[0].kind == "title"


def test_page_furniture_belongs_to_nothing(hohhot):
    addressed = "\n".join(sentence.text for sentence in hohhot.sentences)
    assert not [words for words in FURNITURE if words in addressed]
    assert "来源:" not in addressed


def test_sentences_tile_their_paragraphs_and_everything_is_addressed_once(hohhot):
    for paragraph in hohhot.paragraphs:
        edges = [paragraph.span.start, *(s.span.end for s in paragraph.sentences)]
        assert [s.span.start for s in paragraph.sentences] == edges[:-1]
        assert edges[-1] == paragraph.span.end
    covered = sorted(s.span for s in hohhot.sentences)
    assert all(a.end <= b.start for a, b in zip(covered, covered[1:], strict=False))
    rest = re.sub(r"\s", "", "".join(_uncovered(hohhot.source, covered)))
    assert rest == re.sub(
        r"\s",
        "",
        "发布时间:2021-11-03 来源:“学习强国”学习平台 电脑版 | 触屏版 "
        "版权所有:呼和浩特市统计局 政府网站标识码:1501000015 "
        "蒙公网安备:15010202150696号 蒙ICP备19004523号 技术支持:内蒙古凌动信息科技有限公司",
    )


def _uncovered(text, spans):
    at = 0
    for span in spans:
        yield text[at : span.start]
        at = span.end
    yield text[at:]


@pytest.mark.parametrize("comma", [",", "，"])
@pytest.mark.parametrize(("left", "right"), ["()", "（）"])
def test_headings_in_ascii_and_full_width_punctuation(comma, left, right):
    text = f"一、回顾\n{left}一{right}稳增长{comma}保就业。全年增长６％。\n{left}二{right}改善民生。新建学校3所。\n"
    structure = parse(text)
    assert [(s.path, s.heading.text) for s in structure.sections] == [
        ("1", "一、回顾"),
        ("1.1", f"{left}一{right}稳增长{comma}保就业。"),
        ("1.2", f"{left}二{right}改善民生。"),
    ]
    assert [(p.id, p.section, p.sentences[0].text) for p in structure.paragraphs] == [
        ("p1", "1.1", "全年增长６％。"),
        ("p2", "1.2", "新建学校3所。"),
    ]


def test_chapters_sections_and_numbered_items(county):
    report = county.open("anning-2024")
    assert [(s.path, s.heading.text) for s in report.sections] == [
        ("1", "第一章　上年回顾"),
        ("1.1", "一、经济稳步增长"),
        ("1.2", "二、民生持续改善"),
        ("2", "第二章　今年安排"),
        ("2.1", "一、主要目标"),
        ("2.2", "二、重点工作"),
        ("2.2.1", "1.推进清洁取暖。"),
    ]
    assert [s.kind for s in report.sentences[:4]] == ["title", "date", "speaker", "body"]
    assert report.headings("2.2.1") == ("第二章　今年安排", "二、重点工作", "1.推进清洁取暖。")
    assert [p.sentences[0].text for p in report.paragraphs if p.section == "1.2"] == [
        "1.新建幼儿园6所，新增学位1800个。",
        "2.完成老旧小区改造15个。",
    ]
    assert "王某" not in "".join(s.text for s in report.sentences)


def test_figures_that_open_a_line_are_no_heading():
    structure = parse("一、目标\n1.5亿元投入使用，新建学校3所。\n2021年完成改造。\n")
    assert [s.path for s in structure.sections] == ["1"]
    assert len(structure.paragraphs) == 2


def test_lines_that_only_begin_like_page_furniture_are_kept():
    lines = (
        *("关闭煤矿12处，化解过剩产能300万吨；", "阅读推广活动1200场，建成书屋30个；", "关闭　12处　300万吨"),
        *("编辑出版地方志12部", "来源于制造业的税收增长12%；", "打印服务进村120个"),
    )
    dropped = ("责任编辑：王某", "打印本页 关闭窗口", "来源：新华网", "阅读次数：12", "上一篇：某某文章", "关闭")
    structure = parse("\n".join(["政府工作报告", "一、去产能", *lines, *dropped]))
    assert [p.sentences[0].text for p in structure.paragraphs[1:]] == list(lines)


def test_a_declared_break_divides_heading_from_paragraph():
    text = "一、全面从严治党完成历史使命,必须管党。"
    assert [s.heading.text for s in parse(text, breaks=[8]).sections] == ["一、全面从严治党"]
    assert parse(text, breaks=[8]).paragraphs[0].span == Span(8, len(text))


def test_text_without_any_structure_is_one_paragraph_a_line():
    structure = parse("这里只有一段很长的正文,没有任何标题,也没有编号,从头到尾都是一句话。\n\n还有一段。")
    assert structure.sections == ()
    assert [(p.id, p.section) for p in structure.paragraphs] == [("p1", "0"), ("p2", "0")]
    assert parse("") == parse("\n \u3000\n")
