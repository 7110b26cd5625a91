"""Inference sessions: one model on the CPU, by OpenVINO or by ONNX Runtime."""

from __future__ import annotations

from enum import StrEnum
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ocr.errors import EngineUnavailable

Batch = NDArray[np.float32]
Shape = tuple[int, ...]


class BackEnd(StrEnum):
    """Runtimes for the models, the faster one first; the values are the names of their packages."""

    OPENVINO = "openvino"
    ONNXRUNTIME = "onnxruntime"


class Session(Protocol):
    """A loaded model. One session serves one thread at a time."""

    def __call__(self, batch: Batch) -> Batch:
        """The model's output for a batch; the caller may keep it."""


class Recogniser(Session, Protocol):
    """A loaded model that recognises lines."""

    def characters(self) -> list[str]:
        """The characters that a recogniser was trained on, in the order of its classes."""


def available_back_end() -> BackEnd:
    """The fastest installed back end; raises EngineUnavailable without one."""
    for back_end in BackEnd:
        if find_spec(back_end) is not None:
            return back_end
    raise EngineUnavailable("RapidOCR needs OpenVINO or ONNX Runtime: pip install onnxruntime")


def open_session(model: Path, back_end: BackEnd, threads: int, frequent: Shape) -> Session:
    """The model of an ONNX file, in `threads` threads; faster on batches of the shape `frequent`."""
    if back_end == BackEnd.ONNXRUNTIME:
        return _OnnxSession(model, threads)
    # Kernels kept for every size of picture that the detector has seen would let the memory grow.
    return _OpenVinoSession(model, threads, kept_kernels=0, frequent=frequent)


def open_recogniser(model: Path, back_end: BackEnd, threads: int) -> Recogniser:
    """The recogniser of an ONNX file, in `threads` threads; for batches of few different shapes."""
    return _OnnxSession(model, threads) if back_end == BackEnd.ONNXRUNTIME else _OpenVinoSession(model, threads)


@cache
def _core() -> Any:
    import openvino

    return openvino.Core()


class _OpenVinoSession:
    def __init__(self, model: Path, threads: int, *, kept_kernels: int = 300, frequent: Shape | None = None) -> None:
        self._model = _core().read_model(model)
        self._settings = {
            "INFERENCE_NUM_THREADS": threads,
            # OpenVINO computes in bf16 on CPUs that have it in hardware, at about half the cost of f32.
            "PERFORMANCE_HINT": "LATENCY",
            # Else all worker processes compute on the same core.
            "ENABLE_CPU_PINNING": False,
            "CPU_RUNTIME_CACHE_CAPACITY": str(kept_kernels),
        }
        self._frequent = frequent

    def __call__(self, batch: Batch) -> Batch:
        request = self._for_frequent if batch.shape == self._frequent else self._any_shape
        request.infer([batch], share_inputs=True)
        # The next inference overwrites the request's own buffer.
        return np.array(request.get_output_tensor().data)

    @cached_property
    def _any_shape(self) -> Any:
        return self._compiled(self._model)

    @cached_property
    def _for_frequent(self) -> Any:
        """The model compiled for one shape: a fifth faster than the one for all."""
        model = self._model.clone()
        model.reshape(list(self._frequent or ()))
        return self._compiled(model)

    def _compiled(self, model: Any) -> Any:
        return _core().compile_model(model, "CPU", self._settings).create_infer_request()

    def characters(self) -> list[str]:
        text: str = self._model.get_rt_info(["framework", "character"]).value
        return text.splitlines()


class _OnnxSession:
    def __init__(self, model: Path, threads: int) -> None:
        from onnxruntime import InferenceSession, SessionOptions

        options = SessionOptions()
        options.log_severity_level = 4
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # With an arena the memory of the largest picture is never given back.
        options.enable_cpu_mem_arena = False
        self._session = InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def __call__(self, batch: Batch) -> Batch:
        output: Batch = self._session.run(None, {self._input: batch})[0]
        return output

    def characters(self) -> list[str]:
        text: str = self._session.get_modelmeta().custom_metadata_map["character"]
        return text.splitlines()
