import errno
import io
import json
import zlib
from importlib.resources import files

import pytest
from fake_engines import picture_bytes
from fake_pages import page_of
from own_entities import write_entities
from picture_server import body
from PIL import Image

from extractor.api.entity_file import entity_table
from rules.constants import ENTITIES, ENTITY_UNITS

NUMBER = 30


def sent(client, data=None, entities=(), **fields):
    files = {} if data is None else {"picture": ("my picture.png", data)}
    return client.post("/v1/extract", files=files, data={"entities": list(entities), **fields})


def png():
    file = io.BytesIO()
    Image.effect_noise((64, 64), 50).save(file, "PNG")
    return file.getvalue()


def bomb():
    """A PNG that says it is 60,000 pixels wide and high."""
    data = png()
    header = data[12:16] + (60_000).to_bytes(4, "big") * 2 + data[24:29]
    return data[:12] + header + zlib.crc32(header).to_bytes(4, "big") + data[33:]


def test_a_picture_is_answered_with_evidence(client):
    answer = sent(client, picture_bytes(NUMBER))
    extraction = answer.json()
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert (extraction["name"], extraction["width"], extraction["height"]) == ("my picture.png", 8, 8)
    assert [one["entity"] for one in extraction["answers"]] == list(ENTITIES)
    height = next(one for one in extraction["answers"] if one["entity"] == "height")
    stated = NUMBER + 1
    assert (height["text"], height["value"], height["unit"]) == (f"{stated}.0 centimetre", stated, "centimetre")
    second_line = page_of(NUMBER).tokens[1]
    assert height["evidence"][0]["box"] == [list(corner) for corner in second_line.box]


@pytest.mark.parametrize("given", [["width", "item_weight"], ["width, item_weight"], ["width,", "item_weight,width"]])
def test_entities_are_repeated_or_listed(client, given):
    answers = sent(client, picture_bytes(NUMBER), given).json()["answers"]
    assert [one["entity"] for one in answers] == ["width", "item_weight"]


def test_a_picture_may_have_a_product_group(client):
    priors = json.loads(files("rules").joinpath("ranker.json").read_text(encoding="utf-8"))["priors"]["depth"]
    group = max(priors, key=lambda one: priors[one])
    answers = [sent(client, picture_bytes(NUMBER), ["depth"], **form) for form in ({}, {"group": group})]
    without, known = (answer.json()["answers"][0]["candidates"][0]["confidence"] for answer in answers)
    assert known != without


def test_an_unknown_entity_is_told_with_those_there_are(client):
    problem = sent(client, picture_bytes(NUMBER), ["widht"]).json()
    assert (problem["status"], problem["reason"]) == (422, "unknown_entity")
    assert "widht" in problem["detail"]
    assert "item_weight" in problem["detail"]


def test_a_flood_of_entities_is_refused_unread(client):
    problem = sent(client, picture_bytes(NUMBER), ["width," * 20_000]).json()
    assert (problem["status"], problem["reason"]) == (422, "unknown_entity")
    assert "at most 10,000 characters" in problem["detail"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"width 3 cm", "not_a_picture"),
        (b"", "empty_file"),
        (png()[:1000], "truncated"),
        (bomb(), "too_large"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_a_picture"),
    ],
    ids=["text", "empty", "truncated", "bomb", "svg"],
)
def test_a_file_that_is_no_sound_picture_is_the_sender_s_fault(client, data, reason):
    answer = sent(client, data)
    assert (answer.status_code, answer.json()["reason"]) == (422, reason)
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("data", "fields"), [(None, {}), (picture_bytes(1), {"url": "http://example.com/a.png"})])
def test_one_picture_is_wanted(client, data, fields):
    assert sent(client, data, **fields).json()["reason"] == "one_picture"


def test_a_request_that_is_too_large_is_refused(client):
    assert sent(client, bytes(6_000_000)).status_code == 413


def test_a_full_disk_is_the_service_s_fault_and_passes(client, monkeypatch, caplog):
    def full(*given):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("starlette.formparsers.SpooledTemporaryFile.write", full)
        problem = sent(client, picture_bytes(NUMBER)).json()
    assert (problem["status"], problem["reason"]) == (507, "no_room")
    assert "No space left" in caplog.text
    assert sent(client, picture_bytes(NUMBER)).status_code == 200


def test_a_batch_has_partial_results(client):
    files = [("pictures", ("a.png", picture_bytes(NUMBER))), ("pictures", ("b.txt", b"no picture"))]
    files.append(("pictures", ("c.png", picture_bytes(NUMBER + 1))))
    answer = client.post("/v1/extract/batch", files=files, data={"entities": "width"})
    first, second, third = answer.json()["pictures"]
    assert answer.status_code == 200
    assert [first["answers"][0]["value"], third["answers"][0]["value"]] == [NUMBER, NUMBER + 1]
    assert (second["name"], second["answers"], second["failure"]["reason"]) == ("b.txt", [], "not_a_picture")
    assert first["failure"] is None


def batch(client, numbers, **fields):
    files = [("pictures", (f"{number}.png", picture_bytes(number))) for number in numbers]
    return client.post("/v1/extract/batch", files=files, data={"entities": "item_weight", **fields})


def test_pictures_of_one_product_are_answered_together(client):
    answer = batch(client, [40, NUMBER, 41, NUMBER], products=["", "stool", "", "stool"], titles=["", "Stool", "", ""])
    (stool,) = answer.json()["products"]
    (weight,) = stool["answers"]
    alone = answer.json()["pictures"][1]["answers"][0]
    assert (stool["product"], stool["title"], stool["failure"]) == ("stool", "Stool", None)
    assert (weight["text"], weight["confidence"]) == (f"{NUMBER}.0 gram", alone["confidence"])
    assert [(one["picture"], one["stance"]) for one in weight["statements"]] == [(1, "agrees")]  # its twin counts once


def test_a_product_whose_pictures_contradict_says_so(client):
    (product,) = batch(client, [NUMBER, 2 * NUMBER], products=["a", "a"]).json()["products"]
    stances = {one["stance"]: one["picture"] for one in product["answers"][0]["statements"]}
    assert set(stances) == {"agrees", "contradicts"}
    assert set(stances.values()) == {0, 1}


def test_a_product_without_a_readable_picture_has_a_failure(client):
    files = [("pictures", ("b.txt", b"no picture"))]
    answer = client.post("/v1/extract/batch", files=files, data={"products": "a", "entities": "width"})
    (product,) = answer.json()["products"]
    assert (product["failure"]["reason"], product["answers"][0]["text"]) == ("not_a_picture", "")


@pytest.mark.parametrize(
    "fields", [{"products": ["a"]}, {"products": ["a", "a"], "titles": ["t"]}, {"titles": ["a", "b"]}]
)
def test_products_and_titles_are_one_for_each_picture(client, fields):
    problem = batch(client, [1, 2], **fields).json()
    assert (problem["status"], problem["reason"]) == (422, "one_for_each_picture")


def test_attributes_of_one_s_own_are_answered_and_told(service, tmp_path):
    table = entity_table(write_entities(tmp_path / "own.yaml"))
    with service(entities=table) as client:
        told = {one["entity"]: one["units"] for one in client.get("/v1/entities").json()}
        answers = sent(client, picture_bytes(NUMBER), ["net_content"]).json()["answers"]
    assert told["net_content"] == ["gram", "kilogram"]
    assert [one["text"] for one in answers] == [f"{NUMBER}.0 gram"]


@pytest.mark.parametrize("count", [0, 33])
def test_a_batch_has_some_pictures_and_not_too_many(client, count):
    files = [("pictures", (f"{i}.png", picture_bytes(i))) for i in range(count)]
    assert client.post("/v1/extract/batch", files=files).status_code == 422


def test_the_entities_and_their_units_are_told(client):
    told = client.get("/v1/entities").json()
    assert {one["entity"]: set(one["units"]) for one in told} == ENTITY_UNITS


def test_figures_are_counted(client):
    def figure(line):
        found = [one for one in client.get("/metrics").text.splitlines() if one.startswith(line)]
        return float(found[0].rsplit(" ", 1)[1]) if found else 0.0

    lines = (
        'extractor_requests_total{route="/v1/extract",status="200"}',
        'extractor_requests_total{route="/v1/extract",status="422"}',
        'extractor_picture_failures_total{reason="not_a_picture"}',
        'extractor_answers_total{entity="height",status="verified"}',
        'extractor_stage_seconds_count{stage="read"}',
    )
    before = [figure(line) for line in lines]
    sent(client, picture_bytes(NUMBER), ["height"])
    sent(client, b"text")
    assert [figure(line) - old for line, old in zip(lines, before, strict=True)] == [1, 1, 1, 1, 1]
    assert figure("extractor_queue_wait_seconds_count") >= 2
    assert figure("extractor_queue_length") == 0


def test_the_documentation_has_answers_problems_and_examples(client):
    document = client.get("/openapi.json").json()
    assert {"/v1/extract", "/v1/extract/batch", "/v1/entities", "/readyz", "/metrics"} <= set(document["paths"])
    responses = document["paths"]["/v1/extract"]["post"]["responses"]
    assert responses["200"]["content"]["application/json"]["example"]["answers"][0]["text"] == "12.2 inch"
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    assert all(responses[status]["content"] == {"application/problem+json": problem} for status in ("422", "429"))
    assert {"text", "status", "evidence"} <= set(document["components"]["schemas"]["AnswerDocument"]["properties"])


@pytest.mark.parametrize(
    ("options", "status", "reason", "words"),
    [
        ({}, 403, "urls_refused", "--allow-urls"),
        ({"urls": True, "offline": True}, 403, "urls_refused", "offline"),
        ({"urls": True}, 422, "private_address", "public internet"),
        ({"urls": True, "allow_private": True}, 200, None, f"{NUMBER}.0 centimetre"),
    ],
    ids=["not allowed", "offline", "private", "allowed"],
)
def test_addresses_are_fetched_where_that_is_allowed(service, server, options, status, reason, words):
    url = server.add("/a.png", body(picture_bytes(NUMBER)))
    with service(**options) as client:
        answer = sent(client, url=url)
    assert (answer.status_code, answer.json().get("reason")) == (status, reason)
    assert words in answer.text
    assert reason is None or "127.0.0.1" not in answer.text
    assert server.hits["/a.png"] == (status == 200)
