"""The device and the processes of a training run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vlm.finetune.errors import TrainError

if TYPE_CHECKING:
    from accelerate import PartialState


def machine_of(device: str) -> PartialState:
    """The machine with the device in the settings; "auto" is a GPU where there is one. Raises TrainError."""
    import torch
    from accelerate import PartialState

    available = torch.cuda.is_available()
    gpu = available if device == "auto" else device.startswith("cuda")
    if gpu and not available:
        raise TrainError(f"device: {device}, but torch finds no CUDA GPU; use device=cpu or auto")
    state = PartialState(cpu=not gpu)
    if gpu and state.num_processes == 1 and torch.cuda.device_count() > 1:
        raise TrainError(
            "several GPUs are visible: start with `accelerate launch -m extractor train ...` to use them all, "
            "or set CUDA_VISIBLE_DEVICES=0 to use one"
        )
    return state
