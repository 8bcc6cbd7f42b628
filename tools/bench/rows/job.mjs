// Guided AbsoluteGrad with 20 samples, from noise to map: the page and the command line against PyTorch and TensorFlow.js.

import { availableParallelism } from 'node:os';

import { describeProgram, explainNatively } from '../command_line.mjs';
import { ALONE, openEngine } from '../engine.mjs';
import { model } from '../places.mjs';
import { openPyTorch } from '../pytorch.mjs';
import { openTensorFlow } from '../tfjs.mjs';
import { sideBySide } from '../timing.mjs';

const SAMPLES = 20;
const NETWORKS = [
  { short: 'lite0', name: 'efficientnet_lite0', runs: 7 },
  { short: 'resnet50', name: 'resnet50', runs: 3 },
];
const BACKENDS = ['wasm', 'webgl', 'webgpu', 'cpu'];

export async function measure(bench) {
  await againstOneWorker(bench, NETWORKS[0]);
  for (const network of NETWORKS) {
    await againstPyTorch(bench, network);
    await againstTensorFlow(bench, network);
  }
}

async function againstOneWorker(bench, { name, runs }) {
  if (!bench.wants('job-two-workers')) return;
  const together = await openEngine(bench.server, 'cpu', model(name));
  const alone = await openEngine(bench.server, ALONE, model(name));
  try {
    const names = { ours: together.describe(), theirs: alone.describe() };
    await bench.row('job-two-workers', names, () =>
      sideBySide(bench.runs(runs), { ours: () => together.job(SAMPLES), theirs: () => alone.job(SAMPLES) }),
    );
  } finally {
    await together.close();
    await alone.close();
  }
}

async function againstPyTorch(bench, { short, name, runs }) {
  const [job, native] = [`job-${short}-pytorch`, `native-${short}-pytorch`];
  if (!bench.wants(job) && !bench.wants(native)) return;
  const engine = await openEngine(bench.server, 'cpu', model(name));
  const peer = await openPyTorch(name, availableParallelism());
  try {
    await peer.chooseBatch(SAMPLES);
    const theirs = () => peer.run('job', SAMPLES);
    await bench.row(job, { ours: engine.describe(), theirs: peer.describe() }, () =>
      sideBySide(bench.runs(runs), { ours: () => engine.job(SAMPLES), theirs }),
    );
    await bench.row(native, { ours: await describeProgram(), theirs: peer.describe() }, () =>
      sideBySide(bench.runs(runs), { ours: () => explainNatively(model(name), SAMPLES), theirs }),
    );
  } finally {
    await engine.close();
    peer.close();
  }
}

async function againstTensorFlow(bench, { short, name }) {
  const id = `job-${short}-tfjs`;
  if (!bench.wants(id)) return;
  const backend = await fastestAble(bench, id, name);
  if (!backend) return;
  const engine = await openEngine(bench.server, 'cpu', model(name));
  const peer = await openTensorFlow(bench.server, name, backend, { threads: availableParallelism() });
  try {
    await bench.row(id, { ours: engine.describe(), theirs: peer.describe() }, async () => {
      // A job of a minute needs no warm-up of its own beyond one gradient, and its ratio no decimals.
      await peer.run('gradient');
      const results = { ours: [], theirs: [] };
      for (let run = 0; run < bench.runs(2); run += 1) {
        results.ours.push(await engine.job(SAMPLES));
        results.theirs.push(await peer.run('job', SAMPLES));
      }
      return results;
    });
  } finally {
    await engine.close();
    await peer.close();
  }
}

/** The backend with the fastest gradient; those that have none are reported with their error. */
async function fastestAble(bench, id, name) {
  let best = null;
  for (const backend of BACKENDS) {
    try {
      const peer = await openTensorFlow(bench.server, name, backend, { threads: availableParallelism() });
      try {
        bench.checked(peer.describe(), name, 'gradient', await peer.check('gradient'));
        const { wall_ms } = await peer.run('gradient');
        bench.say(`${name}: a gradient takes ${peer.describe()} ${Math.round(wall_ms)} ms`);
        if (!best || wall_ms < best.wall_ms) best = { backend, wall_ms };
      } finally {
        await peer.close();
      }
    } catch (error) {
      bench.cannot(`TensorFlow.js ${backend}`, `${name}: gradient`, error);
    }
  }
  if (!best) await bench.row(id, {}, () => Promise.reject(new Error('no backend of TensorFlow.js has all the gradients')));
  return best?.backend;
}
