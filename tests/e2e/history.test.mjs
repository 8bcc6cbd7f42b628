// Undo and redo of the settings, by keys and by buttons.

import assert from 'node:assert/strict';
import { describe } from 'node:test';

import { by, finished, painted, until, useSmallModel } from './harness.mjs';
import { visits } from './visit.mjs';

const visit = visits();

describe('undo and redo', () => {
  visit('bring settings back with the maps that were computed for them', async (page, session) => {
    await useSmallModel(page);
    const method = () => by(page, 'method').inputValue();
    const map = async () => (await painted(page, 'overlay-canvas')).hash;
    const first = await map();
    await by(page, 'method').selectOption('gradient');
    await until(async () => (await finished(page)) && (await map()) !== first, 'another map', 60_000);
    const second = await map();

    await page.keyboard.press('Control+z');
    await until(async () => (await method()) === 'guided-absolute-grad' && (await map()) === first, 'undo', 5000);
    assert.equal(await finished(page), true, 'the map of before is there at once');
    await page.keyboard.press('Control+Shift+Z');
    await until(async () => (await method()) === 'gradient' && (await map()) === second, 'redo', 5000);
    await by(page, 'undo').click();
    await until(async () => (await map()) === first, 'undo by the button', 5000);

    // In a field that is typed into, the keys are the field's.
    await by(page, 'redo').click();
    await by(page, 'undo').click();
    await by(page, 'samples').focus();
    await page.keyboard.press('Control+Shift+Z');
    await page.waitForTimeout(300);
    assert.equal(await method(), 'guided-absolute-grad');
    assert.equal(await by(page, 'redo').getAttribute('aria-disabled'), 'false');
    assert.deepEqual(session.complaints, []);
  });
});
