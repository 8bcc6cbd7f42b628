// Makes the program for browsers without relaxed SIMD of the one with it: a multiplication and an addition in place of each
// f32x4.relaxed_madd, and so on. One compilation gives both, and they differ in nothing else.
//
//     node tools/plain_program.mjs FOLDER
//
// reads worker_relaxed.js and worker_relaxed_bg.wasm in FOLDER and writes worker.js and worker_bg.wasm beside them.

import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const SECTION = { type: 1, function: 3, code: 10 };
const V128 = 0x7b;
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const VECTOR = 0xfd;
// The relaxed instructions are the last of the vector ones.
const RELAXED = { first: 0x100, last: 0x114 };
// What one of them may be at its strictest, each a result that its definition allows. Where there is a sum, it is put aside until
// the product is there. The compiler chooses more of them than the one that the kernels ask for.
const PLAIN = new Map([
  [0x100, { then: [0x0e] }], // i8x16.swizzle
  [0x101, { then: [0xf8] }], // i32x4.trunc_sat_f32x4_s
  [0x102, { then: [0xf9] }], // i32x4.trunc_sat_f32x4_u
  [0x103, { then: [0xfc] }], // i32x4.trunc_sat_f64x2_s_zero
  [0x104, { then: [0xfd] }], // i32x4.trunc_sat_f64x2_u_zero
  [0x105, { product: [0xe6], then: [0xe4] }], // f32x4.mul, f32x4.add
  [0x106, { product: [0xe6, 0xe1], then: [0xe4] }], // f32x4.mul, f32x4.neg, f32x4.add
  [0x107, { product: [0xf2], then: [0xf0] }], // f64x2.mul, f64x2.add
  [0x108, { product: [0xf2, 0xed], then: [0xf0] }], // f64x2.mul, f64x2.neg, f64x2.add
  [0x109, { then: [0x52] }], // v128.bitselect, for all four widths
  [0x10a, { then: [0x52] }],
  [0x10b, { then: [0x52] }],
  [0x10c, { then: [0x52] }],
  [0x10d, { then: [0xea] }], // f32x4.pmin
  [0x10e, { then: [0xeb] }], // f32x4.pmax
  [0x10f, { then: [0xf6] }], // f64x2.pmin
  [0x110, { then: [0xf7] }], // f64x2.pmax
  [0x111, { then: [0x82] }], // i16x8.q15mulr_sat_s
]);

/** Reads a module's bytes in order; every place is that of the next byte. */
class Reader {
  constructor(bytes, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  byte() {
    if (this.at >= this.end) throw new Error(`the module ends early, at byte ${this.at}`);
    return this.bytes[this.at++];
  }

  skip(count) {
    this.at += count;
    if (this.at > this.end) throw new Error(`the module ends early, at byte ${this.end}`);
  }

  /** An unsigned number of at most 64 bits; those of more than 53 are only ever skipped. */
  unsigned() {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) return value;
    }
  }

  /** A signed number, skipped. */
  signed() {
    while (this.byte() >= 0x80);
  }

  /** Alignment, the memory where there are several, and offset. */
  memory() {
    if (this.unsigned() & 0x40) this.unsigned();
    this.unsigned();
  }

  list(read) {
    return Array.from({ length: this.unsigned() }, read);
  }
}

function unsigned(value) {
  const bytes = [];
  do {
    const rest = Math.floor(value / 128);
    bytes.push((value % 128) | (rest ? 0x80 : 0));
    value = rest;
  } while (value);
  return bytes;
}

/** How many parameters each type of function has. */
function parameterCounts(reader) {
  return reader.list(() => {
    const form = reader.byte();
    if (form !== 0x60) throw new Error(`a type of form 0x${form.toString(16)} is not known here`);
    const count = reader.unsigned();
    reader.skip(count);
    reader.skip(reader.unsigned());
    return count;
  });
}

const among = (code, ...ranges) => ranges.some(([first, last]) => code >= first && code <= last);

/** Skips what an instruction carries, but for vector ones. */
function skipImmediates(reader, code) {
  // Blocks and null references carry a type; whole numbers are of the same form.
  if (among(code, [0x02, 0x04], [0x41, 0x42], [0xd0, 0xd0])) return reader.signed();
  // Branches, calls, locals, globals, tables, sizes of memories, and references to functions carry one index.
  if (among(code, [0x0c, 0x0d], [0x10, 0x10], [0x12, 0x12], [0x20, 0x26], [0x3f, 0x40], [0xd2, 0xd2])) return reader.unsigned();
  if (among(code, [0x28, 0x3e])) return reader.memory();
  if (among(code, [0x43, 0x43])) return reader.skip(4);
  if (among(code, [0x44, 0x44])) return reader.skip(8);
  if (among(code, [0x00, 0x01], [0x05, 0x05], [0x0b, 0x0b], [0x0f, 0x0f], [0x1a, 0x1b], [0x45, 0xc4], [0xd1, 0xd1])) return;
  let indices;
  if (code === 0x0e) indices = reader.unsigned() + 1;
  else if (code === 0x11 || code === 0x13) indices = 2;
  else if (code === 0x1c) indices = reader.unsigned();
  else if (code === 0xfc) indices = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1][reader.unsigned()];
  if (indices === undefined) throw new Error(`instruction 0x${code.toString(16)} before byte ${reader.at} is not known here`);
  for (let count = 0; count < indices; count += 1) reader.unsigned();
}

/** Skips what a vector instruction carries, and gives its code. */
function vectorInstruction(reader) {
  const code = reader.unsigned();
  if (among(code, [0, 11], [84, 93])) reader.memory();
  // The lane that is loaded or stored.
  if (among(code, [21, 34], [84, 91])) reader.skip(1);
  if (among(code, [12, 13])) reader.skip(16);
  if (code > RELAXED.last) throw new Error(`vector instruction ${code} is not known here`);
  return code;
}

/** One function's body with every relaxed instruction written out, or null where it has none. */
function rewritten(bytes, at, end, parameters) {
  const reader = new Reader(bytes, at, end);
  const groups = reader.unsigned();
  const afterCount = reader.at;
  let local = parameters;
  for (let group = 0; group < groups; group += 1) {
    local += reader.unsigned();
    reader.byte();
  }
  const afterLocals = reader.at;
  const pieces = [];
  let kept = afterLocals;
  while (reader.at < end) {
    const begin = reader.at;
    const code = reader.byte();
    if (code !== VECTOR) {
      skipImmediates(reader, code);
      continue;
    }
    const vector = vectorInstruction(reader);
    if (vector < RELAXED.first) continue;
    const instead = PLAIN.get(vector);
    if (!instead) throw new Error(`relaxed instruction 0x${vector.toString(16)} has no plain form here`);
    const codes = (list) => list.flatMap((code) => [VECTOR, ...unsigned(code)]);
    const { product, then } = instead;
    const sum = unsigned(local);
    const written = product
      ? [LOCAL_SET, ...sum, ...codes(product), LOCAL_GET, ...sum, ...codes(then)]
      : codes(then);
    pieces.push(bytes.subarray(kept, begin), Uint8Array.from(written));
    kept = reader.at;
  }
  if (!pieces.length) return null;
  return Buffer.concat([
    Uint8Array.from(unsigned(groups + 1)),
    bytes.subarray(afterCount, afterLocals),
    Uint8Array.from([1, V128]),
    ...pieces,
    bytes.subarray(kept, end),
  ]);
}

/** The module without relaxed SIMD, and how many instructions were written out. An instruction that is not known is an error. */
export function plain(bytes) {
  const reader = new Reader(bytes);
  reader.skip(8);
  const out = [bytes.subarray(0, 8)];
  let parametersOfType = [];
  let functions = [];
  let changed = 0;
  while (reader.at < bytes.length) {
    const id = reader.byte();
    const size = reader.unsigned();
    const start = reader.at;
    reader.skip(size);
    const end = reader.at;
    const section = new Reader(bytes, start, end);
    let content = bytes.subarray(start, end);
    if (id === SECTION.type) parametersOfType = parameterCounts(section);
    if (id === SECTION.function) functions = section.list(() => section.unsigned());
    if (id === SECTION.code) {
      let index = 0;
      const bodies = section.list(() => {
        const length = section.unsigned();
        const from = section.at;
        section.skip(length);
        const body = rewritten(bytes, from, from + length, parametersOfType[functions[index++]]);
        changed += body ? 1 : 0;
        const now = body ?? bytes.subarray(from, from + length);
        return Buffer.concat([Uint8Array.from(unsigned(now.length)), now]);
      });
      content = Buffer.concat([Uint8Array.from(unsigned(bodies.length)), ...bodies]);
    }
    out.push(Uint8Array.from([id, ...unsigned(content.length)]), content);
  }
  return { bytes: Buffer.concat(out), functions: changed };
}

function main(folder) {
  const file = (name) => path.join(folder, name);
  const relaxed = readFileSync(file('worker_relaxed_bg.wasm'));
  const made = plain(relaxed);
  if (!made.functions) throw new Error('worker_relaxed_bg.wasm has no relaxed instruction: was it built with the feature relaxed-simd?');
  if (!WebAssembly.validate(made.bytes)) throw new Error('the program without relaxed SIMD is not valid');
  writeFileSync(file('worker_bg.wasm'), made.bytes);
  // What starts it stays as it is: the module asks for its imports by the name they were made with.
  copyFileSync(file('worker_relaxed.js'), file('worker.js'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    main(process.argv[2]);
  } catch (error) {
    console.error(`tools/plain_program.mjs: ${error.message}`);
    process.exit(1);
  }
}
