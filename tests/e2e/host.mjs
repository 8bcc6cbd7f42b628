// A host as docs/deploying.md asks for one: the built page in a folder of its site, with that document's types, caching and
// headers, compressed.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const SITE_FOLDER = '/gradlens/';
/** What every server knows by itself. */
const USUAL_TYPES = {
  css: 'text/css',
  html: 'text/html; charset=utf-8',
  jpg: 'image/jpeg',
  json: 'application/json',
  png: 'image/png',
  svg: 'image/svg+xml',
};
/** Endings that the document's example compresses. */
const COMPRESSED = ['css', 'html', 'js', 'json', 'svg', 'wasm'];
const NAMED_BY_CONTENT = /-[0-9a-f]{12,16}(_bg)?\.(css|js|wasm)$/;

/** Headers of every file, types by ending, and caching of files named by their content. */
export async function documented() {
  const text = await readFile(fileURLToPath(new URL('../../docs/deploying.md', import.meta.url)), 'utf8');
  const block = /## Headers\n.*?```\n(.*?)```/s.exec(text)?.[1] ?? '';
  const headers = block.trim().split('\n').map((line) => /^([\w-]+): (.+)$/.exec(line)?.slice(1));
  const rows = [...text.matchAll(/^\| (`.*`) \| (?:`(.*?)`|as above) \| `(.*?)` \|$/gm)];
  const types = { ...USUAL_TYPES };
  for (const [, files, type] of rows) {
    for (const [, ending] of files.matchAll(/`\*\.(\w+)`/g)) types[ending] = type;
  }
  const immutable = rows.find(([, files]) => files.includes('<hash>'))?.[3];
  if (headers.length < 5 || headers.some((header) => !header) || types.wasm !== 'application/wasm' || !immutable) {
    throw new Error('docs/deploying.md is not written as this host reads it: its table of files, or its block of headers');
  }
  return { headers, types, immutable };
}

/** Serves `folder` on a free port; `address` is that of the page. */
export async function host(folder) {
  const { headers, types, immutable } = await documented();
  const compressed = new Map();
  const server = createServer(async (request, response) => {
    const asked = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    const file = path.join(folder, asked.slice(SITE_FOLDER.length) || 'index.html');
    const within = asked.startsWith(SITE_FOLDER) && !path.relative(folder, file).startsWith('..');
    let bytes = within && (await readFile(file).catch(() => null));
    if (!bytes) {
      response.writeHead(404).end();
      return;
    }
    const ending = path.extname(file).slice(1);
    for (const [name, value] of headers) response.setHeader(name, value);
    response.setHeader('Content-Type', types[ending] ?? 'application/octet-stream');
    response.setHeader('Cache-Control', NAMED_BY_CONTENT.test(file) ? immutable : 'no-cache');
    if (COMPRESSED.includes(ending) && /gzip/.test(request.headers['accept-encoding'] ?? '')) {
      if (!compressed.has(file)) compressed.set(file, gzipSync(bytes));
      bytes = compressed.get(file);
      response.setHeader('Content-Encoding', 'gzip');
    }
    response.setHeader('Content-Length', bytes.length);
    response.end(bytes);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    address: `http://localhost:${server.address().port}${SITE_FOLDER}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
