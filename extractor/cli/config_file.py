"""The file with settings: where it lies, what may be in it, and which defaults it gives a command.

    vlm = "nano"        # for all commands with --vlm
    [evaluate]
    vlm = "none"        # for `evaluate` alone

See docs/configuration.md.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from extractor.api.data_file import TOML_OR_YAML, read_data
from extractor.stages.errors import ExtractorError
from rules.ranker import HAND_SET, LEARNED

FILE_NAMES = ("extractor.toml", "extractor.yaml")
NO_FILE = "none"

_EXPECTED = {bool: "true or false", int: "a whole number", float: "a number", str: "a text in quotes"}
"""What stands in a file, by the type of the setting; all others are texts there."""
_MODELS = ("base", "vlm")


class ConfigurationError(ExtractorError):
    """A setting, or a file with settings, that cannot be used; the message names both."""


@dataclass(frozen=True, slots=True)
class Setting:
    """An option as a file may set it: the parameter of the command, the type of its values, whether it takes a list.

    A `shared` one may stand above all tables, for every command that has it.
    """

    parameter: str
    type: Any
    many: bool
    shared: bool


Settings = Mapping[str, Setting]
"""The settings of a command by their keys."""


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """What a file sets for a command: the values by parameter, and for messages the place where each stands."""

    path: Path
    values: dict[str, Any]
    places: dict[str, str]


def find_file(named: str | None) -> Path | None:
    """The file that is `named`, else the one in the current folder, else the user's; None for `none` or without any.

    Raises ConfigurationError when a folder holds two.
    """
    if named is not None:
        return None if named == NO_FILE else Path(named)
    for folder in (Path(), user_folder()):
        files = [folder / name for name in FILE_NAMES if os.access(folder / name, os.F_OK)]
        if len(files) > 1:
            both = " and ".join(map(str, files))
            raise ConfigurationError(f"{both}: which one? Remove one, or name one with --config")
        if files:
            return files[0]
    return None


def user_folder() -> Path:
    """The user's folder for the settings of this program."""
    return platformdirs.user_config_path("extractor")


def read_file(path: Path, command: str, commands: Mapping[str, Settings]) -> ConfigFile:
    """Reads a file for a command; relative paths are taken from its folder.

    Keys and types are checked for all `commands`. Raises ConfigurationError.
    """
    shared = {key: one for settings in commands.values() for key, one in settings.items() if one.shared}
    tree = _tree(path)
    tables = {
        key: value for key, value in tree.items() if key in commands or (key not in shared and isinstance(value, dict))
    }
    above = {key: value for key, value in tree.items() if key not in tables}
    for name, table in tables.items():
        if name not in commands:
            raise ConfigurationError(f"{path}: unknown table {_unknown(name, commands, '[{}]'.format)}")
        if not isinstance(table, dict):
            advice = f"write [{name}] above the settings of that command"
            raise ConfigurationError(f"{path}: {name}: {table!r} is not a table; {advice}")
        _check(table, commands[name], f"{path}: [{name}]")
    for key in above.keys() - shared.keys():
        owners = " or ".join(f"[{name}]" for name, settings in commands.items() if key in settings)
        if owners:
            raise ConfigurationError(f"{path}: {key}: only in a table: {owners}")
    _check(above, shared, str(path))
    file = ConfigFile(path, {}, {})
    for place, values in ((str(path), above), (f"{path}: [{command}]", tables.get(command, {}))):
        for key, setting in commands[command].items():
            if key in values:
                file.values[setting.parameter] = _located(setting, values[key], path.parent)
                file.places[setting.parameter] = f"{place}: {key}"
    return file


def _tree(path: Path) -> dict[Any, Any]:
    tree = read_data(path, TOML_OR_YAML, ConfigurationError)
    if tree is None:  # an empty file
        return {}
    if not isinstance(tree, dict):
        raise ConfigurationError(f"{path}: it is not a list of settings, as `ocr: none` is")
    return tree


def _check(values: Mapping[Any, Any], settings: Settings, place: str) -> None:
    for key, value in values.items():
        if key not in settings:
            raise ConfigurationError(f"{place}: unknown key {_unknown(key, settings)}")
        if settings[key].many:
            fits = isinstance(value, list) and all(isinstance(one, str) for one in value)
            expected = "a list of texts in quotes"
        else:
            wanted = settings[key].type if settings[key].type in _EXPECTED else str
            fits = type(value) is wanted or (wanted is float and type(value) is int)
            expected = _EXPECTED[wanted]
        if not fits:
            raise ConfigurationError(f"{place}: {key}: {value!r} is not {expected}")


def _unknown(name: object, known: Iterable[str], shown: Callable[[object], str] = repr) -> str:
    names = sorted(known)
    near = difflib.get_close_matches(str(name), names, n=1)
    if not near:
        return f"{shown(name)}; there are {', '.join(names)}"
    return f"{shown(name)}; did you mean {shown(near[0])}?"


def _located(setting: Setting, value: Any, folder: Path) -> Any:
    """The value; where it is a path, as seen from here."""
    if isinstance(value, list):
        return [_located(setting, one, folder) for one in value]
    if not isinstance(value, str):
        return value
    path = Path(value)
    with suppress(RuntimeError):  # there is no such user
        path = path.expanduser()
    path = folder / path
    is_path = setting.type is Path or (setting.parameter == "ranker" and value not in (LEARNED, HAND_SET))
    # The name of a model may be a folder's or another's: `somebody/model` is both.
    is_model = setting.parameter in _MODELS and (value.startswith((".", "~")) or path.is_dir())
    return str(path) if is_path or is_model else value
