"""The closed lists behind `corpus.figures`: what a figure or a negation looks like in Chinese and in English.

Lists only, each with the rule that admits an entry; the grammar that uses them lives in `corpus.figures`. They are
meant for government reports at large, not for one of them: an entry earns its place by being common there.
Chinese is simplified, entries are separated by spaces; English is lower case, singular, separated by `|`.
"""

from __future__ import annotations

# Same length before and after, so that offsets survive: `corpus.fold` may change lengths and cannot be used here.
# The full-width comma stays what it is: only an ASCII comma groups thousands.
SAME_LENGTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if code != 0xFF0C} | str.maketrans(
    "∶：﹪〜－‐‑萬億兩個畝戶歲頃點項條餘約過處間種類達週貳參陸", "::%~---万亿两个亩户岁顷点项条余约过处间种类达周二三六"
)

ZH_DIGITS = dict(zip("〇零一二三四五六七八九两", (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 2), strict=True))
ZH_SCALES = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
EN_DIGITS = {word: value for value, word in enumerate("one two three four five six seven eight nine".split(), 1)}
EN_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
EN_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
EN_CARDINALS = (
    EN_DIGITS
    | {word: 10 + i for i, word in enumerate(EN_TEENS)}
    | {word: 20 + 10 * i for i, word in enumerate(EN_TENS)}
)
EN_SCALES = {"hundred": 100, "thousand": 1_000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_IRREGULAR = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth"}
_IRREGULAR |= {"nine": "ninth", "twelve": "twelfth"}
EN_ORDINALS = {
    _IRREGULAR.get(word, word.removesuffix("y") + "ie" * word.endswith("y") + "th"): value
    for word, value in (EN_CARDINALS | {"hundred": 100}).items()
}
ROMAN = {word: value for value, word in enumerate("I II III IV V VI VII VIII IX X XI XII".split(), 1)}
_MONTHS = "January February March April May June July August September October November December"
MONTHS = {word: value for value, word in enumerate(_MONTHS.split(), 1)}
MONTHS |= {word[:3]: value for word, value in MONTHS.items()} | {"Sept": 9}

# (normal form, how many of it one of these is, Chinese, English). Only exact factors: a mu is not a round hectare.
UNITS = (
    ("mu", 1, "亩", "mu"),
    ("ha", 1, "公顷", "hectare"),
    ("km2", 1, "平方公里 平方千米", "square kilometre|square kilometer|sq km|km²|km2"),
    ("m2", 1, "平方米 平米 ㎡", "square metre|square meter|m²|m2"),
    ("m3", 1, "立方米", "cubic metre|cubic meter|m³|m3"),
    ("km", 1, "公里 千米", "kilometre|kilometer|km"),
    ("m", 1, "米", "metre|meter"),
    ("t", 1, "吨", "metric ton|tonne|ton"),
    ("kg", 1, "公斤 千克", "kilogram|kg"),
    ("kWh", 1, "千瓦时", "kilowatt-hour|kilowatt hour|kwh"),
    ("kW", 1, "千瓦", "kilowatt|kw"),
    ("kW", 1_000, "兆瓦", "megawatt|mw"),
    ("kW", 1_000_000, "吉瓦", "gigawatt|gw"),
    ("USD", 1, "美元", "us dollar|dollar"),
    ("CNY", 1, "元人民币 元", "yuan|rmb|cny"),
    ("pp", 1, "百分点", "percentage point"),
    ("year", 1, "周岁 岁 年", "year"),
    ("month", 1, "个月", "month"),
    ("week", 1, "星期 周", "week"),
    ("day", 1, "工作日 天 日", "working day|day"),
    ("hour", 1, "小时", "hour"),
    ("minute", 1, "分钟", "minute"),
)
# What a measure of time counts is never named by the noun after it (五年来,我们…).
NOUNLESS = frozenset("year month week day hour minute".split())

# A single written numeral counts something only before one of these (or a unit): 两届, 六大, 三级, but not 三农.
MEASURES = (
    "个家户名人所座条项次处村例届批类种位只头辆件棵杯部张份级层间栋套台艘架趟场支组队本句道门块片股宗笔起轮区县字倍大"
)
# These say by themselves what they count, unless a noun follows (13万户 households, 36户国有企业 enterprises).
MEASURE_NOUNS = {"户": "household", "人": "person", "名": "person", "村": "village", "例": "case"}
# A numeral before one of these is a place in a row even without 第: 二环路, 陕京四线, 三期, 一产, “三甲”.
ZH_PLACES = "环|线|板|期|号|产|甲|中全会"
ZH_SESSION = "全国|全会|人大|政协|中央|党代会|委员会|[一二三四五六七八九十]+[次中]"
EN_PLACES = "lines?|phases?|no\\.|nos\\.|grade|article|chapter|route"

# Numerals that count nothing. Idioms with 一 need no entry: the word one is never asked for (see `figures.Figure`).
ZH_IDIOMS = (
    "十分 十足 万一 万众 千万别 千家万户 千方百计 千千万万 成千上万 亿万 万千 百姓 百花 一二三产 二三产 三次产业 三农 "
    "第一时间 二手 四季 四处 四面八方 五谷 三令五申 千百年 两岸 两手抓 一线 接二连三 再三 三角 五金"
)
EN_IDIOMS = "first-class|first class|first of all|at first|second-hand|second to none|per second|half a million"
EN_IDIOMS += "|primary, secondary and tertiary|one another|one by one"
# Festivals written as month and day, always in quotes.
ZH_DAYS = {"七一": (7, 1), "八一": (8, 1), "五一": (5, 1), "十一": (10, 1), "五四": (5, 4), "三八": (3, 8)}
# Words for a number that the other language need not spell out: 双控, 双赢, both, dual.
ZH_WEAK = {"双": 2, "翻番": 2, "翻一番": 2}
EN_WEAK = {"single": 1, "once": 1, "both": 2, "dual": 2, "double": 2, "doubled": 2, "doubling": 2, "pair": 2}
EN_WEAK |= {"decade": 10, "century": 100}

# How a figure is hedged, before it and after it.
BOUNDS = {
    "zh": (
        ("over", "不低于|不少于|至少|超过|高于|突破|超|逾", "以上"),
        ("under", "不超过|不高于|最多|不足|不到|低于|近", "以下|以内|之内|内(?=[,，。;；、]|$)"),
        ("about", "大约|约", "左右|上下"),
    ),
    "en": (
        (
            "over",
            "no less than|not less than|no fewer than|more than|at least|over|above|exceed(?:s|ed|ing)?|surpass(?:ed)?",
            "-plus|or more|or above",
        ),
        (
            "under",
            "no more than|not more than|less than|fewer than|at most|nearly|almost|close to|within|below|under",
            "at most|or less|or fewer",
        ),
        ("about", "about|around|approximately|roughly", "or so"),
    ),
}

# Nouns that reports count. (normal form, Chinese, English); the longest entry wins.
NOUNS = (
    ("compound", "小区", "residential compound|compound|residential community"),
    ("shantytown", "棚户区", "shantytown|shanty town"),
    ("pipe network", "管网", "pipe network|pipeline network"),
    ("greenway", "绿道", "greenway"),
    ("park", "公园", "park"),
    ("mine", "矿山", "mine"),
    ("village", "村庄 村", "village"),
    ("household", "住户 农户", "household"),
    ("case", "病例", "case"),
    ("hotline", "热线", "hotline"),
    ("institution", "机构", "institution"),
    ("project", "项目", "project"),
    ("item", "事项", "item"),
    ("measure", "措施", "measure"),
    ("enterprise", "企业", "enterprise|company|firm"),
    ("kindergarten", "幼儿园", "kindergarten"),
    ("school", "中小学 学校", "primary and secondary school|school"),
    ("school place", "学位", "school place"),
    ("hospital", "医院", "hospital"),
    ("clinic", "门诊", "clinic"),
    ("expressway", "快速路", "expressway"),
    ("railway", "铁路 高铁", "railway"),
    ("expo", "博览会", "expo"),
    ("congress", "代表大会 党代会", "party congress|municipal congress|congress"),
    ("committee", "委员会", "committee"),
    ("cluster", "产业集群 集群", "industrial cluster|cluster"),
    ("circle", "经济圈 城市圈 生活圈 健身圈", "economic circle|living circle|fitness circle|city circle"),
    ("centre", "中心", "centre|center"),
    ("base", "基地", "base"),
    ("barrier", "屏障", "barrier"),
    ("sector", "产业", "sector|industry"),
    ("forest coverage", "森林覆盖", "forest coverage"),
    ("green coverage", "绿化覆盖", "green coverage|greening coverage"),
    ("green space", "绿地", "green space"),
    ("GDP", "地区生产总值 生产总值", "gdp|gross domestic product"),
    ("R&D", "研发", "r&d"),
    ("income", "收入", "income"),
    ("expenditure", "支出", "expenditure"),
    ("investment", "投资", "investment"),
    ("output", "产量", "output"),
    ("road", "公路 道路", "road|highway"),
    ("land", "土地", "land"),
    ("farmland", "农田 耕地", "farmland"),
    ("job", "岗位", "job"),
    ("house", "住房", "housing unit"),
    ("person", "人员", "person|people"),
    ("student", "学生", "student"),
    ("party member", "党员", "party member"),
    ("lifeline", "生命线", "lifeline"),
    ("responsibility", "责任", "responsibility"),
)

# Negation. "not": the sentence denies; zero in words (零容忍, zero tolerance) denies too. "stop": a verb that keeps
# something from happening; it may answer a "not" (防止…返贫, so that no one falls back).
ZH_NOT = "没有|不|没|未|无|非|勿|莫|零"
ZH_STOP = "防止|防范|避免|避|杜绝|遏制|严禁|禁止|力戒|谨防|制止|拒绝|阻止"
EN_NOT = "cannot do without|not|no|never|without|nor|neither|none|nothing|nobody|nowhere|cannot|zero|"
EN_NOT += (
    "still less|let alone|"
    "un(?:able|attractive|balanced|clear|coordinated|even|fair|lawful|qualified|reasonable|safe|sound|stable|"
    "sustainable|willing)|in(?:adequate|complete|sufficient)(?:ly)?|im(?:perfect|possible|proper)|irregular|irrational"
)
EN_STOP = (
    "prevent(?:s|ed|ing)?|avoid(?:s|ed|ing)?|curb(?:s|ed|ing)?|prohibit(?:s|ed|ing)?|forbid|ban(?:s|ned)?|refuse|"
    "guard(?:ing)? against|rul(?:e|ing) out|put(?:ting)? an end to|put(?:ting)? a stop to"
)
# Words that hold such a character and deny nothing, or whose English is as a rule affirmative (不少 many, 未来 future).
ZH_NOT_NEGATION = (
    "不断 不仅 不但 不只 不光 不单 不动产 不忘 不移 不渝 不懈 不少 不同 不论 不管 不过 不久 不时 不得不 不遗余力 "
    "不折不扣 不失时机 不可或缺 不锈钢 不约而同 不愧 不妨 不低于 不少于 不超过 不高于 不到 存在不足 差距和不足 "
    "问题和不足 不足之处 无论 无疑 无比 无数 无私 无限 无线 无人机 无缝 无感 无偿 无锡 未来 未成年 非常 非洲 非遗 非公 "
    "没收 零售 零件 零部件 零星 避暑 避险 莫大 莫过于"
)
EN_NOT_NEGATION = (
    "without end|not only|no matter|whether or not|no doubt|no\\.(?= ?\\d)|no less than|not less than|no fewer than|"
    "no more than|not more than"
)
# May answer a negation of the same kind in the other language, need not be answered themselves.
ZH_MAY_NOT = "缺乏|缺少|难以|违法|违规"
ZH_MAY_STOP = "防控|防治"
EN_MAY_NOT = "illegal(?:ly)?|non-(?!point|govern|public|profit)\\w+|lack(?:s|ing|ed)?|fail(?:s|ed|ure)?|free of"
EN_MAY_STOP = "prevention"
