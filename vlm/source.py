"""From the name of a model to its folder: `nano`, a folder, or a hub id; of a reader also to its adapter's."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from vlm import hub
from vlm.hub import SourceError
from vlm.reader import ReaderUnavailableError
from vlm.settings import POLICY_FILE, READER_FILE
from vlm.validation import mistakes

NANO = "nano"
NANO_FOLDER = Path(__file__).parent / "nano" / "weights"
NANO_ADAPTER = NANO_FOLDER / "adapter"
ADAPTER_FILE = "adapter_config.json"
MODEL_FILE = "config.json"
CHOICES = "Name a folder with a model or an adapter, `nano` (comes with the package) or `none` (OCR and rules alone)"
_DIGESTED = {".json", ".safetensors", ".model", ".txt", ".jinja"}
_READ_WHOLE = 64 * 2**20
_SAMPLES, _SAMPLE_BYTES = 64, 2**16
_OBJECT = TypeAdapter(dict[str, object])


@dataclass(frozen=True, slots=True)
class ReaderSource:
    """A folder with a whole model, and the one of its adapter if it has one.

    `identity` changes with the weights and with all files that the answers depend on.
    """

    model: Path
    adapter: Path | None
    identity: str

    @property
    def folder(self) -> Path:
        """The first place to look for processor and reader settings."""
        return self.adapter or self.model


def folder_of(name: str) -> Path:
    """The folder of the model `name`; a hub model is downloaded when it is not here yet. Raises SourceError."""
    return local_folder(name) or hub.downloaded(name)


def local_folder(name: str) -> Path | None:
    """The folder of the model `name`; None for a hub model that is not on this machine yet. Raises SourceError."""
    if name == NANO:
        if not (NANO_FOLDER / MODEL_FILE).is_file():
            raise SourceError(f"the nano weights are not in {NANO_FOLDER}; make them with `python -m extractor nano`")
        return NANO_FOLDER
    if name and Path(name).is_dir():
        return Path(name)
    if not hub.is_hub_id(name):
        raise SourceError(f"there is no model {name!r}: no such folder, and not a hub id")
    return hub.cached(name)


def find_source(spec: str) -> ReaderSource:
    """The folders of the reader `spec`; a hub model is downloaded when it is not here yet.

    Raises ReaderUnavailableError when there is none.
    """
    with _naming_choices():
        return _source(spec, folder_of(spec))


def local_source(spec: str) -> ReaderSource | None:
    """The folders of the reader `spec`; None for a hub model that is not on this machine yet.

    Raises ReaderUnavailableError when `spec` cannot be the name of a reader.
    """
    with _naming_choices():
        folder = local_folder(spec)
        return None if folder is None else _source(spec, folder)


def hub_identity(hub_id: str) -> str:
    """The identity that a hub model will have once downloaded. Raises ReaderUnavailableError."""
    with _naming_choices():
        return f"{hub_id}@{hub.revision(hub_id)}"


def digest(folder: Path) -> str:
    """A digest of the files in `folder` that answers depend on; of big ones their size and samples."""
    total = hashlib.sha256()
    for file in sorted(f for f in folder.iterdir() if f.is_file() and f.suffix in _DIGESTED and f.name != POLICY_FILE):
        size = file.stat().st_size
        total.update(f"{file.name} {size}\n".encode())
        for piece in _pieces(file, size):
            total.update(piece)
    return total.hexdigest()[:16]


@contextmanager
def _naming_choices() -> Iterator[None]:
    """A SourceError inside becomes a ReaderUnavailableError that names the readers there are."""
    try:
        yield
    except SourceError as error:
        raise ReaderUnavailableError(f"{error}. {CHOICES}") from error


def _pieces(file: Path, size: int) -> Iterator[bytes]:
    if size <= _READ_WHOLE:
        yield file.read_bytes()
        return
    with file.open("rb") as opened:
        for sample in range(_SAMPLES):
            opened.seek(sample * (size - _SAMPLE_BYTES) // (_SAMPLES - 1))
            yield opened.read(_SAMPLE_BYTES)


def _source(name: str, folder: Path) -> ReaderSource:
    """The source in the folder of the model `name`."""
    if name == NANO and (NANO_ADAPTER / ADAPTER_FILE).is_file():
        return _with_adapter(NANO_ADAPTER, _in_folder(folder), digest(NANO_ADAPTER))
    if name == NANO or Path(name).is_dir():
        return _in_folder(folder)
    return _in_folder(folder, f"{name}@{folder.name}")


def _in_folder(folder: Path, identity: str = "") -> ReaderSource:
    """The source in `folder`; its identity is by default its digest."""
    identity = identity or digest(folder)
    if (folder / ADAPTER_FILE).is_file():
        return _with_adapter(folder, _base_of(folder), identity)
    if not (folder / MODEL_FILE).is_file():
        raise ReaderUnavailableError(
            f"{folder} holds neither a model ({MODEL_FILE}) nor an adapter ({ADAPTER_FILE}). {CHOICES}"
        )
    kind = _json(folder / MODEL_FILE).get("model_type")
    if kind != "paligemma":
        raise ReaderUnavailableError(f"{folder} holds a model of the type {kind!r}, not a PaliGemma. {CHOICES}")
    return ReaderSource(folder, None, identity)


def _with_adapter(adapter: Path, base: ReaderSource, identity: str) -> ReaderSource:
    if base.adapter:
        raise ReaderUnavailableError(f"the base of {adapter} is another adapter, {base.adapter}; merge that one first")
    return ReaderSource(base.model, adapter, f"{identity} on {base.identity}")


def _base_of(adapter: Path) -> ReaderSource:
    """The base of an adapter; its recorded path may be one of another machine."""
    recorded = str(_json(adapter / ADAPTER_FILE).get("base_model_name_or_path") or "")
    reader_file = adapter / READER_FILE
    named = str(_json(reader_file).get("base") or "") if reader_file.is_file() else ""
    if NANO in (recorded, named) or Path(recorded) == NANO_FOLDER:
        return _in_folder(folder_of(NANO))
    for base in (recorded, named):
        for folder in (Path(base), adapter / base):
            if base and folder.is_dir():
                return _in_folder(folder)
    hub_id = next((base for base in (recorded, named) if hub.is_hub_id(base)), None)
    if hub_id is None:
        raise ReaderUnavailableError(
            f"the adapter in {adapter} belongs to the model {recorded or named or '?'}, which is not there; put its "
            f"folder or hub id into {ADAPTER_FILE} as base_model_name_or_path"
        )
    return find_source(hub_id)


def _json(file: Path) -> dict[str, object]:
    try:
        return _OBJECT.validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        raise ReaderUnavailableError(f"{file} cannot be read: {mistakes(error)}") from error
