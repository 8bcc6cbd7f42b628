// The machine in words, and whether it is quiet.

import { execFileSync } from 'node:child_process';
import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';

/** Whether nothing else was running at the start. */
export const quiet = loadavg()[0] <= 0.5;

/** One line a fact. */
export function describeMachine() {
  const commit = git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--untracked-files=no') ? ' with changes' : '');
  const [load] = loadavg();
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  return [
    `Gradlens at ${commit}, ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    `${cpus()[0].model.trim()}, ${availableParallelism()} cores, ${gibibytes} GiB, ${type()} ${release()} ${arch()}, Node ${process.version}`,
    `Load at the start: ${load.toFixed(2)}${quiet ? '' : ' - THE MACHINE IS NOT QUIET: no verdict on a time counts'}`,
  ];
}

function git(...command) {
  try {
    return execFileSync('git', command, { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}
