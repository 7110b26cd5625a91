"""Schemathesis makes requests from the OpenAPI documents, as they say and as they do not: no 5xx, all as documented."""

import os
import subprocess
import sys

import fake_engines
import fake_pages
import pytest
from fake_audits import write_audit
from soak_size import size

from tests.browser.served import ROOT, served

pytest.importorskip("schemathesis", reason="needs the extra dev")
EXAMPLES = size(short=15, long=200)
KEY = "sesame"
CHECKS = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance"),
    *("response_schema_conformance", "missing_required_header", "ignored_auth", "allow_header_conformance"),
)


def made(url, *options):
    """What Schemathesis says of its requests to the service at `url`."""
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{url}/openapi.json", "--seed", "1"]
    command += ["--checks", ",".join(CHECKS), "--max-examples", str(EXAMPLES), "--continue-on-failure", *options]
    run = subprocess.run(command, check=False, capture_output=True, text=True, timeout=1200)
    assert run.returncode == 0, run.stdout + run.stderr
    print("\n".join(run.stdout.splitlines()[-25:]))


def test_the_service_answers_as_its_document_says():
    paths = [fake_engines.SUPPORT_FOLDER, str(ROOT), os.environ.get("PYTHONPATH", "")]
    variables = {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "EXTRACTOR_API_KEY": KEY}
    with served("--ocr", fake_pages.ENGINE, "--allow-urls", **variables) as url:
        made(url, "--header", f"X-API-Key: {KEY}")


def test_the_review_answers_as_its_document_says(tmp_path):
    with served("--review", str(write_audit(tmp_path)), "--rater", "kim") as url:
        made(url)
