// Reads the one kind of NumPy file that the page saves: single precision, row by row.

import assert from 'node:assert/strict';

/** `bytes` of a `.npy` file as its shape and its values. */
export function readNpy(bytes) {
  assert.equal(bytes.subarray(0, 8).toString('latin1'), '\x93NUMPY\x01\x00', 'a NumPy file of version 1.0');
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.subarray(10, start).toString('latin1');
  assert.match(header, /'descr': '<f4'/, 'single precision');
  assert.match(header, /'fortran_order': False/, 'row by row');
  const shape = /'shape': \(([\d, ]*)\)/.exec(header)[1].split(',').filter((side) => side.trim()).map(Number);
  const count = shape.reduce((product, side) => product * side, 1);
  assert.equal(bytes.length, start + 4 * count, 'as many values as the shape says');
  return { shape, values: Float32Array.from({ length: count }, (_, index) => bytes.readFloatLE(start + 4 * index)) };
}
