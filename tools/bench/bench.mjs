// Measures every row side by side with its peers, prints them, and writes docs/performance.md.
//
//   make bench                            every row, into docs/performance.md
//   make bench BENCH_ROWS=start,gradient-lite0     rows or families by name, printed only
//   BENCH_RUNS=2                          at most so many runs a row
//   BENCH_WRITE=1                         write docs/performance.md with the chosen rows alone

import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { describeMachine, quiet } from './machine.mjs';
import { networks, packages, page, root } from './places.mjs';
import { document, line } from './report.mjs';
import { serveFolders } from './server.mjs';
import { FAMILIES, ROWS, row, verdict } from './targets.mjs';
import { ratios, summary, times } from './timing.mjs';

const chosen = (process.env.BENCH_ROWS ?? '').split(',').filter(Boolean);
const mostRuns = Number(process.env.BENCH_RUNS || Infinity);
for (const name of chosen) if (!FAMILIES[name]) row(name);

const familyOf = (id) => (id.startsWith('native') ? 'job' : id.startsWith('size') ? 'start' : id.split('-')[0]);

/** What the rows are measured with: it knows which are wanted, and keeps what came out. */
class Bench {
  constructor(server) {
    this.server = server;
    this.results = new Map();
    this.checks = new Map();
    this.inability = [];
  }

  wants(id) {
    return Boolean(id) && (!chosen.length || chosen.includes(id) || chosen.includes(familyOf(id)));
  }

  runs(most) {
    return Math.max(1, Math.min(most, mostRuns));
  }

  say(text) {
    console.log(`  ${text}`);
  }

  keep(id, result) {
    const kept = { row: row(id), ...result };
    this.results.set(id, kept);
    console.log(line(kept));
  }

  /** A row of two sides: `run` gives their times by the names "ours" and "theirs". */
  async row(id, names, run) {
    if (!this.wants(id)) return;
    try {
      const { ours, theirs } = await run();
      const ratio = row(id).is === 'theirs/ours' ? ratios(theirs, ours) : ratios(ours, theirs);
      const found = verdict(row(id), ratio.wall.median);
      // Among others on a machine, threads that wait for each other stand worse than one thread.
      const doubt = found && !quiet ? ', not quiet' : '';
      this.keep(id, { names, ours: times(ours), theirs: times(theirs), ratio, verdict: `${found}${doubt}` });
    } catch (error) {
      this.keep(id, { names, error: firstLine(error) });
    }
  }

  /** A row that is a number. */
  async number(id, values, how) {
    if (!this.wants(id)) return;
    const value = summary(values);
    this.keep(id, { value, how, verdict: verdict(row(id), value.median) });
  }

  /** A peer's result agrees with PyTorch's by this much; what is far off is not worth a time. */
  checked(peer, network, task, distance) {
    if (distance === null) return;
    this.checks.set(`${peer}|${network}|${task}`, { peer, network, task, distance });
    if (!(distance < 0.05)) this.say(`${peer}: the ${task} of ${network} is off by ${distance} of its largest value`);
  }

  cannot(peer, what, error) {
    const entry = { peer, what, error: firstLine(error) };
    this.inability.push(entry);
    this.say(`${entry.peer}, ${entry.what}: ${entry.error}`);
  }
}

const firstLine = (error) => String(error?.message ?? error).split('\n')[0];

const machine = describeMachine();
console.log(machine.join('\n'));
const began = Date.now();
const server = await serveFolders(
  { page, packages, networks, tfjs: path.join(root, 'tools/bench/tfjs') },
  { 'page/counting_loader.js': path.join(root, 'tools/bench/counting_loader.js') },
);
const bench = new Bench(server);
try {
  for (const [family, title] of Object.entries(FAMILIES)) {
    const rows = ROWS.filter(({ id }) => familyOf(id) === family && bench.wants(id));
    if (!rows.length) continue;
    console.log(`\n${title}`);
    for (const { id, missing } of rows) if (missing) bench.keep(id, { error: `not built: ${missing}` });
    const { measure } = await import(`./rows/${family}.mjs`);
    try {
      await measure(bench);
    } catch (error) {
      bench.say(`stopped: ${firstLine(error)}`);
    }
    for (const { id } of rows) {
      if (!bench.results.has(id)) bench.keep(id, { error: 'it could not be measured; see above' });
    }
  }
} finally {
  await server.close();
}
const minutes = (Date.now() - began) / 60_000;
const results = ROWS.filter(({ id }) => bench.results.has(id)).map(({ id }) => ({ family: familyOf(id), ...bench.results.get(id) }));
const missed = results.filter((result) => result.verdict?.startsWith('missed')).length;
console.log(`\n${results.length} rows in ${minutes.toFixed(1)} minutes; ${missed} miss their target`);
if (!chosen.length || process.env.BENCH_WRITE) {
  const file = path.join(root, 'docs/performance.md');
  writeFileSync(file, document({ machine, minutes, results, all: ROWS.length, checks: [...bench.checks.values()], inability: bench.inability }));
  console.log(`written: docs/performance.md`);
}
