"""`python -m extractor`."""

from __future__ import annotations


def main() -> None:
    """Runs the command line; see `extractor.cli.app`."""
    # Worker processes import this module as well and need none of the command line.
    from extractor.cli.app import main as run

    run()


if __name__ == "__main__":
    main()
