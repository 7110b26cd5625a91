from pathlib import Path

import pytest

from extractor.sources.locate import LocalPicture, RemotePicture, locate
from extractor.stages.reason import Failure

COLONS = ("base/front: small.jpg", "base/data:a.jpg")


@pytest.fixture
def folder(tmp_path):
    for name in ("base/a.jpg", "base/sub/b.jpg", "images/51+x.jpg", "images/two words.jpg", "other.jpg", *COLONS):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("a.jpg", "base/a.jpg"),
        (" a.jpg ", "base/a.jpg"),
        ("sub/b.jpg", "base/sub/b.jpg"),
        ("../other.jpg", "base/../other.jpg"),
        ("https://x.org/I/51+x.jpg", "images/51+x.jpg"),
        ("https://x.org/I/51%2Bx.jpg?w=100#top", "images/51+x.jpg"),
        ("https://x.org/I/two%20words.jpg", "images/two words.jpg"),
        ("anywhere/51+x.jpg", "images/51+x.jpg"),
        ("front: small.jpg", "base/front: small.jpg"),
        ("data:a.jpg", "base/data:a.jpg"),
    ],
)
def test_files(folder, link, expected):
    assert locate(link, folder / "base", folder / "images") == LocalPicture(folder / expected)


def test_absolute_paths_are_the_users_own(folder):
    path = folder / "other.jpg"
    assert locate(str(path), Path("/nowhere")) == LocalPicture(path)


@pytest.mark.parametrize("link", ["http://x.org/a.jpg", "HTTPS://x.org/c.jpg", "https://[::1", "https://x.org"])
def test_web_addresses(folder, link):
    assert locate(link, folder / "base", folder / "images") == RemotePicture(link)


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("", "no_link"),
        ("   ", "no_link"),
        ("none.jpg", "picture_missing"),
        ("sub", "picture_missing"),
        ("x" * 5000, "picture_missing"),
        ("a\0.jpg", "bad_link"),
        ("ftp://x.org/a.jpg", "bad_link"),
        ("file:///etc/passwd", "bad_link"),
        ("images/..", "picture_missing"),
        ("data:image/png;base64,iVBORw0KGgo=", "bad_link"),
        ("data:image/png;base64," + "A" * 100_000, "bad_link"),
        ("mailto:someone@x.org", "bad_link"),
        ("javascript:void(0)", "bad_link"),
        ("http:a.jpg", "bad_link"),
        ("x.org:8080/a.jpg", "bad_link"),
        ("C:\\pictures\\a.jpg", "picture_missing"),
        ("C:a.jpg", "picture_missing"),
        ("12:30.jpg", "picture_missing"),
    ],
)
def test_nothing_to_get(folder, link, reason):
    located = locate(link, folder / "base", folder / "images")
    assert isinstance(located, Failure)
    assert located.reason == reason


def test_what_is_no_address_to_fetch_is_told_in_short():
    located = locate("data:image/png;base64," + "A" * 100_000, Path("/nowhere"))
    assert "only http and https addresses are fetched" in located.detail
    assert located.detail.startswith("data:image/png;base64,AAA")
    assert len(located.detail) < 300
