"""Commands that take their settings from flags, the environment and a file, in this order."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, get_args

import typer

from extractor.api.auto_reader import AUTO, auto_reader
from extractor.api.readers import NO_VLM
from extractor.cli.command_line import PlainCommand
from extractor.cli.config_file import ConfigFile, ConfigurationError, Setting, Settings, find_file, read_file
from extractor.cli.settings import READER


class ConfiguredCommand(PlainCommand):
    """A command whose options a file or the environment can set."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Reads the file, then the command line. Raises ConfigurationError."""
        if ctx.resilient_parsing or any(name in args for name in ctx.help_option_names):
            return super().parse_args(ctx, args)
        file = use_file(ctx)
        with explained(ctx, file):
            rest = super().parse_args(ctx, args)
        _check_flags_of_reader(self, ctx)
        quiet = ctx.params.get("quiet", True)
        if file is not None and not quiet and any(source_of(ctx, name) == "file" for name in ctx.params):
            typer.echo(f"config    {file.path}", err=True)
        return rest


def configured_commands(ctx: Any) -> dict[str, ConfiguredCommand]:
    """The commands with settings, by name."""
    commands = ctx.find_root().command.commands
    return {name: command for name, command in commands.items() if isinstance(command, ConfiguredCommand)}


def options_of(command: Any) -> list[Any]:
    """The options of a command, without its arguments and --help."""
    return [param for param in command.params if param.param_type_name == "option"]


def key_of(option: Any) -> str:
    """The name of an option in a file: `vlm-batch` for --vlm-batch."""
    return str(max(option.opts, key=len)).removeprefix("--")


def settings_of(command: Any) -> Settings:
    """The settings of a command by their keys. Shared are those with a variable: those of `RunSettings`."""
    parameters = inspect.signature(command.callback, eval_str=True).parameters
    return {
        key_of(one): Setting(
            one.name, _innermost(parameters[one.name].annotation), one.multiple, one.envvar is not None
        )
        for one in options_of(command)
    }


def _innermost(annotation: Any) -> Any:
    """The type of single values: Path for an Annotated[list[Path] | None, ...]."""
    while get_args(annotation):
        annotation = get_args(annotation)[0]
    return annotation


def named_file(ctx: Any) -> str | None:
    """What --config or its variable says; `extractor.cli.app` declares the option."""
    named: str | None = ctx.find_root().params.get("config_file")
    return named


def use_file(ctx: Any) -> ConfigFile | None:
    """Makes the values of the file in force the defaults of the command of `ctx`. Raises ConfigurationError."""
    path = find_file(named_file(ctx))
    if path is None:
        return None
    commands = {name: settings_of(command) for name, command in configured_commands(ctx).items()}
    file = read_file(path, ctx.info_name, commands)
    ctx.default_map = file.values
    return file


def source_of(ctx: Any, name: str) -> str:
    """Where the value of a parameter is from: default, file, environment, or flag."""
    source = getattr(ctx.get_parameter_source(name), "name", "")
    return {"DEFAULT_MAP": "file", "ENVIRONMENT": "environment", "COMMANDLINE": "flag"}.get(source, "default")


@contextmanager
def explained(ctx: Any, file: ConfigFile | None) -> Iterator[None]:
    """Raises ConfigurationError for a bad value that is from the file or the environment: no flag is to blame."""
    try:
        yield
    except typer.BadParameter as error:
        option: Any = error.param
        source = "" if option is None else source_of(ctx, option.name)
        if source == "environment":
            place = option.envvar
        elif source == "file" and file is not None:
            place = file.places[option.name]
        else:
            raise
        value, _ = option.consume_value(ctx, {})
        message = error.message if str(value) in error.message else f"{value!r}: {error.message}"
        raise ConfigurationError(f"{place}: {message}") from error


def _check_flags_of_reader(command: Any, ctx: Any) -> None:
    """Refuses flags that say how a reader runs where none is asked. In a file or the environment they may wait."""
    vlm = ctx.params.get("vlm")
    if vlm != NO_VLM and (vlm != AUTO or auto_reader().name != NO_VLM):
        return
    options = [option for option in options_of(command) if option.name in READER]
    needless = " and ".join(f"--{key_of(option)}" for option in options if source_of(ctx, option.name) == "flag")
    if needless:
        raise typer.BadParameter(
            f"no reader is asked; name one with --vlm, or leave {needless} out", ctx, param_hint=needless
        )
