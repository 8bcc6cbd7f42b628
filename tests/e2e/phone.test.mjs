// A visitor with a phone: a narrow page, used by finger alone.

import assert from 'node:assert/strict';
import { describe } from 'node:test';

import { by, finished, painted, saved, until, words } from './harness.mjs';
import { visits } from './visit.mjs';

// Gradients of a real network on one thread of a slow machine.
const PATIENCE = 240_000;
const visit = visits({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });
/** The side of the smallest target that WCAG 2.2 allows without a reason, in CSS pixels (success criterion 2.5.8). */
const SMALLEST_TARGET_PX = 24;

/** Fingers on an element: each a start and an end, in shares of its size, moved together. */
async function swipe(page, id, fingers) {
  const element = by(page, id);
  await element.scrollIntoViewIfNeeded();
  const edges = await element.boundingBox();
  const touchPoints = (done) =>
    fingers.map(([from, to], id) => {
      const at = [0, 1].map((axis) => from[axis] + (to[axis] - from[axis]) * done);
      return { id, x: edges.x + at[0] * edges.width, y: edges.y + at[1] * edges.height };
    });
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: touchPoints(0) });
  for (const done of [0.25, 0.5, 0.75, 1]) {
    await devtools.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: touchPoints(done) });
  }
  await devtools.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await devtools.detach();
}

/** Buttons, links and fields that a finger would miss. Links within a sentence are as high as its lines. */
const smallTargets = (page) =>
  page.evaluate(
    (least) =>
      [...document.querySelectorAll('button, select, input:not([type=file]), summary, a[href]')]
        .filter((element) => element.checkVisibility() && !(element.matches('a') && element.closest('p')))
        .map((element) => {
          // A box to tick is as large as the label around it.
          const { width, height } = (element.closest('label') ?? element).getBoundingClientRect();
          return [element.dataset.testid ?? element.outerHTML.slice(0, 90), Math.round(width), Math.round(height)];
        })
        .filter(([, width, height]) => width > 1 && height > 1 && (width < least || height < least)),
    SMALLEST_TARGET_PX,
  );

describe('the page on a phone', () => {
  visit('takes a photo, a class, a zoom and a reading from a finger, and gives a picture', async (page, session) => {
    await until(async () => /\d+ classes/.test(await words(page, 'model')), 'the model', PATIENCE);
    await by(page, 'sample-1').tap();
    await until(
      async () => /espresso/.test(await words(page, 'photo-about')) && (await finished(page)),
      'the map of the coffee',
      PATIENCE,
    );
    const first = (await painted(page, 'overlay-canvas')).hash;

    // Another class.
    const classes = by(page, 'top-classes').locator('button');
    const second = (await classes.nth(1).textContent()).trim();
    await classes.nth(1).tap();
    await until(
      async () => (await classes.nth(1).getAttribute('aria-pressed')) === 'true' && (await finished(page)),
      `the map of ${second}`,
      PATIENCE,
    );
    const whole = await painted(page, 'overlay-canvas');
    assert.notEqual(whole.hash, first, 'another class, another map');

    // Two fingers apart enlarge, one moves what is enlarged, and a button shows the whole again.
    const shown = async () => (await painted(page, 'overlay-canvas')).hash;
    await swipe(page, 'overlay-canvas', [[[0.4, 0.4], [0.2, 0.2]], [[0.6, 0.6], [0.8, 0.8]]]);
    await until(async () => /Zoom \d{3,} %/.test(await words(page, 'zoom-level')), 'the enlarged map', 10_000);
    const enlarged = await shown();
    assert.notEqual(enlarged, whole.hash);
    await swipe(page, 'overlay-canvas', [[[0.6, 0.6], [0.4, 0.4]]]);
    await until(async () => (await shown()) !== enlarged, 'the map to move', 10_000);
    await by(page, 'zoom-whole').tap();
    await until(async () => (await shown()) === whole.hash, 'the whole map', 10_000);

    // A curve is read by tapping it, and the reading stays when the finger is gone.
    const hint = await words(page, 'curve-reading');
    const curve = by(page, 'curve-canvas');
    const { width, height } = await curve.boundingBox();
    await curve.tap({ position: { x: width / 2, y: height / 2 } });
    await until(async () => (await words(page, 'curve-reading')) !== hint, 'the values of a step', 10_000);
    assert.match(await words(page, 'curve-reading'), /\d+ %/);

    await by(page, 'save-figure').scrollIntoViewIfNeeded();
    const figure = await saved(page, 'save-figure');
    assert.match(figure.name, /\.png$/);
    assert.deepEqual([...figure.bytes.subarray(1, 4)], [...Buffer.from('PNG')]);
    assert.deepEqual(session.complaints, []);
  });

  visit('scrolls down only, and has nothing too small for a finger', async (page) => {
    await until(async () => /\d+ classes/.test(await words(page, 'model')), 'the model', PATIENCE);
    await page.locator('#batch').scrollIntoViewIfNeeded();
    await page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true;
    });
    const { wide, window } = await page.evaluate(() => ({
      wide: document.scrollingElement.scrollWidth,
      window: document.documentElement.clientWidth,
    }));
    assert.equal(wide, window, 'the page is as wide as its window');
    assert.deepEqual(await smallTargets(page), []);
  });
});
