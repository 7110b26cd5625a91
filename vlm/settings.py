"""`reader.json`: the settings that a trained model or adapter needs for inference, written beside its weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from pydantic import PositiveFloat, PositiveInt, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from vlm.prompt import PROMPT_VERSION, PromptForm
from vlm.reader import ReaderUnavailableError
from vlm.validation import mistakes

READER_FILE = "reader.json"
_MIX = "-mix-"
POLICY_FILE = "policy.json"
"""The weights of the reader's answers in the hybrid; the answers do not depend on it."""


@dataclass(frozen=True)
class ReaderSettings:
    """The prompt's version and form, the resolution in pixels (None: whatever the processor says), and the temperature
    of `vlm.confidence`.

    `precise` are the names of projections whose weights four bits would ruin, such as `q_proj`; they stay as they are.
    `base_digest` is that of the weights that an adapter was trained on, None where it is not known. `precision` is what
    the reader's option "auto" means: "4bit" where this machine can, or the default of `vlm.quantise.compute_type`.
    """

    prompt_version: str = PROMPT_VERSION
    resolution: PositiveInt | None = None
    temperature: PositiveFloat = 1.0
    prompt_form: PromptForm = PromptForm.PLACES
    precise: tuple[str, ...] = ()
    base_digest: str | None = None
    precision: Literal["auto", "4bit"] = "auto"


_SETTINGS = TypeAdapter(ReaderSettings)


def write_whole(file: Path, text: str) -> None:
    """Writes a file that is never there by half, whatever stops the program."""
    half = file.with_name(f".{file.name}.half")
    half.write_text(text, encoding="utf-8")
    half.replace(file)


def read_settings(folder: Path, name: str = "") -> ReaderSettings:
    """The settings in `folder`, the defaults when it has none; other keys of the file are ignored.

    Without any, a model whose `name` says that it is one of the `-mix` weights is asked in their form.
    Raises ReaderUnavailableError when they cannot be read or belong to another version of the prompt.
    """
    settings = _read(folder)
    if settings is None:
        return usual_settings(name)
    if settings.prompt_version != PROMPT_VERSION:
        raise ReaderUnavailableError(
            f"{folder / READER_FILE}: this model was trained with prompt version {settings.prompt_version!r}, this "
            f"program asks with {PROMPT_VERSION!r}; train it again, or use the release of this program that trained it"
        )
    return settings


def usual_settings(name: str) -> ReaderSettings:
    """Those of a model that has none of its own, by its name."""
    return ReaderSettings(prompt_form=PromptForm.QUESTION_FIRST if _MIX in name else PromptForm.PLACES)


def precise_of(folder: Path) -> tuple[str, ...]:
    """The projections of the model in `folder` that are not to be quantised, whatever its prompts are.

    Raises ReaderUnavailableError when its settings cannot be read.
    """
    settings = _read(folder)
    return () if settings is None else settings.precise


def _read(folder: Path) -> ReaderSettings | None:
    file = folder / READER_FILE
    if not file.is_file():
        return None
    try:
        return _SETTINGS.validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        raise ReaderUnavailableError(f"{file} cannot be read: {mistakes(error)}") from error


def write_settings(folder: Path, settings: ReaderSettings) -> None:
    """Writes the settings to `folder`, those of a subclass included; other keys of the file stay."""
    file = folder / READER_FILE
    before = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    written = before | TypeAdapter(type(settings)).dump_python(settings, mode="json")
    write_whole(file, json.dumps(written, indent=2, ensure_ascii=False) + "\n")
