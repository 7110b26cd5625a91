"""`extractor serve`: a service and a page that say what pictures state."""

from __future__ import annotations

import ipaddress
import logging
import signal
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from extractor.api.engines import fingerprint_of
from extractor.api.processes import cpu_count
from extractor.api.rankers import ranker_of
from extractor.cli.log_output import start_server_logs
from extractor.cli.serve_review import review_app
from extractor.cli.settings import RunSettings, with_settings
from extractor.stages.errors import ExtractorError
from ocr.extras import extra_needed, missing

PACKAGES = ("fastapi", "multipart", "prometheus_client", "uvicorn")
_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


class ServeError(ExtractorError):
    """A service that cannot be started; the message says what to do."""


@with_settings("ocr", "ranker", "entities", "second_look", "workers", "allow_private", "quiet")
def serve(
    *,
    settings: RunSettings,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, metavar="PORT", help="The port; 0 for any that is free.")
    ] = 8000,
    queue: Annotated[
        int, typer.Option(min=0, metavar="N", help="Requests that may wait; those beyond are answered 429.")
    ] = 32,
    max_bytes: Annotated[int, typer.Option(min=1, metavar="N", help="Bytes of one request at most.")] = 50_000_000,
    timeout: Annotated[
        float, typer.Option(min=0.1, metavar="SECONDS", help="How long a picture may wait, and how long it may take.")
    ] = 60.0,
    api_key: Annotated[
        str,
        typer.Option(
            metavar="KEY",
            envvar="EXTRACTOR_API_KEY",
            show_default="none",
            hide_input=True,
            help="What a client must give; better set as EXTRACTOR_API_KEY, where no list of processes shows it.",
        ),
    ] = "",
    allow_urls: Annotated[
        bool, typer.Option("--allow-urls/--no-allow-urls", help="Fetch pictures by address.")
    ] = False,
    offline: Annotated[
        bool, typer.Option("--offline/--no-offline", help="Refuse every address, whatever else is set.")
    ] = False,
    review: Annotated[
        Path | None,
        typer.Option(metavar="AUDIT.csv", help="Serve the review of an audit instead; see docs/review.md."),
    ] = None,
    rater: Annotated[str | None, typer.Option(metavar="NAME", help="With --review: who decides.")] = None,
    log: Annotated[
        Path | None,
        typer.Option(
            metavar="LOG.jsonl",
            show_default="AUDIT_NAME.jsonl beside the audit",
            help="With --review: where the decisions go; a review goes on where its log ends.",
        ),
    ] = None,
) -> None:
    """Answer over HTTP, and on a page in the browser: http://127.0.0.1:8000.

    Pictures are read in processes of their own. SIGTERM and Ctrl-C finish what
    runs and end. docs/service.md has the endpoints, their limits, and how to
    put the service behind a proxy. Needs the serve extra.

    Examples:

      extractor serve

      EXTRACTOR_API_KEY=... extractor serve --host 0.0.0.0 --queue 100

      extractor serve --review audit.csv --rater kim
    """
    lacking = missing(PACKAGES)
    if lacking:
        raise ServeError(extra_needed("this command", "serve", lacking))
    from extractor.service.app import ServiceOptions, service_app
    from extractor.service.worker import EngineOptions
    from extractor.web.shell import AccessSettings

    fingerprint_of(settings.ocr)
    ranker_of(settings.ranker)
    local = _is_loopback(host)
    if not local and not api_key:
        settings.say(f"warning: whoever reaches {host} may use this service; set EXTRACTOR_API_KEY to want a key")
    options = ServiceOptions(
        engine=EngineOptions(settings.ocr, settings.ranker, settings.second_look, settings.table),
        workers=settings.workers or cpu_count(),
        queue=queue,
        seconds=timeout,
        urls=allow_urls,
        offline=offline,
        allow_private=settings.allow_private,
    )
    hosts = (*_LOOPBACK_NAMES, host) if local else ()
    web = AccessSettings(hosts=hosts, api_key=api_key, max_bytes=max_bytes)
    if review is not None:
        with review_app(review, rater, log, web) as app:
            _run(app, host, port, settings, 2 * timeout)
        return
    _run(service_app(options, web), host, port, settings, 2 * timeout)


def _run(app: object, host: str, port: int, settings: RunSettings, patience: float) -> None:
    """Serves until a signal; requests that are under way then have `patience` seconds to end."""
    import uvicorn

    if not settings.quiet:
        start_server_logs()
    logging.getLogger("python_multipart").setLevel(logging.CRITICAL)  # a line for each broken form of a stranger
    config = uvicorn.Config(
        app,  # type: ignore[arg-type]
        host,
        port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=int(patience) + 1,
    )
    # The server raises the signal that ended it once more when all is done: then that is the end of the command.
    signal.signal(signal.SIGTERM, lambda *_: None)
    server = uvicorn.Server(config)
    try:
        with suppress(KeyboardInterrupt):
            server.run()
    except SystemExit:
        raise ServeError(f"{host}:{port} cannot be listened on: is another program there? Try another --port") from None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
