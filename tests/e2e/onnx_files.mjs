// ONNX files written on the spot: one of a hundred megabytes, and some that no exporter would write.

const varint = (value) => {
  const bytes = [];
  let left = BigInt.asUintN(64, BigInt(value));
  while (left >= 0x80n) {
    bytes.push(Number(left & 0x7fn) | 0x80);
    left >>= 7n;
  }
  bytes.push(Number(left));
  return Buffer.from(bytes);
};
const int = (field, value) => Buffer.concat([varint(field << 3), varint(value)]);
const bytes = (field, content) => [varint((field << 3) | 2), varint(content.length), content];
const message = (field, ...parts) => Buffer.concat(bytes(field, Buffer.concat(parts.flat())));
const text = (field, content) => message(field, Buffer.from(content));

const attribute = (name, values) =>
  message(5, text(1, name), ...values.map((value) => int(8, value)), int(20, 7));
const node = (op, inputs, output, ...attributes) =>
  message(1, ...inputs.map((name) => text(1, name)), text(2, output), text(4, op), ...attributes);
const tensor = (name, dims, raw) =>
  message(5, ...dims.map((length) => int(1, length)), int(2, 1), text(8, name), ...bytes(9, raw));
const port = (field, name, dims) => {
  const shape = dims.map((length) => message(1, typeof length === 'string' ? text(2, length) : int(1, length)));
  return message(field, text(1, name), message(2, message(1, int(1, 1), message(2, ...shape))));
};
const model = (...graph) =>
  Buffer.concat([int(1, 8), text(2, 'a test'), message(7, text(2, 'graph'), ...graph), message(8, int(2, 17))]);

/** Weights that keep the size of what passes them, from a seed. */
function weights(count, inputs, seed) {
  const values = new Float32Array(count);
  const bound = Math.sqrt(6 / inputs);
  let state = seed >>> 0;
  for (let index = 0; index < count; index += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[index] = (state / 2 ** 31 - 1) * bound;
  }
  return Buffer.from(values.buffer);
}

/** Convolutions and, as in VGG, one large matrix: ten classes, a hundred megabytes. */
export function largeModel() {
  const parts = [port(11, 'x', ['n', 3, 64, 64]), port(12, 'y', ['n', 10])];
  let value = 'x';
  let channels = 3;
  for (const [index, [outputs, stride]] of [[256, 2], [512, 2], [512, 2], [512, 1], [512, 1]].entries()) {
    const [conv, relu, name] = [`c${index}`, `r${index}`, `w${index}`];
    const window = [attribute('strides', [stride, stride]), attribute('pads', [1, 1, 1, 1])];
    parts.push(node('Conv', [value, name], conv, ...window), node('Relu', [conv], relu));
    const inputs = channels * 9;
    parts.push(tensor(name, [outputs, channels, 3, 3], weights(outputs * inputs, inputs, index)));
    [value, channels] = [relu, outputs];
  }
  const flat = channels * 8 * 8;
  parts.push(node('Flatten', [value], 'f'), node('Gemm', ['f', 'm'], 'h'), node('Relu', ['h'], 'r'));
  parts.push(tensor('m', [flat, 512], weights(flat * 512, flat, 7)));
  parts.push(node('Gemm', ['r', 'k'], 'y'), tensor('k', [512, 10], weights(5120, 512, 8)));
  return model(...parts);
}

/** Two convolutions with SiLU between them, as exporters write it: four classes. */
export function siluModel() {
  return model(
    port(11, 'x', ['n', 3, 32, 32]),
    port(12, 'y', ['n', 4]),
    node('Conv', ['x', 'w'], 'c'),
    node('Sigmoid', ['c'], 's'),
    node('Mul', ['c', 's'], 'a'),
    node('Conv', ['a', 'v'], 'd'),
    node('GlobalAveragePool', ['d'], 'p'),
    node('Flatten', ['p'], 'y'),
    tensor('w', [8, 3, 3, 3], weights(216, 27, 1)),
    tensor('v', [4, 8, 3, 3], weights(288, 72, 2)),
  );
}

/** The mean of each channel times weights that differ, then perhaps a last layer: `classes` scores. */
function channelMeans(channels, classes, last) {
  const scores = last ? 'scores' : 'y';
  return [
    port(11, 'x', ['n', channels, 32, 32]),
    port(12, 'y', ['n', classes]),
    node('Conv', ['x', 'w'], 'c'),
    node('Relu', ['c'], 'r'),
    node('GlobalAveragePool', ['r'], 'p'),
    node('Flatten', ['p'], 'f'),
    node('Gemm', ['f', 'k'], scores),
    ...(last ? [node(last, [scores], 'y')] : []),
    tensor('w', [8, channels, 3, 3], weights(72 * channels, 9 * channels, 5)),
  ];
}

/** Weights of the last layer, `[8, classes]`. */
const lastWeights = (classes) => weights(8 * classes, 8, 6);

/** Digits' first model: one grey channel, six classes. */
export const greyModel = () => model(...channelMeans(1, 6), tensor('k', [8, 6], lastWeights(6)));

/** One sigmoid for two classes. */
export const binaryModel = () => model(...channelMeans(3, 1, 'Sigmoid'), tensor('k', [8, 1], lastWeights(1)));

/** A sigmoid for each of five classes: several right answers. */
export const multiLabelModel = () => model(...channelMeans(3, 5, 'Sigmoid'), tensor('k', [8, 5], lastWeights(5)));

/** A model of seven classes whose last weights are in a file of their own, `split.onnx.data`: both files. */
export function splitModel() {
  const raw = lastWeights(7);
  const entry = (key, value) => message(13, text(1, key), text(2, value));
  const outside = message(
    5,
    int(1, 8),
    int(1, 7),
    int(2, 1),
    text(8, 'k'),
    entry('location', 'split.onnx.data'),
    entry('offset', '0'),
    entry('length', String(raw.length)),
    int(14, 1),
  );
  return [
    { name: 'split.onnx', type: '', bytes: model(...channelMeans(3, 7), outside) },
    { name: 'split.onnx.data', type: '', bytes: raw },
  ];
}

/** Files that are no ONNX models, each with what the page must call it and the way out. */
export const foreignFiles = () => [
  {
    name: 'pointer.onnx',
    type: '',
    says: /Git LFS pointer.*git lfs pull/s,
    bytes: Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 16426000\n'),
  },
  { name: 'weights.h5', type: '', says: /HDF5.*format="onnx"/s, bytes: Buffer.from('\x89HDF\r\n\x1a\n0000', 'latin1') },
  { name: 'net.pt', type: '', says: /pickle.*torch\.onnx\.export/s, bytes: Buffer.from('\x80\x02}q\x00.', 'latin1') },
];

/** One file per evil, each with what the page must say about it. */
export function hostileModels() {
  const weight = Buffer.alloc(24);
  const small = (shape, ...more) =>
    model(
      port(11, 'x', shape),
      port(12, 'y', ['n', 2]),
      node('Conv', ['x', 'w'], 'c'),
      node('GlobalAveragePool', ['c'], 'p'),
      node('Flatten', ['p'], 'y'),
      tensor('w', [2, 3, 1, 1], weight),
      ...more,
    );
  const whole = small(['n', 3, 8, 8]);
  return [
    { name: 'empty.onnx', says: /empty/, bytes: Buffer.alloc(0) },
    { name: 'noise.onnx', says: /not an ONNX file/, bytes: weights(10_000, 1, 3) },
    { name: 'cut.onnx', says: /damaged/, bytes: whole.subarray(0, whole.length / 2) },
    { name: 'huge-axis.onnx', says: /1099511627776/, bytes: small(['n', 3, 2 ** 40, 8]) },
    { name: 'wrong-size.onnx', says: /96 bytes/, bytes: small(['n', 3, 8, 8], tensor('v', [24], weight)) },
    { name: 'cycle.onnx', says: /cycle/, bytes: small(['n', 3, 8, 8], node('Relu', ['b'], 'a'), node('Relu', ['a'], 'b')) },
    { name: 'twice.onnx', says: /twice/, bytes: small(['n', 3, 8, 8], node('Relu', ['x'], 'c')) },
  ];
}
