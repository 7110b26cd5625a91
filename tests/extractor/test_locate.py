from pathlib import Path

import pytest

from extractor.faults import Failure
from extractor.locate import LocalPicture, RemotePicture, locate


@pytest.fixture
def folder(tmp_path):
    for name in ("base/a.jpg", "base/sub/b.jpg", "images/51+x.jpg", "images/two words.jpg", "other.jpg"):
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
    ],
)
def test_nothing_to_get(folder, link, reason):
    located = locate(link, folder / "base", folder / "images")
    assert isinstance(located, Failure)
    assert located.reason == reason
