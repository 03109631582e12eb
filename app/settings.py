"""What a user may set, in one place: `wenzheng.toml`, then the environment, then the command line.

This is the only code that reads the environment. Unknown keys are refused, so that a typo is never silently ignored.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from corpus.errors import UsageError
from corpus.library import SHIPPED

FILE = Path("wenzheng.toml")
_PREFIX = "WENZHENG_"
_ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, with a default that works.

    Attributes:
        library: folder of reports.
        index: the index directory; by default `.index` inside the library.
        model: the encoder: a folder, or the hub id of a sentence-transformers model that is in the local cache.
        language: of the answers: `auto` follows the question, `zh` or `en` fixes it.
        host, port: where the chat listens.
        data: the folder of what the user leaves behind, such as feedback; by default `wenzheng` among the user's data.
    """

    library: Path = SHIPPED
    index: Path | None = None
    model: str = str(_ROOT / "index" / "encoder")
    language: str = "auto"
    host: str = "127.0.0.1"
    port: int = 7860
    data: Path | None = None

    @property
    def index_dir(self) -> Path:
        """The index directory."""
        return self.index or self.library / ".index"

    @property
    def data_dir(self) -> Path:
        """The folder of the user's data (XDG Base Directory Specification)."""
        home = os.environ.get("XDG_DATA_HOME", "")
        return self.data or (Path(home) if home.startswith("/") else Path.home() / ".local" / "share") / "wenzheng"


def load(overrides: Mapping[str, Any], file: Path | None = None) -> Settings:
    """The settings in force.

    Args:
        overrides: from the command line; None means "not given".
        file: a settings file that must exist; without it, `wenzheng.toml` in the working folder if there is one.

    Raises:
        UsageError: a file cannot be read, a key is unknown, or a value is of the wrong kind.
    """
    settings = Settings()
    if file is not None or FILE.is_file():
        settings = _apply(settings, _read(file or FILE), str(file or FILE))
    environment = {
        name: os.environ[_PREFIX + name.upper()] for name in _names() if os.environ.get(_PREFIX + name.upper())
    }
    settings = _apply(settings, environment, "the environment")
    return _apply(settings, {name: value for name, value in overrides.items() if value is not None}, "the command line")


def _names() -> tuple[str, ...]:
    return tuple(field.name for field in fields(Settings))


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise UsageError(f"The settings file {path} cannot be read: {fault}.") from fault


def _apply(settings: Settings, values: Mapping[str, Any], where: str) -> Settings:
    typed: dict[str, Any] = {}
    for name, value in values.items():
        if name not in _names():
            raise UsageError(f"Unknown setting {name!r} in {where}.", f"Known are: {', '.join(_names())}.")
        typed[name] = _typed(name, value, where)
    return replace(settings, **typed)


def _typed(name: str, value: Any, where: str) -> Any:  # noqa: ANN401 - whatever TOML or a shell gives
    if name != "port" and not isinstance(value, str | Path):
        raise UsageError(f"The {name} {value!r} in {where} is not text.")
    if name in ("library", "index", "data"):
        return Path(value).expanduser()
    if name == "port":
        if not str(value).isdecimal() or not 0 <= int(value) < 65536:
            raise UsageError(f"The port {value!r} in {where} is not a number from 0 to 65535.")
        return int(value)
    if name == "language" and value not in ("auto", "zh", "en"):
        raise UsageError(f"The language {value!r} in {where} is none of auto, zh, en.")
    return str(value)
