// A second opinion: an independent program, fetched when asked for, computes the same photo.

import assert from 'node:assert/strict';
import { describe } from 'node:test';

import { by, drop, finished, smallModel, until, words } from './harness.mjs';
import { visits } from './visit.mjs';

const PATIENCE = 240_000;
const visit = visits();
const fetched = (session) => session.requests.filter((asked) => asked.includes('worker_check'));
const answer = (page) => until(() => words(page, 'check-answer'), 'the answer', PATIENCE);

describe('a second opinion', () => {
  visit('is asked for, agrees with the default model, and is gone', async (page, session) => {
    await until(async () => /1000 classes/.test(await words(page, 'model')), 'the default model', PATIENCE);
    await until(() => finished(page), 'its map', PATIENCE);
    await by(page, 'model').click();
    await until(() => by(page, 'check-model').isEnabled(), 'the button', PATIENCE);
    assert.deepEqual(fetched(session), [], 'it is fetched before anybody asked');
    await by(page, 'check-model').click();
    await by(page, 'check-stop').waitFor({ timeout: 20_000 });
    const said = await answer(page);
    assert.match(said, /^tract \d+\.\d+\.\d+, an independent program, gives the same answer: largest difference/);
    assert.match(said, /The gradient agrees with the differences of its scores along 16 random directions/);
    assert.ok(fetched(session).length > 0);
    await until(() => by(page, 'check-model').isEnabled(), 'the button once more', 20_000);
    assert.deepEqual(session.complaints, []);
  });

  visit('is about the model that is open', async (page) => {
    await until(async () => /1000 classes/.test(await words(page, 'model')), 'the default model', PATIENCE);
    await drop(page, await smallModel());
    await until(async () => /5 classes/.test(await words(page, 'model')), 'the dropped model', PATIENCE);
    await until(() => finished(page), 'its map', PATIENCE);
    await by(page, 'check-model').click();
    assert.match(await answer(page), /gives the same answer/);
    await by(page, 'default-model').click();
    await until(async () => /1000 classes/.test(await words(page, 'model')), 'the default model', PATIENCE);
    assert.equal(await words(page, 'check-answer'), '');
  });

  visit('can be stopped, and asked for again', async (page) => {
    await drop(page, await smallModel());
    await until(async () => /5 classes/.test(await words(page, 'model')), 'the dropped model', PATIENCE);
    await until(() => finished(page), 'its map', PATIENCE);
    await by(page, 'check-model').click();
    await by(page, 'check-stop').click();
    assert.equal(await words(page, 'check-answer'), '');
    await by(page, 'check-model').click();
    assert.match(await answer(page), /gives the same answer/);
  });
});
