"""`extractor config`: the settings that are in force, and where each is from."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from extractor.cli.config_file import FILE_NAMES, ConfigFile, user_folder
from extractor.cli.configured import configured_commands, explained, key_of, named_file, options_of, source_of, use_file

HIDDEN = "(hidden)"
"""What is shown of a key that is set."""


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
    path = None if file is None else file.path
    options = options_of(commands[command])
    settings = [_setting(option, target, file) for option in options]
    if as_json:
        found = {"command": command, "file": path, "settings": settings}
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2, default=str))
        return
    searched = "" if path or named_file(ctx) else f": no file {' or '.join(FILE_NAMES)} here or in {user_folder()}"
    typer.echo(f"{command}, {f'with {path}' if path else f'without a file{searched}'}\n")
    names = [setting["name"] for setting in settings]
    values = [_shown(setting["value"], option.show_default) for setting, option in zip(settings, options, strict=True)]
    name_width, value_width = (max(map(len, column)) for column in (names, values))
    for name, value, setting in zip(names, values, settings, strict=True):
        origin = f"{setting['source']} {setting['where'] or ''}".rstrip()
        typer.echo(f"{name:{name_width}}  {value:{value_width}}  {origin}")


def _setting(option: Any, ctx: typer.Context, file: ConfigFile | None) -> dict[str, Any]:
    """An option's name and value; `source` is default, file or environment, `where` the file or the variable."""
    value, _ = option.consume_value(ctx, {})
    if value is not None:
        with explained(ctx, file):
            option.handle_parse_result(ctx, {}, [])
    source = source_of(ctx, option.name)
    where = {"file": file and file.path, "environment": option.envvar}.get(source)
    found = ctx.params.get(option.name)
    shown = HIDDEN if option.hide_input and found else found
    return {"name": key_of(option), "value": shown, "source": source, "where": where}


def _shown(value: Any, unset: Any) -> str:
    if value is None:
        return f"({unset})" if isinstance(unset, str) else "-"
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
