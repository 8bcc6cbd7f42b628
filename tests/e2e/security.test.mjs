// The page talks to nobody: its policy is as strict as it says, and it holds where somebody tries.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { by, drop, finished, photo, saved, until, words } from './harness.mjs';
import { visits } from './visit.mjs';

const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "connect-src 'self'",
  "img-src 'self' blob: data:",
  "style-src 'self'",
  "worker-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'none'",
];
const visit = visits();

describe('the security policy', () => {
  it('is in the page’s head, word for word, before anything it governs', async () => {
    const html = await readFile(fileURLToPath(new URL('../../dist/index.html', import.meta.url)), 'utf8');
    const found = html.match(/<meta[^>]*Content-Security-Policy[^>]*content="([^"]*)"/i);
    assert.ok(found, 'the page has a policy');
    assert.deepEqual(found[1].split(';').map((part) => part.trim()), POLICY);
    for (const tag of ['<script', '<link']) {
      assert.ok(html.indexOf(tag) > found.index, `${tag} comes after the policy`);
    }
    for (const [script] of html.matchAll(/<script[^>]*>[^<]*/g)) {
      assert.match(script, /\ssrc="[^"]+"[^>]*>\s*$/, 'no script between the lines');
    }
    assert.doesNotMatch(html, /\son[a-z]+\s*=|style\s*=\s*"|javascript:/i);
    assert.doesNotMatch(html, /(?:src|href)="(?:https?:)?\/\//i, 'nothing of anybody else’s');
  });

  visit('is sent as a header too', async (page, session, server) => {
    const response = await page.request.get(server.address);
    const sent = response.headers()['content-security-policy'].split(';').map((part) => part.trim());
    assert.deepEqual(sent, [...POLICY, "frame-ancestors 'none'"]);
  });

  visit('holds', async (page) => {
    const refused = await page.evaluate(async () => {
      const violated = new Set();
      document.addEventListener('securitypolicyviolation', (event) => violated.add(event.effectiveDirective));
      await fetch('https://example.com/').catch(() => {});
      await new Promise((done) => {
        const image = new Image();
        image.onerror = done;
        image.src = 'https://example.com/a.png';
      });
      const script = document.createElement('script');
      script.textContent = 'globalThis.ran = true';
      document.head.append(script);
      let evaluated = true;
      try {
        new Function('return 1')();
      } catch {
        evaluated = false;
      }
      await new Promise((done) => setTimeout(done, 300));
      return { violated: [...violated].sort(), ran: globalThis.ran === true, evaluated };
    });
    assert.equal(refused.ran, false);
    assert.equal(refused.evaluated, false);
    for (const directive of ['connect-src', 'img-src', 'script-src-elem', 'script-src']) {
      assert.ok(refused.violated.includes(directive), `${directive} was enforced: ${refused.violated}`);
    }
  });

  visit('lets a whole session through without a request to anybody else', async (page, session) => {
    await until(() => finished(page), 'the example', 240_000);
    await drop(page, await photo('coffee.jpg'));
    await until(async () => /espresso/.test(await words(page, 'top-classes')), 'an answer', 240_000);
    await until(() => finished(page), 'the map', 240_000);
    await by(page, 'add-method').selectOption('absolutegrad');
    await until(async () => /Everything is computed/.test(await words(page, 'compare-cost')), 'the tile', 240_000);
    const npy = await saved(page, 'save-npy');
    assert.equal(npy.bytes.subarray(1, 6).toString(), 'NUMPY');
    const figure = await saved(page, 'save-figure');
    assert.equal(figure.bytes.subarray(1, 4).toString(), 'PNG');
    assert.ok(figure.bytes.readUInt32BE(16) > 1000, 'fine enough to be printed');
    assert.doesNotMatch(figure.bytes.toString('latin1'), /eXIf|tEXt|iTXt/, 'nothing of the photo goes along');
    const foreign = session.requests.filter(
      (address) => !/^(blob|data):/.test(address) && new URL(address).origin !== new URL(page.url()).origin,
    );
    assert.deepEqual(foreign, []);
    assert.deepEqual(session.complaints, []);
  });
});
