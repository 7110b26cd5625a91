"""Makes readers: `create_reader("nano")`, of a folder with a model or an adapter, or of a hub id."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ocr.extras import extra_needed, missing
from vlm.decoding import Decoding
from vlm.prompt import PROMPT_VERSION, PromptForm
from vlm.quantise import Quantisation, can_quantise, compute_type, load_base
from vlm.reader import DEFAULT_OPTIONS, ReaderOptions, ReaderUnavailableError
from vlm.settings import ReaderSettings, precise_of, read_settings, usual_settings
from vlm.source import ReaderSource, find_source, hub_identity, local_source
from vlm.weight_files import check_base, check_safe

if TYPE_CHECKING:
    import torch
    from transformers import PaliGemmaProcessor

    from vlm.generate import PaliGemmaReader

__all__ = ["ReaderOptions", "ReaderUnavailableError", "check_packages", "create_reader", "reader_fingerprint"]

PRECISIONS = ("auto", "fp32", "bf16", "4bit")
PACKAGES = ("torch", "transformers", "peft", "bitsandbytes", "accelerate")
"""The packages of the extra `vlm` that every reader needs."""

_PROCESSOR_FILES = ("processor_config.json", "preprocessor_config.json")


def create_reader(spec: str, options: ReaderOptions = DEFAULT_OPTIONS) -> PaliGemmaReader:
    """The reader `spec` with its weights: `nano`, a folder, or a hub id, downloaded when it is not here yet.

    Raises ReaderUnavailableError, whose message says what to do.
    """
    _check(spec, options)
    from vlm.generate import PaliGemmaReader
    from vlm.library_output import quiet_loading

    with quiet_loading(bars=options.bars):
        source = find_source(spec)
        settings = read_settings(source.folder, spec)
        check_base(source, settings)
        processor = load_processor(source, settings.resolution)
        device = chosen_device(options.device)
        quantisation = _quantisation(options.precision, settings, device)
        model = load_model(source, quantisation, compute_type(options.precision, device), device)
        if source.adapter and quantisation is Quantisation.NONE:  # a merged projection is one kernel in place of three
            model = model.merge_and_unload()
    return PaliGemmaReader(
        model,
        processor,
        fingerprint=_fingerprint(source.identity, settings, options, quantisation),
        temperature=settings.temperature,
        prompt_form=settings.prompt_form,
        options=options,
    )


def reader_fingerprint(spec: str, options: ReaderOptions = DEFAULT_OPTIONS) -> str:
    """The fingerprint, one line, of `create_reader(spec, options)`, without loading its weights.

    A hub model is not downloaded for it. Raises ReaderUnavailableError when there is no such reader or device.
    """
    _check(spec, options)
    if options.device != "auto":
        chosen_device(options.device)
    source = local_source(spec)
    if source is None:
        return _fingerprint(hub_identity(spec), usual_settings(spec), options, Quantisation.NONE)
    settings = read_settings(source.folder, spec)
    check_base(source, settings)
    _processor_folder(source)
    device = chosen_device(options.device) if _four_bits_if_possible(settings, options) else options.device
    return _fingerprint(source.identity, settings, options, _quantisation(options.precision, settings, device))


def check_packages(spec: str) -> None:
    """Raises ReaderUnavailableError when packages that the reader needs are missing; checks nothing else."""
    lacking = missing(PACKAGES)
    if lacking:
        raise ReaderUnavailableError(
            f"{extra_needed(f'the reader {spec}', 'vlm', lacking)}; or use `none` for OCR and rules alone"
        )


def load_model(
    source: ReaderSource, quantisation: Quantisation, compute: torch.dtype, device: str, *, trainable: bool = False
) -> Any:
    """The model on a device, in evaluation mode, wrapped by its adapter if it has one; the adapter may be `trainable`.

    `compute` is the type of weights that are not quantised. Raises ReaderUnavailableError.
    """
    check_safe(source)
    try:
        model: Any = load_base(source.model, quantisation, compute, device, precise_of(source.model))
        if source.adapter:
            from peft import PeftModel

            model = PeftModel.from_pretrained(model, source.adapter, is_trainable=trainable)
    except Exception as error:  # each file format and quantisation has errors of its own
        raise ReaderUnavailableError(f"the model in {source.folder} cannot be loaded: {error}") from error
    return model.eval()


def load_processor(source: ReaderSource, resolution: int | None = None) -> PaliGemmaProcessor:
    """The processor beside the adapter, or else the model's; it must make pictures of `resolution` pixels.

    Pillow prepares the pictures on every machine, since torchvision gives other pixels. Raises ReaderUnavailableError.
    """
    from transformers import PaliGemmaProcessor

    folder = _processor_folder(source)
    try:
        processor = PaliGemmaProcessor.from_pretrained(
            folder, backend="pil", local_files_only=True, trust_remote_code=False
        )
    except (OSError, ValueError) as error:
        raise ReaderUnavailableError(f"the processor in {folder} cannot be loaded: {error}") from error
    size = processor.image_processor.size["height"]
    if resolution not in (None, size):
        raise ReaderUnavailableError(
            f"the processor in {folder} takes {size} pixels, not {resolution} pixels, the resolution in the settings"
        )
    return processor


def chosen_device(wanted: str) -> str:
    """`wanted` as torch names it; for "auto" CUDA before MPS before CPU. Raises ReaderUnavailableError."""
    import torch

    if wanted == "auto":
        if torch.cuda.is_available():
            return "cuda"
        return "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        torch.empty(1, device=wanted)
    except (RuntimeError, AssertionError) as error:
        raise ReaderUnavailableError(f"the device {wanted!r} cannot be used here: {error}") from error
    return wanted


def _check(spec: str, options: ReaderOptions) -> None:
    check_packages(spec)
    if options.precision not in PRECISIONS:
        raise ReaderUnavailableError(f"there is no precision {options.precision!r}; there are {', '.join(PRECISIONS)}")
    if min(options.batch_size, options.max_new_tokens, options.picture_workers) < 1:
        raise ReaderUnavailableError("batch size, new tokens and picture workers must each be at least 1")


def _four_bits_if_possible(settings: ReaderSettings, options: ReaderOptions) -> bool:
    """Whether it depends on the machine if the reader is quantised."""
    return options.precision == "auto" and settings.precision == "4bit"


def _quantisation(precision: str, settings: ReaderSettings, device: str) -> Quantisation:
    wanted = settings.precision if precision == "auto" else precision
    quantised = wanted == "4bit" and (precision == "4bit" or can_quantise(device))
    return Quantisation.NF4 if quantised else Quantisation.NONE


def _processor_folder(source: ReaderSource) -> Path:
    for folder in (source.folder, source.model):
        if any((folder / name).is_file() for name in _PROCESSOR_FILES):
            return folder
    raise ReaderUnavailableError(f"{source.folder} holds no processor ({' or '.join(_PROCESSOR_FILES)})")


def _fingerprint(identity: str, settings: ReaderSettings, options: ReaderOptions, quantisation: Quantisation) -> str:
    form = settings.prompt_form
    prompt = PROMPT_VERSION if form is PromptForm.PLACES else f"{PROMPT_VERSION} {form}"
    precision = options.precision
    if _four_bits_if_possible(settings, options):
        precision = f"{precision} {quantisation}"
    free = options.decoding is Decoding.FREE
    decoding = f"{options.decoding} {options.max_new_tokens}" if free else options.decoding
    return f"{identity} | prompt {prompt} | {precision} on {options.device} | {decoding}"
