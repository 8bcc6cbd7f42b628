// What axe finds, in both themes and at three widths, and what a keyboard and another language need.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe } from 'node:test';
import { fileURLToPath } from 'node:url';

import { by, finished, until, useSmallModel, words } from './harness.mjs';
import { visits } from './visit.mjs';

const AXE = fileURLToPath(new URL('node_modules/axe-core/axe.min.js', import.meta.url));
const SAMPLES = fileURLToPath(new URL('../../static/samples', import.meta.url));
// axe is put into the page, which the page's own policy forbids as it should.
const visit = visits({ bypassCSP: true });

async function violations(page) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(await readFile(AXE, 'utf8'));
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} ${target}: ${failureSummary}`));
}

describe('accessibility', () => {
  visit('axe finds nothing, with everything open', async (page) => {
    await useSmallModel(page);
    await by(page, 'add-method').selectOption('gradient');
    await by(page, 'add-method').selectOption('absolutegrad');
    await by(page, 'measure-rise-curves').check();
    await until(async () => /Everything is computed/.test(await words(page, 'compare-cost')), 'the scores', 240_000);
    await by(page, 'batch-images').setInputFiles(SAMPLES);
    await by(page, 'batch-start').click();
    await until(async () => /All images are done/.test(await words(page, 'batch-cost')), 'the folder', 240_000);
    await page.evaluate(() => document.querySelectorAll('details').forEach((details) => (details.open = true)));
    const found = new Set();
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      for (const width of [1440, 1024, 390]) {
        await page.setViewportSize({ width, height: 900 });
        await page.waitForTimeout(300);
        for (const violation of await violations(page)) found.add(`${colorScheme} ${width}: ${violation}`);
      }
    }
    assert.deepEqual([...found], []);
  });

  visit('axe finds nothing in the lesson, which fits its window', async (page) => {
    await useSmallModel(page);
    await by(page, 'lesson-open').click();
    const found = new Set();
    for (const step of [4, 6, 8, 9, 10]) {
      await by(page, `lesson-step-${step}`).click();
      await until(async () => (await by(page, 'lesson-waiting').count()) === 0, 'its pictures', 240_000);
      if (step === 10) await by(page, 'lesson-pick-1').click();
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        for (const width of [1440, 1024, 390]) {
          await page.setViewportSize({ width, height: 900 });
          await page.waitForTimeout(200);
          for (const violation of await violations(page)) found.add(`${step} ${colorScheme} ${width}: ${violation}`);
          const wide = await page.locator('.lesson-body').evaluate((body) => body.scrollWidth - body.clientWidth);
          if (wide > 0) found.add(`${step} ${width}: ${wide} pixels too wide`);
        }
      }
    }
    assert.deepEqual([...found], []);
  });

  visit('no page is wider than its window', async (page) => {
    await until(() => finished(page), 'the example', 240_000);
    await by(page, 'show-model').click();
    await by(page, 'add-paper').click();
    for (const width of [1440, 1024, 720, 390, 320]) {
      await page.setViewportSize({ width, height: 844 });
      await page.waitForTimeout(200);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${wide} pixels at ${width}`);
    }
  });

  visit('speaks German where it is chosen, and remembers it', async (page) => {
    await until(() => finished(page), 'the example', 240_000);
    await by(page, 'language').selectOption('de');
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'de');
    assert.match(await page.textContent('h1 + p'), /Bildklassifikator/);
    assert.match(await page.textContent('body'), /Ihr Foto verlässt dieses Gerät nie/);
    await page.reload();
    await until(async () => /Verfahren vergleichen/.test((await page.textContent('body')) ?? ''), 'German again', 60_000);
  });
});
