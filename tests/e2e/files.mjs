// Files that people drop by mistake, made on the spot.

import { crc32, deflateSync } from 'node:zlib';

import { photo } from './harness.mjs';

// Node's own from 22.2 on.
const checksum =
  crc32 ??
  ((bytes) => {
    let crc = -1;
    for (const byte of bytes) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return (crc ^ -1) >>> 0;
  });

function chunk(kind, data) {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(checksum(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** A black greyscale PNG. */
function png(width, height) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc((width + 1) * height))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** One file per mistake, each with what it is. */
export async function badFiles() {
  const text = Buffer.from('The quick brown fox jumps over the lazy dog.\n'.repeat(20));
  const whole = await photo('coffee.jpg');
  return [
    { what: 'a text file', name: 'notes.txt', type: 'text/plain', bytes: text },
    { what: 'a text file called a picture', name: 'notes.png', type: 'image/png', bytes: text },
    { what: 'an empty file', name: 'empty.jpg', type: 'image/jpeg', bytes: Buffer.alloc(0) },
    { what: 'a photo cut short', name: 'cut.jpg', type: 'image/jpeg', bytes: whole.bytes.subarray(0, 3000) },
    { what: 'a single pixel', name: 'pixel.png', type: 'image/png', bytes: png(1, 1) },
    { what: 'a hundred megapixels', name: 'huge.png', type: 'image/png', bytes: png(10_000, 10_000) },
  ];
}
