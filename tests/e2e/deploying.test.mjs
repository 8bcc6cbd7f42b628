// The built page on a host set up as docs/deploying.md says: from a folder, with its headers and types, compressed.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { drop, finished, kept, open, photo, until, words } from './harness.mjs';

const PATIENCE = 240_000;
const FOLDER = '/gradlens/';
const root = fileURLToPath(new URL('../..', import.meta.url));
const dist = process.env.PAGE_FOLDER || path.join(root, 'dist');

/** What the page's documentation leaves to every server. */
const USUAL_TYPES = { html: 'text/html', css: 'text/css', json: 'application/json', svg: 'image/svg+xml', png: 'image/png', jpg: 'image/jpeg' };
const COMPRESSED = ['wasm', 'js', 'css', 'json', 'html', 'svg'];

/** Headers, and types and caching by ending, as the documentation has them. */
async function documented() {
  const text = await readFile(path.join(root, 'docs/deploying.md'), 'utf8');
  const block = /## Headers.*?```\n(.*?)```/s.exec(text)[1];
  const headers = Object.fromEntries(block.trim().split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2)));
  const types = { ...USUAL_TYPES };
  const caching = {};
  for (const [, files, type, cache] of text.matchAll(/^\| (`\*\..*?) \| `(.*?)` \| `(.*?)` \|$/gm)) {
    for (const [, ending] of files.matchAll(/`\*\.(\w+)`/g)) {
      types[ending] = type;
      caching[ending] = cache;
    }
  }
  return { headers, types, caching };
}

let server;
let address;
const told = await documented();

before(async () => {
  server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    try {
      assert.ok(pathname.startsWith(FOLDER), `${pathname} is outside of the folder`);
      const file = path.join(dist, pathname.slice(FOLDER.length) || 'index.html');
      assert.ok(!path.relative(dist, file).startsWith('..'), 'nothing beside the page is served');
      const ending = path.extname(file).slice(1);
      let bytes = await readFile(file);
      const sent = {
        ...told.headers,
        'Content-Type': told.types[ending] ?? 'application/octet-stream',
        'Cache-Control': told.caching[ending] ?? 'no-cache',
      };
      if (COMPRESSED.includes(ending) && /gzip/.test(request.headers['accept-encoding'] ?? '')) {
        bytes = gzipSync(bytes, { level: 1 });
        sent['Content-Encoding'] = 'gzip';
      }
      response.writeHead(200, sent).end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `http://localhost:${server.address().port}${FOLDER}`;
});
after(() => server?.close());

describe('a host as the documentation has it', () => {
  it('is told of every header and type that matters', () => {
    const names = Object.keys(told.headers);
    for (const name of ['Content-Security-Policy', 'Cross-Origin-Opener-Policy', 'Cross-Origin-Embedder-Policy']) {
      assert.ok(names.includes(name), `${name} is among ${names}`);
    }
    assert.equal(told.types.wasm, 'application/wasm');
    assert.equal(told.types.js, 'text/javascript');
    assert.equal(told.types.onnx, 'application/octet-stream');
  });

  it('has the page working from a folder, isolated, and kept for use without a network', async () => {
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
