"""Trains an adapter: `python -m extractor train --config configs/nano.yaml --data DIR --out DIR`.

A run is a sequence of stages. Each loads the base anew with the adapter of the stage before, and writes its own to
`OUT/stages/N`; that of the last stage is the result. So `resume` continues a stopped run from its last checkpoint, and
ends with the weights of an unbroken run.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from vlm.finetune.card import CARD_FILE, card
from vlm.finetune.config import TrainConfig, to_yaml
from vlm.finetune.data import StageData, data_digests, stage_data
from vlm.finetune.errors import TrainError
from vlm.finetune.machine import machine_of
from vlm.finetune.record import AdapterRecord
from vlm.finetune.stage import STAGES_FOLDER, StageResult, StageRun, stage_folder
from vlm.load import load_processor
from vlm.reader import ReaderOptions
from vlm.settings import precise_of, write_settings, write_whole
from vlm.source import ADAPTER_FILE, ReaderSource, find_base
from vlm.weight_files import ADAPTER_WEIGHTS, weights_digest

if TYPE_CHECKING:
    from accelerate import PartialState
    from transformers import PaliGemmaProcessor, TrainerCallback

CONFIG_FILE = "config.yaml"
ADAPTER_FILES = (ADAPTER_FILE, ADAPTER_WEIGHTS)


def train(
    config: TrainConfig, *, resume: bool = False, callbacks: Sequence[TrainerCallback] = ()
) -> AdapterRecord | None:
    """Trains and writes the adapter with its processor, settings and card to `config.out`; gives what was recorded.

    Of several processes the first gives it, others None. `resume` continues the run in that folder. Raises TrainError
    and `vlm.reader.ReaderUnavailableError`.
    """
    from accelerate.utils.memory import clear_device_cache

    machine = machine_of(config.checked().device)
    data = [stage_data(config, number) for number in range(len(config.stages))]
    base = find_base(config.base)
    processor = load_processor(base, config.resolution)
    if machine.is_main_process:
        _open_folder(Path(config.out), config, resume)
    machine.wait_for_everyone()
    results: list[StageResult] = []
    for number, rows in enumerate(data):
        results.append(StageRun(config, number, rows, base, processor, machine, callbacks).result())
        clear_device_cache(garbage_collection=True)
    record = _finished(config, base, processor, machine, results, data) if machine.is_main_process else None
    machine.wait_for_everyone()
    return record


def check_push(repository: str) -> None:
    """Raises TrainError when this machine has no token to upload to `repository` with; without a request to the hub."""
    from huggingface_hub import get_token

    if get_token() is None:
        raise TrainError(f"nothing can be uploaded to {repository}: run `hf auth login`, or leave --push-to-hub out")


def push(out: Path, repository: str) -> str:
    """Uploads a finished adapter to the hub and returns its address. Raises TrainError."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    try:
        api = HfApi()
        api.create_repo(repository, exist_ok=True)
        return str(api.upload_folder(repo_id=repository, folder_path=out, ignore_patterns=[f"{STAGES_FOLDER}/*"]))
    except (HfHubHTTPError, OSError, ValueError) as error:
        raise TrainError(f"{out} cannot be uploaded to {repository}: {error}; see `hf auth login`") from error


def _open_folder(out: Path, config: TrainConfig, resume: bool) -> None:
    file, text = out / CONFIG_FILE, to_yaml(config)
    if not resume:
        if (out / STAGES_FOLDER).exists():
            raise TrainError(f"{out} holds a run already: continue it with --resume, or name another folder with --out")
        out.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    elif not file.is_file():
        raise TrainError(f"{out} holds no run to resume; start one without --resume")
    elif (before := file.read_text(encoding="utf-8")) != text:
        changed = sorted(set(text.splitlines()) ^ set(before.splitlines()))
        raise TrainError(f"{file} has other settings; resume with the same ones. They differ in: {'; '.join(changed)}")


def _finished(
    config: TrainConfig,
    base: ReaderSource,
    processor: PaliGemmaProcessor,
    machine: PartialState,
    results: Sequence[StageResult],
    data: Sequence[StageData],
) -> AdapterRecord:
    """Writes the result, and its score on the last stage's held-out rows as `predict` would answer them."""
    from vlm.finetune.held_out import score_held_out

    out = Path(config.out)
    last = stage_folder(config, len(results) - 1)
    shutil.copyfile(last / ADAPTER_WEIGHTS, out / ADAPTER_WEIGHTS)
    processor.save_pretrained(out)
    record = AdapterRecord(
        base=config.base,
        prompt_form=config.prompt,
        precise=precise_of(base.model),
        precision=config.precision,
        resolution=processor.image_processor.size["height"],
        quantisation=config.quantisation,
        data=tuple(data_digests(Path(folder)) for stage in config.stages for folder in stage.data),
        stages=tuple(results),
        base_digest=weights_digest(base.model),
    )
    write_settings(out, record)
    _write_adapter_file(last / ADAPTER_FILE, out / ADAPTER_FILE, config.base)  # the last: it makes the folder a reader
    if data[-1].held_out:
        options = ReaderOptions(device=str(machine.device), batch_size=config.eval_batch)
        held_out = score_held_out(out, data[-1].held_out, options)
        temperature = held_out.calibration.temperature if held_out.calibration else 1.0
        record = replace(record, temperature=temperature, held_out=held_out)
        write_settings(out, record)
    (out / CARD_FILE).write_text(card(config, record), encoding="utf-8")
    return record


def _write_adapter_file(of_stage: Path, file: Path, base: str) -> None:
    """Names the base as the user did: peft names the folder it was loaded from, which may be this machine's own."""
    settings = json.loads(of_stage.read_text(encoding="utf-8"))
    settings["base_model_name_or_path"] = base
    write_whole(file, json.dumps(settings, indent=2, sort_keys=True) + "\n")
