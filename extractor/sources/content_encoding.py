"""Undoes the Content-Encoding of a response in steps of bounded size, so that a small body cannot fill the memory.

The request is for uncoded pictures, but some servers compress all that they send. One coding is undone, gzip or
deflate. Several are refused: each deflate can make its input 1,032 times as large.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence

STEP_BYTES = 65_536

_UNDONE = ("gzip", "x-gzip", "deflate")
# All others that RFC 9110 and the IANA registry name, without `identity`. What neither names (`utf-8`, `aws-chunked`)
# is a mistake of the server's, which browsers overlook as well.
_REFUSED = ("aes128gcm", "br", "compress", "dcb", "dcz", "exi", "pack200-gzip", "x-compress", "zstd")
_GZIP_BITS = zlib.MAX_WBITS | 16
_HEAD_BYTES = 2


class EncodingRefusedError(Exception):
    """A Content-Encoding that is not undone."""


class BrokenEncodingError(Exception):
    """Data that is not what its Content-Encoding says, or that ends early."""


class Decoder:
    """Takes a body in parts and gives it decoded."""

    def __init__(self, codings: Sequence[str]) -> None:
        """Undoes the codings that a Content-Encoding header lists. Raises EncodingRefusedError."""
        named = [coding for coding in map(str.lower, codings) if coding in _UNDONE + _REFUSED]
        if len(named) > 1 or any(coding in _REFUSED for coding in named):
            raise EncodingRefusedError(
                f"the server sends it encoded as {', '.join(codings)}; a single gzip or deflate is undone, nothing else"
            )
        self._coding = named[0] if named else None
        self._head = b""
        self._inner: zlib._Decompress | None = None

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """The next part decoded; of an encoded one each piece is at most STEP_BYTES long and made when asked for.

        Raises BrokenEncodingError.
        """
        if self._coding is None:
            yield data
            return
        if self._inner is None:
            self._head += data
            if len(self._head) < _HEAD_BYTES:
                return
            data = self._head
            self._inner = zlib.decompressobj(_window_bits(self._coding, data))
        more = True
        while more and not self._inner.eof:  # what follows the end is left alone
            try:
                piece = self._inner.decompress(data, STEP_BYTES)
            except zlib.error as error:
                raise BrokenEncodingError(f"not what its encoding {self._coding} says: {error}") from error
            data = self._inner.unconsumed_tail
            more = bool(data) or len(piece) == STEP_BYTES
            if piece:
                yield piece

    def finish(self) -> None:
        """To be called at the end of the body. Raises BrokenEncodingError when some of it is missing."""
        if self._head and (self._inner is None or not self._inner.eof):
            raise BrokenEncodingError(f"its encoding {self._coding} ends early")


def _window_bits(coding: str, head: bytes) -> int:
    """How zlib is to take data that begins so: `deflate` means a zlib stream, but some servers leave its head out."""
    if coding != "deflate":
        return _GZIP_BITS
    method, check = head[0] & 0x0F, int.from_bytes(head[:2]) % 31
    return zlib.MAX_WBITS if method == zlib.DEFLATED and check == 0 else -zlib.MAX_WBITS
