"""The device, the number type and the processes of a training run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vlm.finetune.config import ConfigError, TrainConfig
from vlm.quantise import compute_type

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class Machine:
    """A device as torch names it, the type of weights that are not quantised (see `vlm.quantise.compute_type`), and the
    processes.

    `main` is true in the one process that writes files.
    """

    device: str
    compute: str
    main: bool = True
    processes: int = 1

    @property
    def on_gpu(self) -> bool:
        """Whether the device is a CUDA GPU."""
        return self.device.startswith("cuda")

    @property
    def dtype(self) -> torch.dtype:
        """The type as torch names it."""
        return compute_type(self.compute, self.device)


def machine_of(config: TrainConfig) -> Machine:
    """The machine in the settings; "auto" is a GPU where there is one. Raises ConfigError."""
    import torch
    from accelerate import PartialState

    available = torch.cuda.is_available()
    gpu = available if config.device == "auto" else config.device.startswith("cuda")
    if gpu and not available:
        raise ConfigError(f"device: {config.device}, but torch finds no CUDA GPU; use device=cpu or auto")
    state = PartialState(cpu=not gpu)
    if gpu and state.num_processes == 1 and torch.cuda.device_count() > 1:
        raise ConfigError(
            "several GPUs are visible: start with `accelerate launch -m extractor train ...` to use them all, "
            "or set CUDA_VISIBLE_DEVICES=0 to use one"
        )
    device = f"cuda:{state.local_process_index}" if gpu else "cpu"
    return Machine(device, config.compute, state.is_main_process, state.num_processes)


def wait_for_all() -> None:
    """Returns when every process has called it."""
    from accelerate import PartialState

    PartialState().wait_for_everyone()


def is_main() -> bool:
    """Whether this is the one process that writes files and messages."""
    from accelerate import PartialState

    return bool(PartialState().is_main_process)
