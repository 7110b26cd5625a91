"""Writes a fitted policy beside its reader, as `extractor.api.policies` reads it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from extractor.api.policies import PAIRS
from extractor.cache.target import Target, write_whole
from extractor.stages.combine import HybridPolicy


def policy_target(file: Path) -> Target:
    """The file of a policy as a command's target."""
    return Target(file, "--out", plain=True)


def write_policy(file: Path, policy: HybridPolicy) -> None:
    """Writes the policy so that `read_policy` gives it back. Raises OutputError."""
    tree = {name: dict(value) if name in PAIRS else value for name, value in asdict(policy).items()}
    write_whole(policy_target(file), [f"{json.dumps(tree, indent=2)}\n".encode()])
