"""Inference sessions: one model on the CPU, by OpenVINO or by ONNX Runtime."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ocr.errors import EngineUnavailable

Batch = NDArray[np.float32]
Classes = NDArray[np.int64]

_CHINESE_OR_JAPANESE = re.compile(r"[\u2e80-\ufeff\uff65-\uff9f\U00020000-\U0003ffff]")
"""Characters of no script that the rules know: nine tenths of the recogniser's classes."""


class BackEnd(StrEnum):
    """Runtimes for the models, the faster one first; the values are the names of their packages."""

    OPENVINO = "openvino"
    ONNXRUNTIME = "onnxruntime"


class Detector(Protocol):
    """A loaded text detector. Detectors and recognisers serve one thread at a time."""

    def __call__(self, batch: Batch) -> Batch:
        """Pictures (n, 3, height, width) to the heat of text (n, 1, height, width); the caller may keep it."""


class Recogniser(Protocol):
    """A loaded recogniser; `characters` are those of its classes 1 to n, class 0 is a blank, n + 1 a space."""

    characters: list[str]

    def __call__(self, batch: Batch) -> tuple[Classes, Batch]:
        """Lines (n, 3, height, width) to the likeliest class of each step and its probability, both (n, steps)."""


def available_back_end() -> BackEnd:
    """The fastest installed back end; raises EngineUnavailable without one."""
    for back_end in BackEnd:
        if find_spec(back_end) is not None:
            return back_end
    raise EngineUnavailable("RapidOCR needs OpenVINO or ONNX Runtime: pip install onnxruntime")


def back_end_fingerprint(back_end: BackEnd) -> str:
    """Back end, version and, where it is not fp32, the number type of its computations."""
    precision = f" {openvino_precision()}" if back_end == BackEnd.OPENVINO else ""
    return f"{back_end} {version(back_end)}{precision}"


def open_detector(model: Path, back_end: BackEnd, threads: int) -> Detector:
    """The detector in an ONNX file, ready to compute in `threads` threads."""
    return (_OpenVinoModel if back_end == BackEnd.OPENVINO else _OnnxModel)(model, threads)


def open_recogniser(model: Path, back_end: BackEnd, threads: int) -> Recogniser:
    """The recogniser in an ONNX file, ready to compute in `threads` threads."""
    return (_OpenVinoRecogniser if back_end == BackEnd.OPENVINO else _OnnxRecogniser)(model, threads)


@cache
def openvino_precision() -> str:
    """bf16 on CPUs that compute it in hardware, at about half the cost of f32; else f32."""
    return "bf16" if "BF16" in _core().get_property("CPU", "OPTIMIZATION_CAPABILITIES") else "f32"


@cache
def _core() -> Any:
    import openvino

    return openvino.Core()


class _OpenVinoModel:
    def __init__(self, file: Path, threads: int) -> None:
        self._model = self._adapted(_core().read_model(file))
        settings = {
            "INFERENCE_NUM_THREADS": threads,
            "INFERENCE_PRECISION_HINT": openvino_precision(),
            "PERFORMANCE_HINT": "LATENCY",
            # Kernels kept for every shape seen so far would let the memory grow with the pictures.
            "CPU_RUNTIME_CACHE_CAPACITY": "0",
        }
        self._request = _core().compile_model(self._model, "CPU", settings).create_infer_request()

    def __call__(self, batch: Batch) -> Batch:
        return self._outputs(batch)[0]

    def _adapted(self, model: Any) -> Any:
        return model

    def _outputs(self, batch: Batch) -> list[NDArray[Any]]:
        self._request.infer([batch], share_inputs=True)
        # The next inference overwrites the request's own buffers.
        return [np.array(tensor.data) for tensor in self._request.output_tensors]


class _OpenVinoRecogniser(_OpenVinoModel):
    """The recogniser with the classes of readable characters alone: the others take a sixth of its time."""

    def __call__(self, batch: Batch) -> tuple[Classes, Batch]:
        probabilities, classes = self._outputs(batch)
        return classes[:, :, 0], probabilities[:, :, 0]

    def _adapted(self, model: Any) -> Any:
        import openvino
        from openvino import opset13 as op

        self.characters, kept = _readable(model.get_rt_info(["framework", "character"]).value.splitlines())
        last = {node.get_type_name(): node for node in model.get_ordered_ops()}
        weights, bias = (last[kind].input_value(1).get_node().get_data() for kind in ("MatMul", "Add"))
        lines = last["MatMul"].input_value(0)
        logits = op.add(op.matmul(lines, op.constant(weights[:, kept]), False, False), op.constant(bias[kept]))
        best = op.topk(op.softmax(logits, 2), op.constant(np.int32(1)), 2, "max", "none")
        return openvino.Model(best.outputs(), model.get_parameters(), "recogniser")


class _OnnxModel:
    def __init__(self, file: Path, threads: int) -> None:
        from onnxruntime import InferenceSession, SessionOptions

        options = SessionOptions()
        options.log_severity_level = 4
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # With an arena the memory of the largest picture is never given back.
        options.enable_cpu_mem_arena = False
        self._session = InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def __call__(self, batch: Batch) -> Batch:
        output: Batch = self._session.run(None, {self._input: batch})[0]
        return output


class _OnnxRecogniser(_OnnxModel):
    """Without changing the model: probabilities of characters that are left out are not shared among the others."""

    def __init__(self, file: Path, threads: int) -> None:
        super().__init__(file, threads)
        characters = self._session.get_modelmeta().custom_metadata_map["character"].splitlines()
        self.characters, self._kept = _readable(characters)

    def __call__(self, batch: Batch) -> tuple[Classes, Batch]:
        probabilities = self._session.run(None, {self._input: batch})[0][:, :, self._kept]
        return probabilities.argmax(axis=2), probabilities.max(axis=2)


def _readable(characters: Sequence[str]) -> tuple[list[str], list[int]]:
    """The characters that are kept, and the classes to keep: theirs, the blank and the space."""
    kept = [i for i, character in enumerate(characters) if not _CHINESE_OR_JAPANESE.search(character)]
    return [characters[i] for i in kept], [0, *(i + 1 for i in kept), len(characters) + 1]
