import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.followup import after, leans, says_little, says_nothing, standalone
from index.tokens import language


@pytest.mark.parametrize(
    ("question", "lang", "leaning"),
    [
        ("And schools?", "en", True),
        ("What about the soil?", "en", True),
        ("Why?", "en", True),
        ("How many?", "en", True),
        ("Who won the 2018 World Cup?", "en", False),
        ("When will metro line 3 open?", "en", False),
        ("How much will the airport cost?", "en", False),
        ("这个报告是谁作的?", "zh", False),
        ("这项工程花多少钱?", "zh", True),
        ("How many of them are finished?", "en", True),
        ("What comes next for it?", "en", True),
        ("How many public kindergartens will be added?", "en", False),
        ("Is there a plan for clean heating in the city?", "en", False),
        ("那学校呢?", "zh", True),
        ("水呢?", "zh", True),
        ("往后对它有什么安排?", "zh", True),
        ("其中已经完工的有多少?", "zh", True),
        ("新增多少所公办幼儿园?", "zh", False),
        ("清洁取暖怎么安排?", "zh", False),
        # What its pronoun means stands in the question itself, or it has none.
        ("How will the city protect its water?", "en", False),
        ("What does Hohhot do for its farmers?", "en", False),
        ("How are companies with their own research centres supported?", "en", False),
        ("If a company pollutes the river, will it be fined?", "en", False),
        ("Is it planned to build a new airport?", "en", False),
        ("How long does it take to reach Beijing by train?", "en", False),
        ("And how will the city protect its lakes and wetlands?", "en", False),
        ("How does the city plan to fund it?", "en", True),
        ("What does the report say about it?", "en", True),
        ("Where is that?", "en", True),
        ("by 2025?", "en", True),
        ("clean heating", "en", False),
        ("2025年呢?", "zh", True),
        ("要花多少钱?", "zh", True),
        ("报告说了什么?", "zh", False),
        ("全市有多少人?", "zh", False),
        ("那年的森林覆盖率是多少?", "zh", False),
    ],
)
def test_questions_that_point_back_are_seen(question, lang, leaning):
    assert leans(question, lang) is leaning


CONVERSATIONS = [
    # What is counted, what is spoken of, a place: replaced by its like.
    ("How many public kindergartens will be added?", "And schools?", "How many schools will be added?"),
    ("How many villages were lifted out of poverty?", "And people?", "How many people were lifted out of poverty?"),
    ("How will the city deal with dirty air?", "What about the soil?", "How will the city deal with the soil?"),
    ("How will the city protect its water?", "And its soil?", "How will the city protect soil?"),
    ("What does the plan say about clean heating?", "and the metro?", "What does the plan say about the metro?"),
    ("What will be done for the elderly?", "and for children?", "What will be done for children?"),
    ("What is the forest coverage rate?", "and the grassland coverage?", "What is the grassland coverage?"),
    (
        "Which industries will Horinger New Area specialise in?",
        "And the bonded zone?",
        "Which industries will the bonded zone specialise in?",
    ),
    (
        "How many hours across is the city circle with Baotou, Ordos and Ulanqab?",
        "And the one with Beijing and Tianjin?",
        "How many hours across is the city circle with Beijing and Tianjin?",
    ),
    ("When will the new airport open?", "And metro line 3?", "When will metro line 3 open?"),
    ("新增多少所公办幼儿园?", "那中小学呢?", "新增多少所中小学?"),
    ("和林格尔新区主攻哪些产业?", "那保税区呢?", "保税区主攻哪些产业?"),
    ("清洁取暖怎么安排?", "空气质量呢?", "空气质量怎么安排?"),
    ("2020年城镇居民收入多少?", "农村居民呢?", "2020年农村居民收入多少?"),
    ("机场建设进展如何?", "高铁呢?", "高铁建设进展如何?"),
    ("清洁取暖“全覆盖”怎么实现？", "那学校呢？", "学校怎么实现？"),
    ("关于机场报告说了什么?", "那地铁呢?", "关于地铁报告说了什么?"),
    # Another time, in its tense.
    (
        "How many old residential compounds were renovated?",
        "And in the next five years?",
        "How many old residential compounds will be renovated in the next five years?",
    ),
    (
        "How many public kindergartens will be added?",
        "what about by 2025",
        "How many public kindergartens will be added by 2025?",
    ),
    (
        "What did the city achieve in the past five years?",
        "what about in the next five years",
        "What will the city achieve in the next five years?",
    ),
    ("改造了多少个老旧小区?", "今后五年呢?", "今后五年改造多少个老旧小区?"),
    ("清洁取暖怎么安排?", "到2025年呢?", "到2025年清洁取暖怎么安排?"),
    # Another question about the same.
    ("How many public kindergartens will be added?", "When?", "When will public kindergartens be added?"),
    ("Which hospitals will be built?", "how many?", "How many hospitals will be built?"),
    ("How will the city protect grasslands?", "Why?", "Why will the city protect grasslands?"),
    (
        "What recognition has the Chilechuan Grassland received?",
        "where is that?",
        "Where is the Chilechuan Grassland?",
    ),
    ("What are the six industrial clusters?", "how many of them?", "How many of the six industrial clusters?"),
    ("How many industrial clusters are there?", "list them all", "List all the industrial clusters"),
    ("When will the new airport open?", "How much will it cost?", "How much will the new airport cost?"),
    ("When will the airport open?", "Is it big and is it far?", "Is the airport big and is it far?"),
    ("When will the airport open?", "There's a metro to it, right?", "There's a metro to the airport, right?"),
    (
        "Which local company was first on the Select Tier?",
        "And which one floated in Hong Kong?",
        "Which local company floated in Hong Kong?",
    ),
    ("新增多少所公办幼儿园?", "什么时候?", "什么时候新增公办幼儿园?"),
    ("清洁取暖怎么安排?", "为什么?", "清洁取暖为什么安排?"),
    ("敕勒川草原得到过什么荣誉?", "往后对它有什么安排?", "往后对敕勒川草原有什么安排?"),
    ("和林格尔新区主攻哪些产业?", "它在哪里?", "和林格尔新区在哪里?"),
    ("培育哪六大产业集群?", "都列出来", "六大产业集群都有哪些?"),
    ("报告里提到哪些医院?", "一共几家?", "医院一共几家?"),
    ("机场什么时候建成?", "这项工程花多少钱?", "机场这项工程花多少钱?"),
    ("哪家本地企业最先登上新三板精选层?", "那在香港上市的是哪家?", "在香港上市的是哪家本地企业?"),
    # A new topic is not dragged down by the old one.
    ("How many public kindergartens will be added?", "What about clean heating?", "What about clean heating?"),
    ("How many kindergartens will be added?", "What is the forest coverage?", "What is the forest coverage?"),
    ("新增多少所公办幼儿园?", "那清洁取暖呢?", "清洁取暖呢?"),
    ("清洁取暖怎么安排?", "新增多少所公办幼儿园?", "新增多少所公办幼儿园?"),
    # Where nothing can be exchanged, and where the language changes, the earlier question is carried as it is.
    ("Who gave this report?", "When?", "Who gave this report? When?"),
    ("What does the plan say about schools?", "What else?", "What does the plan say about schools? What else?"),
    ("清洁取暖怎么安排?", "还有吗?", "清洁取暖怎么安排? 还有吗?"),
    ("新增多少所公办幼儿园?", "And schools?", "新增多少所公办幼儿园? And schools?"),
    ("清洁取暖怎么安排？", "要是家里没有暖气呢？", "清洁取暖怎么安排？ 要是家里没有暖气呢？"),
    ("去年来了多少游客？", "2025年的目标呢？", "去年来了多少游客？ 2025年的目标呢？"),
    ("新增多少所公办幼儿园？", "那便宜的呢？", "新增多少所公办幼儿园？ 那便宜的呢？"),
    (
        "How many kindergartens will be added?",
        "And the schools in the old town?",
        "How many kindergartens will be added? And the schools in the old town?",
    ),
    ("How will the city clean up its air?", "那土壤呢?", "How will the city clean up its air? 那土壤呢?"),
]


@pytest.mark.parametrize(("before", "asked", "alone"), CONVERSATIONS, ids=[f"{b} {a}" for b, a, _ in CONVERSATIONS])
def test_a_follow_up_becomes_one_short_question(before, asked, alone):
    assert standalone(asked, [before], language(asked)) == alone


LONGER = [
    (
        ["How will the city deal with dirty air in the next five years?", "And its water?", "What about the soil?"],
        "How will the city deal with the soil in the next five years?",
    ),
    (["今后五年怎么治理空气污染?", "水呢?", "土壤呢?"], "今后五年怎么治理土壤?"),
    (
        ["How many public kindergartens will be added?", "And schools?", "by 2025?"],
        "How many schools will be added by 2025?",
    ),
    (["新增多少所公办幼儿园?", "那中小学呢?", "在哪里?"], "中小学在哪里?"),
    (["What does the plan say about schools?", "Thanks!", "and hospitals?"], "What does the plan say about hospitals?"),
    (["教育方面有哪些安排?", "谢谢", "养老呢?"], "养老有哪些安排?"),
    # A question that stands is leant on in its turn, and nothing before it.
    (["清洁取暖怎么安排?", "森林覆盖率是多少?", "草原植被盖度呢?"], "草原植被盖度是多少?"),
    # Into the other language and back.
    (["新增多少所公办幼儿园?", "And hospitals?", "那中小学呢?"], "新增多少所中小学?"),
    (["", " ", "And schools?"], "And schools?"),
]


@pytest.mark.parametrize(("turns", "alone"), LONGER, ids=[" / ".join(turns) for turns, _ in LONGER])
def test_a_conversation_is_followed_turn_by_turn(turns, alone):
    *history, asked = turns
    assert standalone(asked, history, language(asked)) == alone


@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(["zh", "en"]))
def test_whatever_is_typed_gives_a_text_that_has_it_or_its_place(before, asked, lang):
    assert isinstance(standalone(asked, [before], lang), str)
    assert standalone(asked, [], lang) == asked


@pytest.mark.parametrize(
    ("question", "little"),
    [
        ("花了多少钱", True),
        ("都是哪几家医院？", True),
        ("东边那几个呢？", True),
        ("全市新增多少所公办幼儿园和中小学？", False),
        ("how come?", True),
        ("any other rail lines", True),
        ("less than they did in 2024?", True),
        ("What does the plan say about clean heating in rural homes?", False),
    ],
)
def test_what_says_little(question, little):
    assert says_little(question) is little


def test_what_says_nothing():
    assert all(says_nothing(question) for question in ("how come?", "花了多少钱", "who else"))
    assert not any(says_nothing(question) for question in ("How do I make braised pork belly?", "红烧肉怎么做"))


def test_what_says_little_is_carried_after_the_last_question_that_leans_on_nothing():
    first, second = "新增多少所公办幼儿园？", "今后五年清洁取暖怎么安排？"
    assert after("花了多少钱", [first, second]) == f"{second} 花了多少钱"
    assert after("谁负责", [first, second, "那花了多少钱", "谢谢"]) == f"{second} 那花了多少钱 谁负责"
    assert after("花了多少钱", []) == after("花了多少钱", ["", "你好"]) == "花了多少钱"
    assert after("谁负责", ["那花了多少钱"]) == "那花了多少钱 谁负责"
