"""`extractor config`: the settings that are in force, and where each is from."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from extractor.cli.config_file import FILE_NAMES, ConfigFile, user_folder
from extractor.cli.configured import (
    configured_commands,
    explain,
    key_of,
    named_file,
    options_of,
    source_of,
    use_file,
)


@dataclass(frozen=True, slots=True)
class SettingInForce:
    """The value of an option; `source` is default, file or environment, `where` the file or the variable."""

    name: str
    value: bool | float | str | list[str] | None
    source: str
    where: str | None


def config(
    ctx: typer.Context,
    command: Annotated[str, typer.Argument(metavar="COMMAND", help="The command whose settings to show.")] = "predict",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the settings of a command, and where each is from.

    A flag counts more than the environment, the environment more than a file,
    a file more than the default. The variable of --vlm-batch is
    EXTRACTOR_VLM_BATCH. The file is the one that `extractor --config FILE` or
    EXTRACTOR_CONFIG names (none: no file), else extractor.toml or
    extractor.yaml in the current folder, else in the user's folder for
    settings. docs/configuration.md has an example.

    Examples:

      extractor config

      extractor --config fast.toml config evaluate --json
    """
    commands = configured_commands(ctx)
    if command not in commands:
        raise typer.BadParameter(f"{command!r}: unknown command; those with settings are {', '.join(commands)}")
    target = typer.Context(commands[command], parent=ctx.parent, info_name=command)
    file = use_file(target)
    path = None if file is None else str(file.path)
    settings = [_setting(option, target, file) for option in options_of(commands[command])]
    if as_json:
        found = {"command": command, "file": path, "settings": [asdict(setting) for setting in settings]}
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    searched = "" if path or named_file(ctx) else f": no file {' or '.join(FILE_NAMES)} here or in {user_folder()}"
    typer.echo(f"{command}, {f'with {path}' if path else f'without a file{searched}'}\n")
    unset = {key_of(option): option.show_default for option in options_of(commands[command])}
    rows = [
        (one.name, _shown(one.value, unset[one.name]), f"{one.source} {one.where or ''}".rstrip()) for one in settings
    ]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for name, value, source in rows:
        typer.echo(f"{name:{widths[0]}}  {value:{widths[1]}}  {source}")


def _setting(option: Any, ctx: typer.Context, file: ConfigFile | None) -> SettingInForce:
    value, origin = option.consume_value(ctx, {})
    ctx.set_parameter_source(option.name, origin)
    if value is not None:
        try:
            value = _plain(option.process_value(ctx, value), value)
        except typer.BadParameter as error:
            error.param = option
            explain(error, ctx, file)
            raise
    source = source_of(ctx, option.name)
    where = {"file": str(file.path) if file else None, "environment": option.envvar}.get(source)
    return SettingInForce(key_of(option), value, source, where)


def _plain(value: Any, given: Any) -> Any:
    """A value as JSON has it; types of our own are shown as they were given."""
    if isinstance(value, list | tuple):
        return [str(one) for one in value]
    if isinstance(value, str | Path):
        return str(value)
    return value if isinstance(value, bool | int | float) else str(given)


def _shown(value: Any, unset: Any) -> str:
    if value is None:
        return f"({unset})" if isinstance(unset, str) else "-"
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(value) if isinstance(value, list) else str(value)
