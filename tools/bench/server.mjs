// Serves what the benchmark's browsers read: the built page, TensorFlow.js, the prepared networks and a blank page to run them in.

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';

const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

const BLANK = '<!doctype html><title>bench</title><input type="file" id="file">';

/**
 * Serves each folder of `folders` below its name, on a free port, with the headers that the page is served with.
 * `extra` are single files by the path they are served at.
 */
export async function serveFolders(folders, extra = {}) {
  const server = createServer(async (request, response) => {
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    response.setHeader('Cache-Control', 'no-store');
    const asked = decodeURIComponent(new URL(request.url, 'http://localhost').pathname).slice(1);
    const [name, ...rest] = asked.split('/');
    if (!name) {
      response.setHeader('Content-Type', TYPES['.html']);
      response.end(BLANK);
      return;
    }
    const file = extra[asked] ?? (folders[name] && path.join(folders[name], ...rest));
    const found = file && !rest.includes('..') && (await stat(file).catch(() => null));
    if (!found?.isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('Content-Type', TYPES[path.extname(file)] ?? 'application/octet-stream');
    response.setHeader('Content-Length', found.size);
    createReadStream(file).pipe(response);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    address: `http://localhost:${server.address().port}/`,
    close: () => new Promise((closed) => {
      server.close(closed);
      server.closeAllConnections();
    }),
  };
}
