// Gradlens as a native program: its own time of the explanation, and the CPU seconds of the whole process.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { photo, program } from './places.mjs';

const execute = promisify(execFile);

/** Runs Guided AbsoluteGrad with `samples` on the CPU. Reading the model is in the CPU seconds, not in the wall time. */
export async function explainNatively(model, samples) {
  const folder = await mkdtemp(path.join(tmpdir(), 'gradlens-bench-'));
  const json = path.join(folder, 'result.json');
  try {
    const options = ['explain', '--model', model, '--image', photo, '--device', 'cpu', '--samples', String(samples), '--json', json];
    // The shell's own clock is the portable way to another process's CPU time.
    const { stderr } = await execute('bash', ['-c', 'TIMEFORMAT="cpu %U %S"; time "$0" "$@" >/dev/null', program, ...options]);
    const [, user, system] = /cpu ([\d.]+) ([\d.]+)/.exec(stderr);
    const { timings_ms } = JSON.parse(await readFile(json, 'utf8'));
    const { elapsed_ms } = timings_ms.find(({ stage }) => stage === 'explain');
    return { wall_ms: elapsed_ms, cpu_ms: 1000 * (Number(user) + Number(system)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Its version and flags. */
export async function describeProgram() {
  const { stdout } = await execute(program, ['--version']);
  return `${stdout.trim()} native, release profile, CPU`;
}
