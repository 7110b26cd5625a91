"""PaddleOCR through its ONNX Runtime engine, in a loop: python -m benchmarks.paddle PICTURES.txt DUMP.jsonl

Its pipeline of text detection and recognition, with its own sizes and thresholds, on the models in RapidOCR's wheel
(PP-OCRv6 small): PaddleOCR's own copies come from the network. Needs the extra `paddle`.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from benchmarks.dump import Texts, write_dump
from ocr.paddle import wheel_folders


def main(pictures: Path, dump: Path) -> None:
    """Reads the listed pictures one after the other and writes their text, a line of JSON each."""
    os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
    from paddleocr import PaddleOCR

    with tempfile.TemporaryDirectory() as parent:
        detection, recognition = wheel_folders(Path(parent))
        engine = PaddleOCR(
            text_detection_model_name="PP-OCRv6_small_det",
            text_detection_model_dir=str(detection),
            text_recognition_model_name="PP-OCRv6_small_rec",
            text_recognition_model_dir=str(recognition),
            use_doc_orientation_classify=False,
            use_doc_unwarping=False,
            use_textline_orientation=False,
            device="cpu",
            engine="onnxruntime",
        )

    def read(path: str) -> Texts:
        page = engine.predict(path)[0]
        return [
            (text, float(score), box.tolist())
            for text, score, box in zip(page["rec_texts"], page["rec_scores"], page["rec_polys"], strict=True)
        ]

    write_dump(pictures, dump, read)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
