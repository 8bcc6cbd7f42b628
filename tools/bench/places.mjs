// Where the benchmark's parts lie; run.sh names the folders in the cache.

import path from 'node:path';
import { fileURLToPath } from 'node:url';

const need = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; start the benchmark with make bench`);
  return value;
};

export const root = fileURLToPath(new URL('../..', import.meta.url));
/** The built page. */
export const page = process.env.PAGE_FOLDER || path.join(root, 'dist');
/** Prepared networks, a folder each. */
export const networks = need('BENCH_NETWORKS');
/** Packages of npm. */
export const packages = need('BENCH_PACKAGES');
/** A Python with PyTorch. */
export const python = need('BENCH_PYTHON');
/** The command line. */
export const program = need('BENCH_GRADLENS');
/** The photo that is explained. */
export const photo = path.join(root, 'static/samples/chelsea.jpg');
/** A network's ONNX file. */
export const model = (name) => path.join(networks, name, 'model.onnx');
