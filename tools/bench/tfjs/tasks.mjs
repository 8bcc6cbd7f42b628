// Runs in the browser: what TensorFlow.js is timed at, on one backend.

import { inputGradient, loadNetwork, logits } from './network.mjs';

// The first brings the gradients, and the backends cpu and webgl.
const LIBRARY = 'tfjs/dist/tf.min.js';
const BACKENDS = {
  wasm: 'tfjs-backend-wasm/dist/tf-backend-wasm.min.js',
  webgpu: 'tfjs-backend-webgpu/dist/tf-backend-webgpu.min.js',
};
const SPREAD = 0.15;
const PERCENTILE = 85;

function load(script) {
  return new Promise((resolve, reject) => {
    const element = document.createElement('script');
    element.src = `/packages/@tensorflow/${script}`;
    element.onload = resolve;
    element.onerror = () => reject(new Error(`${script} could not be loaded`));
    document.head.append(element);
  });
}

/** Starts a backend and gives the tasks of a network on it. */
export async function open(name, backend, threads, sizePx) {
  await load(LIBRARY);
  if (BACKENDS[backend]) await load(BACKENDS[backend]);
  const tf = globalThis.tf;
  if (backend === 'wasm') {
    tf.wasm.setWasmPaths('/packages/@tensorflow/tfjs-backend-wasm/dist/');
    if (threads === 1) tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    else tf.wasm.setThreadsCount(threads);
  }
  // This method left the standard; its answer is now a property.
  if (backend === 'webgpu' && globalThis.GPUAdapter) {
    GPUAdapter.prototype.requestAdapterInfo ??= async function () {
      return this.info;
    };
  }
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js cannot start its backend ${backend} here`);
  await tf.ready();
  const network = await loadNetwork(tf, `/networks/${name}`);
  const floats = async (file) => new Float32Array(await (await fetch(`/networks/${name}/${file}.bin`)).arrayBuffer());
  const size = sizePx ?? 224;
  const values = (await floats('input')).slice(0, 3 * size * size);
  const image = tf.tensor4d(values, [1, size, size, 3]);
  const far = (got, wanted) => {
    const scale = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    return wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - got[i])), 0) / scale;
  };
  const read = async (make) => {
    const result = tf.tidy(make);
    const data = await result.data();
    result.dispose();
    return data;
  };
  const tasks = {
    forward: () => read(() => logits(tf, network, image, false)),
    gradient: () => read(() => inputGradient(tf, network, image)),
    job: (samples) => guidedAbsoluteGrad(tf, network, image, samples),
  };
  return {
    version: `TensorFlow.js ${tf.version_core} ${backend}`,
    flags: describe(tf, backend),
    /** How far the results are from PyTorch's, as a share of the largest value; only at full size. */
    async check(task) {
      if (sizePx) return null;
      const got = await tasks[task]();
      return far(got, task === 'forward' ? network.logits : await floats('gradient'));
    },
    async run(task, argument) {
      const began = performance.now();
      await tasks[task](argument);
      return performance.now() - began;
    },
  };
}

function describe(tf, backend) {
  if (backend !== 'wasm') return '';
  const flag = (name) => tf.env().getBool(name);
  const threads = flag('WASM_HAS_MULTITHREAD_SUPPORT') ? tf.wasm.getThreadsCount() : 1;
  return `SIMD ${flag('WASM_HAS_SIMD_SUPPORT') ? 'on' : 'off'}, ${threads} thread${threads === 1 ? '' : 's'}`;
}

/** The whole job: noisy copies, mean and variance of absolute gradients, the guide, the sum over channels. */
async function guidedAbsoluteGrad(tf, network, image, samples) {
  const [low, high] = [tf.min(image), tf.max(image)].map((value) => value.dataSync()[0]);
  let [sum, squares] = [tf.zerosLike(image), tf.zerosLike(image)];
  for (let sample = 0; sample < samples; sample += 1) {
    const next = tf.tidy(() => {
      const noisy = tf.add(image, tf.randomNormal(image.shape, 0, SPREAD * (high - low)));
      const gradient = tf.abs(inputGradient(tf, network, noisy));
      return [tf.add(sum, gradient), tf.add(squares, tf.square(gradient))];
    });
    // Waits, as otherwise all samples are held at once.
    await next[0].data();
    tf.dispose([sum, squares]);
    [sum, squares] = next;
  }
  const [mean, variance] = tf.tidy(() => {
    const mean = tf.div(sum, samples);
    return [mean, tf.sub(tf.div(squares, samples), tf.square(mean))];
  });
  const [means, variances] = [await mean.data(), await variance.data()];
  tf.dispose([sum, squares, mean, variance]);
  return guided(means, variances);
}

/** Sums the channels of magnitudes, damped by their variance where it is not above the channel's percentile. */
function guided(means, variances) {
  const pixels = means.length / 3;
  const map = new Float32Array(pixels);
  for (let channel = 0; channel < 3; channel += 1) {
    const of = Float32Array.from({ length: pixels }, (_, pixel) => variances[3 * pixel + channel]).sort();
    const place = (PERCENTILE / 100) * (pixels - 1);
    const below = Math.floor(place);
    const threshold = of[below] + (place - below) * (of[Math.min(below + 1, pixels - 1)] - of[below]);
    for (let pixel = 0; pixel < pixels; pixel += 1) {
      const i = 3 * pixel + channel;
      map[pixel] += means[i] * (variances[i] > threshold ? 1 : variances[i]);
    }
  }
  return map;
}
