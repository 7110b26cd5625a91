"""Models of the hub: from their id to the folder with their files, on this machine already or downloaded.

One quick request for the commit goes ahead of a download: without a network, the libraries' own loading would repeat
each of its many requests for minutes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TIMEOUT = 5.0
"""Seconds after which the hub counts as out of reach."""

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")
MODEL_FILES = (".json", ".safetensors", ".model", ".txt", ".jinja")
"""What a model in a folder is made of, by the endings of its files; its answers depend on all of them."""
_FILES = [f"*{ending}" for ending in MODEL_FILES]


class SourceError(Exception):
    """A name without a model; the message, one sentence without its full stop, says why."""


def is_hub_id(name: str) -> bool:
    """Whether `name` has the form of a hub id, `owner/model`."""
    return _HUB_ID.fullmatch(name) is not None


def cached(hub_id: str) -> Path | None:
    """The folder with the model's files on this machine; None when it, or some of its weights, is missing."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        folder = Path(snapshot_download(hub_id, local_files_only=True, allow_patterns=_FILES))
    except LocalEntryNotFoundError:
        return None
    return folder if _has_weights(folder) else None


def revision(hub_id: str) -> str:
    """The model's newest commit on the hub; one quick request. Raises SourceError."""
    from huggingface_hub import HfApi

    with _explained(hub_id):
        return str(HfApi().model_info(hub_id, timeout=TIMEOUT).sha)


def downloaded(hub_id: str) -> Path:
    """The folder with the model's files, downloaded now; it is named by its commit. Raises SourceError."""
    from huggingface_hub import snapshot_download

    commit = revision(hub_id)
    with _explained(hub_id):
        return Path(snapshot_download(hub_id, revision=commit, allow_patterns=_FILES))


def _has_weights(folder: Path) -> bool:
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        shards = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
        return all((folder / shard).is_file() for shard in shards)
    return any(folder.glob("*.safetensors"))


@contextmanager
def _explained(hub_id: str) -> Iterator[None]:
    """Errors of the hub's client inside become SourceErrors."""
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError

    try:
        yield
    except GatedRepoError as error:
        raise SourceError(
            f"{hub_id} is only given to those who accept its terms: do so on its page, then run `hf auth login`"
        ) from error
    except RepositoryNotFoundError as error:
        raise SourceError(
            f"there is no folder {hub_id} and no hub model of that name (or it is private: `hf auth login`)"
        ) from error
    except Exception as error:  # which errors mean "no network" depends on the HTTP library of the hub's client
        raise SourceError(
            f"{hub_id} is no folder here, and the model hub cannot be reached ({type(error).__name__}: {error})"
        ) from error
