// The strip of images: several at once, back to one with its map, and away with one.

import assert from 'node:assert/strict';
import { describe } from 'node:test';

import { by, finished, painted, paints, photo, until, useSmallModel, words } from './harness.mjs';
import { visits } from './visit.mjs';

const PATIENCE = 120_000;
const visit = visits();

describe('the strip of images', () => {
  visit('keeps what was opened, with the maps', async (page, session) => {
    await useSmallModel(page);
    assert.equal(await by(page, 'strip').count(), 0, 'a single image needs no strip');
    const files = await Promise.all(['coffee.jpg', 'rocket.jpg'].map(photo));
    await by(page, 'file-input').setInputFiles(
      files.map(({ name, type, bytes }) => ({ name, mimeType: type, buffer: bytes })),
    );
    const open = by(page, 'strip-open');
    const names = async () => (await open.allTextContents()).map((said) => said.slice(0, 6));
    await until(async () => (await open.count()) === 3 && (await finished(page)), 'three images', PATIENCE);
    assert.deepEqual((await names()).slice(0, 2), ['coffee', 'rocket']);
    assert.match(await words(page, 'photo-about'), /^coffee\.jpg/, 'the first of them is on show');
    for (const label of await open.evaluateAll((all) => all.map((one) => one.ariaLabel))) {
      assert.match(label, /^Show .+ again, .+/, 'each has its class');
    }
    const map = (await painted(page, 'overlay-canvas')).hash;

    // By keyboard: the next one, which has no map yet.
    await open.first().focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await until(async () => /^rocket\.jpg/.test(await words(page, 'photo-about')) && (await finished(page)), 'the second', PATIENCE);
    assert.notEqual((await painted(page, 'overlay-canvas')).hash, map);
    assert.equal(await open.nth(1).getAttribute('aria-current'), 'true');

    // Back to the first: no map in the making is drawn on the way, the finished one is there.
    const before = (await paints(page, 'overlay-canvas')).length;
    await open.first().click();
    await until(async () => /^coffee\.jpg/.test(await words(page, 'photo-about')) && (await finished(page)), 'the first', PATIENCE);
    await until(async () => (await painted(page, 'overlay-canvas')).hash === map, 'its map', 5000);
    const drawn = (await paints(page, 'overlay-canvas')).slice(before);
    assert.ok(drawn.length <= 2, `the photo and its map, not ${drawn.length} pictures`);

    // Away with the one on show: its neighbour takes its place.
    await by(page, 'strip-remove').first().click();
    await until(async () => /^rocket\.jpg/.test(await words(page, 'photo-about')) && (await finished(page)), 'its neighbour', PATIENCE);
    assert.equal(await open.count(), 2);
    await by(page, 'strip-remove').nth(1).click();
    await until(async () => (await by(page, 'strip').count()) === 0, 'the strip to go', 5000);
    assert.deepEqual(session.complaints, []);
  });
});
