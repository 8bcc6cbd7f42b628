// Two builds of the page side by side: what a gradient takes in each, as a ratio of runs that took turns.
//
//   node tools/bench/compare.mjs BEFORE AFTER [MODEL...]
//
// BEFORE and AFTER are folders of built pages, MODEL a file or the name of a prepared network (the default model where none is
// named). Both CPU programs are compared, the one with relaxed SIMD and the plain one, each without colleagues.

import { existsSync } from 'node:fs';
import path from 'node:path';

import { ALONE, PLAIN, openEngine } from './engine.mjs';
import { describeMachine } from './machine.mjs';
import { model as prepared, root } from './places.mjs';
import { serveFolders } from './server.mjs';
import { ratios, sideBySide, times } from './timing.mjs';

const runs = Number(process.env.BENCH_RUNS || 15);
const [before, after, ...models] = process.argv.slice(2);
if (!after) throw new Error('two folders are needed: the page before, the page after');
if (!models.length) models.push(path.join(root, 'static/models/efficientnet-lite0.onnx'));

const spread = ({ low, median, high }) => `${median.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
const servers = [];
for (const folder of [before, after]) servers.push(await serveFolders({ page: path.resolve(folder) }));
console.log(describeMachine().join('\n'));
for (const name of models) {
  const model = existsSync(name) ? name : prepared(name);
  for (const kind of [ALONE, PLAIN]) {
    const engines = [];
    try {
      for (const server of servers) engines.push(await openEngine(server, kind, model));
      const results = await sideBySide(runs, {
        before: () => engines[0].gradient(),
        after: () => engines[1].gradient(),
      });
      const ratio = ratios(results.after, results.before);
      console.log(
        `${path.basename(name)}, ${kind}: after / before ${spread(ratio.wall)} wall, ${spread(ratio.cpu)} CPU; ` +
          `${times(results.before).wall.median.toFixed(0)} ms before, ${runs} runs`,
      );
    } finally {
      for (const engine of engines) await engine.close();
    }
  }
}
for (const server of servers) await server.close();
