"""Creates the small CIFAR-10 for the leader-board and `pilot study`: python3 benchmarks/cifar_small.py cifar10-jpeg.tar.xz
cifar-small

Selects the first 300 training and the first 100 test images of each class, averages each 2 x 2 pixels, and writes 16 x 16 PNG files to
FOLDER/train/CLASS and FOLDER/test/CLASS. The archive contains train/CLASS/NNNN.jpg and test/CLASS/NNNN.jpg. Needs Pillow.
"""

import sys
import tarfile
from pathlib import Path, PurePosixPath

from PIL import Image

COUNTS = {"train": 300, "test": 100}
SIZE = (16, 16)


def main(archive: str, folder: str) -> None:
    """Writes the images."""
    with tarfile.open(archive) as files:
        for entry in files:
            path = PurePosixPath(entry.name)
            content = files.extractfile(entry)
            if content is None or path.suffix != ".jpg" or int(path.stem) >= COUNTS[path.parts[-3]]:
                continue
            target = Path(folder, *path.parts[-3:]).with_suffix(".png")
            target.parent.mkdir(parents=True, exist_ok=True)
            with Image.open(content) as image:
                image.convert("RGB").resize(SIZE, Image.Resampling.BOX).save(target)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("expected ARCHIVE FOLDER: python3 benchmarks/cifar_small.py cifar10-jpeg.tar.xz cifar-small")
    main(*sys.argv[1:])
