"""The base of an adapter, found by its name (`vlm.source`) and loaded for training or merging."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from vlm.hub import SourceError
from vlm.quantise import Quantisation, load_base
from vlm.source import folder_of

if TYPE_CHECKING:
    from transformers import PaliGemmaForConditionalGeneration, PaliGemmaProcessor

    from vlm.finetune.machine import Machine


class BaseModelError(Exception):
    """A base that cannot be loaded; the message says which bases there are."""


def base_of(name: str) -> Path:
    """The folder of a base; a hub model is downloaded when it is not here yet. Raises BaseModelError."""
    with _naming_choices(name):
        return folder_of(name)


def load_base_of(base: Path, quantisation: Quantisation, machine: Machine) -> PaliGemmaForConditionalGeneration:
    """The model on the machine's device. Raises BaseModelError."""
    with _naming_choices(base):
        return load_base(base, quantisation, machine.dtype, machine.device)


def load_processor(base: Path) -> PaliGemmaProcessor:
    """The processor, with pictures prepared by PIL, so that a machine with torchvision gives the same pixels.

    Raises BaseModelError.
    """
    from transformers import AutoProcessor, PaliGemmaProcessor

    with _naming_choices(base):
        processor = AutoProcessor.from_pretrained(base, backend="pil")
    if not isinstance(processor, PaliGemmaProcessor):
        raise BaseModelError(f"{base} is no PaliGemma: its processor is {type(processor).__name__}")
    return processor


@contextmanager
def _naming_choices(base: str | Path) -> Iterator[None]:
    """An error of loading `base` inside becomes a BaseModelError that names the bases there are."""
    try:
        yield
    except (SourceError, OSError, ValueError) as error:
        raise BaseModelError(
            f"{base} cannot be loaded: {error}\nGive --base a folder with a PaliGemma model, a hub id that this "
            "machine can reach (google's ask for a licence and `hf auth login`), or nano"
        ) from error
