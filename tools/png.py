"""Reads and writes PNG pictures of 8 bits a channel, with the standard library alone."""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def read(path):
    """Width, height and RGBA bytes; ValueError where the file is of a kind that is not read."""
    data = path.read_bytes()
    if data[:8] != SIGNATURE:
        raise ValueError("not a PNG file")
    chunks, at = {}, 8
    while at + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        chunks[kind] = chunks.get(kind, b"") + data[at + 8 : at + 8 + length]
        at += 12 + length
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    if depth != 8 or interlaced:
        raise ValueError(f"{depth} bits a channel, interlaced {interlaced}")
    size = CHANNELS[colour]
    rows = unfilter(zlib.decompress(chunks[b"IDAT"]), width * size, height, size)
    return width, height, rgba(rows, colour, chunks)


def unfilter(raw, stride, height, size):
    """The five filters of https://www.w3.org/TR/png/#9Filters undone."""
    above, out = bytearray(stride), bytearray()
    for y in range(height):
        kind, line = raw[y * (stride + 1)], bytearray(raw[y * (stride + 1) + 1 : (y + 1) * (stride + 1)])
        for i in range(stride):
            left = line[i - size] if i >= size else 0
            if kind == 1:
                guess = left
            elif kind == 2:
                guess = above[i]
            elif kind == 3:
                guess = (left + above[i]) // 2
            elif kind == 4:
                corner = above[i - size] if i >= size else 0
                p = left + above[i] - corner
                guess = min((abs(p - left), 0, left), (abs(p - above[i]), 1, above[i]), (abs(p - corner), 2, corner))[2]
            else:
                break
            line[i] = (line[i] + guess) & 255
        out += line
        above = line
    return bytes(out)


def rgba(rows, colour, chunks):
    """Every kind of pixel as four bytes."""
    if colour == 6:
        return rows
    if colour == 2:
        return b"".join(rows[i : i + 3] + b"\xff" for i in range(0, len(rows), 3))
    if colour == 4:
        return b"".join(rows[i : i + 1] * 3 + rows[i + 1 : i + 2] for i in range(0, len(rows), 2))
    if colour == 0:
        return b"".join(bytes([v, v, v, 255]) for v in rows)
    palette, alpha = chunks[b"PLTE"], chunks.get(b"tRNS", b"")
    entries = [palette[3 * k : 3 * k + 3] + (alpha[k : k + 1] or b"\xff") for k in range(len(palette) // 3)]
    return b"".join(entries[v] for v in rows)


def write(path, width, height, pixels, channels):
    """Grey (1), RGB (3) or RGBA (4) bytes to a file."""
    stride = width * channels
    raw = b"".join(b"\0" + bytes(pixels[y * stride : (y + 1) * stride]) for y in range(height))

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, {1: 0, 3: 2, 4: 6}[channels], 0, 0, 0)
    path.write_bytes(SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))
