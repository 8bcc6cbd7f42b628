// The GPU engine against TensorFlow.js-WebGPU on the same software adapter, and what is sent to and fro.

import { openEngine } from '../engine.mjs';
import { model } from '../places.mjs';
import { openTensorFlow } from '../tfjs.mjs';
import { sideBySide } from '../timing.mjs';

const PAIRS = [
  { id: 'webgpu-lite0', name: 'efficientnet_lite0', sizePx: undefined, runs: 3 },
  { id: 'webgpu-resnet50', name: 'resnet50', sizePx: 64, runs: 3 },
];
const COUNTED = ['webgpu-dispatches', 'webgpu-readbacks', 'webgpu-upload'];

export async function measure(bench) {
  for (const { id, name, sizePx, runs } of PAIRS) {
    const counts = name === 'efficientnet_lite0' && COUNTED.some((counted) => bench.wants(counted));
    if (!bench.wants(id) && !counts) continue;
    let engine;
    try {
      engine = await openEngine(bench.server, 'webgpu', model(name), sizePx);
    } catch (error) {
      bench.cannot('Gradlens webgpu worker', name, error);
      continue;
    }
    try {
      if (counts) await count(bench, engine);
      if (bench.wants(id)) await compare(bench, engine, { id, name, sizePx, runs });
    } finally {
      await engine.close();
    }
  }
}

async function compare(bench, engine, { id, name, sizePx, runs }) {
  let peer;
  try {
    peer = await openTensorFlow(bench.server, name, 'webgpu', { sizePx: sizePx ?? null });
  } catch (error) {
    await bench.row(id, { ours: engine.describe() }, () => Promise.reject(error));
    return;
  }
  try {
    await bench.row(id, { ours: engine.describe(), theirs: peer.describe() }, async () => {
      if (!sizePx) bench.checked(peer.describe(), name, 'gradient', await peer.check('gradient'));
      return sideBySide(bench.runs(runs), { ours: () => engine.gradient(), theirs: () => peer.run('gradient') });
    });
  } finally {
    await peer.close();
  }
}

/** Everything is compiled and allocated by the first gradient; the second is counted. */
async function count(bench, engine) {
  await engine.gradient();
  const one = await engine.counted(() => engine.gradient());
  await bench.number('webgpu-dispatches', [one.dispatches], engine.describe());
  await bench.number('webgpu-upload', [one.uploaded / 1000], engine.describe());
  if (!bench.wants('webgpu-readbacks')) return;
  const job = await engine.counted(() => engine.job(4));
  await bench.number('webgpu-readbacks', [job.readbacks], engine.describe());
}
