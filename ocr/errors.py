"""The error of engines that cannot start."""

from __future__ import annotations


class EngineUnavailable(Exception):  # noqa: N818 - it reads better where it is caught
    """An engine cannot run here; the message says what to install, or where its models are expected."""
