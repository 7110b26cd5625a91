import pytest

from extractor.api.pictures import picture_from
from extractor.stages.reason import PictureUnusableError, Reason


def test_a_path_that_no_file_can_have_is_a_picture_that_cannot_be_read():
    with pytest.raises(PictureUnusableError) as raised:
        picture_from("a\0b.png")
    assert raised.value.failure.reason is Reason.PICTURE_UNREADABLE
