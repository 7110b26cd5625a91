import hashlib

import pytest

from extractor.cache.files import replacing
from extractor.cache.pictures import PictureFolder


@pytest.mark.parametrize("durable", [True, False])
def test_a_file_is_replaced_whole(tmp_path, durable):
    path = tmp_path / "a.csv"
    path.write_text("old")
    with replacing(path, durable=durable) as file:
        file.write(b"new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_name_may_be_as_long_as_names_can_be(tmp_path):
    path = tmp_path / f"{'x' * 251}.csv"
    with replacing(path, durable=True) as file:
        file.write(b"new")
    assert path.read_text() == "new"


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_file_is_left_alone_when_writing_fails(tmp_path, error):
    path = tmp_path / "a.csv"
    path.write_text("old")
    with pytest.raises(error), replacing(path, durable=True) as file:
        file.write(b"half")
        raise error
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


PICTURE = b"a picture"
SHA256 = hashlib.sha256(PICTURE).hexdigest()


def test_pictures_are_found_by_their_content(tmp_path):
    folder = PictureFolder(tmp_path / "pictures")
    assert folder.get(SHA256) is None
    folder.put(PICTURE, SHA256)
    assert folder.get(SHA256) == folder.path_of(SHA256).read_bytes() == PICTURE
    folder.put(PICTURE, SHA256)
    assert folder.get(SHA256) == PICTURE


def test_a_torn_picture_is_not_held_and_is_mended_by_putting_it_again(tmp_path):
    folder = PictureFolder(tmp_path)
    folder.put(PICTURE, SHA256)
    folder.path_of(SHA256).write_bytes(b"a pic")
    assert folder.get(SHA256) is None
    folder.put(PICTURE, SHA256)
    assert folder.get(SHA256) == PICTURE


def test_a_forgotten_picture_is_gone(tmp_path):
    folder = PictureFolder(tmp_path)
    folder.put(PICTURE, SHA256)
    folder.forget(SHA256)
    folder.forget(SHA256)
    assert folder.get(SHA256) is None
