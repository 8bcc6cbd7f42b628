// The page while it is still being built: without its program for the GPU it says so, and computes on the processor.

import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { by, drop, finished, open, painted, photo, serve, until, words } from './harness.mjs';

const dist = process.env.PAGE_FOLDER || fileURLToPath(new URL('../../dist', import.meta.url));
const PATIENCE = 240_000;

describe('a page without its program for the GPU', () => {
  let folder;
  let server;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'gradlens-building-'));
    await cp(dist, folder, { recursive: true, filter: (file) => !path.basename(file).startsWith('worker_gpu') });
    const index = path.join(folder, 'index.html');
    const whole = await readFile(index, 'utf8');
    const early = whole.replace(/(<meta name="?gpu-worker"? content=)"?worker_gpu"?/, '$1""');
    assert.notEqual(early, whole, 'the mark of the program for the GPU');
    await writeFile(index, early);
    server = await serve(folder);
  });
  after(async () => {
    server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('says that it is not built yet, and explains a photo on the processor', async () => {
    const session = await open(server.address);
    const { page } = session;
    try {
      await until(async () => /not built yet/.test(await words(page, 'gpu-not-built')), 'the page to say so', PATIENCE);
      const choice = by(page, 'device-choice').locator('option[value="webgpu"]');
      assert.match(await choice.textContent(), /not built yet/);
      assert.equal(await choice.isDisabled(), true, 'what is not built cannot be chosen');
      await until(async () => /1000 classes/.test(await words(page, 'model')), 'the default model', PATIENCE);
      await drop(page, await photo('coffee.jpg'));
      await until(async () => /espresso/.test(await words(page, 'top-classes')), 'an answer', PATIENCE);
      await until(() => finished(page), 'the map and its score', PATIENCE);
      const map = await painted(page, 'overlay-canvas');
      assert.match(await words(page, 'gpu-not-built'), /not built yet/, 'it is still said');
      assert.ok(map.colours > 16, `the map has ${map.colours} colours`);
      assert.deepEqual(session.requests.filter((asked) => asked.includes('worker_gpu')), []);
    } finally {
      await session.close();
    }
  });
});
