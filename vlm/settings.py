"""`reader.json`: what a trained model or adapter must be asked with, written beside its weights."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from vlm.prompt import PROMPT_VERSION
from vlm.reader import ReaderUnavailableError

READER_FILE = "reader.json"
POLICY_FILE = "policy.json"
"""How the reader's answers are to be weighed; they do not depend on it."""


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    """The prompt's version, the resolution in pixels (None: whatever the processor says), and the temperature of
    `vlm.calibrate`."""

    prompt_version: str = PROMPT_VERSION
    resolution: int | None = None
    temperature: float = 1.0


def read_settings(folder: Path) -> ReaderSettings:
    """The settings in `folder`, the defaults when it has none; keys of others are left alone.

    Raises ReaderUnavailableError when they cannot be read or belong to another version of the prompt.
    """
    file = folder / READER_FILE
    if not file.is_file():
        return ReaderSettings()
    try:
        written = json.loads(file.read_text(encoding="utf-8"))
        known = {name: written[name] for name in ReaderSettings.__dataclass_fields__ if name in written}
        settings = ReaderSettings(**known)
        usable = settings.temperature > 0 and (settings.resolution is None or settings.resolution > 0)
    except (OSError, ValueError, TypeError) as error:
        raise ReaderUnavailableError(f"{file} cannot be read: {error}") from error
    if not usable:
        raise ReaderUnavailableError(f"{file}: temperature and resolution must be above 0")
    if settings.prompt_version != PROMPT_VERSION:
        raise ReaderUnavailableError(
            f"{file}: this model was trained with prompt version {settings.prompt_version!r}, this program asks with "
            f"{PROMPT_VERSION!r}; train it again, or use the release of this program that trained it"
        )
    return settings


def write_settings(folder: Path, settings: ReaderSettings) -> None:
    """Writes the settings to `folder`, keeping what else its file holds."""
    file = folder / READER_FILE
    kept = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    file.write_text(json.dumps(kept | asdict(settings), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
