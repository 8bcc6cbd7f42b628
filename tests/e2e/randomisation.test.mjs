// The sanity check on a small network: maps that fall apart and maps that stay, the slider, the plot, the table, stop.

import assert from 'node:assert/strict';
import { describe } from 'node:test';

import { by, finished, painted, until, useSmallModel, words } from './harness.mjs';
import { visits } from './visit.mjs';

const PATIENCE = 240_000;
const visit = visits();

const verdict = (page) => by(page, 'sanity-verdict');

/** Starts the check of the large map, and waits for its verdict: whether the map failed. */
async function check(page) {
  await until(async () => !(await by(page, 'sanity-start').isDisabled()), 'the button', PATIENCE);
  await by(page, 'sanity-start').click();
  await until(
    async () => (await by(page, 'sanity-start').count()) > 0 && (await verdict(page).count()) > 0,
    'the verdict',
    PATIENCE,
  );
  return (await verdict(page).getAttribute('data-failed')) === 'true';
}

async function use(page, method) {
  await by(page, 'method').selectOption(method);
  await until(() => finished(page), `the map of ${method}`, PATIENCE);
}

/** The table's rows as numbers: groups, |Spearman|, Spearman, SSIM. */
async function rows(page) {
  const cells = await by(page, 'cascade-table').locator('tbody tr').evaluateAll((all) =>
    all.map((row) => [...row.children].map((cell) => cell.textContent)),
  );
  return cells.map(([step, ...rest]) => ({
    numbers: [step, ...rest.slice(0, 3)].map(Number),
    layers: rest[3],
  }));
}

describe('the sanity check', () => {
  visit('says its cost, shows every step and keeps the large map', async (page, session) => {
    await useSmallModel(page);
    await use(page, 'smoothgrad');
    const large = await painted(page, 'overlay-canvas');
    const cost = await words(page, 'sanity-cost');
    const [, networks, gradients] = /(\d+) networks, (\d+) gradients/.exec(cost) ?? assert.fail(cost);
    const samples = Number(await by(page, 'samples').inputValue());
    assert.equal(Number(gradients), Number(networks) * samples);

    const failed = await check(page);
    const steps = await rows(page);
    assert.equal(failed, steps.at(-1).numbers[1] > 0.5, await words(page, 'sanity-verdict'));
    assert.equal(steps.length, Number(networks));
    for (const { numbers, layers } of steps) {
      assert.ok(Math.abs(numbers[1] - Math.abs(numbers[2])) < 1e-9);
      assert.ok(layers.length > 0);
    }
    assert.equal((await painted(page, 'overlay-canvas')).hash, large.hash, 'the large map is left alone');

    // The slider: from the newest network back to the intact one, by keyboard, and what it says.
    const slider = by(page, 'sanity-step');
    assert.equal(await slider.getAttribute('max'), networks);
    assert.equal(await slider.inputValue(), networks);
    const last = await painted(page, 'sanity-canvas');
    assert.ok((await slider.getAttribute('aria-valuetext')).includes(steps.at(-1).layers));
    await slider.focus();
    await page.keyboard.press('Home');
    await until(async () => (await painted(page, 'sanity-canvas')).hash !== last.hash, 'the first map', 5000);
    assert.equal((await painted(page, 'sanity-canvas')).hash, large.hash, 'the map of the intact network');
    assert.match(await slider.getAttribute('aria-valuetext'), /as trained/);
    await page.keyboard.press('ArrowRight');
    await until(async () => (await slider.getAttribute('aria-valuetext')).includes(steps[0].layers), 'its layers', 5000);
    assert.match(await words(page, 'sanity-reading'), new RegExp(steps[0].numbers[1].toFixed(3)));
    const plot = await painted(page, 'cascade-plot');
    assert.ok(plot.colours > 20, `three lines with an axis have more than ${plot.colours} colours`);
    assert.deepEqual(session.complaints, []);
  });

  visit('marks an edge map as the failure it is, in the table too', async (page) => {
    await useSmallModel(page);
    await use(page, 'control-edge');
    assert.equal(await check(page), true);
    assert.match(await words(page, 'sanity-verdict'), /Failed.*1\.000/);
    for (const { numbers } of await rows(page)) assert.deepEqual(numbers.slice(1), [1, 1, 1]);

    // As a measure of the comparison: both methods, and the mark.
    await by(page, 'add-method').selectOption('control-edge');
    await by(page, 'add-method').selectOption('gradient');
    await by(page, 'measure-randomisation').check();
    await until(async () => /Everything is computed/.test(await words(page, 'compare-cost')), 'the end', PATIENCE);
    const marked = (method) =>
      by(page, 'score-table').locator('tbody tr', { hasText: method }).locator('[title*="randomisation check"]').count();
    assert.equal(await marked('Control: edges'), 1);
    assert.equal(await marked('Vanilla Gradient'), 0);
  });

  visit('draws fresh noise by choice, and other settings give another check', async (page) => {
    await useSmallModel(page);
    await use(page, 'smoothgrad');
    await check(page);
    const same = await rows(page);
    await by(page, 'sanity-fresh').check();
    await until(async () => (await verdict(page).count()) === 0, 'the old check to go', 5000);
    await check(page);
    const fresh = await rows(page);
    assert.equal(fresh.length, same.length);
    assert.notDeepEqual(fresh, same);
    await page.locator('#sanity .about summary').click();
    await by(page, 'randomisation-groups').fill('2');
    await by(page, 'randomisation-groups').blur();
    await until(async () => / 2 networks/.test(await words(page, 'sanity-cost')), 'the new cost', 5000);
    await check(page);
    assert.equal((await rows(page)).length, 2);
  });

  visit('takes the parameters of measures, and shows what the model was shown', async (page, session) => {
    await useSmallModel(page);
    await by(page, 'add-method').selectOption('gradient');
    await by(page, 'measure-rise-curves').check();
    const complete = async () => /Everything is computed/.test(await words(page, 'compare-cost'));
    await until(async () => (await complete()) && (await by(page, 'altered').count()) > 0, 'the curves', PATIENCE);
    const slider = by(page, 'altered-step');
    assert.equal(await slider.getAttribute('max'), '20', 'steps of 5 %');

    // From nothing to everything: the photo loses what the other picture gains.
    const hash = async (name) => (await painted(page, `altered-${name}`)).hash;
    await slider.fill('0');
    const photo = await until(async () => (await words(page, 'altered-deleted-words')).includes('0 %') && hash('deleted'), 'the photo', 5000);
    const blurred = await hash('inserted');
    assert.notEqual(photo, blurred);
    await slider.focus();
    await page.keyboard.press('End');
    await until(async () => (await hash('inserted')) === photo, 'the whole photo', 5000);
    assert.notEqual(await hash('deleted'), photo);
    assert.match(await words(page, 'altered-inserted-words'), /100 %/);
    assert.ok((await painted(page, 'altered-recovered')).colours > 10);

    // A coarser step: measured anew, with as many images.
    const scores = async () => (await by(page, 'score-table').locator('tbody td').allTextContents()).join(' ');
    const before = await scores();
    await by(page, 'measure-settings-rise-curves').locator('summary').click();
    await by(page, 'rise-curves-step').fill('20');
    await by(page, 'rise-curves-step').blur();
    await by(page, 'rise-curves-deletion-baseline').selectOption('black');
    await until(async () => (await complete()) && (await slider.count()) > 0 && (await slider.getAttribute('max')) === '5', 'the new curves', PATIENCE);
    assert.notEqual(await scores(), before);
    assert.deepEqual(session.complaints, []);
  });

  visit('stops within a batch and keeps what it has', async (page) => {
    // The small model would be done before it can be stopped.
    await until(async () => /1000 classes/.test(await words(page, 'model')), 'the default model', PATIENCE);
    await until(async () => !(await by(page, 'sanity-start').isDisabled()), 'the button', PATIENCE);
    await by(page, 'sanity-start').click();
    await until(async () => /Group 1|Drawing/.test(await words(page, 'sanity-progress')), 'the first network', PATIENCE);
    await page.waitForTimeout(1000);
    const before = Date.now();
    await by(page, 'sanity-stop').click();
    await until(async () => (await by(page, 'sanity-start').count()) > 0, 'the end', 20_000);
    console.log(`stopped after ${Date.now() - before} ms`);
    assert.ok(await finished(page), 'the large map is still there');
    assert.equal(await words(page, 'message'), '', 'the worker answered by itself');
  });
});
