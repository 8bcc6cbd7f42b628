// Methods side by side, on a small network: tiles, two against each other, scores, curves, a mask, files.

import assert from 'node:assert/strict';
import { describe } from 'node:test';

import { by, painted, paints, photo, saved, until, useSmallModel, words } from './harness.mjs';
import { visits } from './visit.mjs';

const PATIENCE = 240_000;
const visit = visits();

const tiles = (page) => page.locator('[data-testid="tiles"] > li');
const order = (page) => tiles(page).evaluateAll((tiles) => tiles.map((tile) => tile.dataset.testid.slice(5)));
const complete = async (page) =>
  (await by(page, 'compare-stop').count()) === 0 &&
  (await tiles(page).evaluateAll((tiles) => tiles.every((tile) => tile.dataset.done === 'true')));

async function add(page, ...methods) {
  for (const method of methods) await by(page, 'add-method').selectOption(method);
  await until(() => complete(page), `the maps of ${methods.join(', ')}`, PATIENCE);
}

describe('the comparison', () => {
  visit('shows the paper’s methods side by side without computing any twice', async (page, session) => {
    await useSmallModel(page);
    await by(page, 'add-paper').click();
    await until(() => complete(page), 'eight maps', PATIENCE);
    assert.equal(await tiles(page).count(), 8);
    for (const tile of await tiles(page).all()) {
      assert.match((await tile.textContent()) ?? '', /RCAP \d\.\d{3}/);
      assert.match((await tile.textContent()) ?? '', /\d\.\d s/);
    }
    const canvases = (await order(page)).map((method) => `tile-canvas-${method}`);
    const before = await Promise.all(canvases.map((id) => painted(page, id)));
    assert.ok(new Set(before.map(({ hash }) => hash)).size >= 6, 'methods differ');

    // One more is computed; the others are not even painted again.
    const repaints = async () => Promise.all(canvases.map(async (id) => (await paints(page, id)).length));
    const paintsBefore = await repaints();
    await add(page, 'absolutegrad');
    assert.deepEqual(await repaints(), paintsBefore, 'adding a method leaves the others alone');

    // The path methods say how complete they are; the table has every method.
    assert.match(await words(page, 'tile-integrated-gradients'), /completeness gap -?\d/);
    assert.equal(await page.locator('[data-testid="score-table"] tbody tr').count(), 9);
    assert.deepEqual(session.complaints, []);
  });

  visit('moves, opens and removes tiles', async (page) => {
    await useSmallModel(page);
    await add(page, 'gradient', 'vargrad', 'smoothgrad');
    assert.deepEqual(await order(page), ['gradient', 'vargrad', 'smoothgrad']);
    await by(page, 'tile-smoothgrad').locator('[data-testid="tile-left"]').click();
    assert.deepEqual(await order(page), ['gradient', 'smoothgrad', 'vargrad']);
    await by(page, 'tile-vargrad').dragTo(by(page, 'tile-gradient'));
    assert.deepEqual(await order(page), ['vargrad', 'gradient', 'smoothgrad']);

    // Opened at once, as it is there already.
    const before = await painted(page, 'overlay-canvas');
    await by(page, 'tile-open-gradient').click();
    await until(async () => (await painted(page, 'overlay-canvas')).hash !== before.hash, 'the other map', 5000);
    assert.equal(await by(page, 'cancel').count(), 0, 'nothing is computed for it');
    assert.equal(await by(page, 'method').inputValue(), 'gradient');
    const tile = await painted(page, 'tile-canvas-gradient');
    assert.equal((await painted(page, 'overlay-canvas')).hash, tile.hash, 'the large view shows the tile’s map');

    await by(page, 'tile-gradient').locator('[data-testid="tile-remove"]').click();
    assert.deepEqual(await order(page), ['vargrad', 'smoothgrad']);
  });

  visit('sets two against each other and colours all by one scale', async (page) => {
    await useSmallModel(page);
    await add(page, 'gradient', 'smoothgrad');
    await by(page, 'split-left').selectOption('gradient');
    await by(page, 'split-right').selectOption('smoothgrad');
    await by(page, 'split-line').fill('100');
    await page.waitForTimeout(200);
    const left = await painted(page, 'split-canvas');
    await by(page, 'split-line').fill('0');
    await until(async () => (await painted(page, 'split-canvas')).hash !== left.hash, 'the right side', 5000);
    const right = await painted(page, 'split-canvas');
    // By hand: pressed in the middle.
    await by(page, 'split-canvas').click();
    await until(async () => ![left.hash, right.hash].includes((await painted(page, 'split-canvas')).hash), 'both', 5000);

    const own = await painted(page, 'tile-canvas-smoothgrad');
    await by(page, 'scale-lock').check();
    await until(
      async () => (await painted(page, 'tile-canvas-smoothgrad')).hash !== own.hash,
      'another scale',
      5000,
    );
  });

  visit('stops and goes on', async (page) => {
    // The small model would be done before it can be stopped.
    await until(async () => /1000 classes/.test(await words(page, 'model')), 'the default model', PATIENCE);
    await by(page, 'add-paper').click();
    await by(page, 'compare-stop').click();
    await until(async () => (await by(page, 'compare-go').count()) > 0, 'the end', 20_000);
    await page.waitForTimeout(500);
    const there = (await tiles(page).evaluateAll((all) => all.filter((tile) => tile.dataset.done === 'true'))).length;
    assert.ok(there < 8, `${there} of 8 maps were there when it was stopped`);
    await by(page, 'compare-go').click();
    await until(() => complete(page), 'the rest', PATIENCE);
  });

  visit('measures, marks, sorts, plots and saves', async (page, session) => {
    await useSmallModel(page);
    await add(page, 'gradient', 'smoothgrad');
    await by(page, 'add-controls').click();
    await by(page, 'measure-rise-curves').check();
    const table = by(page, 'score-table');
    const cells = () => table.locator('tbody td').allTextContents();
    await until(async () => (await complete(page)) && (await by(page, 'curves').count()) > 0, 'the curves', PATIENCE);
    await until(async () => /Everything is computed/.test(await words(page, 'compare-cost')), 'the end', PATIENCE);
    assert.ok((await cells()).filter((cell) => /\d/.test(cell)).length >= 6 * 3, 'every method has its scores');
    assert.ok((await table.locator('.is-best').count()) >= 1, 'the best is marked');
    assert.equal(await table.locator('tr.is-control').count(), 4, 'controls are told apart');

    // Sorted by insertion: the highest first, then the lowest.
    const heading = page.locator('[data-testid="score-table"] thead th', { hasText: /insertion/i }).first();
    const column = await heading.evaluate((th) => [...th.parentElement.children].indexOf(th));
    const values = async () =>
      (await table.locator(`tbody tr > :nth-child(${column + 1})`).allTextContents()).map(Number.parseFloat);
    await heading.locator('button').click();
    assert.equal(await heading.getAttribute('aria-sort'), 'descending');
    const falling = await values();
    assert.deepEqual(falling, [...falling].sort((a, b) => b - a));
    await heading.locator('button').click();
    const rising = await values();
    assert.deepEqual(rising, [...rising].sort((a, b) => a - b));

    // The plot follows its boxes; the table below has the numbers.
    const plot = await painted(page, 'curves-canvas');
    assert.ok(plot.colours > 20, `six lines with an axis have more than ${plot.colours} colours`);
    await page.locator('.series-legend input').first().uncheck();
    await until(async () => (await painted(page, 'curves-canvas')).hash !== plot.hash, 'a line less', 5000);
    await page.locator('.series-legend input').first().check();
    await by(page, 'curves-canvas').hover({ position: { x: 60, y: 120 } });
    await page.locator('.curves summary').click();
    assert.ok((await page.locator('[data-testid="curves-table"] tbody tr').count()) >= 10);

    const csv = await saved(page, 'save-table-csv');
    assert.match(csv.name, /comparison\.csv$/);
    const lines = csv.bytes.toString().trim().split('\r\n');
    assert.equal(lines.length, 1 + 6);
    assert.match(lines[0], /model_sha256.*rcap.*insertion.*device.*settings/);
    assert.match(lines[1], /"{""samples""|smoothgrad|gradient/);
    const json = JSON.parse((await saved(page, 'save-table-json')).bytes);
    assert.equal(json.results.length, 6);
    assert.equal(json.model.sha256.length, 64);
    const smooth = json.results.find(({ method }) => method === 'smoothgrad');
    assert.equal(smooth.settings.seed, 0);
    assert.ok(smooth.measures[0].curves[0].y.length > 10);
    assert.ok(smooth.device.length > 2);
    assert.deepEqual(session.complaints, []);
  });

  visit('compares maps with a mask', async (page) => {
    await useSmallModel(page);
    await add(page, 'gradient');
    await by(page, 'measure-localisation').check();
    assert.match(await page.locator('.measure-choice').textContent(), /needs a mask/);
    const mask = await photo('coffee.jpg');
    await by(page, 'mask-input').setInputFiles({ name: mask.name, mimeType: mask.type, buffer: mask.bytes });
    await until(async () => /of the view is inside/.test(await words(page, 'mask-share')), 'the mask', 20_000);
    const share = await words(page, 'mask-share');
    await until(async () => /Everything is computed/.test(await words(page, 'compare-cost')), 'the scores', PATIENCE);
    const scores = async () => (await by(page, 'score-table').locator('tbody td').allTextContents()).join(' ');
    const before = await scores();
    assert.ok((before.match(/\d\.\d{3}/g) ?? []).length >= 6, before);
    await by(page, 'mask-threshold').fill('80');
    await by(page, 'mask-threshold').blur();
    await until(async () => (await words(page, 'mask-share')) !== share, 'another mask', 20_000);
    await until(async () => (await scores()) !== before && /computed/.test(await words(page, 'compare-cost')), 'other scores', PATIENCE);
    await by(page, 'mask-paint').click();
    await by(page, 'mask-rectangle').check({ force: true });
    const stage = await by(page, 'mask-stage').boundingBox();
    await page.mouse.move(stage.x + stage.width * 0.25, stage.y + stage.height * 0.25);
    await page.mouse.down();
    await page.mouse.move(stage.x + stage.width * 0.75, stage.y + stage.height * 0.75, { steps: 4 });
    await page.mouse.up();
    await by(page, 'mask-done').click();
    await until(async () => /Painted mask.*2[3-7] %/.test(await words(page, 'mask-share')), 'the painted mask', 20_000);
    await by(page, 'mask-own').click();
    await until(async () => /no transparent parts/.test(await words(page, 'message')), 'a message', 20_000);
  });
});
