// PyTorch eager on the processor, in a process of its own that is asked line by line.

import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { model, python, root } from './places.mjs';

/** Starts PyTorch with a network; on all cores where no number of threads is given. */
export async function openPyTorch(name, threads) {
  const script = path.join(root, 'tools/bench/pytorch.py');
  const process = spawn(python, [script, name, model('efficientnet_lite0'), String(threads)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  const read = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('PyTorch ended before it answered');
    return JSON.parse(value);
  };
  const ready = await read();
  let batch = '';
  const ask = async (request) => {
    process.stdin.write(`${JSON.stringify(request)}\n`);
    const answer = await read();
    if (answer.error) throw new Error(answer.error);
    return answer;
  };
  return {
    run: (task, samples) => ask({ task, samples }),
    async chooseBatch(samples) {
      batch = (await ask({ task: 'choose-batch', samples })).batch;
    },
    describe() {
      const threads = `${ready.threads} thread${ready.threads === 1 ? '' : 's'}`;
      return `PyTorch ${ready.version} eager on the CPU, ${threads}${batch && `, ${batch} noisy copies a pass`}`;
    },
    close: () => process.kill(),
  };
}
