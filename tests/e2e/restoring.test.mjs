// A saved result dropped back, and the Python script of a map.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe } from 'node:test';

import { by, drop, finished, painted, saved, until, useSmallModel, words } from './harness.mjs';
import { visits } from './visit.mjs';

const visit = visits();

describe('a saved result', () => {
  visit('brings everything but the photo and the model back', async (page, session) => {
    await useSmallModel(page);
    await by(page, 'percentile').fill('60');
    await by(page, 'percentile').blur();
    await by(page, 'top-classes').locator('button').nth(1).click();
    await until(() => finished(page), 'the map', 60_000);
    const map = (await painted(page, 'overlay-canvas')).hash;
    const json = await saved(page, 'save-json');

    await by(page, 'reset').click();
    await by(page, 'top-classes').locator('button').first().click();
    await until(async () => (await finished(page)) && (await painted(page, 'overlay-canvas')).hash !== map, 'another map', 60_000);
    await drop(page, { name: 'saved.json', type: 'application/json', bytes: json.bytes });
    await until(async () => /Restored from saved\.json: method, settings, class and measures\./.test(await words(page, 'message')), 'a word on it', 5000);
    await until(async () => (await painted(page, 'overlay-canvas')).hash === map, 'the map', 5000);
    assert.equal(await by(page, 'percentile').inputValue(), '60');

    const other = { ...JSON.parse(json.bytes), model: { name: 'mine.onnx', sha256: 'ab' }, image: { name: 'bird.png' } };
    await drop(page, { name: 'saved.json', type: 'application/json', bytes: Buffer.from(JSON.stringify(other)) });
    await until(
      async () => /not there: the photo bird\.png.*the model mine\.onnx/.test(await words(page, 'message')),
      'what is missing',
      5000,
    );
    assert.deepEqual(session.complaints, []);
  });

  visit('has a script that is Python and holds its settings', async (page) => {
    await useSmallModel(page);
    const script = await saved(page, 'save-python');
    assert.match(script.name, /guided-absolute-grad\.py$/);
    const text = script.bytes.toString();
    assert.match(text, /^MODEL = "small\.onnx"$/m);
    assert.match(text, /^SETTINGS = \{.*"percentile":85\.0.*\}$/m);
    const parsed = spawnSync('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], { input: text });
    assert.equal(parsed.status, 0, parsed.stderr.toString());
    await by(page, 'method').selectOption('grad-cam');
    await until(() => finished(page), 'a map of another kind', 60_000);
    assert.equal(await by(page, 'save-python').isDisabled(), true);
  });
});
