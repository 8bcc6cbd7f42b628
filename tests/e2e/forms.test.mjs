// Models in the forms that people have them in: in two files, grey, of one score, of several right answers, or none.

import assert from 'node:assert/strict';
import { describe } from 'node:test';

import { by, drop, finished, photo, until, words } from './harness.mjs';
import { binaryModel, foreignFiles, greyModel, multiLabelModel, splitModel } from './onnx_files.mjs';
import { visits } from './visit.mjs';

const PATIENCE = 240_000;
const visit = visits();
const onnx = (name, bytes) => ({ name, type: '', bytes });

const opened = (page) =>
  until(async () => /1000 classes/.test(await words(page, 'model')), 'the default model', PATIENCE);
const says = (page, id, what) =>
  until(async () => what.test(await words(page, id)), `${what} in ${id}`, PATIENCE);

/** The percentages of the classes on show, by their number. */
async function shares(page) {
  const rows = by(page, 'top-classes').locator('button');
  const found = new Map();
  for (const row of await rows.all()) {
    const number = await row.getAttribute('data-class');
    // A class without a name is called by its number, and the share follows without a space.
    const text = (await row.textContent()).replace(`class ${number}`, '');
    const [share] = /[\d.,]+(?=\s?%)/.exec(text) ?? ['0'];
    found.set(Number(number), Number(share.replace(',', '.')));
  }
  return found;
}

describe('a model in two files', () => {
  for (const order of ['the model first', 'the weights first']) {
    visit(`is opened where both are dropped together, ${order}`, async (page, session) => {
      await opened(page);
      const files = splitModel();
      await drop(page, order === 'the model first' ? files : files.reverse());
      await says(page, 'model', /split\.onnx.*7 classes/);
      await until(() => finished(page), 'its map', PATIENCE);
      assert.deepEqual(session.complaints, []);
    });

    visit(`is opened where they are dropped one after the other, ${order}`, async (page) => {
      await opened(page);
      const [model, data] = splitModel();
      if (order === 'the model first') {
        await drop(page, model);
        await says(page, 'model-refused', /split\.onnx\.data/);
        await drop(page, data);
      } else {
        await drop(page, data);
        await says(page, 'message', /split\.onnx\.data holds the weights/);
        await drop(page, model);
      }
      await says(page, 'model', /split\.onnx.*7 classes/);
      await until(() => finished(page), 'its map', PATIENCE);
    });
  }

  visit('is opened where both are chosen together', async (page) => {
    await opened(page);
    const files = splitModel().map(({ name, bytes }) => ({ name, mimeType: '', buffer: bytes }));
    await by(page, 'model-input').setInputFiles(files.reverse());
    await says(page, 'model', /split\.onnx.*7 classes/);
  });
});

describe('a model of another form', () => {
  visit('of one grey channel takes a photo, by either way to grey', async (page, session) => {
    await opened(page);
    await drop(page, onnx('grey.onnx', greyModel()));
    await says(page, 'model', /grey\.onnx.*6 classes/);
    await drop(page, await photo('coffee.jpg'));
    await until(() => finished(page), 'its map', PATIENCE);
    await says(page, 'model-warnings', /1 channel; of a photo it gets grey \(Rec\. 601\)/);
    assert.equal(await by(page, 'preprocessing-channels').inputValue(), 'grey-601');
    assert.equal(await by(page, 'preprocessing-mean-0').count(), 1);
    assert.equal(await by(page, 'preprocessing-mean-1').count(), 0);
    await by(page, 'preprocessing-channels').selectOption('grey-709');
    await says(page, 'preprocessing-source', /chosen by you/);
    await until(() => finished(page), 'another map', PATIENCE);
    assert.deepEqual(session.complaints, []);
  });

  visit('of one score shows p and 1 - p, and explains both', async (page) => {
    await opened(page);
    await drop(page, onnx('binary.onnx', binaryModel()));
    await says(page, 'model', /binary\.onnx.*2 classes/);
    await until(() => finished(page), 'its map', PATIENCE);
    const found = await shares(page);
    assert.equal(found.size, 2);
    assert.ok(Math.abs(found.get(0) + found.get(1) - 100) <= 1, `${[...found]}`);
    assert.ok(found.get(0) < 100 && found.get(1) < 100, `${[...found]}`);
    assert.equal(await by(page, 'model-probabilities').inputValue(), 'binary');
    await by(page, 'top-classes').locator('[data-class="1"]').click();
    await until(() => finished(page), 'the map of the other class', PATIENCE);
    await by(page, 'top-classes').locator('[data-class="0"]').click();
    await until(() => finished(page), 'the map of the first class', PATIENCE);
  });

  visit('of several right answers gives each its own probability, unless told otherwise', async (page) => {
    await opened(page);
    await drop(page, onnx('several.onnx', multiLabelModel()));
    await says(page, 'model', /several\.onnx.*5 classes/);
    await until(() => finished(page), 'its map', PATIENCE);
    assert.equal(await by(page, 'model-probabilities').inputValue(), 'sigmoid');
    const sum = async () => [...(await shares(page)).values()].reduce((sum, share) => sum + share, 0);
    assert.ok(Math.abs((await sum()) - 100) > 2, `${await sum()}`);
    await by(page, 'model-probabilities').selectOption('softmax');
    await until(async () => Math.abs((await sum()) - 100) <= 3, 'shares of one right answer', PATIENCE);
  });

  visit('that is no ONNX is called what it is, with the way out', async (page) => {
    await opened(page);
    for (const { says: what, ...file } of foreignFiles()) {
      await drop(page, file);
      await says(page, 'model-refused', new RegExp(file.name.replace('.', '\\.')));
      assert.match(await words(page, 'model-refused'), what);
    }
    assert.match(await words(page, 'model'), /EfficientNet-Lite0/);
  });
});
