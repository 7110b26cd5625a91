"""Inference sessions: one model on the CPU, by OpenVINO or by ONNX Runtime."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
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

_CHARACTERS = ["framework", "character"]
"""Where a model says which characters it was trained on."""
_KEPT_KERNELS = 300
"""Shapes of batches whose kernels a model keeps."""
_COMPILER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="compiler")


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


def open_session(model: Path, back_end: BackEnd, threads: int) -> Session:
    """The model of an ONNX file, in `threads` threads; for batches of few different shapes."""
    return open_recogniser(model, back_end, threads)


def open_recogniser(model: Path, back_end: BackEnd, threads: int) -> Recogniser:
    """The same for a model that recognises lines."""
    return _OnnxSession(model, threads) if back_end == BackEnd.ONNXRUNTIME else _FewShapes(model, threads)


def open_detector(model: Path, back_end: BackEnd, threads: int, frequent: Shape) -> Session:
    """The same for batches of any shape; faster on those of the shape `frequent`."""
    return _OnnxSession(model, threads) if back_end == BackEnd.ONNXRUNTIME else _AnyShape(model, threads, frequent)


@cache
def _core() -> Any:
    import openvino

    return openvino.Core()


class _FewShapes:
    """A model that is compiled in the background, while others are loaded, and then held in its compiled form alone."""

    def __init__(self, file: Path, threads: int) -> None:
        model = _core().read_model(file)
        self._characters: str = model.get_rt_info(_CHARACTERS).value if model.has_rt_info(_CHARACTERS) else ""
        self._request = _COMPILER.submit(_compiled, model, threads, _KEPT_KERNELS)

    def __call__(self, batch: Batch) -> Batch:
        return _output(self._request.result(), batch)

    def characters(self) -> list[str]:
        return self._characters.splitlines()


class _AnyShape:
    """A model compiled for one shape and for all, each when it is first needed.

    It keeps no kernels: those for every size of picture that a detector has seen would let the memory grow.
    """

    def __init__(self, file: Path, threads: int, frequent: Shape) -> None:
        self._model = _core().read_model(file)
        self._threads = threads
        self._frequent = frequent

    def __call__(self, batch: Batch) -> Batch:
        return _output(self._for_frequent if batch.shape == self._frequent else self._for_all, batch)

    @cached_property
    def _for_all(self) -> Any:
        return _compiled(self._model, self._threads, kept_kernels=0)

    @cached_property
    def _for_frequent(self) -> Any:
        """The model compiled for one shape: a fifth faster than the one for all."""
        model = self._model.clone()
        model.reshape(list(self._frequent))
        return _compiled(model, self._threads, kept_kernels=0)


def _compiled(model: Any, threads: int, kept_kernels: int) -> Any:
    settings = {
        "INFERENCE_NUM_THREADS": threads,
        # OpenVINO computes in bf16 on CPUs that have it in hardware, at about half the cost of f32.
        "PERFORMANCE_HINT": "LATENCY",
        # Else all worker processes compute on the same core.
        "ENABLE_CPU_PINNING": False,
        "CPU_RUNTIME_CACHE_CAPACITY": str(kept_kernels),
    }
    return _core().compile_model(model, "CPU", settings).create_infer_request()


def _output(request: Any, batch: Batch) -> Batch:
    request.infer([batch], share_inputs=True)
    # The next inference overwrites the request's own buffer.
    return np.array(request.get_output_tensor().data)


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
