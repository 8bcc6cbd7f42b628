// The built page in Firefox, an engine of another maker, and here without WebGPU: a photo in, an answer, a map, a score
// and a file out, and nobody talked to.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { photo, selector, serve, until } from '../e2e/harness.mjs';
import { drop, finished, openInFirefox, painted, reds, saved, words } from './firefox.mjs';
import { readNpy } from './npy.mjs';

// Gradients of a real network on one thread of a slow machine.
const PATIENCE = 240_000;

let server;
let session;

before(async () => {
  server = await serve();
  session = await openInFirefox(server.address);
});
after(async () => {
  await session?.close();
  server?.close();
});

describe('the page in Firefox', () => {
  it('opens with its model', async (test) => {
    const { page } = session;
    test.diagnostic(session.version);
    await until(async () => /1000 classes/.test(await words(page, 'model')), 'the model', PATIENCE);
    assert.equal(await page.evaluate(() => globalThis.crossOriginIsolated), true);
    assert.ok(
      session.requests.some((address) => address.endsWith('_bg.wasm')),
      `the log of requests holds the page's program: ${session.requests}`,
    );
  });

  it('shows which pixels of a dropped photo decided, and asks nobody else for anything', async (test) => {
    const { page } = session;
    const loaded = session.requests.length;
    const example = await painted(page, 'overlay-canvas');
    await drop(page, await photo('coffee.jpg'));
    await until(
      async () => (await words(page, 'photo-about')).startsWith('coffee.jpg') && /espresso/.test(await words(page, 'top-classes')),
      'espresso among the classes of coffee.jpg',
      PATIENCE,
    );
    const rows = await page.$$eval(`${selector('top-classes')} li`, (items) => items.map((item) => item.textContent));
    assert.ok(rows.length >= 5, `${rows.length} classes are listed`);
    for (const row of rows.slice(0, 5)) assert.match(row, /\d\s*%/, 'every class has its probability');

    await until(() => finished(page), 'the map and its score', PATIENCE);
    const overlay = await painted(page, 'overlay-canvas');
    assert.ok(overlay.colours > 500, `a photo with a map over it has many colours, not ${overlay.colours}`);
    assert.notEqual(overlay.hash, example.hash, 'it is not the example any more');
    const curve = await painted(page, 'curve-canvas');
    assert.ok(curve.colours > 8, `three curves with axes and words have more than ${curve.colours} colours`);
    const score = Number(await words(page, 'rcap-score'));
    assert.ok(score > 0 && score <= 1, `the score is ${score}`);
    const device = await words(page, 'device');
    assert.match(device, /CPU/);
    test.diagnostic(`RCAP ${score}. ${device}`);

    const elsewhere = session.requests
      .slice(loaded)
      .filter((address) => !/^(blob|data):/.test(address) && new URL(address).origin !== new URL(server.address).origin);
    assert.deepEqual(elsewhere, [], 'no request to anybody else');
    // The log still hears what is asked for: an empty list above means something.
    await page.evaluate(() => fetch('manifest.webmanifest'));
    assert.ok(session.requests.slice(loaded).some((address) => address.endsWith('manifest.webmanifest')));
    assert.deepEqual(session.complaints, []);
  });

  it('saves the values of the very map on show', async () => {
    const { page } = session;
    const file = await saved(session, 'save-npy');
    assert.match(file.name, /\.npy$/);
    const { shape, values } = readNpy(file.bytes);
    const { width, height } = await painted(page, 'overlay-canvas');
    assert.deepEqual(shape, [height, width], 'as large as the map');
    assert.equal(Math.min(...values), 0);
    assert.equal(Math.max(...values), 1);

    // In greys, the map alone is its values in 255 steps.
    await page.$eval(selector('view-map'), (choice) => choice.click());
    await page.select(selector('colormap'), 'grey');
    const shown = await until(async () => {
      const pixels = await reds(page, 'overlay-canvas');
      return pixels.includes(255) && pixels.includes(0) && pixels;
    }, 'the map alone', 5000);
    const expected = Array.from(values, (value) => Math.round(Math.fround(value * 255)));
    const largest = expected.reduce((most, grey, pixel) => Math.max(most, Math.abs(grey - shown[pixel])), 0);
    assert.ok(largest <= 1, `the file and the canvas differ by ${largest} of 255`);
    assert.deepEqual(session.complaints, []);
  });
});
