"""python -m benchmarks.load: many connections at a real `serve` process on this machine, with pictures good and bad.

See docs/performance.md. Ends with code 1 when a request was dropped or ended in anything but 200, 4xx or 429.
"""

from __future__ import annotations

import asyncio
import io
import json
import random
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import httpx
import psutil
import typer
from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).parents[1]
SIDES = (320, 640, 1200, 2400, 4000)
"""Long sides of the pictures in pixels: from a thumbnail to a photo of 12 megapixels."""
MAX_BYTES = 8_000_000
"""What the service takes; one kind of request has more."""
READY_SECONDS = 180.0
PATIENCE = 300.0
_PAUSE_AFTER_429 = 1.0
_SAMPLE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Sent:
    """A kind of body: what it is called, its bytes, and the statuses that it may end in beside 429."""

    kind: str
    data: bytes
    expected: tuple[int, ...]


@dataclass(slots=True)
class Load:
    """What came of it. `seconds` are those of requests that ended in 200; `megabytes` of service and workers."""

    statuses: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    refused_seconds: list[float] = field(default_factory=list)
    megabytes: list[tuple[float, float]] = field(default_factory=list)


def main(
    connections: Annotated[int, typer.Option(min=1, help="Requests under way at once.")] = 50,
    seconds: Annotated[float, typer.Option(min=0.1, help="How long new ones are sent.")] = 60.0,
    workers: Annotated[int, typer.Option(min=1, help="Worker processes of the service.")] = 2,
    queue: Annotated[int, typer.Option(min=0, help="Requests that may wait.")] = 32,
    ocr: Annotated[str, typer.Option(help="The OCR engine, as `serve` takes it.")] = "rapidocr",
    out: Annotated[Path | None, typer.Option(help="A file for the figures (JSON).")] = None,
) -> None:
    """Measure the service under load."""
    figures = asyncio.run(
        measured(connections, seconds, ["--workers", str(workers), "--queue", str(queue), "--ocr", ocr])
    )
    text = json.dumps(figures, indent=1)
    typer.echo(text)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    if figures["wrong"]:
        raise typer.Exit(1)


async def measured(connections: int, seconds: float, options: list[str]) -> dict[str, object]:
    """The figures of a load on a service with these options."""
    bodies = mixture()
    load = Load()
    async with (
        service(options) as (url, process),
        httpx.AsyncClient(base_url=url, timeout=PATIENCE, limits=httpx.Limits(max_connections=connections)) as client,
    ):
        end = time.monotonic() + seconds
        sampling = asyncio.create_task(sample(process, load))
        await asyncio.gather(*(connection(client, bodies, end, load, random.Random(i)) for i in range(connections)))
        sampling.cancel()
    return summary(load, connections, seconds)


async def connection(
    client: httpx.AsyncClient, bodies: list[Sent], end: float, load: Load, chance: random.Random
) -> None:
    """Sends one request after the other until `end`; after a 429 it waits a little, as a client should."""
    while time.monotonic() < end:
        body = chance.choice(bodies)
        started = time.monotonic()
        try:
            response = await client.post("/v1/extract", files={"picture": (body.kind, body.data)})
        except httpx.HTTPError as error:
            load.wrong[f"{body.kind}: dropped: {type(error).__name__}"] += 1
            continue
        took = time.monotonic() - started
        load.statuses[f"{body.kind}: {response.status_code}"] += 1
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            load.refused_seconds.append(took)
            await asyncio.sleep(_PAUSE_AFTER_429)
        elif response.status_code not in body.expected:
            load.wrong[f"{body.kind}: {response.status_code} {response.text[:200]}"] += 1
        elif response.is_success:
            load.seconds.append(took)


def mixture() -> list[Sent]:
    """Bodies of all kinds: four of five are sound pictures."""
    sound = [Sent(f"picture {side}", drawn(side), (200,)) for side in SIDES]
    broken = [
        Sent("truncated", drawn(640)[:9000], (422,)),
        Sent("text", b"Width 12 cm\n" * 100, (422,)),
        Sent("bomb", bomb(), (422,)),
        Sent("empty", b"", (422,)),
        Sent("oversize", bytes(MAX_BYTES + 1_000_000), (413,)),
    ]
    return [*sound * 4, *broken]


def drawn(side: int) -> bytes:
    """A JPEG of `side` x 3/4 `side` pixels with two lines of text and a noisy ground, as cameras make it."""
    noise = Image.effect_noise((side // 4, 3 * side // 16), 20).resize((side, 3 * side // 4)).convert("RGB")
    picture = Image.blend(noise, Image.new("RGB", noise.size, "white"), 0.7)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(max(16, side // 24))
    draw.text((side // 5, side // 5), "Net weight 340 g", fill="black", font=font)
    draw.text((side // 5, side // 2), f"Width {side / 100} cm", fill="black", font=font)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=90)
    return file.getvalue()


def bomb() -> bytes:
    """A BMP of a few bytes that says it is 60,000 pixels wide and high."""
    file = io.BytesIO()
    Image.new("RGB", (2, 2)).save(file, "BMP")
    data = bytearray(file.getvalue())
    data[18:26] = (60_000).to_bytes(4, "little") * 2
    return bytes(data)


@asynccontextmanager
async def service(options: list[str]) -> AsyncIterator[tuple[str, psutil.Process]]:
    """A `serve` process that is ready: its address and the process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "extractor",
        "serve",
        "--port",
        str(port),
        "--max-bytes",
        str(MAX_BYTES),
        "--quiet",
    ]
    process = subprocess.Popen([*command, *options], cwd=ROOT)
    try:
        url = f"http://127.0.0.1:{port}"
        await ready(url, process)
        yield url, psutil.Process(process.pid)
    finally:
        process.terminate()
        if process.wait(60):
            raise SystemExit(f"the service ended with code {process.returncode}")


async def ready(url: str, process: subprocess.Popen[bytes]) -> None:
    """Waits for warm engines. Raises SystemExit when they do not come."""
    deadline = time.monotonic() + READY_SECONDS
    async with httpx.AsyncClient() as client:
        while time.monotonic() < deadline and process.poll() is None:
            try:
                if (await client.get(f"{url}/readyz")).is_success:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)
    raise SystemExit("the service did not become ready")


async def sample(process: psutil.Process, load: Load) -> None:
    """Notes the resident megabytes of the service, and of its workers together, now and then."""
    while True:
        children = process.children(recursive=True)
        of_workers = sum(child.memory_info().rss for child in children if child.is_running())
        load.megabytes.append((process.memory_info().rss / 2**20, of_workers / 2**20))
        await asyncio.sleep(_SAMPLE_SECONDS)


def summary(load: Load, connections: int, seconds: float) -> dict[str, object]:
    """The figures as they are printed."""
    tenth = max(1, len(load.megabytes) // 10)
    middle = len(load.megabytes) // 2
    spots = {"start": load.megabytes[:tenth], "middle": load.megabytes[middle : middle + tenth]}
    spots["end"] = load.megabytes[-tenth:]
    return {
        "connections": connections,
        "seconds": seconds,
        "requests": sum(load.statuses.values()) + sum(load.wrong.values()),
        "answered": len(load.seconds),
        "statuses": dict(sorted(load.statuses.items())),
        "wrong": dict(load.wrong),
        "seconds_of_answers": quantiles(load.seconds),
        "seconds_of_429": quantiles(load.refused_seconds),
        "megabytes": {
            name: {"service": round(max(one for one, _ in part)), "workers": round(max(one for _, one in part))}
            for name, part in spots.items()
        },
        "machine": {"cpus": psutil.cpu_count(), "load_average": psutil.getloadavg()},
    }


def quantiles(seconds: list[float]) -> dict[str, float]:
    """Median, 95th of 100, and the longest."""
    if len(seconds) < 2:
        return {}
    hundredths = statistics.quantiles(seconds, n=100)
    return {"p50": round(hundredths[49], 2), "p95": round(hundredths[94], 2), "longest": round(max(seconds), 2)}


if __name__ == "__main__":
    typer.run(main)
