// Prints where the time of one gradient goes on the GPU: every dispatch once more by itself, on the software adapter.
//
//   node shaders.mjs [NETWORK [SIZE_PX]]     efficientnet_lite0 by default, at its own size

import path from 'node:path';

import { openEngine } from './engine.mjs';
import { model, page, root } from './places.mjs';
import { serveFolders } from './server.mjs';

const [name = 'efficientnet_lite0', sizePx] = process.argv.slice(2);
const server = await serveFolders(
  { page },
  { 'page/counting_loader.js': path.join(root, 'tools/bench/counting_loader.js') },
);
const engine = await openEngine(server, 'webgpu', model(name), Number(sizePx) || undefined);
try {
  await engine.gradient();
  const { wall_ms } = await engine.gradient();
  const shaders = Object.entries(await engine.shaders(() => engine.gradient()));
  const total = shaders.reduce((sum, [, { ms }]) => sum + ms, 0);
  console.log(`${engine.describe()}\n${name}: one gradient ${wall_ms.toFixed(0)} ms; its dispatches one by one ${total.toFixed(0)} ms`);
  for (const [shader, { ms, runs }] of shaders.sort(([, one], [, other]) => other.ms - one.ms)) {
    console.log(`${((100 * ms) / total).toFixed(1).padStart(5)} %  ${ms.toFixed(0).padStart(6)} ms  ${String(runs).padStart(4)} x  ${shader}`);
  }
} finally {
  await engine.close();
  await server.close();
}
