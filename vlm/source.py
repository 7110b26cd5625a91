"""From the name of a model to its folder: `nano`, a folder, or a hub id; of a reader also to its adapter's."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from vlm import hub
from vlm.hub import MODEL_FILES, SourceError
from vlm.reader import ReaderUnavailableError
from vlm.settings import POLICY_FILE
from vlm.validation import mistakes

NANO = "nano"
NANO_FOLDER = Path(__file__).parent / "nano" / "weights"
NANO_ADAPTER = NANO_FOLDER / "adapter"
ADAPTER_FILE = "adapter_config.json"
MODEL_FILE = "config.json"
READERS = "Name a folder with a model or an adapter, `nano` (comes with the package) or `none` (OCR and rules alone)"
BASES = (
    "Give --base a folder with a PaliGemma model, a hub id that this machine can reach (google's ask for a licence and "
    "`hf auth login`), or nano"
)
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


def find_source(spec: str) -> ReaderSource:
    """The folders of the reader `spec`; a hub model is downloaded when it is not here yet.

    Raises ReaderUnavailableError when there is none.
    """
    with _naming(READERS):
        spec = _with_adapter(spec)
        return _source(spec, _folder_of(spec))


def find_base(name: str) -> ReaderSource:
    """The folder of a model to train or to merge into; a hub model is downloaded when it is not here yet.

    Raises ReaderUnavailableError when there is none.
    """
    with _naming(BASES):
        return _base(name)


def local_source(spec: str) -> ReaderSource | None:
    """The folders of the reader `spec`; None for a hub model that is not on this machine yet.

    Raises ReaderUnavailableError when `spec` cannot be the name of a reader.
    """
    with _naming(READERS):
        spec = _with_adapter(spec)
        folder = _local_folder(spec)
        return None if folder is None else _source(spec, folder)


def hub_identity(hub_id: str) -> str:
    """The identity that a hub model will have once downloaded. Raises ReaderUnavailableError."""
    with _naming(READERS):
        return f"{hub_id}@{hub.revision(hub_id)}"


def digest(folder: Path) -> str:
    """A digest of the files in `folder` that answers depend on; of big ones their size and samples."""
    return digest_of(f for f in folder.iterdir() if f.suffix in MODEL_FILES and f.name != POLICY_FILE)


def digest_of(files: Iterable[Path]) -> str:
    """A digest of names, sizes and contents; of big files samples."""
    total = hashlib.sha256()
    for file in sorted(file for file in files if file.is_file()):
        size = file.stat().st_size
        total.update(f"{file.name} {size}\n".encode())
        for piece in _pieces(file, size):
            total.update(piece)
    return total.hexdigest()[:16]


@contextmanager
def _naming(choices: str) -> Iterator[None]:
    """A SourceError inside becomes a ReaderUnavailableError that names the choices there are."""
    try:
        yield
    except SourceError as error:
        raise ReaderUnavailableError(f"{error}. {choices}") from error


def _pieces(file: Path, size: int) -> Iterator[bytes]:
    if size <= _READ_WHOLE:
        yield file.read_bytes()
        return
    with file.open("rb") as opened:
        for sample in range(_SAMPLES):
            opened.seek(sample * (size - _SAMPLE_BYTES) // (_SAMPLES - 1))
            yield opened.read(_SAMPLE_BYTES)


def nano_folder() -> Path:
    """The folder of the reader `nano`: that of its adapter in the package, or of its weights where it has none."""
    return NANO_ADAPTER if (NANO_ADAPTER / ADAPTER_FILE).is_file() else NANO_FOLDER


def _with_adapter(spec: str) -> str:
    return str(NANO_ADAPTER) if spec == NANO and nano_folder() == NANO_ADAPTER else spec


def _folder_of(name: str) -> Path:
    return _local_folder(name) or hub.downloaded(name)


def _local_folder(name: str) -> Path | None:
    """The folder of the model `name`; None for a hub model that is not on this machine yet."""
    if name == NANO:
        if not (NANO_FOLDER / MODEL_FILE).is_file():
            raise SourceError(f"the nano weights are not in {NANO_FOLDER}; make them with `python -m extractor nano`")
        return NANO_FOLDER
    if name and Path(name).is_dir():
        return Path(name)
    if not hub.is_hub_id(name):
        raise SourceError(f"there is no model {name!r}: no such folder, and not a hub id")
    return hub.cached(name)


def _source(name: str, folder: Path) -> ReaderSource:
    """The source in the folder of the model or adapter `name`."""
    identity = digest(folder) if name == NANO or Path(name).is_dir() else f"{name}@{folder.name}"
    if (folder / ADAPTER_FILE).is_file():
        base = _base_of(folder)
        return ReaderSource(base.model, folder, f"{identity} on {base.identity}")
    if not (folder / MODEL_FILE).is_file():
        raise SourceError(f"{folder} holds neither a model ({MODEL_FILE}) nor an adapter ({ADAPTER_FILE})")
    kind = json_object(folder / MODEL_FILE).get("model_type")
    if kind != "paligemma":
        raise SourceError(f"{folder} holds a model of the type {kind!r}, not a PaliGemma")
    return ReaderSource(folder, None, identity)


def _base(name: str, folder: Path | None = None) -> ReaderSource:
    base = _source(name, folder or _folder_of(name))
    if base.adapter:
        raise SourceError(f"{name} is another adapter, not a model; merge it first")
    return base


def _base_of(adapter: Path) -> ReaderSource:
    name = str(json_object(adapter / ADAPTER_FILE).get("base_model_name_or_path") or "")
    try:
        folder = _folder_of(name)
    except SourceError as error:
        raise SourceError(
            f"the adapter in {adapter} belongs to the model {name}, which is not there ({error}); put its folder or "
            f"hub id into {ADAPTER_FILE} as base_model_name_or_path"
        ) from error
    return _base(name, folder)


def json_object(file: Path) -> dict[str, object]:
    """The object in a JSON file. Raises SourceError."""
    try:
        return _OBJECT.validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        raise SourceError(f"{file} cannot be read: {mistakes(error)}") from error
