// Rows as lines in a terminal and as docs/performance.md.

import { readFileSync } from 'node:fs';

import { FAMILIES, target } from './targets.mjs';

const number = (value) => {
  if (!Number.isFinite(value)) return '-';
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
};
const spread = ({ median, low, high }, unit = '') =>
  Number.isFinite(median) ? `${number(median)}${unit} (${number(low)} to ${number(high)})` : '-';
const seconds = ({ wall, cpu }) => `wall ${spread(wall, ' ms')}, CPU ${spread(cpu, ' ms')}`;

/** A row for the terminal. */
export function line(result) {
  const { row, error, ratio, value, how, ours, theirs, names, verdict } = result;
  const wanted = target(row);
  const head = `${row.id}: ${row.title}`;
  const end = wanted ? `; target ${wanted}${verdict ? `: ${verdict.toUpperCase()}` : ''}` : '';
  if (error) return `${head}\n    ${error}${end}`;
  if (value) return `${head}\n    ${spread(value, ` ${row.is}`)}, ${value.runs} run(s)${end}\n    ${how}`;
  return [
    head,
    `    ${spread(ratio.wall, ' x')} by wall time, ${spread(ratio.cpu, ' x')} by CPU time, ${ratio.wall.runs} run(s)${end}`,
    `    ours   ${seconds(ours)}: ${names.ours}`,
    `    theirs ${seconds(theirs)}: ${names.theirs}`,
  ].join('\n');
}

function ratioTable(results) {
  const head = [
    '| row | ratio by wall | ratio by CPU | target | | runs | Gradlens: wall ms | CPU ms | peer: wall ms | CPU ms |',
    '|---|---|---|---|---|---|---|---|---|---|',
  ];
  const lines = results.map(({ row, error, ratio, ours, theirs, verdict }) => {
    const title = `${row.title} (${row.is})`;
    if (error) return `| ${title} | ${error.replaceAll('|', '\\|')} | | ${target(row)} | | | | | | |`;
    const cells = [
      title,
      spread(ratio.wall),
      spread(ratio.cpu),
      target(row),
      bold(verdict),
      ratio.wall.runs,
      spread(ours.wall),
      spread(ours.cpu),
      spread(theirs.wall),
      spread(theirs.cpu),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [...head, ...lines].join('\n');
}

function numberTable(results) {
  const head = ['| row | value | target | | runs | how |', '|---|---|---|---|---|---|'];
  const lines = results.map(({ row, error, value, how, verdict }) => {
    if (error) return `| ${row.title} | ${error.replaceAll('|', '\\|')} | ${target(row)} | | | |`;
    const cells = [row.title, spread(value, ` ${row.is}`), target(row), bold(verdict), value.runs, how];
    return `| ${cells.join(' | ')} |`;
  });
  return [...head, ...lines].join('\n');
}

const bold = (verdict) => verdict.replace('missed', '**missed**');

const isRatio = ({ row }) => row.is.includes('/');

/** The names behind the sides of each row. */
function peers(results) {
  const lines = new Set();
  for (const { names } of results) for (const name of Object.values(names ?? {})) lines.add(`- ${name}`);
  return [...lines].sort().join('\n');
}

/** docs/performance.md. */
export function document({ machine, minutes, results, all, checks, inability }) {
  const notes = (name) => readFileSync(new URL(`notes/${name}.md`, import.meta.url), 'utf8').trim();
  const parts = [
    '# Performance\n\nWritten by `make bench`; do not edit it, but `tools/bench/notes`.',
    notes('method'),
    `## This run\n\n${machine.map((fact) => `- ${fact}`).join('\n')}\n- ${results.length} of ${all} rows in ${minutes.toFixed(0)} minutes`,
  ];
  for (const [family, title] of Object.entries(FAMILIES)) {
    const rows = results.filter((result) => result.family === family);
    if (!rows.length) continue;
    const [sides, numbers] = [rows.filter(isRatio), rows.filter((result) => !isRatio(result))];
    parts.push(`## ${title}`);
    if (sides.length) parts.push(ratioTable(sides));
    if (numbers.length) parts.push(numberTable(numbers));
  }
  const missed = results.filter(({ verdict }) => verdict?.startsWith('missed'));
  parts.push(`## Targets missed\n\n${missed.map(({ row }) => `- ${row.title}`).join('\n') || 'None.'}`);
  parts.push(notes('profile'));
  parts.push(`## Peers, their versions and flags\n\n${peers(results)}`);
  if (inability.length) {
    const lines = inability.map(({ peer, what, error }) => `- ${peer}, ${what}: \`${error}\``);
    parts.push(`What a peer cannot do, in its own words:\n\n${lines.join('\n')}`);
  }
  if (checks.length) {
    const lines = checks.map(({ peer, network, task, distance }) => `- ${peer}: ${task} of ${network}, ${distance.toExponential(1)}`);
    parts.push(
      `Nothing is fast by being wrong: the largest difference from PyTorch's result, as a share of its largest value.\n\n${lines.join('\n')}`,
    );
  }
  return `${parts.join('\n\n')}\n`;
}
