"""CIFAR-10 from a tree of JPEG files, random images of the same shape, ResNet-20, and a small network."""

import tarfile
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import Dataset, TensorDataset

MEAN = torch.tensor([0.4914, 0.4822, 0.4465]).view(3, 1, 1)
DEVIATION = torch.tensor([0.2470, 0.2435, 0.2616]).view(3, 1, 1)


def read(folder: str) -> tuple[TensorDataset, TensorDataset]:
    """Reads train/CLASS/NNNN.jpg and test/CLASS/NNNN.jpg; classes are numbered alphabetically. Needs Pillow.

    ``folder`` may also be the archive with these files, cifar10-jpeg.tar.xz.
    """
    from PIL import Image

    images: dict[str, dict[str, list[np.ndarray]]] = {"train": {}, "test": {}}
    if Path(folder).is_dir():
        for file in sorted(Path(folder).glob("t*/*/*.jpg")):
            with Image.open(file) as image:
                images[file.parts[-3]].setdefault(file.parts[-2], []).append(np.asarray(image.convert("RGB")))
    else:
        found = {}
        with tarfile.open(folder) as archive:
            for member in archive:
                if member.name.endswith(".jpg"):
                    with Image.open(archive.extractfile(member)) as image:
                        found[member.name] = np.asarray(image.convert("RGB"))
        for name in sorted(found):
            part, label, _ = name.split("/")[-3:]
            images[part].setdefault(label, []).append(found[name])
    return _data_set(images["train"], folder), _data_set(images["test"], folder)


def _data_set(classes: dict[str, list[np.ndarray]], folder: str) -> TensorDataset:
    if not classes:
        raise SystemExit(f"{folder} has no train/CLASS/NNNN.jpg and test/CLASS/NNNN.jpg: unpack the data there, or --synthetic")
    pixels = np.stack([image for label in sorted(classes) for image in classes[label]])
    labels = np.repeat(np.arange(len(classes)), [len(classes[label]) for label in sorted(classes)])
    inputs = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255
    return TensorDataset((inputs - MEAN) / DEVIATION, torch.from_numpy(labels))


def synthetic(samples: int) -> tuple[TensorDataset, TensorDataset]:
    """Creates images of noise around one pattern per class, which a network can learn."""
    generator = torch.Generator().manual_seed(1)
    patterns = torch.randn(10, 3, 32, 32, generator=generator)

    def draw(count: int) -> TensorDataset:
        labels = torch.arange(count) % 10
        return TensorDataset(patterns[labels] + 0.5 * torch.randn(count, 3, 32, 32, generator=generator), labels)

    return draw(samples), draw(samples // 5)


class Augmented(Dataset):
    """The usual augmentation: 4 pixels of padding, a random crop of 32 x 32, and a flip of every other image on average."""

    def __init__(self, data: TensorDataset) -> None:
        self.data = data

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, number: int) -> tuple[torch.Tensor, torch.Tensor]:
        image, label = self.data[number]
        image = F.pad(image, (4, 4, 4, 4))
        top, left, flip = torch.randint(9, (3,)).tolist()
        image = image[:, top : top + 32, left : left + 32]
        return image.flip(2) if flip % 2 else image, label


class Block(nn.Module):
    """Two convolutions with a shortcut, which is cropped and padded where the size changes (He et al., option A)."""

    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(after)
        self.conv2 = nn.Conv2d(after, after, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(after)
        self.stride, self.more = stride, after - before

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        shortcut = F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.more))
        return F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))) + shortcut)


class ResNet20(nn.Module):
    """ResNet-20 for 32 x 32 images (arXiv 1512.03385, section 4.2): 269,722 parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn = nn.BatchNorm2d(16)
        shapes = [(16, 16, 1)] * 3 + [(16, 32, 2)] + [(32, 32, 1)] * 2 + [(32, 64, 2)] + [(64, 64, 1)] * 2
        self.blocks = nn.Sequential(*(Block(*shape) for shape in shapes))
        self.fc = nn.Linear(64, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc(self.blocks(F.relu(self.bn(self.conv(x)))).mean((2, 3)))


class SmallNet(nn.Module):
    """Two convolutions with pooling and one linear layer for 32 x 32 images: 25,578 parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1)
        self.conv2 = nn.Conv2d(16, 32, 3, padding=1)
        self.fc = nn.Linear(32 * 8 * 8, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        return self.fc(F.max_pool2d(F.relu(self.conv2(x)), 2).flatten(1))


def accuracy(module: nn.Module, data: TensorDataset, device: str = "cpu") -> float:
    """Returns the share of images that a module in evaluation mode classifies correctly."""
    images, labels = data.tensors
    right = 0
    with torch.no_grad():
        for at in range(0, len(labels), 1000):
            right += int((module(images[at : at + 1000].to(device)).argmax(1).cpu() == labels[at : at + 1000]).sum())
    return right / len(labels)
