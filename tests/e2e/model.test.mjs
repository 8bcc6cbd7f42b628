// A model of one's own: its card, its preprocessing, its class names, and what is said of one that will not do.

import assert from 'node:assert/strict';
import { describe } from 'node:test';

import { by, drop, finished, painted, photo, smallModel, until, useSmallModel, words } from './harness.mjs';
import { siluModel } from './onnx_files.mjs';
import { visits } from './visit.mjs';

const PATIENCE = 240_000;
const visit = visits();
const text = (content) => Buffer.from(content);

describe('a model of one’s own', () => {
  visit('is dropped, described, fed otherwise and remembered', async (page, session) => {
    await until(async () => /1000 classes/.test(await words(page, 'model')), 'the default model', PATIENCE);
    await drop(page, await smallModel());
    await until(async () => /5 classes/.test(await words(page, 'model')), 'the dropped model', PATIENCE);
    const card = await words(page, 'model-facts');
    for (const fact of [/pytorch/i, /Operator set\s*\d+/, /Input\s*\S+ \[/, /Classes\s*5/, /Conv × 4/, /SHA-256 [0-9a-f]{12}/]) {
      assert.match(card, fact);
    }
    assert.match(card, /multiply-adds|not known/);
    await until(() => finished(page), 'its map', PATIENCE);

    const before = await painted(page, 'overlay-canvas');
    await by(page, 'preprocessing-preset').selectOption('raw');
    await until(async () => /chosen by you/.test(await words(page, 'preprocessing-source')), 'the other values', PATIENCE);
    await until(
      async () => (await finished(page)) && (await painted(page, 'overlay-canvas')).hash !== before.hash,
      'another map',
      PATIENCE,
    );
    await by(page, 'preprocessing-mean-1').fill('3.5');
    await by(page, 'preprocessing-mean-1').blur();
    await until(async () => (await by(page, 'preprocessing-preset').inputValue()) === '', 'own values', PATIENCE);
    // What is not known to work is not remembered.
    await until(() => finished(page), 'its map', PATIENCE);

    await page.reload();
    await useSmallModel(page);
    await until(async () => /chosen by you/.test(await words(page, 'preprocessing-source')), 'the memory', PATIENCE);
    assert.equal(await by(page, 'preprocessing-mean-1').inputValue(), '3.5');
    await by(page, 'preprocessing-reset').click();
    await until(async () => !/chosen by you/.test(await words(page, 'preprocessing-source')), 'its own', PATIENCE);
    assert.deepEqual(session.complaints, []);
  });

  visit('names its classes by a dropped list', async (page) => {
    await useSmallModel(page);
    await drop(page, { name: 'names.txt', type: 'text/plain', bytes: text('ant\nbee\ncat\ndog\nelk\n') });
    await until(async () => /ant|bee|cat|dog|elk/.test(await words(page, 'top-classes')), 'the names', 20_000);
    await drop(page, { name: 'names.json', type: 'application/json', bytes: text('["a1","b2","c3","d4","e5"]') });
    await until(async () => /a1|b2|c3|d4|e5/.test(await words(page, 'top-classes')), 'the other names', 20_000);
    await drop(page, { name: 'two.txt', type: 'text/plain', bytes: text('yes\nno\n') });
    await until(async () => /2 classes/.test(await words(page, 'message')), 'what is wrong with two names', 20_000);
    assert.match(await words(page, 'top-classes'), /a1|b2|c3|d4|e5/);
    await by(page, 'label-set').selectOption('indices');
    await until(async () => /class \d/.test(await words(page, 'top-classes')), 'numbers', 20_000);
  });

  visit('without a ReLU is the vanilla gradient to Guided Backprop, and says so', async (page) => {
    const says = (id, what) => until(async () => what.test(await words(page, id)), `${what} in ${id}`, PATIENCE);
    const silent = (id) => until(async () => (await words(page, id)) === '', `nothing in ${id}`, PATIENCE);
    await says('model', /1000 classes/);
    await by(page, 'method').selectOption('guided-backprop');
    await says('no-relu', /has no ReLU.*ReLU6 too/);
    await says('map-note', /this is the vanilla gradient/);
    await by(page, 'relu6').selectOption('on');
    await silent('no-relu');
    await says('map-note', /A variant of Guided Backprop: \d+ clips to 0\.\.6 count as ReLU/);

    await drop(page, { name: 'silu.onnx', type: '', bytes: siluModel() });
    await says('model', /4 classes/);
    await by(page, 'relu6').selectOption('off');
    await says('no-relu', /has no ReLU.*SiLU too/);
    await says('map-note', /this is the vanilla gradient/);
    await by(page, 'silu').selectOption('on');
    await silent('no-relu');
    await says('map-note', /A variant of Guided Backprop: 1 SiLU, Hardswish, GELU or Mish steps count as ReLU/);
  });

  visit('is refused with its reason, and the one before stays', async (page) => {
    await until(async () => /1000 classes/.test(await words(page, 'model')), 'the default model', PATIENCE);
    await drop(page, { name: 'broken.onnx', type: '', bytes: text('this is no model at all, only words') });
    const refusal = await until(() => words(page, 'model-refused'), 'the refusal', PATIENCE);
    assert.match(refusal, /broken\.onnx cannot be explained/);
    assert.match(refusal, /still is/);
    assert.match(await words(page, 'model'), /EfficientNet-Lite0/);
    await drop(page, await photo('coffee.jpg'));
    await until(async () => /espresso/.test(await words(page, 'top-classes')), 'an answer', PATIENCE);
  });
});
