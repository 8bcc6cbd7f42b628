// Zooming: by keys, buttons, wheel and dragging, all pictures of the photo in step.

import assert from 'node:assert/strict';
import { describe } from 'node:test';

import { by, painted, until, useSmallModel, words } from './harness.mjs';
import { visits } from './visit.mjs';

const visit = visits();
const PICTURES = ['overlay-canvas', 'tile-canvas-gradient', 'split-canvas'];

const hashes = async (page) =>
  Promise.all(PICTURES.map(async (picture) => (await painted(page, picture)).hash));
const level = (page) => words(page, 'zoom-level');

/** Waits until every picture is another one than before, or where `same` the very same. */
const become = (page, before, what, same = false) =>
  until(async () => (await hashes(page)).every((hash, index) => (hash === before[index]) === same), what, 10_000);

describe('the zoom', () => {
  visit('shows the same part of every picture of the photo', async (page, session) => {
    await useSmallModel(page);
    await by(page, 'add-method').selectOption('gradient');
    await until(async () => /Everything is computed/.test(await words(page, 'compare-cost')), 'the tile', 120_000);
    const whole = await hashes(page);
    const size = (await painted(page, 'overlay-canvas')).width;

    // Keys, on the large map.
    await by(page, 'map-stage').focus();
    await page.keyboard.press('ArrowRight');
    assert.equal(await level(page), '', 'arrows do nothing to a whole picture');
    await page.keyboard.press('+');
    await until(async () => (await level(page)) === 'Zoom 150 %', 'the level to be told', 10_000);
    await become(page, whole, 'all pictures to be enlarged');
    assert.equal((await painted(page, 'overlay-canvas')).width, size, 'no picture changes its size');
    const middle = await hashes(page);
    await page.keyboard.press('ArrowLeft');
    await become(page, middle, 'all pictures to move');
    await page.keyboard.press('0');
    await become(page, whole, 'the whole pictures', true);

    // Buttons.
    await by(page, 'zoom-in').click();
    await become(page, middle, 'the middle again', true);
    await by(page, 'zoom-whole').click();
    await become(page, whole, 'the whole pictures', true);

    // Ctrl and the wheel over a tile, where the pointer is; without Ctrl the page scrolls.
    await by(page, 'tile-canvas-gradient').hover({ position: { x: 20, y: 20 } });
    await page.mouse.wheel(0, -10);
    assert.equal(await level(page), '');
    await by(page, 'tile-canvas-gradient').hover({ position: { x: 20, y: 20 } });
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -200);
    await page.keyboard.up('Control');
    await become(page, whole, 'all pictures to be enlarged');
    assert.equal(await page.evaluate(() => globalThis.devicePixelRatio), 1, 'the page itself is not zoomed');

    // Dragging, in a tile and on the large map, and a double click.
    for (const id of ['tile-canvas-gradient', 'overlay-canvas']) {
      const before = await hashes(page);
      await by(page, id).scrollIntoViewIfNeeded();
      const edges = await by(page, id).boundingBox();
      await page.mouse.move(edges.x + edges.width * 0.6, edges.y + edges.height * 0.6);
      await page.mouse.down();
      await page.mouse.move(edges.x + edges.width * 0.45, edges.y + edges.height * 0.45, { steps: 4 });
      await page.mouse.up();
      await become(page, before, `all pictures to move with ${id}`);
    }
    assert.equal(await by(page, 'method').inputValue(), 'guided-absolute-grad', 'a drag opens no tile');
    await by(page, 'overlay-canvas').dblclick();
    await become(page, whole, 'the whole pictures', true);
    assert.deepEqual(session.complaints, []);
  });
});
