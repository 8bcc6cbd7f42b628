// What a visitor does, on the built page in a real browser: drop a photo, read the answer, move the slider, stop, err.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';

import { badFiles } from './files.mjs';
import { by, choose, drop, kept, open, painted, paints, photo, screenshot, serve, until } from './harness.mjs';

// Gradients of a real network on one thread of a slow machine.
const PATIENCE = 240_000;

let server;
let session;
let page;

before(async () => {
  server = await serve();
});
after(() => server?.close());

beforeEach(async () => {
  session = await open(server.address);
  page = session.page;
  await until(async () => /\d+ classes/.test(await text('model')), 'the model');
  await kept(page);
  await quiet();
});
afterEach(() => session.close());

/** A test that leaves a picture of the page behind where it fails. */
function visit(name, steps) {
  it(name, async () => {
    try {
      await steps();
    } catch (error) {
      await screenshot(page, name.replace(/\W+/g, '-'));
      throw error;
    }
  });
}

/** The words in an element; empty where there is no such element. */
async function text(id) {
  return (await by(page, id).count()) ? ((await by(page, id).first().textContent()) ?? '').trim() : '';
}

/** Waits until nothing was requested for two seconds. */
async function quiet() {
  let before = -1;
  while (before !== session.requests.length) {
    before = session.requests.length;
    await page.waitForTimeout(2000);
  }
}

/** The answer about this photo is there; the page opens with one about another, or about the same one. */
const answered = (photo, name) =>
  until(
    async () => (await text('photo-about')).startsWith(photo) && (await text('top-classes')).includes(name),
    `${name} among the classes of ${photo}`,
    PATIENCE,
  );
const score = async () => Number((await text('rcap-score')).match(/\d+\.\d+/)?.[0] ?? NaN);
/** Whether the map is finished, and the score on show is that of this map. */
const done = async () =>
  !(await busy()) && (await by(page, 'rcap-score').getAttribute('data-current')) === 'true';
const measured = () => until(done, 'the score', PATIENCE);
const busy = async () => (await by(page, 'cancel').count()) > 0;

describe('the page', () => {
  visit('shows which pixels of a dropped photo decided, and asks the network for nothing', async () => {
    const loaded = session.requests.length;
    await drop(page, await photo('chelsea.jpg'));
    await answered('chelsea.jpg', 'Egyptian cat');
    const rows = await by(page, 'top-classes').locator('li').allTextContents();
    assert.ok(rows.length >= 5, `${rows.length} classes are listed`);
    for (const row of rows.slice(0, 5)) assert.match(row, /\d\s*%/, 'every class has its probability');

    await until(async () => (await by(page, 'rcap-score').count()) > 0 && done(), 'the map and its score', PATIENCE);
    // The photo alone, a map of a part of the samples, and the map of all of them, at least.
    const maps = new Set(await paints(page, 'overlay-canvas'));
    assert.ok(maps.size >= 3, `the map was refined while samples came in (${maps.size} pictures seen)`);

    const overlay = await painted(page, 'overlay-canvas');
    assert.ok(overlay.colours > 500, `a photo with a map over it has many colours, not ${overlay.colours}`);
    const curve = await painted(page, 'curve-canvas');
    assert.ok(curve.colours > 8, `three curves with axes and words have more than ${curve.colours} colours`);
    assert.ok((await score()) > 0 && (await score()) <= 1, `the score is ${await score()}`);
    assert.match(await text('device'), /CPU|GPU/, 'the device is named');

    // The percentile weighs the gradients that are there already.
    await by(page, 'percentile').fill('50');
    await until(async () => (await painted(page, 'overlay-canvas')).hash !== overlay.hash, 'another map', 20_000);
    await measured();
    await until(async () => /without new gradients/.test(await page.textContent('body')), 'a redraw from memory');
    const redrawn = await painted(page, 'curve-canvas');
    assert.notEqual(redrawn.hash, curve.hash, 'the curve follows the map');

    // Handles to what is in memory already are no requests.
    const later = session.requests.slice(loaded).filter((address) => !/^(blob|data):/.test(address));
    assert.deepEqual(later, [], 'no request after the page was loaded');
    assert.deepEqual(session.complaints, []);
  });

  visit('explains a class that was chosen', async () => {
    await by(page, 'sample-1').click();
    await answered('A cup of espresso', 'espresso');
    await measured();
    const { hash } = await painted(page, 'overlay-canvas');
    await by(page, 'top-classes').locator('button').nth(2).click();
    await until(async () => (await painted(page, 'overlay-canvas')).hash !== hash, 'another map', PATIENCE);
    await measured();
    assert.deepEqual(session.complaints, []);
  });

  visit('stops when asked to, and starts again', async () => {
    await choose(page, await photo('coffee.jpg'));
    await answered('coffee.jpg', 'espresso');
    await until(busy, 'something to stop', PATIENCE);
    await by(page, 'cancel').click();
    await until(async () => !(await busy()), 'an end', 20_000);
    const stopped = await painted(page, 'overlay-canvas');
    await page.waitForTimeout(3000);
    assert.equal((await painted(page, 'overlay-canvas')).hash, stopped.hash, 'nothing is drawn any more');

    await drop(page, await photo('china.jpg'));
    await answered('china.jpg', 'palace');
    assert.deepEqual(session.complaints, []);
  });

  visit('says what is wrong with a file and carries on', async () => {
    for (const file of await badFiles()) {
      await drop(page, file);
      const message = await until(() => text('message'), `a message about ${file.what}`, PATIENCE);
      assert.ok(message.length > 20, `a sentence about ${file.what}: ${message}`);
      await by(page, 'dismiss').first().click();
      await until(async () => (await text('message')) === '', 'the message to go', 5000);
    }
    await drop(page, await photo('coffee.jpg'));
    await answered('coffee.jpg', 'espresso');
    assert.deepEqual(session.complaints, []);
  });
});
