// Measures of a map against as many forwards as they need, on the CPU device in the browser.

import { openEngine } from '../engine.mjs';
import { model, photo } from '../places.mjs';
import { sideBySide } from '../timing.mjs';

const MEASURES = [
  { id: 'measures-rcap', measure: 'rcap', runs: 7 },
  { id: 'measures-authors-curves', measure: 'authors-curves', runs: 5 },
  { id: 'measures-rise-curves', measure: 'rise-curves', runs: 5 },
];

/** The worker's own clock of a stage. The browser's CPU seconds know no stages. */
const stage = ({ finished }, name, times = 1) => {
  const found = finished.times.find((time) => time.stage === name);
  if (!found) throw new Error(`the worker timed no stage ${name}: ${JSON.stringify(finished.times)}`);
  return { wall_ms: times * found.elapsed_ms, cpu_ms: NaN };
};

export async function measure(bench) {
  if (!MEASURES.some(({ id }) => bench.wants(id))) return;
  const engine = await openEngine(bench.server, 'cpu', model('efficientnet_lite0'));
  try {
    await engine.job(5);
    for (const { id, measure, runs } of MEASURES) {
      const forwards = await engine.forwardsOf(measure);
      const theirs = `${forwards} forwards of one image each, timed as the classification of the photo: the worker takes no batch of forwards`;
      await bench.row(id, { ours: engine.describe(), theirs }, () =>
        sideBySide(bench.runs(runs), {
          ours: async () => stage(await engine.measure(measure), 'measure'),
          theirs: async () => stage(await engine.ask({ 'open-image': { name: 'photo' } }, { file: photo }), 'classify', forwards),
        }),
      );
    }
  } finally {
    await engine.close();
  }
}
