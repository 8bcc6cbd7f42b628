// The lesson on a dropped photo: every step by the keyboard, its pictures, the exercise, the way back, and a link.

import assert from 'node:assert/strict';
import { describe } from 'node:test';

import { by, drop, finished, painted, photo, until, useSmallModel, words } from './harness.mjs';
import { visits } from './visit.mjs';

const PATIENCE = 240_000;
const STEPS = 10;
const visit = visits();

const step = (page) => by(page, 'lesson').getAttribute('data-step');
const focused = (page) => page.evaluate(() => document.activeElement?.dataset?.testid);

/** The test ids of the canvases of the step on show, once they are painted. */
async function pictures(page) {
  const waits = by(page, 'lesson-waiting');
  await until(async () => (await waits.count()) === 0, `the pictures of step ${await step(page)}`, PATIENCE);
  const canvases = by(page, 'lesson').locator('canvas');
  return canvases.evaluateAll((all) => all.map((canvas) => canvas.dataset.testid));
}

/** How many colours a canvas of the lesson has; the page beneath has some of the same name. */
const colours = async (page, id) => (await painted(by(page, 'lesson'), id)).colours;

describe('the lesson', () => {
  visit('walks through the method on a dropped photo', async (page, session) => {
    await useSmallModel(page);
    await drop(page, await photo('coffee.jpg'));
    await until(async () => (await words(page, 'photo-about')).startsWith('coffee.jpg'), 'the photo', PATIENCE);
    await until(() => finished(page), 'its map', PATIENCE);
    const large = await painted(page, 'overlay-canvas');
    const score = await words(page, 'rcap-score');

    await by(page, 'lesson-open').focus();
    await page.keyboard.press('Enter');
    await by(page, 'lesson').waitFor();
    const counts = [];
    const sentences = new Set();
    for (let number = 1; number <= STEPS; number += 1) {
      assert.equal(await step(page), String(number));
      const ids = await pictures(page);
      counts.push(ids.length);
      for (const id of ids) {
        // How many colours vary above the percentile is one of four numbers; a curve is a few lines.
        const least = number === 6 && id === 'lesson-canvas-0' ? 3 : number === 9 ? 9 : 20;
        await until(async () => (await colours(page, id)) >= least, `${id} of step ${number} to be painted`, 5000);
      }
      const sentence = await words(page, 'lesson-sentence');
      assert.ok(sentence.length > 40 && !/[{}…]/.test(sentence), sentence);
      sentences.add(sentence);
      await page.keyboard.press('ArrowRight');
    }
    assert.deepEqual(counts.slice(0, 7), [1, 3, 3, 4, 1, 2, 2]);
    assert.ok(counts[7] >= 5, `${counts[7]} recovered images`);
    assert.deepEqual(counts.slice(8), [1, 3]);
    assert.equal(sentences.size, STEPS);
    assert.equal(await step(page), String(STEPS), 'there is nothing behind the last step');

    // The exercise by keyboard: a choice, what each map was, and another order some time.
    assert.equal(await by(page, 'lesson-truth-0').count(), 0, 'nothing is told before');
    await by(page, 'lesson-pick-0').focus();
    await page.keyboard.press('Enter');
    const verdict = await until(() => words(page, 'lesson-verdict'), 'the verdict', 5000);
    const truths = await Promise.all([0, 1, 2].map((place) => words(page, `lesson-truth-${place}`)));
    const real = truths.findIndex((truth) => /^RCAP \S+ The real map:/.test(truth));
    assert.match(verdict, new RegExp(`${real === 0 ? 'Right' : 'No'}: map ${real + 1} is the real one`));
    assert.ok(truths[real].includes(score), `${truths[real]} has the score ${score}`);
    assert.equal(truths.filter((truth) => /reversed/.test(truth)).length, 1);
    assert.equal(truths.filter((truth) => /Random numbers/.test(truth)).length, 1);
    const order = async () => (await painted(page, 'lesson-canvas-0')).hash;
    const first = await order();
    await until(
      async () => {
        await by(page, 'lesson-shuffle').click();
        return (await order()) !== first;
      },
      'another order',
      20_000,
    );
    assert.equal(await words(page, 'lesson-verdict'), '');

    // A presenter's keys go back; Escape closes, and the focus is where it was.
    await page.keyboard.press('PageUp');
    await until(async () => (await step(page)) === '9', 'the step before', 5000);
    await page.keyboard.press('Home');
    await until(async () => (await step(page)) === '1', 'the first step', 5000);
    await page.keyboard.press('Escape');
    await until(async () => (await by(page, 'lesson').count()) === 0, 'the lesson to close', 5000);
    assert.equal(await focused(page), 'lesson-open');
    assert.equal((await painted(page, 'overlay-canvas')).hash, large.hash, 'the large map is left alone');
    assert.equal(await words(page, 'rcap-score'), score);
    assert.deepEqual(session.complaints, []);
  });

  visit('opens where a link says, and plays only when told to', async (page, session, server) => {
    await until(() => finished(page), 'the example', PATIENCE);
    await by(page, 'lesson-open').click();
    await by(page, 'lesson-step-6').click();
    assert.equal((await pictures(page)).length, 2);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await by(page, 'lesson-link').click();
    const link = await until(() => page.evaluate(() => navigator.clipboard.readText()), 'the link', 5000);
    assert.match(link, /#.*\blesson=6$/);

    await page.goto('about:blank');
    await page.goto(link);
    await by(page, 'lesson').waitFor();
    assert.equal(await step(page), '6');
    const [above] = await pictures(page);
    assert.ok((await colours(page, above)) >= 3);
    await page.waitForTimeout(1500);
    assert.equal(await step(page), '6', 'nothing moves by itself');
    await by(page, 'lesson-play').click();
    await until(async () => (await step(page)) === '7', 'the next step', 20_000);
    await by(page, 'lesson-play').click();
    assert.equal(await words(page, 'lesson-play'), 'Play');

    await page.goto('about:blank');
    await page.goto(`${server.address}#lesson=99`);
    await until(() => finished(page), 'the example', PATIENCE);
    assert.equal(await by(page, 'lesson').count(), 0, 'there is no such step');
    assert.deepEqual(session.complaints, []);
  });
});
