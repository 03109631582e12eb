"""What is said in a conversation and asks nothing of the report: hello, thanks, "what can you do?"; and "summarise it".

A greeting gets a friendly refusal: nothing is claimed. A summary is made of the report's own sentences, chosen by its
structure: the one that states its theme, and the points that each of its parts announces. Nothing is reworded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.citation import Claim, cite
from corpus.fold import fold
from corpus.report import Report, Sentence, Span
from corpus.sentences import clause_spans

_POLITE = (
    r"(?:[ ,，、!！.。~～?？:)]|there|again|so much|very much|a lot|everyone|please|wenzheng|"
    "问政|你|您|大家|啊|呀|哦|哈|了|呢|吧|的)*"
)
_REPORT_ZH = "(?:这份|这个|该|本|整份|全部)?(?:报告|全文|文件|规划)"
_REPORT_EN = r"(?:the|this) (?:whole |entire )?(?:report|document|plan|speech)"
_KINDS = {
    "greeting": (
        "hello|hi+|hey|good (?:morning|afternoon|evening|day)|greetings",
        "你好|您好|大家好|早上好|下午好|晚上好|早安|嗨|哈喽|在吗",
    ),
    "thanks": (
        r"(?:ok(?:ay)?|great|perfect|good|no)?[, ]*(?:many )?(?:thanks|thank you|thx|cheers)",
        "ok(?:ay)?|great|perfect|got it|(?:好的?|非常|十分|太)?[, ，]*(?:谢谢|感谢|多谢|辛苦)|好的|明白|知道|收到",
    ),
    "farewell": (r"(?:good)?bye(?:[ -]bye)?|see you(?: later)?|good night", "再见|拜拜|晚安|回头见"),
    "help": (
        r"(?:what|who) (?:are you|is wenzheng)|(?:so )?what (?:can|do) you (?:do|know|offer)(?: for me)?",
        r"what can i ask(?: you)?(?: here| about)?|how (?:do|can|should) i (?:use (?:this|you|it)|ask)|help(?: me)?",
        r"how does this work|are you (?:an? )?(?:ai|bot|robot|human|chatgpt|language model)",
        "(?:你|您)(?:是谁|是什么|叫什么(?:名字)?|有什么功能|是(?:人|机器人|ai)吗?)",
        "(?:你|您)(?:能|会|可以)(?:帮我)?(?:做|干)?(?:些|点)?什么",
        "(?:我)?(?:能|可以)问(?:你)?(?:些|点)?什么|怎么用|怎么使用|帮助|使用说明",
    ),
    "summary": (
        r"(?:can you |could you |please |give me |i want |i need )*(?:an? |the )?(?:brief |short |quick )?"
        r"(?:summar(?:y|i[sz]e|i[sz]ation)|overview|outline|gist|main points|key points|tl;?dr)(?: of| for)?(?: me)?"
        r"(?: the| this| whole| entire| full| all| it| report| document| plan| speech| of)*",
        rf"what(?:'s| is| does)? {_REPORT_EN} (?:all )?(?:is )?(?:about|say)",
        rf"what are the (?:main|key) points(?: of {_REPORT_EN})?",
        "(?:请|请你|帮我|麻烦)*(?:用几句话|简单|简要|大致)?(?:地)?(?:总结|概括|归纳|概述|介绍)(?:一下|下)?"
        f"(?:{_REPORT_ZH})?的?(?:主要)?(?:内容|要点|大意)?",
        f"{_REPORT_ZH}(?:主要|大致|都|到底)*(?:讲|说|写)(?:了|的)?(?:是)?(?:些)?(?:什么|啥)",
        f"{_REPORT_ZH}的?(?:摘要|概要|要点|主要内容|大意)(?:是什么|有哪些)?",
    ),
}
_PATTERNS = {
    name: re.compile(rf"{_POLITE}(?:{'|'.join(forms)}){_POLITE}", re.IGNORECASE) for name, forms in _KINDS.items()
}
_LONGEST = 80
_THEME = re.compile("主题是|主题为|主题:|主题：")
_MOST = 30
_REPLIES = {
    "greeting": {
        "en": "Hello. Ask me what the report says; I answer with its own sentences and show where each stands.",
        "zh": "您好。请问报告里的内容;我用报告自己的话回答,并注明每一句的出处。",
    },
    "thanks": {"en": "You are welcome. Ask on whenever you like.", "zh": "不客气,欢迎继续提问。"},
    "farewell": {"en": "Goodbye.", "zh": "再见。"},
}
_HELP = {
    "en": "I am Wenzheng. I search {titles} and answer, in English or Chinese, with sentences quoted from it, each "
    "with its exact place. I am no language model: I do not compute, compare or give opinions, and where the report "
    "does not say, I say so.{parts} For example: “How many public kindergartens will be added?”, then “And schools?”",
    "zh": "我是问政。我检索{titles},用报告的原句以中文或英文回答,每一句都注明出处。我不是大语言模型,不计算、不比较、"
    "不发表意见;报告没有说的,我会照实说明。{parts}例如:“新增多少所公办幼儿园?”,再问“那中小学呢?”",
}
_PARTS = {"en": " Its parts: {}.", "zh": "它的各部分:{}。"}
_WHICH = {
    "en": "There are several reports; choose one to be summarised: {}.",
    "zh": "这里有几份报告,请先选定一份:{}。",
}
_NO_SUMMARY = {
    "en": "I quote; I do not summarise, and this report has no parts whose points I could quote.",
    "zh": "我只引用原文,不作概括;这份报告没有分部分,无法引用各部分的要点。",
}
_NOTES = {
    "summary": {
        "en": "Not a summary in other words: the report's own outline, its theme and the points that it announces.",
        "zh": "这不是另写的摘要,而是报告自己的提纲:它的主题和它列出的各个要点。",
    },
    "conversation": {
        "en": "Said in conversation; nothing was searched.",
        "zh": "这是对话,没有检索报告。",
    },
}


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said back: claims where the report is quoted, else a text; and why, as a note (kind, text)."""

    text: str
    claims: tuple[Claim, ...]
    note: tuple[str, str]


def kind(said: str) -> str:
    """`greeting`, `thanks`, `farewell`, `help` or `summary`; empty for anything that is to be searched for."""
    folded = " ".join(fold(said).split())
    if len(folded) > _LONGEST:
        return ""
    return next((name for name, pattern in _PATTERNS.items() if pattern.fullmatch(folded)), "")


def reply(said: str, lang: str, reports: Mapping[str, Report]) -> Reply | None:
    """The reply to small talk; None where what was said is a question.

    Args:
        said: by the user.
        lang: of the reply, `zh` or `en`.
        reports: those that can be asked, by id.
    """
    name = kind(said)
    if not name:
        return None
    if name == "summary" and len(reports) == 1:
        report = next(iter(reports.values()))
        claims = tuple(cite(report, sentence, span, lang) for sentence, span in _outline(report))
        if claims:
            return Reply("", claims, ("summary", _NOTES["summary"][lang]))
        text = _NO_SUMMARY[lang]
    elif name == "summary":
        text = _WHICH[lang].format("; ".join(_titles(reports, lang)))
    elif name == "help":
        text = _HELP[lang].format(titles="; ".join(_titles(reports, lang)), parts=_contents(reports, lang))
    else:
        text = _REPLIES[name][lang]
    return Reply(text, (), ("conversation", _NOTES["conversation"][lang]))


def _outline(report: Report) -> list[tuple[Sentence, Span]]:
    """The statement of the theme; of each outermost section its topics and headings, else how its text begins."""
    body = [sentence for paragraph in report.paragraphs for sentence in paragraph.sentences if sentence.kind == "body"]
    found = [(s, s.span) for s in body if s.section == "0" and _THEME.search(s.text)][:1]
    for top in (section for section in report.sections if "." not in section.path):
        within = f"{top.path}."
        topics = [p.sentences[0] for p in report.paragraphs if p.topic and f"{p.section}.".startswith(within)]
        headings = [s.heading for s in report.sections if s.path.startswith(within) and s.path.count(".") == 1]
        points = sorted([*topics, *headings], key=lambda sentence: sentence.span)
        points = points or [s for s in body if f"{s.section}.".startswith(within)][:1]
        found += [(sentence, _beginning(report, sentence)) for sentence in points]
    return found[:_MOST]


def _beginning(report: Report, sentence: Sentence) -> Span:
    """The first part of a sentence, or its first clause."""
    if report.edition is not None:
        return report.edition.renderings(sentence.id)[0].span
    first = clause_spans(sentence.text)[0]
    return Span(sentence.span.start, sentence.span.start + first.end)


def _titles(reports: Mapping[str, Report], lang: str) -> Sequence[str]:
    key = "title_en" if lang == "en" else "short"
    return [report.about.get(key, report.title) for report in reports.values()]


def _contents(reports: Mapping[str, Report], lang: str) -> str:
    """The outermost headings of the one report there is."""
    if len(reports) != 1:
        return ""
    (report,) = reports.values()
    english = report.edition.sentences if lang == "en" and report.edition is not None else {}
    tops = [section.heading for section in report.sections if "." not in section.path]
    said = [english[heading.id].text if heading.id in english else heading.text.strip() for heading in tops]
    return _PARTS[lang].format("; ".join(said)) if said else ""
