// Lighthouse's figures for the built page, on a host as docs/deploying.md asks for one: prints them, with what cost points,
// and fails where one is below 95.
//
//   node run.mjs      PAGE_FOLDER: the built page, dist by default; LIGHTHOUSE_RUNS: visits of each kind, 3 by default

import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { launch } from 'chrome-launcher';
import lighthouse, { desktopConfig } from 'lighthouse';

import { host } from '../e2e/host.mjs';

const LEAST = 95;
const CATEGORIES = ['performance', 'accessibility', 'best-practices'];
const PRESETS = { desktop: desktopConfig, mobile: undefined };
// Runs differ by what else the machine does: the middle one by performance counts.
const RUNS = Number(process.env.LIGHTHOUSE_RUNS || 3);
/** What explains a figure for performance and has no weight in it. */
const EXPLAINING = ['largest-contentful-paint-element', 'layout-shifts', 'mainthread-work-breakdown', 'long-tasks', 'total-byte-weight'];

const root = fileURLToPath(new URL('../..', import.meta.url));
const output = path.join(root, 'tests/lighthouse/output');

/** One visit by a browser that was never here before. */
async function visit(address, config) {
  const browser = await launch({
    chromePath: process.env.CHROMIUM || '/usr/bin/chromium',
    // A browser run by root refuses its own sandbox.
    chromeFlags: ['--headless=new', '--disable-dev-shm-usage', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  });
  try {
    const { lhr, report } = await lighthouse(
      address,
      { port: browser.port, logLevel: 'error', output: 'html', onlyCategories: CATEGORIES },
      config,
    );
    if (lhr.runtimeError) throw new Error(`Lighthouse could not look at the page: ${lhr.runtimeError.message}`);
    return { lhr, report };
  } finally {
    browser.kill();
  }
}

const figure = ({ lhr }, category) => Math.round(100 * lhr.categories[category].score);

/** An audit's first findings, a line each. */
const findings = ({ details }) =>
  (details?.items ?? [])
    .flatMap((item) => item.items ?? [item])
    .slice(0, 6)
    .map((item) => {
      const node = item.node?.selector ?? item.source?.url ?? item.url ?? item.groupLabel ?? '';
      const numbers = ['score', 'duration', 'totalBytes', 'timing', 'phase'].filter((key) => item[key] !== undefined);
      const words = item.node?.nodeLabel ?? item.description ?? '';
      return `      ${node} ${numbers.map((key) => `${key} ${item[key]}`).join(', ')} ${words}`.slice(0, 160).trimEnd();
    });

function print(preset, visits) {
  const [middle] = visits.slice(Math.floor((visits.length - 1) / 2));
  const { audits, categories } = middle.lhr;
  console.log(`\n${preset} (the middle of ${visits.length}; performance ${visits.map((run) => figure(run, 'performance')).join(', ')})`);
  for (const category of CATEGORIES) {
    const value = figure(middle, category);
    console.log(`  ${category.padEnd(16)} ${String(value).padStart(3)}${value < LEAST ? `   below ${LEAST}` : ''}`);
  }
  const weighed = CATEGORIES.flatMap((category) => categories[category].auditRefs).filter(({ weight }) => weight > 0);
  const metrics = categories.performance.auditRefs.filter(({ weight }) => weight > 0);
  for (const { id } of metrics) {
    console.log(`  ${audits[id].title.padEnd(26)} ${audits[id].displayValue}  (${Math.round(100 * audits[id].score)})`);
  }
  const others = weighed.filter((ref) => !metrics.includes(ref) && audits[ref.id].score !== null && audits[ref.id].score < 1);
  for (const { id } of others) console.log([`  ${audits[id].title}`, ...findings(audits[id])].join('\n'));
  // Lighthouse fails to gather some of them from a browser much younger than itself.
  for (const id of EXPLAINING.filter((id) => audits[id] && audits[id].scoreDisplayMode !== 'error')) {
    console.log([`    ${audits[id].title}: ${audits[id].displayValue ?? ''}`, ...findings(audits[id])].join('\n'));
  }
  return middle;
}

const folder = process.env.PAGE_FOLDER || path.join(root, 'dist');
if (!existsSync(path.join(folder, 'index.html'))) {
  console.error(`${folder} holds no index.html; build the page first: make dist`);
  process.exit(1);
}
await mkdir(output, { recursive: true });
const server = await host(folder);
const missed = [];
try {
  for (const [preset, config] of Object.entries(PRESETS)) {
    const visits = [];
    for (let run = 0; run < RUNS; run += 1) visits.push(await visit(server.address, config));
    visits.sort((one, other) => figure(one, 'performance') - figure(other, 'performance'));
    const middle = print(preset, visits);
    await writeFile(path.join(output, `${preset}.html`), middle.report);
    await writeFile(path.join(output, `${preset}.json`), JSON.stringify(middle.lhr));
    for (const category of CATEGORIES) {
      const value = figure(middle, category);
      if (value < LEAST) missed.push(`${preset}: ${category} is ${value}, not ${LEAST}`);
    }
  }
} finally {
  server.close();
}
console.log(`\nReports: ${path.relative(process.cwd(), output)}/{${Object.keys(PRESETS).join(',')}}.html`);
if (missed.length > 0) {
  console.error(missed.map((line) => `lighthouse: ${line}`).join('\n'));
  process.exit(1);
}
