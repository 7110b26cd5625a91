"""Where an actor gets pictures from: files, the web, a folder at an fsspec address."""

import hashlib
from pathlib import Path

import fsspec
import picture_server as reply
import pytest

from extractor.run.cluster.options import ClusterOptions
from extractor.run.cluster.pictures import PictureGetter
from extractor.run.options import RunOptions
from extractor.sources.breaker import HostBreaker
from extractor.sources.limits import BreakerPolicy, FetchLimits
from extractor.stages.reason import Failure

DATA = b"a picture"


@pytest.fixture
def get(tmp_path):
    def go(*links, folder="", host_of=None, **options):
        run = RunOptions(tmp_path, Path(), fetch_limits=FetchLimits(max_bytes=20, attempts=1), **options)
        return list(PictureGetter(ClusterOptions(run, "shards", folder=folder), host_of).got(links))

    return go


def outcomes(got):
    return [str(one.data.reason) if isinstance(one.data, Failure) else one.data for one in got]


def test_files_come_in_the_order_of_their_links_and_what_fails_costs_no_other(get, tmp_path):
    for number in range(10):
        (tmp_path / f"{number}.png").write_bytes(b"%d" % number)
    (tmp_path / "large.png").write_bytes(bytes(21))
    links = [*(f"{number}.png" for number in range(10)), "large.png", "none.png", "", "data:x"]
    got = get(*links)
    assert outcomes(got) == [*(b"%d" % n for n in range(10)), "too_large", "picture_missing", "no_link", "bad_link"]
    assert [one.link for one in got] == links
    assert (got[0].sha256, got[-1].sha256) == (hashlib.sha256(b"0").hexdigest(), None)


def test_private_addresses_are_refused_unless_they_are_allowed(get, server):
    link = server.add("/a.png", reply.body(DATA))
    assert outcomes(get(link)) == ["private_address"]
    assert not server.hits
    assert outcomes(get(link, server.url("/none.png"), allow_private=True)) == [DATA, "http_404"]


def test_hosts_are_asked_through_what_is_given(get, server):
    hosts = []

    def host_of(url):
        hosts.append(url.host)
        return HostBreaker(url.host, BreakerPolicy())

    link = server.add("/a.png", reply.body(DATA))
    assert outcomes(get(link, link, host_of=host_of, allow_private=True)) == [DATA, DATA]
    assert hosts == ["127.0.0.1"]


def test_links_may_start_from_an_fsspec_address(get, tmp_path):
    files = fsspec.filesystem("memory")
    files.pipe_file("/shop/a.png", DATA)
    files.pipe_file("/shop/more/large.png", bytes(21))
    (tmp_path / "b.png").write_bytes(DATA)
    got = get("a.png", "more/large.png", "none.png", "more", "b.png", folder="memory://shop/")
    missing = "picture_missing"
    assert outcomes(got) == [DATA, "too_large", missing, missing, missing]
    assert "memory://shop/none.png" in got[2].data.detail


def test_a_folder_of_pictures_comes_first(get, tmp_path):
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.png").write_bytes(DATA)
    assert outcomes(get("https://example.org/a.png?v=1", images=tmp_path / "images")) == [DATA]


def test_options_have_defaults_that_fit_together():
    options = ClusterOptions(RunOptions(Path(), Path()), "shards")
    assert options.hosts.longest > options.run.fetch_limits.attempt_time
