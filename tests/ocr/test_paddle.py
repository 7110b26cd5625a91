"""The paddleocr package on real weights, without network."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from ocr.engine import OcrEngine, create_engine
from ocr.errors import EngineUnavailable
from ocr.paddle import DETECTION_DIR, RECOGNITION_DIR, PaddleEngine, PaddleOptions, paddle_fingerprint, wheel_folders
from ocr.picture import Picture

Draw = Callable[..., Picture]

needs_paddle = [
    pytest.mark.paddle,
    pytest.mark.skipif(find_spec("paddleocr") is None, reason="paddleocr is not installed"),
]


@pytest.fixture(scope="module")
def paddle() -> OcrEngine:
    return create_engine("paddleocr", threads=2)


@pytest.fixture(autouse=True)
def no_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(DETECTION_DIR, raising=False)
    monkeypatch.delenv(RECOGNITION_DIR, raising=False)


@pytest.mark.skipif(find_spec("paddleocr") is not None, reason="paddleocr is installed")
def test_missing_package_says_what_to_install() -> None:
    with pytest.raises(EngineUnavailable, match=r"needs paddleocr: .* constraints-paddle\.txt '\.\[paddle\]'"):
        create_engine("paddleocr")


@pytest.mark.parametrize("name", [DETECTION_DIR, RECOGNITION_DIR])
def test_one_folder_alone_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "models")
    with pytest.raises(EngineUnavailable, match="set both"):
        paddle_fingerprint()


def test_weights_that_need_paddle_are_refused_before_models_are_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "inference.yml").write_text("Global: {model_name: mine}")
    (tmp_path / "inference.pdiparams").write_bytes(b"weights")
    monkeypatch.setattr("ocr.paddle.version", lambda _: "3.7.0")
    monkeypatch.setattr("ocr.paddle.find_spec", lambda _: None)
    with pytest.raises(EngineUnavailable, match="pip install paddlepaddle"):
        paddle_fingerprint(PaddleOptions((tmp_path, tmp_path)))


class TestInstalled:
    pytestmark = needs_paddle

    @pytest.mark.parametrize(("quarters", "angle"), [(0, 0), (1, 90), (2, 180), (3, -90)])
    def test_text_in_a_turned_picture(self, paddle: OcrEngine, draw: Draw, quarters: int, angle: float) -> None:
        lines = ["Product size", "30cm", "12.5 inch"]
        page = paddle.read(draw(lines, quarters))
        assert sorted(t.text for t in page.tokens) == sorted(lines)
        assert all(abs((t.angle - angle + 180) % 360 - 180) < 5 for t in page.tokens)

    def test_the_same_picture_reads_the_same_twice(self, paddle: OcrEngine, draw: Draw) -> None:
        assert paddle.read(draw(["30cm"])) == paddle.read(draw(["30cm"]))

    def test_a_page_without_text(self, paddle: OcrEngine, draw: Draw) -> None:
        assert paddle.read(draw([])).tokens == ()

    def test_folders_from_the_environment(self, draw: Draw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        detection, recognition = wheel_folders(tmp_path)
        monkeypatch.setenv(DETECTION_DIR, str(detection))
        monkeypatch.setenv(RECOGNITION_DIR, str(recognition))
        engine = create_engine("paddleocr")
        assert [t.text for t in engine.read(draw(["30cm"], 1)).tokens] == ["30cm"]
        assert engine.fingerprint == paddle_fingerprint() == paddle_fingerprint(PaddleOptions((detection, recognition)))
        assert engine.fingerprint != paddle_fingerprint(PaddleOptions())
        (recognition / "inference.onnx").write_bytes(b"other weights")
        assert engine.fingerprint != paddle_fingerprint()

    def test_folder_without_model_is_named(self, tmp_path: Path) -> None:
        options = PaddleOptions((tmp_path / "det", tmp_path / "rec"))
        with pytest.raises(EngineUnavailable, match=r"det is not a PaddleOCR model folder: it has no inference\.yml"):
            PaddleEngine(1, options)

    def test_folder_without_weights_is_named(self, tmp_path: Path) -> None:
        detection, recognition = wheel_folders(tmp_path)
        (detection / "inference.onnx").unlink()
        with pytest.raises(EngineUnavailable, match=r"neither inference\.onnx nor inference\.pdiparams"):
            paddle_fingerprint(PaddleOptions((detection, recognition)))

    @pytest.mark.parametrize("text", ["Global: {}", "[", "42", ""])
    def test_folder_without_model_name_is_named(self, text: str, tmp_path: Path) -> None:
        (tmp_path / "inference.yml").write_text(text, encoding="utf-8")
        with pytest.raises(EngineUnavailable, match=r"inference\.yml does not name a model"):
            paddle_fingerprint(PaddleOptions((tmp_path, tmp_path)))

    @pytest.mark.skipif(find_spec("paddle") is not None, reason="paddlepaddle is installed")
    def test_paddle_weights_without_paddle_say_what_to_install(self, tmp_path: Path) -> None:
        detection, recognition = wheel_folders(tmp_path)
        (detection / "inference.onnx").rename(detection / "inference.pdiparams")
        with pytest.raises(EngineUnavailable, match="pip install paddlepaddle"):
            PaddleEngine(1, PaddleOptions((detection, recognition)))

    def test_offline_copy_leaves_nothing_behind(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TMPDIR", str(tmp_path))
        monkeypatch.setattr("tempfile.tempdir", None)
        create_engine("paddleocr")
        assert [p for p in tmp_path.iterdir() if p.is_dir() and any(p.rglob("*.onnx"))] == []
