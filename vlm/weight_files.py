"""What may be loaded as weights: safetensors alone, and an adapter only on the base that it was trained on."""

from __future__ import annotations

from pathlib import Path

from vlm.reader import ReaderUnavailableError
from vlm.settings import READER_FILE, ReaderSettings
from vlm.source import ADAPTER_FILE, MODEL_FILE, ReaderSource, digest_of, json_object

ADAPTER_WEIGHTS = "adapter_model.safetensors"
LORA = "LORA"
"""What peft calls the only kind of adapter that is loaded."""


def check_safe(source: ReaderSource) -> None:
    """Raises ReaderUnavailableError unless the weights are safetensors, and the adapter a LoRA.

    Other formats of weights can run code when they are loaded.
    """
    lacking = [] if any(source.model.glob("*.safetensors")) else [f"{source.model}: *.safetensors"]
    if source.adapter is not None:
        if not (source.adapter / ADAPTER_WEIGHTS).is_file():
            lacking.append(f"{source.adapter}: {ADAPTER_WEIGHTS}")
        kind = json_object(source.adapter / ADAPTER_FILE).get("peft_type", LORA)
        if kind != LORA:
            raise ReaderUnavailableError(f"the adapter in {source.adapter} is of the type {kind!r}, not a LoRA")
    if lacking:
        raise ReaderUnavailableError(
            f"there are no weights to load ({'; '.join(lacking)}); those in other formats can run code: save them as "
            "safetensors"
        )


def check_base(source: ReaderSource, settings: ReaderSettings) -> None:
    """Raises ReaderUnavailableError where an adapter says that it was trained on other weights than its base has."""
    if source.adapter is None or settings.base_digest is None:
        return
    found = weights_digest(source.model)
    if found != settings.base_digest:
        raise ReaderUnavailableError(
            f"{source.adapter / READER_FILE}: this adapter was trained on weights with the digest "
            f"{settings.base_digest}, but those in {source.model} have {found}; name the right model as "
            f"base_model_name_or_path in {ADAPTER_FILE}, or train the adapter again"
        )


def weights_digest(model: Path) -> str:
    """A digest of the weights in a folder and of `config.json`; of big files their size and samples."""
    return digest_of(file for file in model.iterdir() if file.suffix == ".safetensors" or file.name == MODEL_FILE)
