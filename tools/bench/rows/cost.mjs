// What samples, methods and redraws cost on the CPU device in the browser.

import { ALONE, openEngine } from '../engine.mjs';
import { model } from '../places.mjs';
import { sideBySide } from '../timing.mjs';

const NAME = 'efficientnet_lite0';
const FEW = 20;
const MANY = 60;
const FAMILY = ['smoothgrad', 'smoothgrad-squared', 'vargrad', 'absolutegrad', 'guided-absolute-grad'];

const perSample = async (engine, samples) => {
  const { wall_ms, cpu_ms } = await engine.job(samples);
  return { wall_ms: wall_ms / samples, cpu_ms: cpu_ms / samples };
};

const peak = ({ events }) => Math.max(...events.filter((event) => event.memory).map((event) => event.memory.peak_bytes));

export async function measure(bench) {
  const rows = ['cost-linear', 'cost-family', 'cost-redraw'];
  if (rows.some((id) => bench.wants(id))) {
    const engine = await openEngine(bench.server, ALONE, model(NAME));
    try {
      await times(bench, engine);
    } finally {
      await engine.close();
    }
  }
  if (bench.wants('cost-memory')) await memory(bench);
}

async function times(bench, engine) {
  const same = { ours: engine.describe(), theirs: engine.describe() };
  await bench.row('cost-linear', same, () =>
    sideBySide(bench.runs(5), { ours: () => perSample(engine, MANY), theirs: () => perSample(engine, FEW) }),
  );
  await bench.row('cost-family', same, () =>
    sideBySide(bench.runs(5), { ours: () => family(engine), theirs: () => engine.job(FEW) }),
  );
  if (!bench.wants('cost-redraw')) return;
  const seed = 7;
  const at = (percentile) => engine.explain('guided-absolute-grad', { samples: FEW, seed, percentile });
  await at(85);
  const redraws = [];
  for (let run = 0; run < 30; run += 1) {
    const { wall_ms, finished } = await at(50 + run);
    if (finished.gradients !== 0) throw new Error(`moving the percentile took ${finished.gradients} gradients`);
    redraws.push(wall_ms);
  }
  await bench.number('cost-redraw', redraws, engine.describe());
}

/** All methods of the family with one noise, one after the other. */
async function family(engine) {
  const seed = (engine.seed += 1);
  const sum = { wall_ms: 0, cpu_ms: 0 };
  for (const method of FAMILY) {
    const { wall_ms, cpu_ms } = await engine.explain(method, { samples: FEW, seed });
    sum.wall_ms += wall_ms;
    sum.cpu_ms += cpu_ms;
  }
  return sum;
}

/** Memory never shrinks, so that each number of samples has a worker of its own. */
async function memory(bench) {
  const peaks = [];
  let description;
  for (const samples of [10, 200]) {
    const engine = await openEngine(bench.server, ALONE, model(NAME));
    description = engine.describe();
    try {
      peaks.push(peak(await engine.job(samples)));
    } finally {
      await engine.close();
    }
  }
  const [few, many] = peaks;
  const mebibytes = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  await bench.number('cost-memory', [many / few], `${mebibytes(few)} and ${mebibytes(many)}; ${description}`);
}
