// Many images, on a small network: a folder with masks and files that are none, stopped, resumed, saved, gone on with.

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe } from 'node:test';

import { by, finished, painted, photo, saved, until, useSmallModel, words } from './harness.mjs';
import { visits } from './visit.mjs';

const PATIENCE = 240_000;
const PHOTOS = ['chelsea.jpg', 'coffee.jpg', 'rocket.jpg'];
const visit = visits();

let folder;

/** Five photos, a broken one, a text; masks for two of the photos. */
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'gradlens-batch-'));
  for (const kind of ['photos', 'photos/more', 'photos/masks', 'masks', 'masks/more', 'many']) await mkdir(path.join(folder, kind));
  const keep = (name, bytes) => writeFile(path.join(folder, name), bytes);
  for (const name of PHOTOS) await keep(`photos/${name}`, (await photo(name)).bytes);
  await keep('photos/more/chelsea.jpg', (await photo('chelsea.jpg')).bytes);
  await keep('photos/more/coffee.jpg', (await photo('coffee.jpg')).bytes);
  await keep('photos/broken.png', 'no picture at all');
  await keep('photos/notes.txt', 'The quick brown fox');
  await keep('photos/masks/rocket.jpg', (await photo('coffee.jpg')).bytes);
  for (let copy = 10; copy < 70; copy += 1) await keep(`many/${copy}.jpg`, (await photo('coffee.jpg')).bytes);
  await keep('masks/more/coffee.jpg', (await photo('rocket.jpg')).bytes);
});
after(() => rm(folder, { recursive: true, force: true }));

const open = (page, name = 'photos', picker = 'batch-images') => by(page, picker).setInputFiles(path.join(folder, name));
const rows = (page, table = 'batch-rows') => page.locator(`[data-testid="${table}"] tbody tr`);
const idle = async (page) => (await by(page, 'batch-stop').count()) === 0;
const lines = (csv) => csv.bytes.toString().trim().split('\n');

async function choose(page, methods, measures = []) {
  await by(page, 'batch-choice').click();
  for (const method of methods) await by(page, `batch-method-${method}`).check();
  for (const measure of measures) await by(page, `batch-measure-${measure}`).check();
}

describe('many images', () => {
  visit('are measured one by one, beside a photo that stays', async (page, session) => {
    await useSmallModel(page);
    const map = await painted(page, 'overlay-canvas');
    await open(page);
    await until(async () => /6 images, 1 with masks/.test(await words(page, 'batch-count')), 'the folder', 20_000);
    assert.match(await words(page, 'batch-others'), /Files that are no images: 1.*notes\.txt/s);
    await open(page, 'masks', 'batch-masks');
    await until(async () => /6 images, 1 with masks/.test(await words(page, 'batch-count')), 'other masks', 20_000);
    await choose(page, ['gradient', 'control-blob'], ['localisation']);
    assert.match(await words(page, 'batch-chosen'), /Guided AbsoluteGrad.*RCAP.*Localisation/i);
    assert.match(await words(page, 'batch-cost'), /To do: 6 images, \d+ gradients, \d+ runs/);

    await by(page, 'batch-start').click();
    await until(async () => (await rows(page).count()) > 0, 'a first row', PATIENCE);
    await until(() => idle(page), 'the end', PATIENCE);
    // Three methods on five photos, and one line for what is no picture.
    assert.equal(await rows(page).count(), 5 * 3 + 1);
    const broken = rows(page).filter({ hasText: 'broken.png' });
    assert.match(await broken.textContent(), /failed: .*broken\.png|failed: /);
    assert.match(await words(page, 'batch-failures'), /1 of 6 images failed/);
    assert.match(await words(page, 'batch-cost'), /All images are done/);

    // Means over all five, and over the one with a mask.
    assert.equal(await rows(page, 'batch-averages').count(), 3);
    assert.match(await rows(page, 'batch-averages').first().textContent(), /\d\.\d{3}.*\(\d\.\d{3} to \d\.\d{3}\)/s);
    const counts = await page.locator('[data-testid="batch-averages"] tfoot td').allTextContents();
    assert.ok(counts.includes('n = 5') && counts.includes('n = 1'), counts.join());
    const csv = await saved(page, 'batch-save');
    const table = lines(csv).map((line) => line.split(','));
    assert.match(lines(csv)[0], /^image,method,target,probability,gradients,seconds,note,rcap,.*mae.*,model,model_sha256,settings$/);
    const column = table[0].indexOf('rcap');
    const values = table.filter((fields) => fields[1] === 'gradient').map((fields) => Number(fields[column]));
    assert.equal(values.length, 5);
    const mean = values.reduce((sum, value) => sum + value, 0) / 5;
    const shown = rows(page, 'batch-averages').filter({ hasText: 'Vanilla Gradient' }).locator('td').first();
    assert.ok((await shown.textContent()).startsWith(mean.toFixed(3)), `${mean}`);

    // Sorted by the first score, the best first.
    await by(page, 'batch-rows-sort-0').click();
    const scores = (await page.locator('[data-testid="batch-rows"] tbody tr td:nth-child(5)').allTextContents()).map(Number);
    const known = scores.filter((score) => !Number.isNaN(score));
    assert.deepEqual(known, [...known].sort((a, b) => b - a));

    assert.equal((await painted(page, 'overlay-canvas')).hash, map.hash, 'the large map is as it was');
    assert.match(await words(page, 'photo-about'), /Chelsea|cat/i);
    assert.deepEqual(session.complaints, []);
  });

  visit('stop at once, go on where they stopped, and give way to the photo', async (page) => {
    // The small model would be done before it can be stopped.
    await until(() => finished(page), 'the example', PATIENCE);
    await until(async () => /1000 classes/.test(await words(page, 'model')), 'the default model', PATIENCE);
    await open(page);
    await choose(page, ['gradient']);
    await by(page, 'batch-start').click();
    await until(async () => (await rows(page).count()) >= 3, 'some rows', PATIENCE);
    await by(page, 'batch-stop').click();
    const asked = Date.now();
    await until(() => idle(page), 'the stop', 20_000);
    assert.ok(Date.now() - asked < 15_000);
    const before = lines(await saved(page, 'batch-save'));
    assert.ok(before.length > 3, before.join('\n'));
    await page.waitForTimeout(500);
    assert.equal(lines(await saved(page, 'batch-save')).length, before.length, 'nothing more is computed');

    await by(page, 'batch-start').click();
    await until(async () => !(await idle(page)), 'the start', 20_000);
    // Something about the photo comes first; the folder goes on after it.
    await by(page, 'method').selectOption('gradient');
    await until(() => finished(page), 'the map of the photo', PATIENCE);
    assert.equal(await idle(page), false, 'it is not stopped by that');
    await until(() => idle(page), 'the end', PATIENCE);
    const after = lines(await saved(page, 'batch-save'));
    assert.equal(after.length, 1 + 5 * 2 + 1);
    const kept = before.filter((line) => /,(gradient|guided)/.test(line));
    for (const line of kept) assert.ok(after.includes(line), `${line} was computed again`);
  });

  visit('take no more memory the more they are', async (page) => {
    await useSmallModel(page);
    await open(page, 'many');
    await by(page, 'batch-start').click();
    await until(async () => (await idle(page)) && /All images are done/.test(await words(page, 'batch-cost')), 'the end', PATIENCE);
    assert.match(await words(page, 'batch-page'), /Rows 1 to 25 of 60/);
    await by(page, 'batch-page-after').click();
    await by(page, 'batch-page-after').click();
    assert.equal(await rows(page).count(), 10);
    const peaks = (await page.evaluate(() => globalThis.peaks)).slice(-60);
    assert.equal(peaks.length, 60);
    assert.ok(peaks.at(-1) - peaks[4] <= 1 << 20, `from ${peaks[4]} to ${peaks.at(-1)} bytes`);
  });

  visit('are gone on with from a saved table, and dropped as files', async (page) => {
    await useSmallModel(page);
    await open(page);
    await by(page, 'batch-start').click();
    await until(async () => (await idle(page)) && (await rows(page).count()) === 6, 'the end', PATIENCE);
    const csv = await saved(page, 'batch-save');
    await page.reload();
    await useSmallModel(page);
    await by(page, 'file-input').setInputFiles({ name: csv.name, mimeType: 'text/csv', buffer: csv.bytes });
    await until(async () => /5 of 6 rows of the table were taken over/.test(await words(page, 'message')), 'its rows', 20_000);
    await open(page);
    await until(async () => /To do: 1 images/.test(await words(page, 'batch-cost')), 'what is left', 20_000);

    // Several files at once are a folder too, where they are dropped on this card.
    await by(page, 'batch-clear').click();
    const files = await Promise.all(PHOTOS.slice(0, 2).map(photo));
    const transfer = await page.evaluateHandle((files) => {
      const transfer = new DataTransfer();
      for (const { name, type, base64 } of files) {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        transfer.items.add(new File([bytes], name, { type }));
      }
      return transfer;
    }, files.map(({ name, type, bytes }) => ({ name, type, base64: bytes.toString('base64') })));
    await page.locator('#batch').dispatchEvent('drop', { dataTransfer: transfer });
    await until(async () => /2 images, 0 with masks/.test(await words(page, 'batch-count')), 'both files', 20_000);
    assert.match(await words(page, 'batch-cost'), /All images are done/, 'they were in the table');
  });
});
