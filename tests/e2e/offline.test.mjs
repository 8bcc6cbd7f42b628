// After the first visit everything works with the network cut.

import assert from 'node:assert/strict';
import { describe } from 'node:test';

import { by, drop, finished, kept, painted, photo, until, words } from './harness.mjs';
import { visits } from './visit.mjs';

const visit = visits();

describe('offline', () => {
  visit('can be installed', async (page, session, server) => {
    const manifest = await (await page.request.get(`${server.address}manifest.webmanifest`)).json();
    assert.equal(manifest.display, 'standalone');
    for (const icon of manifest.icons) {
      const response = await page.request.get(new URL(icon.src, server.address).href);
      assert.equal(response.headers()['content-type'], 'image/png');
      const [width] = icon.sizes.split('x').map(Number);
      assert.equal((await response.body()).readUInt32BE(16), width, `${icon.src} is as wide as it says`);
    }
  });

  visit('the page opens, answers and explains with the server gone', async (page, session, server) => {
    await until(() => finished(page), 'the example', 240_000);
    await kept(page);
    await page.context().setOffline(true);
    server.close();
    await page.reload();
    await until(async () => /1000 classes/.test(await words(page, 'model')), 'the model', 240_000);
    await drop(page, await photo('coffee.jpg'));
    await until(async () => /espresso/.test(await words(page, 'top-classes')), 'an answer', 240_000);
    await until(() => finished(page), 'the map', 240_000);
    assert.ok((await painted(page, 'overlay-canvas')).colours > 500);
    await by(page, 'sample-1').click();
    await until(async () => (await words(page, 'photo-about')).length > 0, 'a sample');
    assert.deepEqual(session.complaints, []);
  });
});
