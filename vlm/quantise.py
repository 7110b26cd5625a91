"""Loads a PaliGemma for training, merging or inference: in full precision or in 4 bits (NF4, double quantisation).

The vision tower, the projector and the tied `lm_head` are never quantised.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from transformers import PaliGemmaForConditionalGeneration

NOT_QUANTISED = ("model.vision_tower", "model.multi_modal_projector", "lm_head")
"""Full names: shorter ones match nothing, and the tower would be quantised without an error."""


class Quantisation(StrEnum):
    """The form of the frozen weights in memory."""

    NF4 = "nf4"
    NONE = "none"


def compute_type(precision: str, device: str) -> torch.dtype:
    """The type that a precision computes in; "auto" is bf16 on a CUDA GPU that has it, else fp32."""
    import torch

    if precision == "auto":
        return torch.bfloat16 if device.startswith("cuda") and torch.cuda.is_bf16_supported() else torch.float32
    return torch.float32 if precision == "fp32" else torch.bfloat16


def can_quantise(device: str) -> bool:
    """Whether bitsandbytes has NF4 for this device."""
    try:
        import torch
        from bitsandbytes.functional import dequantize_4bit, quantize_4bit

        packed, state = quantize_4bit(torch.ones(64, 64, device=device), quant_type="nf4", compress_statistics=True)
        dequantize_4bit(packed, state)
    except Exception:  # each device has errors of its own, and some builds lack the library for it
        return False
    return True


def load_base(
    base: str | Path, quantisation: Quantisation, compute: torch.dtype, device: str, precise: Sequence[str] = ()
) -> PaliGemmaForConditionalGeneration:
    """The model in the folder or with the hub id `base`, on `device` (as torch names it).

    The type of weights that are not quantised is `compute`; `precise` are names of more of them. Raises OSError when
    there is no such model.
    """
    from transformers import BitsAndBytesConfig, PaliGemmaForConditionalGeneration

    config = None
    if quantisation is Quantisation.NF4:
        config = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=compute,
            llm_int8_skip_modules=[*NOT_QUANTISED, *precise],
        )
    model = PaliGemmaForConditionalGeneration.from_pretrained(
        base,
        dtype=compute,
        quantization_config=config,
        device_map={"": device},
        use_safetensors=True,
        trust_remote_code=False,
    )
    if config is not None:
        keep_4bit_exact_on_cpu(model)
    return model


def keep_4bit_exact_on_cpu(model: torch.nn.Module) -> None:
    """Stops bitsandbytes from repacking 4-bit weights; call it right after loading.

    On CPUs with AVX512-BF16 the first forward pass without gradients rewrites the weights of `Linear4bit` for good.
    Gradients of later training steps and merged weights are then wrong, without an error.
    """
    from bitsandbytes.nn import Linear4bit

    for module in model.modules():
        if isinstance(module, Linear4bit):
            module.support_avx512bf16_for_cpu = False
