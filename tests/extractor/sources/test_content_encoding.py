import gzip
import zlib

import pytest

from extractor.sources.content_encoding import STEP_BYTES, BrokenEncodingError, Decoder, EncodingRefusedError

PLAIN = bytes(range(256)) * 2000


def raw_deflate(data):
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


ENCODED = [
    ([], PLAIN),
    (["identity"], PLAIN),
    (["UTF-8"], PLAIN),
    (["gzip"], gzip.compress(PLAIN)),
    (["X-GZip"], gzip.compress(PLAIN)),
    (["identity", "gzip"], gzip.compress(PLAIN)),
    (["deflate"], zlib.compress(PLAIN)),
    (["deflate"], raw_deflate(PLAIN)),
]


def decoded(codings, data, at_once):
    decoder = Decoder(codings)
    pieces = [piece for i in range(0, len(data), at_once) for piece in decoder.pieces(data[i : i + at_once])]
    decoder.finish()
    return pieces


@pytest.mark.parametrize("at_once", [1, 1000, 10_000_000])
@pytest.mark.parametrize(("codings", "data"), ENCODED)
def test_what_was_encoded_comes_back_whole(codings, data, at_once):
    assert b"".join(decoded(codings, data, at_once)) == PLAIN


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, raw_deflate])
def test_no_step_makes_more_than_its_share(pack):
    size = 20 * STEP_BYTES + 7
    pieces = decoded(["gzip" if pack is gzip.compress else "deflate"], pack(bytes(size)), 10_000_000)
    assert max(map(len, pieces)) <= STEP_BYTES
    assert sum(map(len, pieces)) == size


def test_pieces_are_made_one_by_one():
    first = next(Decoder(["gzip"]).pieces(gzip.compress(bytes(50_000_000))))
    assert len(first) <= STEP_BYTES


@pytest.mark.parametrize("codings", [["gzip", "gzip"], ["gzip", "identity", "deflate"], ["br"], ["zstd"], ["compress"]])
def test_more_than_one_coding_and_strange_ones_are_refused(codings):
    with pytest.raises(EncodingRefusedError, match=", ".join(codings)):
        Decoder(codings)


@pytest.mark.parametrize(
    "data", [gzip.compress(PLAIN)[:-1], b"plain after all", gzip.compress(PLAIN)[:200] + b"x" * 99]
)
def test_what_breaks_off_is_told(data):
    with pytest.raises(BrokenEncodingError):
        decoded(["gzip"], data, 1000)


def test_nothing_at_all_is_no_fault():
    assert decoded(["gzip"], b"", 1000) == []


def test_what_follows_the_end_is_left_alone():
    data = gzip.compress(b"picture")
    assert b"".join(decoded(["gzip"], data + b"more" * 1000, 7)) == b"picture"
