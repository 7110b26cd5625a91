"""Makes one model of a base and its adapter: `python -m extractor merge ADAPTER --out DIR`.

The base is loaded anew in bf16 or fp32. Merged into 4 bits, in which the adapter may have been trained, it would be
rounded away.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from vlm.finetune.base import base_of, load_base_of, load_processor
from vlm.finetune.machine import Machine
from vlm.finetune.train import ADAPTER_FILES
from vlm.quantise import Quantisation
from vlm.settings import READER_FILE
from vlm.source import ADAPTER_FILE


class MergeError(Exception):
    """An adapter that cannot be merged; the message says what to do."""


def merge(adapter: Path, out: Path, *, compute: str = "bf16", base: str | None = None) -> None:
    """Writes the merged model, the processor and the reader's settings to `out`, a new folder.

    `compute` is the type of the merged weights, "bf16" or "fp32". `base` is by default the one that the adapter names.
    Raises MergeError and BaseModelError.
    """
    named = base_for(adapter, base)
    if out.exists() and any(out.iterdir()):
        raise MergeError(f"{out} is not empty; name another folder with --out")
    from peft import PeftModel

    model = load_base_of(base_of(named), Quantisation.NONE, Machine("cpu", compute))
    merged = PeftModel.from_pretrained(model, adapter).merge_and_unload(safe_merge=True)
    out.mkdir(parents=True, exist_ok=True)
    merged.save_pretrained(out)
    source = adapter if (adapter / "processor_config.json").is_file() else base_of(named)
    load_processor(source).save_pretrained(out)
    if (adapter / READER_FILE).is_file():
        shutil.copyfile(adapter / READER_FILE, out / READER_FILE)


def base_for(adapter: Path, base: str | None = None) -> str:
    """`base`, or else the one that the adapter names. Raises MergeError for a folder without an adapter, or no base."""
    missing = [name for name in ADAPTER_FILES if not (adapter / name).is_file()]
    if missing:
        raise MergeError(f"{adapter} is no adapter: it has no {' and no '.join(missing)}; `extractor train` writes one")
    named = base or json.loads((adapter / ADAPTER_FILE).read_text(encoding="utf-8")).get("base_model_name_or_path")
    if not named:
        raise MergeError(f"{adapter / ADAPTER_FILE} names no base; name it with --base")
    return str(named)
