// One input gradient in the browser, in one worker, against TensorFlow.js's fastest forward and its own gradient.

import { openEngine } from '../engine.mjs';
import { model } from '../places.mjs';
import { openTensorFlow } from '../tfjs.mjs';
import { repeated, sideBySide } from '../timing.mjs';

// A run takes about a second on two slow cores, so that CPU seconds, which come in hundredths, tell something.
const NETWORKS = [
  { id: 'gradient-lite0', name: 'efficientnet_lite0', runs: 9, times: 6 },
  { id: 'gradient-resnet50', name: 'resnet50', runs: 7, times: 2 },
  { id: 'gradient-densenet161', name: 'densenet161_places365', runs: 5, times: 1 },
  { id: 'gradient-mobilenetv3', name: 'mobilenet_v3_large', runs: 7, times: 6 },
];
const OWN = { efficientnet_lite0: 'gradient-lite0-tfjs', resnet50: 'gradient-resnet50-tfjs' };

export async function measure(bench) {
  for (const { id, name, runs, times } of NETWORKS) {
    const own = OWN[name];
    if (!bench.wants(id) && !bench.wants(own)) continue;
    const engine = await openEngine(bench.server, 'cpu', model(name));
    const peer = await openTensorFlow(bench.server, name, 'wasm');
    const names = { ours: engine.describe(), theirs: peer.describe() };
    const gradient = repeated(times, () => engine.gradient());
    try {
      await bench.row(id, names, async () => {
        bench.checked(peer.describe(), name, 'logits', await peer.check('forward'));
        return sideBySide(bench.runs(runs), { ours: gradient, theirs: () => peer.run('forward', null, 2 * times) });
      });
      await bench.row(own, names, async () => {
        bench.checked(peer.describe(), name, 'gradient', await peer.check('gradient'));
        return sideBySide(bench.runs(3), { ours: gradient, theirs: () => peer.run('gradient') });
      });
    } finally {
      await engine.close();
      await peer.close();
    }
  }
}
