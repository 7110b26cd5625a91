"""The files for clusters hold to their schemas: that of Ray's launcher, and the part of KubeRay's that is used."""

import json
import re
import shlex
from importlib.util import find_spec
from pathlib import Path

import jsonschema
import pytest
import yaml

from extractor.run.cluster.pool import ACTOR_BYTES, Machine, pool_sizes

EXAMPLES = Path(__file__).parents[2] / "examples"
JOB_SCHEMA = Path(__file__).with_name("ray_job.schema.json")
GIB = 2**30
SHARE_FOR_ACTORS = 0.7
"""Of a machine's memory: Ray keeps the rest for its store of objects."""


def loaded(name):
    return yaml.safe_load((EXAMPLES / name).read_text(encoding="utf-8"))


def options_of_predict():
    import inspect

    from extractor.cli.predict import predict

    return {f"--{name.replace('_', '-')}" for name in inspect.signature(predict).parameters}


def test_the_launchers_file_holds_to_its_schema():
    (ray_folder,) = find_spec("ray").submodule_search_locations
    schema = json.loads((Path(ray_folder) / "autoscaler" / "ray-schema.json").read_text(encoding="utf-8"))
    cluster = loaded("ray_cluster.yaml")
    jsonschema.validate(cluster, schema)
    assert cluster["head_node_type"] in cluster["available_node_types"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(cluster | {"worker_count": 3}, schema)


def test_the_job_holds_to_its_schema():
    schema = json.loads(JOB_SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    job = loaded("ray_job.yaml")
    jsonschema.validate(job, schema)
    job["spec"]["rayClusterSpec"]["workerGroups"] = []
    with pytest.raises(jsonschema.ValidationError, match="workerGroups"):
        jsonschema.validate(job, schema)


def test_the_commands_have_options_that_there_are():
    command = loaded("ray_job.yaml")["spec"]["entrypoint"]
    comment = re.search(r"'(extractor predict .*?)'", (EXAMPLES / "ray_cluster.yaml").read_text(), re.DOTALL)[1]
    for words in (shlex.split(command), shlex.split(comment.replace("#", ""))):
        assert words[:2] == ["extractor", "predict"]
        assert {word for word in words if word.startswith("--")} <= options_of_predict()


def test_a_worker_has_room_for_the_actors_that_its_comment_names():
    (group,) = loaded("ray_job.yaml")["spec"]["rayClusterSpec"]["workerGroupSpecs"]
    limits = group["template"]["spec"]["containers"][0]["resources"]["limits"]
    memory = int(limits["memory"].removesuffix("Gi")) * GIB * SHARE_FOR_ACTORS
    assert memory >= 15 * ACTOR_BYTES
    sizes = pool_sizes([Machine(float(limits["cpu"]), 0.0, memory)], None, vlm=False)
    assert sizes.readers == 15
    assert group["maxReplicas"] * sizes.readers == 150
