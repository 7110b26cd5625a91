"""The base of an adapter by its name: a hub id, a folder, or `nano`, which comes with this package."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vlm import hub
from vlm.quantise import Quantisation, load_base

if TYPE_CHECKING:
    from transformers import PaliGemmaForConditionalGeneration, PaliGemmaProcessor

    from vlm.machine import Machine

NANO = "nano"
NANO_FOLDER = Path(__file__).parent / "nano" / "weights"


class BaseModelError(Exception):
    """A base that cannot be loaded; the message says which bases there are."""


def base_of(name: str) -> Path:
    """The folder of a base; a hub model is downloaded when it is not here yet. Raises BaseModelError."""
    if name == NANO:
        return _nano()
    if name and Path(name).is_dir():
        return Path(name)
    if not hub.is_hub_id(name):
        raise _explained(name, "there is no such folder, and it is not a hub id")
    try:
        return hub.snapshot(name)
    except hub.HubError as error:
        raise _explained(name, error) from error


def _nano() -> Path:
    if not (NANO_FOLDER / "config.json").is_file():
        raise BaseModelError(f"the nano weights are not in {NANO_FOLDER}; make them with `python -m extractor nano`")
    return NANO_FOLDER


def load_base_of(base: Path, quantisation: Quantisation, machine: Machine) -> PaliGemmaForConditionalGeneration:
    """The model on the machine's device. Raises BaseModelError."""
    try:
        return load_base(base, quantisation, machine.dtype, machine.device)
    except (OSError, ValueError) as error:
        raise _explained(base, error) from error


def load_processor(base: Path) -> PaliGemmaProcessor:
    """The processor, with pictures prepared by PIL, so that a machine with torchvision gives the same pixels.

    Raises BaseModelError.
    """
    from transformers import AutoProcessor, PaliGemmaProcessor

    try:
        processor = AutoProcessor.from_pretrained(base, backend="pil")
    except (OSError, ValueError) as error:
        raise _explained(base, error) from error
    if not isinstance(processor, PaliGemmaProcessor):
        raise BaseModelError(f"{base} is no PaliGemma: its processor is {type(processor).__name__}")
    return processor


def _explained(base: str | Path, error: Exception | str) -> BaseModelError:
    return BaseModelError(
        f"{base} cannot be loaded: {error}\nGive --base a folder with a PaliGemma model, a hub id that this machine "
        "can reach (google's ask for a licence and `hf auth login`), or nano"
    )
