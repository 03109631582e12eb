"""Text → vectors: what an encoder is, and the two ways to run one from a model folder.

`SentenceTransformerEncoder` runs whatever sentence-transformers can load; indexes are built with it.
`TransformersEncoder` runs the plain case (BERT, mean pooling, unit length) from the same folder with `transformers`
and `tokenizers` alone, which start several seconds sooner: questions are encoded with it. A test holds them equal.

Nothing here knows what is encoded or where the vectors go. Nothing is fetched unless the user names a hub model and
sets HF_HUB_OFFLINE=0.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Sequence
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError

from corpus.errors import WenzhengError

SHIPPED = Path(__file__).parent / "encoder"
_BATCH = 32
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")
# Weights in formats that are not loaded here.
_NOT_FETCHED = ["*.onnx", "*.ot", "*.h5", "*.msgpack", "onnx/*", "openvino/*"]


class Encoder(Protocol):
    """Maps texts to unit vectors whose inner product is their similarity."""

    @property
    def name(self) -> str:
        """The model as the user named it: a folder or a hub id."""

    @property
    def digest(self) -> str:
        """SHA-256, in hex, over the files that decide the vectors; see `folder_digest`."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    @property
    def max_tokens(self) -> int:
        """Longest text that is read whole, in tokens as `count_tokens` counts them; the rest is clipped."""

    def count_tokens(self, text: str) -> int:
        """Tokens of `text` with the special ones, unclipped."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows of shape (len(texts), dim), float32, aligned with `texts`."""


def load_encoder(name: str = str(SHIPPED), *, light: bool) -> Encoder:
    """The encoder for a model folder or hub id.

    Args:
        name: a folder, or a hub id `owner/model` that is in the local cache (or fetched, with HF_HUB_OFFLINE=0).
        light: run without sentence-transformers where the model allows it (same vectors, a quicker start).

    Raises:
        WenzhengError: no such model, or it cannot be loaded.
    """
    if light and _is_plain_bert(_resolve(name)):
        return TransformersEncoder(name)
    return SentenceTransformerEncoder(name)


def model_digest(name: str) -> str:
    """The digest of a model without loading it. Raises WenzhengError where there is no such model."""
    return folder_digest(_resolve(name))


def folder_digest(folder: Path) -> str:
    """SHA-256, in hex, over the relative path and the bytes of each file, by path; notes (*.md, .*) do not count."""
    whole = hashlib.sha256()
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    for relative, path in sorted(files.items()):
        if relative.endswith(".md") or any(part.startswith(".") for part in relative.split("/")):
            continue
        with path.open("rb") as file:
            whole.update(f"{relative}\0{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return whole.hexdigest()


class _FolderEncoder:
    """What both encoders share: where the model came from."""

    def __init__(self, name: str) -> None:
        _run_offline()
        self.name = name
        self._folder = _resolve(name)

    @cached_property
    def digest(self) -> str:
        return folder_digest(self._folder)


class SentenceTransformerEncoder(_FolderEncoder):
    """Any model that sentence-transformers loads. Importing that package takes seconds."""

    def __init__(self, name: str) -> None:
        """Load the model from a folder or hub id."""
        super().__init__(name)
        from sentence_transformers import SentenceTransformer

        _be_quiet()
        try:
            model = SentenceTransformer(str(self._folder), device="cpu", local_files_only=True)
        except _LOADING_FAULTS as fault:
            raise _cannot_load(name, fault) from fault
        self._model = cast("Any", model)
        self.dim = int(self._model.encode([""], show_progress_bar=False).shape[1])
        self.max_tokens = int(self._model.max_seq_length)

    def count_tokens(self, text: str) -> int:
        """See `Encoder`."""
        return len(self._model.tokenizer.encode(text, truncation=False, verbose=False))

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Encoder`."""
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        rows = self._model.encode(
            list(texts), batch_size=_BATCH, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )
        return np.asarray(rows, np.float32)


class TransformersEncoder(_FolderEncoder):
    """A BERT encoder with mean pooling, run with `transformers` alone.

    Raises:
        WenzhengError: the folder holds another kind of model, or a damaged one.
    """

    def __init__(self, name: str) -> None:
        """Load the model from a folder or hub id."""
        super().__init__(name)
        if not _is_plain_bert(self._folder):
            raise WenzhengError(
                f"The model {name} is not a BERT with mean pooling.", "Load it with load_encoder(name, light=False)."
            )
        # The class itself, since `transformers.AutoModel` imports far more.
        import torch
        from tokenizers import Tokenizer
        from transformers.models.bert.modeling_bert import BertModel

        _be_quiet()
        settings = _read_json(self._folder / "sentence_bert_config.json")
        try:
            model = BertModel.from_pretrained(str(self._folder), dtype=torch.float32, local_files_only=True)
            self._tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        except _LOADING_FAULTS as fault:
            raise _cannot_load(name, fault) from fault
        # A question is one short text: threads would wait for each other longer than they work.
        torch.set_num_threads(1)
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._model = cast("Any", model).eval()
        self.dim = int(model.config.hidden_size)
        self.max_tokens = int(settings.get("max_seq_length") or model.config.max_position_embeddings)

    def count_tokens(self, text: str) -> int:
        """See `Encoder`."""
        return len(self._tokenizer.encode(text).ids)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Encoder`."""
        rows = np.zeros((len(texts), self.dim), np.float32)
        ids = [self._clip(encoding.ids) for encoding in self._tokenizer.encode_batch(list(texts))]
        by_length = sorted(range(len(ids)), key=lambda i: -len(ids[i]))
        for start in range(0, len(ids), _BATCH):
            batch = by_length[start : start + _BATCH]
            rows[batch] = self._encode_batch([ids[i] for i in batch])
        return rows

    def _clip(self, ids: list[int]) -> list[int]:
        return ids if len(ids) <= self.max_tokens else [*ids[: self.max_tokens - 1], ids[-1]]

    def _encode_batch(self, ids: list[list[int]]) -> NDArray[np.float32]:
        import torch

        longest = len(ids[0])
        padded = torch.tensor([row + [self._model.config.pad_token_id] * (longest - len(row)) for row in ids])
        mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in ids])
        with torch.inference_mode():
            states = self._model(input_ids=padded, attention_mask=mask).last_hidden_state
            sums = (states * mask.unsqueeze(-1)).sum(dim=1)
            rows: NDArray[np.float32] = torch.nn.functional.normalize(sums, dim=1).numpy()
        return rows


_LOADING_FAULTS = (OSError, ValueError, KeyError, TypeError, RuntimeError, ImportError, SafetensorError)


def _run_offline() -> None:
    """Hub libraries read these when first imported; what the user has set stands."""
    offline = os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TRANSFORMERS_OFFLINE", offline)
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")


def _be_quiet() -> None:
    logging = import_module("transformers.utils.logging")
    logging.disable_progress_bar()
    logging.set_verbosity_error()


def _resolve(name: str) -> Path:
    """The folder of a model named by path or by hub id."""
    folder = Path(name).expanduser()
    if folder.is_dir():
        if not any((folder / file).is_file() for file in ("modules.json", "config.json")):
            raise WenzhengError(
                f"The folder {name} holds no model: it has neither modules.json nor config.json.",
                "Name the folder of a sentence-transformers model.",
            )
        return folder
    if not _HUB_ID.fullmatch(name):
        raise WenzhengError(f"There is no model folder {name}.", "Name a folder, or a hub model as owner/model.")
    _run_offline()
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, ignore_patterns=_NOT_FETCHED))
    except _LOADING_FAULTS as fault:
        raise WenzhengError(
            f"There is no model folder {name}, and no hub model of that name could be had.",
            "Nothing is fetched by default; set HF_HUB_OFFLINE=0 to fetch it.",
        ) from fault


def _is_plain_bert(folder: Path) -> bool:
    """Whether the folder says: BERT, mean pooling, perhaps normalisation, no prompt, a fast tokenizer."""
    try:
        listed = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
        modules = [module["type"].rsplit(".", 1)[-1] for module in listed]
        pooling = _read_json(folder / "1_Pooling" / "config.json")
        settings = _read_json(folder / "sentence_bert_config.json")
        extras_file = folder / "config_sentence_transformers.json"
        extras = _read_json(extras_file) if extras_file.is_file() else {}
        kind = _read_json(folder / "config.json")["model_type"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
    modes = [mode for mode, on in pooling.items() if mode.startswith("pooling_mode") and on]
    return (
        kind == "bert"
        and modules in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"])
        and modes in (["pooling_mode_mean_tokens"], ["pooling_mode"])
        and pooling.get("pooling_mode", "mean") == "mean"
        and not settings.get("do_lower_case")
        and not extras.get("default_prompt_name")
        and (folder / "tokenizer.json").is_file()
    )


def _read_json(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


def _cannot_load(name: str, fault: Exception) -> WenzhengError:
    reason = (str(fault).splitlines() or [type(fault).__name__])[0]
    return WenzhengError(f"The model {name} cannot be loaded: {reason}", "Restore its folder, or name another model.")
