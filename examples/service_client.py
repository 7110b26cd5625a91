"""Asks a running service what pictures state: python examples/service_client.py PICTURE... [--url ADDRESS]

Start the service first: python -m extractor serve. With a key: EXTRACTOR_API_KEY.
"""

import argparse
import os
import time
from pathlib import Path

import httpx

MOST_TRIES = 10


def asked(client: httpx.Client, picture: Path) -> dict:
    """The service's answers on a picture; waits and asks again while its queue is full."""
    for _ in range(MOST_TRIES):
        response = client.post("/v1/extract", files={"picture": (picture.name, picture.read_bytes())})
        if response.status_code != httpx.codes.TOO_MANY_REQUESTS:
            break
        time.sleep(float(response.headers["Retry-After"]))
    return response.json()


def main() -> None:
    """Prints a line for each answer."""
    parser = argparse.ArgumentParser()
    parser.add_argument("pictures", nargs="+", type=Path, metavar="PICTURE")
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    options = parser.parse_args()
    headers = {"X-API-Key": os.environ.get("EXTRACTOR_API_KEY", "")}
    with httpx.Client(base_url=options.url, headers=headers, timeout=180) as client:
        for picture in options.pictures:
            said = asked(client, picture)
            for answer in said.get("answers", []):
                if answer["text"]:
                    print(f"{picture.name}: {answer['entity']} {answer['text']} ({answer['status']})")
            if "detail" in said:
                print(f"{picture.name}: {said['detail']}")


if __name__ == "__main__":
    main()
