"""Makes a picture of nearly 100 million pixels, reads it in a fresh process, and prints its shape and memory in MB.

`python read_largest.py KIND`, as in `RGBA.png`.
"""

import json
import os
import resource
import sys
import tempfile
from pathlib import Path

from odd_pictures import encoded
from PIL import Image

from extractor.api.pictures import picture_from

SIDE = 9_999


def write(kind: str, path: Path) -> None:
    mode, suffix = kind.split(".")
    options = {"tiff": {"compression": "tiff_deflate"}, "webp": {"method": 0}}.get(suffix, {})
    image = Image.new(mode, (SIDE, SIDE))
    transparency = {"transparency": 0} if mode == "P" else {}
    path.write_bytes(encoded(image, suffix.upper(), **options, **transparency))


def main() -> None:
    kind = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / kind
        maker = os.fork()
        if not maker:
            write(kind, path)
            os._exit(0)
        os.waitpid(maker, 0)
        picture = picture_from(path)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"shape": picture.shape, "megabytes": megabytes}))


if __name__ == "__main__":
    main()
