// How models get in: a large one in one copy, one that cannot fit not at all, and files made to do harm.

import assert from 'node:assert/strict';
import { mkdir, open as openFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';

import { by, drop, open, output, photo, serve, until } from './harness.mjs';
import { hostileModels, largeModel } from './onnx_files.mjs';

const PATIENCE = 300_000;

let server;
let session;
let page;

before(async () => {
  server = await serve();
  await mkdir(output, { recursive: true });
});
after(() => server?.close());
beforeEach(async () => {
  session = await open(server.address);
  page = session.page;
  await until(async () => /1000 classes/.test(await text('model')), 'the default model', PATIENCE);
});
afterEach(() => session.close());

async function text(id) {
  return (await by(page, id).count()) ? ((await by(page, id).first().textContent()) ?? '').trim() : '';
}

const measured = () =>
  until(
    async () =>
      (await by(page, 'cancel').count()) === 0 &&
      (await by(page, 'rcap-score').getAttribute('data-current').catch(() => null)) === 'true',
    'the map and its score',
    PATIENCE,
  );
/** The most memory that the engine's worker has said it held. */
const peak = () => page.evaluate(() => Math.max(0, ...globalThis.peaks));

describe('a model', () => {
  it('of a hundred megabytes is explained in less than twice its size', async () => {
    const bytes = largeModel();
    const file = path.join(output, 'large.onnx');
    await writeFile(file, bytes);
    await by(page, 'file-input').setInputFiles(file);
    await until(async () => /large/.test(await text('model')), 'the large model', PATIENCE);
    await measured();
    await rm(file);
    const megabytes = (count) => (count / 1e6).toFixed(1);
    const most = await peak();
    console.log(`a model of ${megabytes(bytes.length)} MB: at most ${megabytes(most)} MB of wasm memory`);
    assert.ok(bytes.length > 95e6, `${megabytes(bytes.length)} MB is large`);
    assert.ok(most > bytes.length, 'the weights are in there');
    assert.ok(most < 2 * bytes.length, `${megabytes(most)} MB for a model of ${megabytes(bytes.length)} MB`);
    assert.deepEqual(session.complaints, []);
  });

  it('that cannot fit is refused before it is read', async () => {
    const file = path.join(output, 'five-gigabytes.onnx');
    // Nothing is written: the file system knows its length alone.
    const handle = await openFile(file, 'w');
    await handle.truncate(5e9);
    await handle.close();
    const before = await peak();
    await by(page, 'file-input').setInputFiles(file);
    const said = await until(() => text('message'), 'a message', 20_000);
    await rm(file);
    assert.match(said, /5\.1 GB/);
    assert.ok((await peak()) <= Math.max(before, 300e6), 'it was not read');
  });

  it('made to do harm is refused with the cause, and the page carries on', async () => {
    for (const { name, says, bytes } of hostileModels()) {
      await drop(page, { name, type: '', bytes });
      const said = await until(() => text('message'), `a message about ${name}`, 20_000);
      assert.match(said, says, name);
      await by(page, 'dismiss').first().click();
      await until(async () => (await text('message')) === '', 'the message to go', 5000);
    }
    await drop(page, await photo('coffee.jpg'));
    await until(async () => (await text('top-classes')).includes('espresso'), 'an answer', PATIENCE);
    assert.deepEqual(session.complaints, []);
  });
});
