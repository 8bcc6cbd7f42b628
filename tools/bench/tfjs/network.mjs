// Runs in the browser: a prepared network as TensorFlow.js operators, channels last.

/** The steps and weights of a network; `tf` is the library. */
export async function loadNetwork(tf, address) {
  const [index, bytes] = await Promise.all([
    fetch(`${address}/index.json`).then((answer) => answer.json()),
    fetch(`${address}/weights.bin`).then((answer) => answer.arrayBuffer()),
  ]);
  const weight = ({ at, shape }) =>
    tf.tensor(new Float32Array(bytes, 4 * at, shape.reduce((a, b) => a * b, 1)), shape);
  for (const step of index.steps) {
    for (const name of ['kernel', 'bias', 'factor', 'offset']) if (step[name]) step[name] = weight(step[name]);
  }
  return index;
}

const activations = {
  linear: (tf, x) => x,
  relu: (tf, x) => tf.relu(x),
  relu6: (tf, x) => tf.relu6(x),
};

const padding = (pad) => (pad.flat().every((side) => side === 0) ? 'valid' : [[0, 0], ...pad, [0, 0]]);

/** Convolution, bias and activation in one kernel: the fastest way forwards, but it has no gradient for ReLU6. */
function fused(tf, step, x) {
  const convolve = step.op === 'conv' ? tf.fused.conv2d : tf.fused.depthwiseConv2d;
  return convolve({
    x,
    filter: step.kernel,
    strides: step.strides,
    pad: padding(step.pad),
    bias: step.bias,
    activation: step.activation,
  });
}

/** The same in three, which leaves the weights' gradients out of the way back. */
function plain(tf, step, x) {
  const convolve = step.op === 'conv' ? tf.conv2d : tf.depthwiseConv2d;
  const sum = tf.add(convolve(x, step.kernel, step.strides, padding(step.pad)), step.bias);
  return activations[step.activation](tf, sum);
}

const sixth = (tf, x) => tf.mul(tf.relu6(tf.add(x, 3)), 1 / 6);

const operators = {
  add: (tf, step, a, b) => tf.add(a, b),
  mul: (tf, step, a, b) => tf.mul(a, b),
  relu: (tf, step, x) => tf.relu(x),
  relu6: (tf, step, x) => tf.relu6(x),
  'hard-sigmoid': (tf, step, x) => sixth(tf, x),
  'hard-swish': (tf, step, x) => tf.mul(x, sixth(tf, x)),
  concat: (tf, step, ...parts) => tf.concat(parts, 3),
  norm: (tf, step, x) => tf.add(tf.mul(x, step.factor), step.offset),
  'max-pool': (tf, step, x) => tf.maxPool(x, step.window, step.strides, padding(step.pad)),
  'mean-pool': (tf, step, x) => tf.avgPool(x, step.window, step.strides, padding(step.pad)),
  'global-mean': (tf, step, x) => tf.mean(x, [1, 2], true),
  flatten: (tf, step, x) => tf.reshape(x, [x.shape[0], -1]),
  dense: (tf, step, x) => tf.add(tf.matMul(x, step.kernel), step.bias),
};

/** Logits of a batch; `differentiable` chooses kernels that have gradients. Call it in a `tf.tidy`. */
export function logits(tf, network, image, differentiable) {
  const values = new Map([['input', image]]);
  const convolution = differentiable ? plain : fused;
  for (const step of network.steps) {
    const inputs = step.inputs.map((name) => values.get(name));
    const operator = operators[step.op] ?? convolution;
    values.set(step.output, operator(tf, step, ...inputs));
  }
  return values.get(network.output);
}

/** Gradient of the target's logit, summed over a batch, by the images. */
export function inputGradient(tf, network, images) {
  const hot = tf.oneHot(tf.tensor1d([network.target], 'int32'), network.logits.length);
  return tf.grad((x) => tf.sum(tf.mul(logits(tf, network, x, true), hot)))(images);
}
