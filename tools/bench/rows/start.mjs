// Sizes of what is downloaded, and what a first visit waits for.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import { drop, open, photo, serve, until } from '../../../tests/e2e/harness.mjs';
import { programs } from '../../../tests/e2e/programs.mjs';
import { model, page } from '../places.mjs';

export async function measure(bench) {
  for (const { row, bytes, file } of programs(page)) await bench.number(row, [bytes / 1000], `${file}, gzip -9`);
  if (bench.wants('size-model')) await modelSize(bench);
  const visits = ['start-interactive', 'start-order', 'start-first-map', 'start-gpu-engine'];
  if (visits.some((id) => bench.wants(id))) await visit(bench, bench.runs(5));
}

async function modelSize(bench) {
  const folder = path.join(page, 'models');
  const [file] = readdirSync(folder).filter((name) => name.endsWith('.onnx'));
  const { size } = statSync(path.join(folder, file));
  const { bytes } = JSON.parse(readFileSync(path.join(path.dirname(model('efficientnet_lite0')), 'index.json'), 'utf8'));
  await bench.number('size-model', [size / bytes], `${(size / 1e6).toFixed(1)} MB; its weights are ${(bytes / 1e6).toFixed(1)} MB in single precision`);
}

/** First visits with an empty profile each, served from this machine. */
async function visit(bench, runs) {
  const server = await serve(page);
  const found = { interactive: [], order: [], map: [], gpu: [] };
  let version;
  try {
    for (let run = 0; run < runs; run += 1) {
      const session = await open('about:blank');
      try {
        version = session.page.context().browser()?.version() ?? version;
        await session.page.addInitScript(noteDropZone);
        await session.page.goto(server.address);
        await until(() => session.page.evaluate(() => globalThis.dropZoneAt), 'the drop zone');
        await drop(session.page, await photo('chelsea.jpg'));
        await until(() => session.page.evaluate(() => globalThis.firstMapAt), 'the first map', 240_000);
        const { interactive, engine, map } = await session.page.evaluate(() => ({
          interactive: globalThis.dropZoneAt,
          engine: globalThis.engineAt,
          map: globalThis.firstMapAt,
        }));
        found.interactive.push(interactive);
        found.order.push(interactive / engine);
        found.map.push(map);
        found.gpu.push(session.requests.filter((address) => address.includes('worker_gpu')).length);
      } finally {
        await session.close();
      }
    }
  } finally {
    server.close();
  }
  const how = `first visit, served from this machine, Chromium ${version ?? ''}`.trim();
  await bench.number('start-interactive', found.interactive, how);
  await bench.number('start-order', found.order, how);
  await bench.number('start-first-map', found.map, how);
  await bench.number('start-gpu-engine', found.gpu, how);
}

/** Runs in the page: when a photo can be dropped, when the engine says that it is there, when its first map arrives. */
function noteDropZone() {
  new MutationObserver((_, observer) => {
    if (!document.querySelector('[data-testid="drop-zone"]')) return;
    globalThis.dropZoneAt = performance.now();
    observer.disconnect();
  }).observe(document, { childList: true, subtree: true });
  const Plain = globalThis.Worker;
  globalThis.Worker = class extends Plain {
    constructor(...address) {
      super(...address);
      this.addEventListener('message', ({ data }) => {
        const json = data?.json ?? '';
        if (json.includes('"methods":')) globalThis.engineAt ??= performance.now();
        if (json.includes('"map":')) globalThis.firstMapAt ??= performance.now();
      });
    }
  };
}
