"""The file with settings: where it lies, what may be in it, and which defaults it gives a command.

    vlm = "nano"        # for all commands with --vlm
    [evaluate]
    vlm = "none"        # for `evaluate` alone

See docs/configuration.md.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin

import platformdirs
import yaml

from extractor.stages.errors import ExtractorError
from rules.ranker import HAND_SET, LEARNED

FILE_NAMES = ("extractor.toml", "extractor.yaml")
NO_FILE = "none"

_EXPECTED = {bool: "true or false", int: "a whole number", float: "a number", str: "a text in quotes"}
_MODELS = ("base", "vlm")


class ConfigurationError(ExtractorError):
    """A setting, or a file with settings, that cannot be used; the message names both."""


@dataclass(frozen=True, slots=True)
class Setting:
    """An option as a file may set it: its key, the parameter of the command, and the type of the value.

    A `shared` one may stand above all tables, for every command that has it.
    """

    key: str
    parameter: str
    type: type
    many: bool
    shared: bool


Settings = Mapping[str, Setting]
"""The settings of a command by their keys."""


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """What a file sets, checked: `shared` for all commands, `tables` by command."""

    path: Path
    shared: Mapping[str, Any]
    tables: Mapping[str, dict[str, Any]]

    def defaults(self, command: str, settings: Settings) -> dict[str, Any]:
        """The values for a command, by parameter; relative paths are taken from the folder of the file."""
        values = {key: value for key, value in self.shared.items() if key in settings} | self.tables.get(command, {})
        return {
            settings[key].parameter: _located(settings[key], value, self.path.parent) for key, value in values.items()
        }

    def place(self, command: str, key: str) -> str:
        """Where a key stands, for messages: the file, and the table if it is in one."""
        return f"{self.path}: [{command}]" if key in self.tables.get(command, {}) else str(self.path)


def value_type(annotation: Any) -> tuple[type, bool]:
    """The type of a parameter's values, and whether it takes several: Path and True for a list[Path] | None."""
    hint = get_args(annotation)[0]
    if NoneType in get_args(hint):
        hint = get_args(hint)[0]
    many = get_origin(hint) is list
    return (get_args(hint)[0] if many else hint), many


def find_file(named: str | None) -> Path | None:
    """The file that is `named`, else the one in the current folder, else the user's; None for `none` or without any.

    Raises ConfigurationError when a folder holds two.
    """
    if named is not None:
        return None if named == NO_FILE else Path(named)
    for folder in (Path(), user_folder()):
        files = [folder / name for name in FILE_NAMES if _is_there(folder / name)]
        if len(files) > 1:
            both = " and ".join(map(str, files))
            raise ConfigurationError(f"{both}: which one? Remove one, or name one with --config")
        if files:
            return files[0]
    return None


def user_folder() -> Path:
    """The user's folder for the settings of this program."""
    return platformdirs.user_config_path("extractor")


def read_file(path: Path, commands: Mapping[str, Settings]) -> ConfigFile:
    """Reads a file and checks keys and types, for all `commands` at once. Raises ConfigurationError."""
    tree = _tree(path)
    shared = {key: one for settings in commands.values() for key, one in settings.items() if one.shared}
    tables = {
        key: value for key, value in tree.items() if key in commands or (key not in shared and isinstance(value, dict))
    }
    for name, table in tables.items():
        if name not in commands:
            raise ConfigurationError(f"{path}: unknown table {_unknown(name, commands, '[{}]'.format)}")
        if not isinstance(table, dict):
            advice = f"write [{name}] above the settings of that command"
            raise ConfigurationError(f"{path}: {name}: {table!r} is not a table; {advice}")
        _check(table, commands[name], f"{path}: [{name}]")
    rest = {key: value for key, value in tree.items() if key not in tables}
    for key in rest.keys() - shared.keys():
        owners = " or ".join(f"[{name}]" for name, settings in commands.items() if key in settings)
        if owners:
            raise ConfigurationError(f"{path}: {key}: only in a table: {owners}")
    _check(rest, shared, str(path))
    return ConfigFile(path, rest, tables)


def _tree(path: Path) -> dict[Any, Any]:
    kind = {".toml": "TOML", ".yaml": "YAML", ".yml": "YAML"}.get(path.suffix)
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise ConfigurationError(f"{path}: no such file") from error
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    if kind is None:
        raise ConfigurationError(f"{path}: name it .toml, .yaml or .yml, by what it holds")
    try:
        tree = tomllib.loads(data.decode()) if kind == "TOML" else yaml.safe_load(data)
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise ConfigurationError(f"{path}: it is not {kind}: {' '.join(str(error).split())}") from error
    if tree is None:  # an empty file
        return {}
    if not isinstance(tree, dict):
        raise ConfigurationError(f"{path}: it is not a list of settings, as `ocr: none` is")
    return tree


def _check(values: Mapping[Any, Any], settings: Settings, place: str) -> None:
    for key, value in values.items():
        if key not in settings:
            raise ConfigurationError(f"{place}: unknown key {_unknown(key, settings)}")
        expected = _unlike(value, settings[key])
        if expected:
            raise ConfigurationError(f"{place}: {key}: {value!r} is not {expected}")


def _unlike(value: Any, setting: Setting) -> str:
    """What should have stood there; empty when the value is of the right type."""
    if setting.many:
        return (
            ""
            if isinstance(value, list) and all(isinstance(one, str) for one in value)
            else "a list of texts in quotes"
        )
    wanted = setting.type if setting.type in _EXPECTED else str
    allowed = (int, float) if wanted is float else wanted
    if isinstance(value, allowed) and (wanted is bool or not isinstance(value, bool)):
        return ""
    return _EXPECTED[wanted]


def _unknown(name: object, known: Iterable[str], shown: Callable[[object], str] = repr) -> str:
    names = sorted(known)
    near = difflib.get_close_matches(str(name), names, n=1)
    if not near:
        return f"{shown(name)}; there are {', '.join(names)}"
    return f"{shown(name)}; did you mean {shown(near[0])}?"


def _located(setting: Setting, value: Any, folder: Path) -> Any:
    if setting.many:
        return [str(_under(folder, one)) if setting.type is Path else one for one in value]
    is_path = setting.type is Path or (setting.key == "ranker" and value not in (LEARNED, HAND_SET))
    # The name of a model may be a folder's or another's: `somebody/model` is both.
    if is_path or (setting.key in _MODELS and (value.startswith((".", "~")) or _under(folder, value).is_dir())):
        return str(_under(folder, value))
    return value


def _under(folder: Path, text: str) -> Path:
    path = Path(text)
    with suppress(RuntimeError):  # there is no such user
        path = path.expanduser()
    return folder / path


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a folder that this user may not look into
        return False
