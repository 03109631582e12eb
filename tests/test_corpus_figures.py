import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.figures import figures


def _forms(text, lang):
    return [(f.kind, tuple(map(str, map(Decimal.normalize, f.value))), f.unit, f.bound) for f in figures(text, lang)]


# Chinese, English, and the normal form of both: kind, value, unit, bound.
_SAME = [
    ("225万亩", "2.25 million mu", [("number", ("2.25E+6",), "mu", "")]),
    ("２２５萬畝", "2,250,000 mu", [("number", ("2.25E+6",), "mu", "")]),
    ("13万户", "130,000 households", [("number", ("1.3E+5",), "", "")]),
    ("三千二百亿元", "320 billion yuan", [("number", ("3.2E+11",), "CNY", "")]),
    ("约1.2万亿元", "about RMB1.2 trillion", [("number", ("1.2E+12",), "CNY", "about")]),
    ("1.5亿千瓦", "150 GW", [("number", ("1.5E+8",), "kW", "")]),
    ("十三点五万人", "135,000 people", [("number", ("1.35E+5",), "", "")]),
    ("4.5∶29.1∶66.4", "4.5:29.1:66.4", [("ratio", ("4.5", "29.1", "66.4"), "", "")]),
    ("70%左右", "about 70 per cent", [("percent", ("7E+1",), "", "about")]),
    ("６５％", "65%", [("percent", ("65",), "", "")]),
    ("百分之七十以上", "more than 70%", [("percent", ("7E+1",), "", "over")]),
    ("三分之二", "two-thirds", [("fraction", ("3", "2"), "", "")]),
    ("5万余个", "50,000-plus", [("number", ("5E+4",), "", "over")]),
    ("近3000人", "nearly 3,000 people", [("number", ("3E+3",), "", "under")]),
    ("近五年", "the past five years", [("number", ("5",), "year", "")]),
    ("3至5年", "3 to 5 years", [("number", ("3",), "year", ""), ("number", ("5",), "year", "")]),
    ("3-5万亩", "30,000-50,000 mu", [("number", ("3E+4",), "mu", ""), ("number", ("5E+4",), "mu", "")]),
    ("2016年", "in 2016", [("year", ("2016",), "", "")]),
    ("二〇一六年", "2016", [("year", ("2016",), "", "")]),
    ("2021年9月27日", "27 September 2021", [("date", ("2021", "9", "27"), "ymd", "")]),
    ("2021-11-03", "November 3, 2021", [("date", ("2021", "11", "3"), "ymd", "")]),
    ("“七一”", "1 July", [("date", ("7", "1"), "md", "")]),
    ("第七届", "seventh", [("ordinal", ("7",), "", "")]),
    ("第十三次", "13th", [("ordinal", ("13",), "", "")]),
    ("七十周年", "70th anniversary", [("ordinal", ("7E+1",), "", "")]),
    ("一百周年", "centenary", [("ordinal", ("1E+2",), "", "")]),
    ("首批", "first", [("ordinal", ("1",), "", "")]),
    ("四、", "IV. ", [("ordinal", ("4",), "", "")]),
    ("(三期)", "(Phase III)", [("ordinal", ("3",), "", "")]),
    ("地铁1、2号线", "Lines 1 and 2", [("ordinal", ("1",), "", ""), ("ordinal", ("2",), "", "")]),
    ("“八五”普法", "the eighth five-year legal plan", [("plan", ("8",), "", "")]),
    ("“十四五”规划", "the 14th Five-Year Plan", [("plan", ("14",), "", "")]),
    ("十五分钟", "15-minute", [("number", ("15",), "minute", "")]),
    ("“四十八字”", "forty-eight characters", [("number", ("48",), "", "")]),
    ("“两个维护”", "Two Upholds", [("number", ("2",), "", "")]),
    ("“四史”", "Four Histories", [("number", ("4",), "", "")]),
    ("六大产业集群", "six major clusters", [("number", ("6",), "", "")]),
]


@pytest.mark.parametrize(("zh", "en", "form"), _SAME)
def test_one_figure_has_one_form_in_both_languages(zh, en, form):
    assert _forms(zh, "zh") == form
    assert _forms(en, "en") == form


@pytest.mark.parametrize(
    ("text", "lang"),
    [(w, "zh") for w in "统一 进一步 十分重要 一系列 万众创新 三农工作 千方百计 百姓 二三十 三四百 数十".split()]
    + [(w, "en") for w in ("first-class", "COVID-19", "PM2.5", "the 1990s", "zero deaths", "dozens of parks")],
)
def test_what_is_no_figure(text, lang):
    assert figures(text, lang) == ()


@pytest.mark.parametrize(
    ("text", "lang", "nouns"),
    [
        ("852个老旧小区、87个棚户区、370公里老旧管网", "zh", ["compound", "shantytown", "pipe network"]),
        ("852 old residential compounds, 87 shantytowns", "en", ["compound", "shantytown"]),
        ("医疗卫生机构18个", "zh", ["institution"]),
        ("6所综合医院发热门诊", "zh", ["clinic"]),
        ("36户国有企业整合为10户", "zh", ["enterprise", "enterprise"]),
        ("578个项目47万户", "zh", ["project", "household"]),
        ("森林覆盖率达到23%", "zh", ["forest coverage"]),
    ],
)
def test_the_counted_noun(text, lang, nouns):
    assert [figure.noun for figure in figures(text, lang)] == nouns


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="'fr'"):
        figures("trois", "fr")


_WORDS = "one two three four five six seven eight nine".split()
_SCALES = ((10**4, "万"), (10**8, "亿"), (10**12, "万亿"))


@given(st.integers(1, 99_999), st.integers(0, 3), st.sampled_from(_SCALES))
def test_any_amount_is_one_value_however_it_is_scaled(digits, places, scale):
    coefficient = Decimal(digits).scaleb(-places)
    amount = coefficient * scale[0]
    assert [f.value for f in figures(f"投资{coefficient:f}{scale[1]}元", "zh")] == [(amount,)]
    for text in (f"{amount:,f} yuan", f"RMB{amount / 10**6:f} million", f"{amount / 10**9:f} billion yuan"):
        assert [(f.value, f.unit) for f in figures(text, "en")] == [((amount,), "CNY")]


@given(
    st.integers(1, 9),
    st.integers(1, 9),
    st.sampled_from([("百", "hundred"), ("千", "thousand"), ("百万", "million")]),
)
def test_any_written_numeral_is_one_value(many, units, scale):
    han = "一二三四五六七八九"
    (zh,) = figures(f"{han[many - 1]}{scale[0]}零{han[units - 1]}", "zh")
    (en,) = figures(f"{_WORDS[many - 1]} {scale[1]} and {_WORDS[units - 1]}", "en")
    assert zh.value == en.value


@given(st.lists(st.sampled_from([zh for zh, _, _ in _SAME]), max_size=6), st.text("的,，。 “”", max_size=3))
def test_spans_hold_their_figures_in_order_and_apart(pieces, glue):
    text = glue.join(pieces)
    edges = [edge for figure in figures(text, "zh") for edge in (figure.start, figure.end)]
    assert edges == sorted(edges)
    assert all(re.search(r"[\d０-９〇一-龥]", text[f.start : f.end]) for f in figures(text, "zh"))
