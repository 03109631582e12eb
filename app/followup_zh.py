"""Chinese that points back: 那学校呢, 它在哪, 其中有多少, 都列出来, 到2025年呢.

By closed lists of function words and common verbs, with no segmenter: it finds what in the earlier question may be
exchanged (a time, a place, what it is about), and leaves the question to be carried over whole where it finds nothing.
"""

from __future__ import annotations

import re

_TIME = re.compile(
    r"(?:在|到|截至|截止)?(?:(?:今后|未来|过去|近|最近|接下来|往后|之后)?(?:的)?[一二两三四五六七八九十\d]+(?:多)?(?:年|个月)(?:里|内|间|来|底|末|之前|前|"
    r"以前|以后|之后|后)?|(?:19|20)\d\d年?(?:底|末|之前|前|以前|以后)?|今年|明年|去年|将来|未来|今后|以后|目前|“?十[三四五]五”?(?:期间|时期)?)"
)
_LEAD = re.compile(r"^(?:那么|那(?![里儿边些个年时份种])|还有|另外|此外|然后|再(?!生)|而|至于|好的?|嗯|哦)[,，、 ]*")
_FOCUS = re.compile(r"^(?P<new>[^?？呢]+?)(?:方面)?(?:呢|怎么样|又如何|又怎样)\s*[?？。]?$")
_QUESTION = (
    "多少(?:所|个|家|座|条|户|人|名|套|亩|公里|公顷|万|亿|元|钱)*|几(?:所|个|家|座|条|户|人|名|套|项|次)|哪(?:些|几个|几家|几|个|家|所|条|里|儿|年|天|种|方面)?|"
    "什么时候|什么样的?|什么|怎么样|怎么|怎样|如何|为什么|为何|何时|多久|多大|多长|多高|谁|吗|是否|有没有"
)
_VERBS = (
    "新增|增加|增长|新建|改扩建|建设|建成|改造|治理|整治|发展|推进|实施|打造|培育|保护|提高|提升|完成|达到|获得|得到过?|打算|计划|规划|安排|主攻|重点|加强|"
    "支持|解决|处理|应对|开通|投资|投入|开展|组成|属于|位于|登上|上市|评上|要|将|会|能|应该|应|占|得|建|修|开|花|做|办|搞|有|是|在|把|被|对|由|让|给|的|了|过|着|"
    "请问|报告|里面|里|中|说|提到|说到|讲到|关于|最先|最早|一共|总共|大概|大约|已经|已|还|都|也|就|用"
)
_KEPT = (
    "建成区|开发区|保税区|示范区|公办|民办|办公|对外开放|改革开放|开放|修复|有机|有色|发展中|要素|重要|主要|需要|会议|社会|能源|新能源|智能|功能|在线|在岗|得分|建筑|"
    "基建|党建|共建|城建|对口|应急|公园|中小学|中学|中医|中心|中央|中国|其中|乡里|公里|里程|用地|用水|将军|将来|理由|自由|花园|占地|着力|目的|目的地"
)
_CUT = re.compile(
    f"(?P<kept>{_KEPT})|(?P<time>{_TIME.pattern})|(?P<asked>{_QUESTION})|(?P<verb>{_VERBS})|[,，。.?？!！、 ]+"
)
_PLACE = re.compile(
    "(?:呼和浩特|呼市|青城|首府|内蒙古|和林格尔|包头|鄂尔多斯|乌兰察布|北京|天津|上海|京津)[^的]*|.+(?:新区|区|县|市|旗|镇|乡|村|园区|草原|山|河|湖|川|海)"
)
_GENERIC = re.compile(
    "(?:我们|我|全|本|这个?|该)?(?:市|城市|政府|报告|规划|计划|首府|大家|党|呼和浩特|呼市|呼和浩特市)"
)
_ABSTRACT = re.compile(
    "(?:具体|主要|总体|重点)?(?:进展|情况|成效|成绩|目标|措施|任务|办法|做法|问题|进度|作用|变化|内容|方面|数据|数字|钱|资金|经费)"
)
_MORE = re.compile(
    "^(?:(?:再|更|请)?(?:说得)?(?:具体|详细)(?:一?点|一些|些|说说|说明|讲讲)?|还有(?:吗|别的吗|其他的?吗)?|继续|多说(?:一?点|些)?)$"
)
_NTH = re.compile("^(?:第[一二三四五六七八九十]|前[一二三四五六七八九十两]|最后)[一二三四五六七八九十]?[个项条家所大]")
_COUNTABLE = re.compile(
    "(?:园|校|学|院|馆|场|站|厅|库|中心|区|村|镇|企业|公司|线|路|桥|项目|工程|机构|基地|公园|岗位|人|套|小区|床位|学位|家庭|集群|平台|实验室|车位|住房|人口|房|店|厂|河|湖)s?$"
)
_EXCHANGEABLE = 10
_UNEXCHANGEABLE = re.compile(f"[,，]|^(?:要是|如果|万一|去|到|往|换成|只|光)|的$|^(?:{_TIME.pattern})的")
_PRONOUN = re.compile(
    "(?P<which>(?:这|那)(?:[项些个条座所家次种]))(?P<noun>[\u4e00-\u9fff]{0,4}?)(?=[^\u4e00-\u9fff]|$|有|是|在|要|会|花|什么|多少|怎么|如何|哪|为)|"
    "它们的?|它的?|他们的?|她们的?|(?:这|那)(?:里|儿|边)|上述|前者|后者|(?<![应本])该(?=[\u4e00-\u9fff])|其(?=[他余中]?[\u4e00-\u9fff])"
)
_BARE = re.compile(
    f"^(?P<asked>(?:一共|总共|具体|分别|都)?(?:有|是|在)?(?:{_QUESTION}))(?:完成|开始|建成|开工|人|个|做|办|实现)?(?:呢|的|呀|啊)?\\s*[?？]?$"
)
_ORDER = re.compile(
    r"^(?:请|帮我|把它们|把这些)?(?:全部|都|一一|逐个|逐一)?(?:列出来|列出|列一下|列举|说出来|列)(?:一下|它们|这些)?(?:全部|所有的?)?[。.!！?？]*$"
)
_LEANS = re.compile(
    r"^\s*(?:那(?![年时份])|那么|还有|其中|另外|它|他们|她们|它们|这(?![份个次]?报告)|该|此|上述|前者|后者|同样|再(?!生))|呢$"
    r"|^.{0,6}(?:它|它们|他们|这些|那些|上述|前者|后者)|^(?:哪些人|什么人)(?!.*报告)[^,，]{1,8}$"
)


def leans(question: str) -> bool:
    """Whether it points back."""
    text = question.strip(" ?？。")
    plain = (_LEANS, _BARE, _ORDER, _MORE, _NTH)
    return any(pattern.search(text) for pattern in plain) or bool(_TIME.fullmatch(text)) or _names_nothing(text)


def content(question: str) -> int:
    """How many characters the nouns of a question have."""
    text = _LEAD.sub("", question.strip(" ?？。"))
    return sum(end - start for start, end, kind in _pieces(text) if kind == "noun")


def _names_nothing(text: str) -> bool:
    """Whether a question says nothing of what it asks about: 要花多少钱, 有什么具体措施."""
    if re.search("报告|规划|文件|全文|市", text) or not re.search(_QUESTION, text):
        return False
    nouns = [text[start:end] for start, end, kind in _pieces(text) if kind == "noun"]
    return all(len(noun) < 2 or _ABSTRACT.fullmatch(noun) for noun in nouns)


def rewrite(question: str, anchor: str) -> str | None:
    """The question with what the earlier one says and it does not; None where no place for it is found."""
    anchor, said = anchor.strip(), question.strip(" ?？。")
    body = _LEAD.sub("", question.strip()).strip()
    bare_body = body.strip(" ?？。")
    topic = _topic(anchor)
    if _MORE.search(said) or _MORE.search(bare_body):
        return None
    if _TIME.fullmatch(bare_body):
        return _exchanged(bare_body, anchor)
    focus = _FOCUS.search(body)
    if focus and not re.search(_QUESTION, focus["new"]) and not _PRONOUN.fullmatch(focus["new"]):
        return _exchanged(focus["new"].strip(), anchor)
    if bare := _BARE.search(bare_body):
        return _asked_again(bare["asked"], anchor, topic)
    asked, wanted = re.search(r"(?P<which>哪(?:家|个|所|条|些|几个))$", bare_body), _asked_noun(anchor)
    if asked and wanted and asked["which"] in anchor:
        return f"{bare_body}{wanted}?"
    return _about(topic, body) if topic else None


def _about(topic: str, body: str) -> str | None:
    """A question that says what it asks, about what the earlier one was about."""
    if _ORDER.search(body):
        return f"{topic}都有哪些?"
    if _PRONOUN.search(body) and not body.startswith("其中"):
        return _named(body, topic)
    if body.startswith("其中") or _NTH.search(body) or _names_nothing(body):
        return f"{topic}{body}"
    if body.startswith(("哪些人", "什么人")):
        return None
    if len(re.sub(f"{_QUESTION}|{_VERBS}|[?？]", "", body)) >= 4:
        return body  # after "那", a question of its own
    return f"{topic},{body}"


def _pieces(anchor: str) -> list[tuple[int, int, str]]:
    """(start, end, kind) of the stretches of a question: time, asked (哪些, 多少所), verb, and noun."""
    found: list[tuple[int, int, str]] = []
    at = 0
    for match in _CUT.finditer(anchor):
        if match.lastgroup == "kept":
            continue
        found += [(at, match.start(), "noun")] if match.start() > at else []
        found.append((*match.span(), match.lastgroup or "edge"))
        at = match.end()
    found += [(at, len(anchor), "noun")] if at < len(anchor) else []
    return found


def _nouns(anchor: str) -> list[tuple[int, int]]:
    """The nouns of a question, without one that is asked for (哪些产业) where another is there, nor its city."""
    pieces = _pieces(anchor)
    nouns = [(s, e, i) for i, (s, e, kind) in enumerate(pieces) if kind == "noun"]
    nouns = [noun for noun in nouns if noun[1] - noun[0] > 1] or nouns
    named = [n for n in nouns if not _GENERIC.fullmatch(anchor[n[0] : n[1]])] or nouns
    named = [n for n in named if not _ABSTRACT.fullmatch(anchor[n[0] : n[1]])] or named
    told = [n for n in named if not (n[2] and re.match("哪|什么", anchor[pieces[n[2] - 1][0] :]))] or named
    return [(s, e) for s, e, _ in told]


def _topic(anchor: str) -> str:
    nouns = _nouns(anchor)
    return (
        anchor[nouns[0][0] : nouns[0][1]].removeprefix("和" if not anchor.startswith("和林") else "") if nouns else ""
    )


def _asked_noun(anchor: str) -> str:
    """What 哪家, 哪些 ask for: 本地企业 of 哪家本地企业."""
    pieces = _pieces(anchor)
    for (start, end, kind), (s, e, after) in zip(pieces, pieces[1:], strict=False):
        if kind == "asked" and anchor[start:end].startswith("哪") and after == "noun":
            return anchor[s:e]
    return ""


def _exchanged(new: str, anchor: str) -> str | None:
    """The earlier question with its like of `new` replaced by it; `new` alone where it has none and is a new topic."""
    times = [match for match in _TIME.finditer(anchor) if match[0]]
    if _TIME.fullmatch(new):
        bare = anchor[: times[0].start()] + anchor[times[0].end() :] if times else anchor
        if re.search("今后|未来|接下来|将来|往后|明年|以后|20[2-9][2-9]", new):
            bare = re.sub(f"(?<=[\u4e00-\u9fff])了(?={_QUESTION})", "", bare)
        return f"{new.removeprefix('在')}{bare}"
    if joined := re.match("(?:跟|和(?!林)|与|同)(?P<new>.+?)的?$", new):
        found = re.search(r"(?:跟|和(?!林)|与|同)(?P<old>.+?)(?=组成|合作|共建|之间|一起|的)", anchor)
        return anchor[: found.start("old")] + joined["new"] + anchor[found.end("old") :] if found else None
    new = re.sub("^(?:在|对|关于|有关)", "", new)
    if len(new) > _EXCHANGEABLE or _UNEXCHANGEABLE.search(new):
        return None
    plain = re.sub("(?:里面|里|那边|这边|内|方面)$", "", new)
    places = [(s, e) for s, e, kind in _pieces(anchor) if kind == "noun" and _PLACE.fullmatch(anchor[s:e])]
    nouns = _nouns(anchor)
    counts = re.search("多少(?:所|个|家|座|条|户)|几(?:所|个|家|座|条|户)", anchor)
    if _PLACE.fullmatch(plain) and places:
        (start, end), new = places[0], new
    elif counts and not _COUNTABLE.search(plain):
        return f"{new}呢?"
    elif counts and (counted := [(s, e) for s, e, kind in _pieces(anchor) if kind == "noun" and s == counts.end()]):
        ((start, end),) = counted
    elif nouns:
        # What follows 怎么 at once is done, not spoken of.
        start, end = ([n for n in nouns if not anchor[: n[0]].endswith(("怎么", "如何", "怎样"))] or nouns)[-1]
        shared = next((new[i:] for i in range(len(new) - 1) if new[i:] in anchor[start:end]), "")
        end = anchor.rindex(shared, start, end) + len(shared) if shared else end
    else:
        return None
    return f"{anchor[:start]}{new}{anchor[end:]}"


def _asked_again(asked: str, anchor: str, topic: str) -> str | None:
    """The earlier question with another question word: 新增多少所幼儿园? 什么时候?"""
    if re.search("哪(?:些|几)|是什么", asked):
        return (
            f"{topic}{asked if asked.startswith(('有', '是', '具体', '分别', '都')) else '有' + asked}?"
            if topic
            else None
        )
    told = re.sub(f"(?:是|有)?(?:{_QUESTION})|[?？。]", "", anchor)
    if re.search("什么时候|何时|为什么|为何|怎么|怎样|如何", asked) and told:
        manner = re.search("什么时候|何时|为什么|为何|怎么|怎样|如何", anchor)
        if manner:
            return anchor[: manner.start()] + asked + anchor[manner.end() :]
        asked = re.sub("^(?:是|在)(?=什么时候|何时)", "", asked)
        return f"{asked}{told}?"
    if re.search("哪里|哪儿|在哪", asked) and topic:
        return f"{topic}{asked if asked.startswith('在') else '在' + asked}?"
    return f"{topic}{asked}?" if topic and re.search("多少|几|谁", asked) else None


def _named(body: str, topic: str) -> str:
    def name(match: re.Match[str]) -> str:
        if match["which"]:
            return f"{topic}{match['which']}{match['noun']}" if match["noun"] else topic
        said = match[0]
        if said == "该":
            return f"{topic}该"
        return f"{topic}的" if said.endswith("的") or said == "其" else topic

    return _PRONOUN.sub(name, body, count=1)
