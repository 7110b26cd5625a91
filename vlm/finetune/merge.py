"""Makes one model of a base and its adapter: `python -m extractor merge ADAPTER --out DIR`.

The base is loaded anew in bf16 or fp32. Merged into 4 bits, in which the adapter may have been trained, it would be
rounded away.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from vlm.finetune.errors import TrainError
from vlm.finetune.train import ADAPTER_FILES
from vlm.hub import SourceError
from vlm.load import load_model, load_processor
from vlm.quantise import Quantisation, compute_type
from vlm.settings import READER_FILE, read_settings
from vlm.source import ADAPTER_FILE, find_base, json_object
from vlm.weight_files import check_base


def merge(adapter: Path, out: Path, *, compute: str = "bf16", base: str | None = None) -> None:
    """Writes the merged model, the processor and the reader's settings to `out`, a new folder.

    `compute` is the type of the merged weights, "bf16" or "fp32". `base` is by default the one that the adapter names.
    Raises TrainError and `vlm.reader.ReaderUnavailableError`.
    """
    missing = [name for name in ADAPTER_FILES if not (adapter / name).is_file()]
    if missing:
        raise TrainError(f"{adapter} is no adapter: it has no {' and no '.join(missing)}; `extractor train` writes one")
    try:
        named = base or str(json_object(adapter / ADAPTER_FILE).get("base_model_name_or_path") or "")
    except SourceError as error:
        raise TrainError(str(error)) from error
    if not named:
        raise TrainError(f"{adapter / ADAPTER_FILE} names no base; name it with --base")
    if out.exists() and any(out.iterdir()):
        raise TrainError(f"{out} is not empty; name another folder with --out")
    source = replace(find_base(named), adapter=adapter)
    check_base(source, read_settings(adapter))
    model = load_model(source, Quantisation.NONE, compute_type(compute, "cpu"), "cpu")
    merged = model.merge_and_unload(safe_merge=True)
    out.mkdir(parents=True, exist_ok=True)
    merged.save_pretrained(out)
    load_processor(source).save_pretrained(out)
    if (adapter / READER_FILE).is_file():
        shutil.copyfile(adapter / READER_FILE, out / READER_FILE)
