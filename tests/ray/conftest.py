"""One cluster of two nodes on this machine for all tests: it takes long to start.

Its nodes find the fakes of `tests/extractor/support`; the fake engine notes every picture that it reads in one file.
"""

import sys
from collections import Counter
from pathlib import Path

import pytest

SUPPORT = Path(__file__).parents[1] / "extractor" / "support"
sys.path.insert(0, str(SUPPORT))
STORE_BYTES = 80_000_000
OCR_SECONDS = "0.05"


@pytest.fixture(scope="session")
def log(tmp_path_factory):
    return tmp_path_factory.mktemp("ray") / "reads.log"


@pytest.fixture(scope="session")
def nodes(log):
    """The cluster; workers inherit the variables of the node that they run on."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYTHONPATH", str(SUPPORT))
        patched.setenv("FAKE_OCR_LOG", str(log))
        patched.setenv("FAKE_OCR_SECONDS", OCR_SECONDS)
        import ray
        from ray.cluster_utils import Cluster

        import extractor.run.cluster.dataset  # noqa: F401 - sets Ray's variables before it is imported

        of_node = {"num_cpus": 2, "object_store_memory": STORE_BYTES}
        cluster = Cluster(initialize_head=True, head_node_args={**of_node, "include_dashboard": False})
        cluster.add_node(**of_node)
        ray.init(cluster.address, log_to_driver=False, logging_level="ERROR")
        yield cluster
        ray.shutdown()
        cluster.shutdown()


@pytest.fixture
def two_nodes(nodes):
    """The cluster with both of its nodes, also after a test that took one away."""
    if len(nodes.list_all_nodes()) < 2:
        nodes.add_node(num_cpus=2, object_store_memory=STORE_BYTES)
    return nodes


@pytest.fixture
def reads(log):
    """How often each picture was read in this test."""
    log.unlink(missing_ok=True)
    Path(f"{log}.mark").unlink(missing_ok=True)
    return lambda: Counter(map(int, log.read_text().split() if log.exists() else []))


@pytest.fixture
def server():
    from picture_server import PictureServer

    with PictureServer() as running:
        yield running
