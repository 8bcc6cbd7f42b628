// The built page on a host set up as docs/deploying.md says: from a folder, with its headers and types, compressed.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { drop, finished, kept, open, photo, until, words } from './harness.mjs';
import { documented, host } from './host.mjs';

const PATIENCE = 240_000;
const dist = process.env.PAGE_FOLDER || fileURLToPath(new URL('../../dist', import.meta.url));

let server;
before(async () => {
  server = await host(dist);
});
after(() => server?.close());

describe('a host as the documentation has it', () => {
  it('is told of every header and type that matters', async () => {
    const { headers, types } = await documented();
    const names = headers.map(([name]) => name);
    for (const name of ['Content-Security-Policy', 'Cross-Origin-Opener-Policy', 'Cross-Origin-Embedder-Policy']) {
      assert.ok(names.includes(name), `${name} is among ${names}`);
    }
    assert.equal(types.wasm, 'application/wasm');
    assert.equal(types.js, 'text/javascript');
    assert.equal(types.onnx, 'application/octet-stream');
  });

  it('has the page working from a folder, isolated, and kept for use without a network', async () => {
    const { address } = server;
    const session = await open(address);
    const { page } = session;
    try {
      await until(async () => /1000 classes/.test(await words(page, 'model')), 'the default model', PATIENCE);
      assert.equal(await page.evaluate(() => globalThis.crossOriginIsolated), true);
      await drop(page, await photo('coffee.jpg'));
      await until(async () => /espresso/.test(await words(page, 'top-classes')), 'an answer', PATIENCE);
      await until(() => finished(page), 'the map', PATIENCE);
      await kept(page);
      const scope = await page.evaluate(async () => (await navigator.serviceWorker.ready).scope);
      assert.equal(scope, address);
      const outside = session.requests.filter((asked) => !/^(blob|data):/.test(asked) && !asked.startsWith(address));
      assert.deepEqual(outside, [], 'nothing outside of the folder is asked for');
      assert.equal(await words(page, 'message'), '', 'nothing went wrong');
      assert.deepEqual(session.complaints, []);
    } finally {
      await session.close();
    }
  });
});
