// The program for browsers without relaxed SIMD, which is made of the one with it.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { plain } from '../../tools/plain_program.mjs';

const dist = process.env.PAGE_FOLDER || fileURLToPath(new URL('../../dist', import.meta.url));

/** A module with `f(a, b, c)`: each number in all four lanes of a vector, then the instruction, then its first lane. */
function moduleOf(instruction) {
  const section = (id, ...content) => [id, content.length, ...content];
  const vector = (parameter) => [0x20, parameter, 0xfd, 0x13];
  const body = [1, 1, 0x7f, ...vector(0), ...vector(1), ...vector(2), ...instruction, 0xfd, 0x1f, 0, 0x0b];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, 1, 0x60, 3, 0x7d, 0x7d, 0x7d, 1, 0x7d),
    ...section(3, 1, 0),
    ...section(7, 1, 1, 'f'.charCodeAt(0), 0, 0),
    ...section(10, 1, body.length, ...body),
  ]);
}

async function compute(instruction, values) {
  const made = plain(moduleOf(instruction));
  assert.equal(made.functions, 1);
  const { instance } = await WebAssembly.instantiate(made.bytes);
  return instance.exports.f(...values);
}

describe('a relaxed instruction written out', () => {
  // Rounded once, the first would be 2^-24 more.
  const TRIPLES = [[1 + 2 ** -12, 1 + 2 ** -12, -1], [0.1, 0.2, 0.3], [-3, 7, 21], [1e30, 1e30, -1]];
  const { fround } = Math;

  it('rounds the product, then the sum', async () => {
    for (const triple of TRIPLES) {
      const [a, b, c] = triple.map(fround);
      assert.equal(await compute([0xfd, 0x85, 0x02], triple), fround(fround(a * b) + c), `${triple}`);
      assert.equal(await compute([0xfd, 0x86, 0x02], triple), fround(c - fround(a * b)), `${triple}, negated`);
    }
  });

  it('is the larger or the smaller of two', async () => {
    // The first of the three is 0 and is added to the result.
    const add = [0xfd, 0xe4, 0x01];
    assert.equal(await compute([0xfd, 0x8e, 0x02, ...add], [0, 2, 5]), 5);
    assert.equal(await compute([0xfd, 0x8d, 0x02, ...add], [0, 2, 5]), 2);
  });

  it('is refused where it has no plain form, as is anything unknown', () => {
    assert.throws(() => plain(moduleOf([0xfd, 0x93, 0x02])), /relaxed instruction 0x113 has no plain form/);
    assert.throws(() => plain(moduleOf([0xfe, 0x00])), /instruction 0xfe .* is not known/);
    assert.throws(() => plain(moduleOf([0xfd, 0x85, 0x02]).subarray(0, 40)), /ends early/);
  });
});

describe('the built program without relaxed SIMD', () => {
  it('is the one with it, written out, and has no relaxed instruction left', async () => {
    const relaxed = await readFile(path.join(dist, 'worker_relaxed_bg.wasm'));
    const built = await readFile(path.join(dist, 'worker_bg.wasm'));
    const made = plain(relaxed);
    assert.ok(made.functions > 0);
    assert.ok(made.bytes.equals(built));
    assert.equal(plain(built).functions, 0);
    assert.ok(WebAssembly.validate(built));
  });
});
