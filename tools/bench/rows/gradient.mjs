// One input gradient in the browser, in one worker, against TensorFlow.js's fastest forward and its own gradient.

import { ALONE, PLAIN, openEngine } from '../engine.mjs';
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
const RELAXED = { efficientnet_lite0: 'gradient-lite0-relaxed', resnet50: 'gradient-resnet50-relaxed' };
const OWN = { efficientnet_lite0: 'gradient-lite0-tfjs', resnet50: 'gradient-resnet50-tfjs' };

export async function measure(bench) {
  for (const network of NETWORKS) {
    const { name, runs, times } = network;
    const [plain, relaxed, own] = [network.id, RELAXED[name], OWN[name]];
    if (![plain, relaxed, own].some((id) => id && bench.wants(id))) continue;
    const peer = await openTensorFlow(bench.server, name, 'wasm');
    const theirs = () => peer.run('forward', null, 2 * times);
    const open = async (kind, measured) => {
      const engine = await openEngine(bench.server, kind, model(name));
      const names = { ours: engine.describe(), theirs: peer.describe() };
      try {
        await measured(names, repeated(times, () => engine.gradient()));
      } finally {
        await engine.close();
      }
    };
    const againstForward = (id) => (names, ours) =>
      bench.row(id, names, async () => {
        bench.checked(peer.describe(), name, 'logits', await peer.check('forward'));
        return sideBySide(bench.runs(runs), { ours, theirs });
      });
    try {
      await open(PLAIN, againstForward(plain));
      if (relaxed) await open(ALONE, againstForward(relaxed));
      if (!own) continue;
      await open(ALONE, (names, ours) =>
        bench.row(own, names, async () => {
          bench.checked(peer.describe(), name, 'gradient', await peer.check('gradient'));
          return sideBySide(bench.runs(3), { ours, theirs: () => peer.run('gradient') });
        }),
      );
    } finally {
      await peer.close();
    }
  }
}
