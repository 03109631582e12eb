"""What the page says in English and Chinese, and text as HTML.

Every phrase of the interface is sent in both languages and the style sheet shows one of them, so that switching costs
nothing and needs no server. Knows nothing of reports or answers.
"""

from __future__ import annotations

from html import escape

_WORDS = {
    "tagline": (
        "Every sentence of an answer is tied to the place in the source that says it.",
        "答案的每一句都注明原文出处。",
    ),
    "view": ("View", "视图"),
    "language": ("Language of the page", "界面语言"),
    "conversation": ("Conversation", "对话"),
    "report": ("Report", "报告"),
    "reader": ("The report: use Enter to go through it by sentence", "报告全文：按回车键逐句阅读"),
    "outline": ("Outline", "目录"),
    "english": ("English", "英译"),
    "english-note": ("unofficial reference translation", "非官方参考译文"),
    "chooser": ("Report to read", "阅读的报告"),
    "welcome": ("Ask the report", "向报告提问"),
    "welcome-how": (
        "In English or Chinese. The answer quotes; its numbers open the report at the sentence.",
        "中文、英文均可。答案引自原文，点击数字即可在报告中看到该句。",
    ),
    "examples": ("For example", "例如"),
    "searched": ("Searched for: {}", "检索的问题：{}"),
    "sources": ("Sources", "出处"),
    "source": ("Source", "出处"),
    "confidence-high": ("Confidence: high", "把握：高"),
    "confidence-fair": ("Confidence: fair", "把握：中"),
    "confidence-low": ("Confidence: low – read the source", "把握：低，请核对原文"),
    "printed": ("Printed as “{}”, reads “{}”: {}", "原文作“{}”，应读作“{}”：{}"),
    "unofficial": ("unofficial reference translation", "非官方参考译文"),
    "show-zh": ("Show the Chinese", "显示中文原文"),
    "show-en": ("Show the English", "显示英译"),
    "copy": ("Copy", "复制"),
    "link": ("Link", "链接"),
    "export": ("Export", "导出"),
    "export-md": ("Markdown", "Markdown"),
    "export-docx": ("Word", "Word"),
    "export-json": ("JSON", "JSON"),
    "judge": ("Is this right?", "回答得对吗？"),
    "judge-legend": ("What do you think of this answer?", "您如何评价这个回答？"),
    "judge-note": ("Note (optional)", "备注（可不填）"),
    "judge-send": ("Send", "提交"),
    "judged": (
        "Thank you. It is kept where this page is run and sent nowhere else.",
        "谢谢。评价只保存在运行本页的机器上。",
    ),
    "right": ("Right", "正确"),
    "wrong-citation": ("Wrong citation", "出处有误"),
    "incomplete": ("Incomplete", "不完整"),
    "should-have-refused": ("Should have refused", "本不该作答"),
    "right-to-refuse": ("Right, the report does not say", "正确，报告没有说明"),
    "does-say": ("The report does say it", "报告其实有说明"),
    "why": ("Why these passages", "为何选中这些段落"),
    "why-how": (
        "The sentences ranked best for the question, by the probability that they answer it. Cosine: nearness in "
        "meaning of the nearest clause; BM25: shared words; each in the Chinese text / in its English edition. "
        "Score: the fusion of these rankings, from which the probability is estimated.",
        "与问题最相关的句子，按其回答问题的概率排序。余弦：最接近的分句在语义上的相似度；BM25：共有词语；"
        "斜线前为中文原文，斜线后为英译。得分：各排名的融合，概率由此估计。",
    ),
    "rank": ("Rank", "名次"),
    "sentence": ("Sentence", "句子"),
    "answers": ("Probability that it answers", "回答问题的概率"),
    "score": ("Score", "得分"),
    "cosine": ("Cosine zh / en", "余弦 中 / 英"),
    "bm25": ("BM25 zh / en", "BM25 中 / 英"),
    "matched": ("Matched in", "匹配于"),
    "terms": ("Shared terms", "共有词语"),
    "cited": ("cited", "已引用"),
    "view-zh": ("Chinese", "中文"),
    "view-en": ("English", "英译"),
    "related": ("Related, but it does not answer the question", "相关段落，但没有回答这个问题"),
    "read": ("Read it in the report", "在报告中阅读"),
    "speaker": ("Speaker", "报告人"),
    "occasion": ("Occasion", "会议"),
    "date": ("Given", "报告日期"),
    "published": ("Published", "发布日期"),
    "origin": ("Source", "来源"),
    "sha256": ("SHA-256 of the text", "文本 SHA-256"),
    "nothing": ("There is no report here yet.", "这里还没有报告。"),
}
_SCRIPT_WORDS = {
    "placeholder": ("Ask the report in English or Chinese", "用中文或英文向报告提问"),
    "question": ("Question", "提问"),
    "ask": ("Ask", "提问"),
    "fresh": ("New conversation", "新对话"),
    "offer": ("Ask about this", "就此提问"),
    "about": ("What does the report say about “{}”?", "关于“{}”，报告怎么说？"),
    "copied": ("Copied.", "已复制。"),
    "unjudged": ("Choose one first.", "请先选择一项。"),
    "saved": ("Saved.", "已保存。"),
    "uncopied": ("The browser does not allow copying here.", "浏览器不允许在此复制。"),
}


def both(key: str, *values: str) -> str:
    """A phrase of the interface in both languages, as HTML; `values`, as they are, fill its blanks."""
    return pair(*(phrase.format(*values) for phrase in _WORDS[key]))


def pair(english: str, chinese: str) -> str:
    """Two texts as HTML, of which the page shows the one in its language."""
    return f'<span class="wz-en" lang="en">{html(english)}</span><span class="wz-zh" lang="zh">{html(chinese)}</span>'


def said(key: str, lang: str) -> str:
    """A phrase of the interface as text in one language, `en` or `zh`."""
    return _WORDS[key][lang == "zh"]


def for_script() -> dict[str, dict[str, str]]:
    """What the page's script writes into places that HTML does not reach: language → key → phrase."""
    return {lang: {key: both[n] for key, both in _SCRIPT_WORDS.items()} for n, lang in enumerate(("en", "zh"))}


def html(text: str) -> str:
    """Text as HTML shows it, without invisible characters that could reorder it."""
    return escape("".join(char for char in text if char.isprintable() or char.isspace()))


def exact(text: str) -> str:
    """Text as HTML in which every character keeps its place: those that could reorder it are shown as U+FFFD."""
    return escape("".join(char if char.isprintable() or char.isspace() else "\ufffd" for char in text))
