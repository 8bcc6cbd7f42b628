// Every row of the benchmark with its target, in one table.

export const FAMILIES = {
  gradient: 'One input gradient, one thread',
  job: 'Guided AbsoluteGrad with 20 samples, the whole job on all cores',
  webgpu: 'WebGPU on the software adapter',
  cost: 'What samples, methods and redraws cost',
  measures: 'Measures against the same number of forwards',
  start: 'Start and sizes',
};

/**
 * `is` tells what the number is: "ours/theirs" and "theirs/ours" are ratios of times side by side, anything else is a
 * unit. `most` or `least` is the target; a row with neither is only listed. `missing` says why there is nothing to run.
 */
export const ROWS = [
  { id: 'gradient-lite0', title: 'EfficientNet-Lite0: gradient against TensorFlow.js-wasm forward', is: 'ours/theirs', most: 2.0 },
  { id: 'gradient-resnet50', title: 'ResNet-50: gradient against TensorFlow.js-wasm forward', is: 'ours/theirs', most: 1.7 },
  { id: 'gradient-densenet161', title: 'DenseNet-161: gradient against TensorFlow.js-wasm forward', is: 'ours/theirs' },
  { id: 'gradient-mobilenetv3', title: 'MobileNetV3-Large: gradient against TensorFlow.js-wasm forward', is: 'ours/theirs' },
  { id: 'gradient-lite0-tfjs', title: 'EfficientNet-Lite0: gradient against TensorFlow.js-wasm gradient', is: 'theirs/ours' },
  { id: 'gradient-resnet50-tfjs', title: 'ResNet-50: gradient against TensorFlow.js-wasm gradient', is: 'theirs/ours' },
  {
    id: 'gradient-lite0-relaxed',
    title: 'EfficientNet-Lite0 with relaxed SIMD: gradient against TensorFlow.js-wasm forward',
    is: 'ours/theirs',
    most: 1.6,
  },
  {
    id: 'gradient-resnet50-relaxed',
    title: 'ResNet-50 with relaxed SIMD: gradient against TensorFlow.js-wasm forward',
    is: 'ours/theirs',
    most: 1.4,
  },

  {
    id: 'job-two-workers',
    title: 'EfficientNet-Lite0: two workers against one',
    is: 'ours/theirs',
    most: 0.55,
  },
  { id: 'job-lite0-pytorch', title: 'EfficientNet-Lite0: browser against PyTorch eager', is: 'ours/theirs', most: 1.0 },
  { id: 'job-resnet50-pytorch', title: 'ResNet-50: browser against PyTorch eager', is: 'ours/theirs', most: 1.5 },
  { id: 'native-lite0-pytorch', title: 'EfficientNet-Lite0: command line against PyTorch eager', is: 'ours/theirs', most: 0.7 },
  { id: 'native-resnet50-pytorch', title: 'ResNet-50: command line against PyTorch eager', is: 'ours/theirs', most: 0.7 },
  { id: 'job-lite0-tfjs', title: 'EfficientNet-Lite0: browser against TensorFlow.js on its fastest able backend', is: 'theirs/ours', least: 20 },
  { id: 'job-resnet50-tfjs', title: 'ResNet-50: browser against TensorFlow.js on its fastest able backend', is: 'theirs/ours', least: 20 },

  { id: 'webgpu-lite0', title: 'EfficientNet-Lite0, 224 px: gradient against TensorFlow.js-WebGPU', is: 'theirs/ours', least: 3 },
  { id: 'webgpu-resnet50', title: 'ResNet-50, 64 px: gradient against TensorFlow.js-WebGPU', is: 'theirs/ours', least: 3 },
  { id: 'webgpu-dispatches', title: 'EfficientNet-Lite0: dispatches of one gradient', is: 'dispatches' },
  { id: 'webgpu-readbacks', title: 'EfficientNet-Lite0: read-backs of one map of 4 samples', is: 'read-backs', most: 1 },
  { id: 'webgpu-upload', title: 'EfficientNet-Lite0: bytes written to the GPU for one gradient', is: 'kB' },

  { id: 'cost-linear', title: 'Time of a sample at N = 60 against N = 20', is: 'ours/theirs', least: 0.95, most: 1.05 },
  { id: 'cost-memory', title: 'Peak memory at N = 200 against N = 10', is: 'of N = 10', most: 1.0 },
  { id: 'cost-family', title: 'Five noise methods together against Guided AbsoluteGrad alone', is: 'ours/theirs', most: 1.1 },
  { id: 'cost-redraw', title: 'Percentile moved, 224 x 224, until the new map is there', is: 'ms', most: 16 },

  { id: 'measures-rcap', title: 'RCAP against its 6 forwards', is: 'ours/theirs', most: 1.2 },
  { id: 'measures-authors-curves', title: "Both curves, authors' protocol, against their 20 forwards", is: 'ours/theirs', most: 1.2 },
  { id: 'measures-rise-curves', title: "Both curves, RISE's protocol, against their 42 forwards", is: 'ours/theirs', most: 1.2 },

  { id: 'size-page', title: 'Page, gzip', is: 'kB', most: 250 },
  { id: 'size-cpu', title: 'CPU engine, gzip', is: 'kB', most: 900 },
  { id: 'size-cpu-relaxed', title: 'CPU engine with relaxed SIMD, gzip', is: 'kB', most: 900 },
  { id: 'size-gpu', title: 'GPU engine, gzip', is: 'kB', most: 2500 },
  { id: 'size-check', title: 'Program that checks models, gzip', is: 'kB' },
  { id: 'size-model', title: 'Default model against its weights in single precision', is: 'of full', most: 0.52 },
  { id: 'start-interactive', title: 'From navigation until a photo can be dropped', is: 'ms' },
  { id: 'start-order', title: 'The same against the arrival of the engine', is: 'of it', most: 1.0 },
  { id: 'start-first-map', title: 'From navigation, a photo dropped as soon as can be, until the first map', is: 'ms' },
  { id: 'start-gpu-engine', title: 'Requests for the GPU engine where there is no hardware adapter', is: 'requests', most: 0 },
];

/** A row of the table. */
export function row(id) {
  const found = ROWS.find((row) => row.id === id);
  if (!found) throw new Error(`there is no row ${id}; rows: ${ROWS.map((row) => row.id).join(', ')}`);
  return found;
}

/** The target in words. */
export function target({ is, most, least }) {
  const unit = is.includes('/') ? 'x' : is;
  const parts = [];
  if (least !== undefined) parts.push(`at least ${least} ${unit}`);
  if (most !== undefined) parts.push(`at most ${most} ${unit}`);
  return parts.join(', ');
}

/** "met", "missed", or nothing where the row is only listed. */
export function verdict({ most = Infinity, least = -Infinity }, value) {
  if (most === Infinity && least === -Infinity) return '';
  return value <= most && value >= least ? 'met' : 'missed';
}
