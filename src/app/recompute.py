import hashlib
import pathlib
from statistics import NormalDist

import numpy as np
import torch
from PIL import Image, ImageOps


def load_model():
    """The network as a torch module that gives logits; if you have the module itself, return that."""
    from onnx2torch import convert

    digest = hashlib.sha256(pathlib.Path(MODEL).read_bytes()).hexdigest()
    if digest != MODEL_SHA256:
        print(f"{MODEL} is another file than the map was made with: its SHA-256 is {digest}")
    return convert(MODEL).eval()


def load_image():
    """The photo as the network is fed it: [channels, height, width], resized as torchvision does."""
    photo = ImageOps.exif_transpose(Image.open(IMAGE)).convert("RGBA")
    photo = Image.alpha_composite(Image.new("RGBA", photo.size, "white"), photo).convert("RGB")
    height, width = SIZE
    if photo.size != (width, height):
        scaled = (width, height)
        if SHORTER_SIDE:
            shorter = min(photo.size)
            least = [-(-inner * shorter // outer) for inner, outer in zip(scaled, photo.size)]
            scaled = tuple(side * max(SHORTER_SIDE, *least) // shorter for side in photo.size)
        left, top = round((scaled[0] - width) / 2), round((scaled[1] - height) / 2)
        photo = photo.resize(scaled, Image.BILINEAR).crop((left, top, left + width, top + height))
    pixels = np.asarray(photo, dtype=np.float32)
    channels = np.float32(CHANNELS)
    pixels = pixels @ channels[:, :3].T + channels[:, 3]
    return ((pixels - np.float32(MEAN)) / np.float32(STD)).transpose(2, 0, 1)


def gradient_at(model, x):
    """Gradient of the objective by the input, [channels, height, width]."""
    x = torch.from_numpy(np.float32(x)).unsqueeze(0).requires_grad_()
    logits = model(x.permute(0, 2, 3, 1) if CHANNELS_LAST else x).flatten(1)
    objective = SETTINGS.get("objective", "logit")
    if objective == "logit":
        value = logits[0, TARGET]
    else:
        value = logits.log_softmax(1)[0, TARGET]
        value = -value if objective == "loss" else value.exp()
    return torch.autograd.grad(value, x)[0][0].numpy().astype(np.float64)


def unit_normal(sample, shape):
    """The very noise of the page: Philox4x32-10 under the seed, then the inverse normal distribution."""
    mask, seed, count = 0xFFFFFFFF, SETTINGS["seed"], int(np.prod(shape))
    blocks = np.arange(-(-count // 4), dtype=np.uint64)
    counter = [blocks, np.full_like(blocks, sample), np.zeros_like(blocks), np.zeros_like(blocks)]
    key = [seed & mask, seed >> 32]
    for _ in range(10):
        a, b = counter[0] * np.uint64(0xD2511F53), counter[2] * np.uint64(0xCD9E8D57)
        high = np.uint64(32)
        counter = [
            (b >> high) ^ counter[1] ^ np.uint64(key[0]),
            b & np.uint64(mask),
            (a >> high) ^ counter[3] ^ np.uint64(key[1]),
            a & np.uint64(mask),
        ]
        key = [(key[0] + 0x9E3779B9) & mask, (key[1] + 0xBB67AE85) & mask]
    uniform = (np.stack(counter, axis=1).ravel()[:count] + 0.5) / 2**32
    quantile = NormalDist().inv_cdf
    return np.float32([quantile(p) for p in uniform]).reshape(shape).astype(np.float64)


def guide(variance):
    """The paper's weights: 1 above the percentile of a channel's variances, the variance below."""
    if SETTINGS["percentile"] <= 0:
        return np.ones_like(variance)
    threshold = np.quantile(variance.reshape(len(CHANNELS), -1), SETTINGS["percentile"] / 100, axis=1)[:, None, None]
    relative = SETTINGS.get("damping") == "relative"
    unit = np.where(threshold > 0, threshold, 1.0) if relative else 1.0
    return np.where(variance > threshold, 1.0, variance / unit)


def saliency(model, x):
    """The map before it is scaled, [height, width]."""
    if METHOD == "gradient":
        return np.abs(gradient_at(model, x)).sum(0)
    if METHOD == "gradient-x-input":
        return np.abs(gradient_at(model, x) * x).sum(0)
    spread = SETTINGS["spread"] * (float(x.max()) - float(x.min()))
    noisy = (x + spread * unit_normal(k, x.shape) for k in range(SETTINGS["samples"]))
    g = np.stack([gradient_at(model, copy) for copy in noisy])
    process = SETTINGS.get("process", "plain")
    if METHOD == "vargrad":
        return g.var(0, ddof=1).sum(0)
    if METHOD == "smoothgrad-squared":
        g = g**2
    if METHOD == "absolutegrad":
        process = "absolute"
    if METHOD == "guided-absolute-grad":
        process = "guided-absolute"
    parts = {"positive": lambda: np.maximum(g, 0), "negative": lambda: np.minimum(g, 0)}
    part = np.abs(g) if process.endswith("absolute") else parts.get(process, lambda: g)()
    total = part.mean(0)
    if process.startswith("guided"):
        total = total * guide(g.var(0, ddof=1))
    return np.abs(total).sum(0)


if __name__ == "__main__":
    raw = saliency(load_model(), load_image())
    scaled = ((raw - raw.min()) / (raw.max() - raw.min())).astype(np.float32)
    np.save("recomputed.npy", scaled)
    print(f"recomputed.npy: {scaled.shape}, raw values from {raw.min():.6g} to {raw.max():.6g}")
    if pathlib.Path(SAVED).exists():
        print(f"largest difference from {SAVED}: {np.abs(scaled - np.load(SAVED)).max():.3g}")
