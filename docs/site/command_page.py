"""The reference of the commands, from the very texts that `--help` shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import typer
import typer.main

from extractor.cli.app import NAME, app

_FACTS = re.compile(r"(?:^|  )\[([^\[\]]+)\]$")
"""What `--help` adds to the text of an option: its default, its range, whether it must be given."""
_CODE = re.compile(r"(`[^`]+`)")
_MARKUP = re.compile(r"([\\*_<>\[\]|#])")


def command_reference() -> str:
    """The Markdown of all commands: use, description, examples, arguments, options, defaults, variables."""
    group: Any = typer.main.get_command(app)
    root = typer.Context(group, info_name=NAME)
    return "\n".join(["## Before the name of a command", "", *_parameters(group, root), *_commands(group, root)])


def _commands(group: Any, parent: typer.Context) -> Iterator[str]:
    """A section for each command of a group, and for those of the groups in it."""
    for name, command in group.commands.items():
        context = typer.Context(command, info_name=name, parent=parent)
        yield f"## {context.command_path.removeprefix(f'{NAME} ')}"
        yield from _fenced([command.get_usage(context).removeprefix("Usage: ")], "text")
        yield from _description(command.help or "")
        yield from _parameters(command, context)
        if hasattr(command, "commands"):
            yield from _commands(command, context)


def _description(text: str) -> Iterator[str]:
    """The paragraphs of a help text; indented ones are examples, and those that begin with \\b are kept as they are."""
    examples: list[str] = []
    for paragraph in text.split("\n\n"):
        if paragraph.startswith("  "):
            examples += [line.removeprefix("  ") for line in paragraph.splitlines()]
            continue
        yield from _fenced(examples, "sh")
        examples.clear()
        if paragraph.startswith("\b\n"):
            yield from _fenced(paragraph.splitlines()[1:], "text")
        else:
            yield from ("", escaped(" ".join(paragraph.split())), "")
    yield from _fenced(examples, "sh")


def _fenced(lines: list[str], language: str) -> list[str]:
    return ["", f"```{language}", *lines, "```", ""] if lines else []


def _parameters(command: Any, context: typer.Context) -> Iterator[str]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is None:  # a hidden one
            continue
        name, text = record
        found = _FACTS.search(text)
        facts = found[1].split("; ") if found else []
        if parameter.envvar and not any(fact.startswith("env var") for fact in facts):
            facts.append(f"env var: {parameter.envvar}")
        said = [escaped(text[: found.start()] if found else text)]
        said += [f"*{escaped('; '.join(map(_readable, facts)))}*"] if facts else []
        yield f"`{name}`"
        yield ":   " + "  \n    ".join(filter(None, said))
        yield ""


def _readable(fact: str) -> str:
    """`default: (one per CPU)` and `x>=1` in words."""
    return re.sub(r"^default: \((.*)\)$", r"default: \1", fact).replace("x>=", "at least ").replace("x<=", "at most ")


def escaped(text: str) -> str:
    """Plain text as Markdown; what stands in backticks is code."""
    parts = _CODE.split(text)
    return "".join(part if part.startswith("`") and len(part) > 1 else _MARKUP.sub(r"\\\1", part) for part in parts)
