// A photo by the camera: a made-up one, that the browser has for tests.

import assert from 'node:assert/strict';
import { describe } from 'node:test';

import { by, flags, painted, until, useSmallModel, words } from './harness.mjs';
import { visits } from './visit.mjs';

const camera = (answer) => ({ args: [...flags, '--use-fake-device-for-media-stream', answer] });
const visit = visits(camera('--use-fake-ui-for-media-stream'));
const visitWithout = visits(camera('--deny-permission-prompts'));

/** Tracks that a page has been given and not given back. */
const watchTracks = () => {
  globalThis.tracks = [];
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = await ask(wanted);
    globalThis.tracks.push(...stream.getTracks());
    return stream;
  };
};
const live = (page) => page.evaluate(() => globalThis.tracks.filter(({ readyState }) => readyState === 'live').length);

describe('the camera', () => {
  visit('gives a photo that is explained like any other, and is switched off', async (page, { requests }) => {
    await useSmallModel(page);
    await page.evaluate(watchTracks);
    await by(page, 'camera').click();
    const sees = by(page, 'camera-sees');
    await until(() => sees.evaluate((video) => video.videoWidth > 0), 'the camera to see something', 20_000);
    assert.equal(await live(page), 1);

    // Opened and closed again, nothing happens.
    await by(page, 'camera-close').click();
    assert.equal(await live(page), 0, 'a closed camera is off');
    assert.doesNotMatch(await words(page, 'photo-about'), /camera/);

    await by(page, 'camera').click();
    await until(() => sees.evaluate((video) => video.videoWidth > 0), 'the camera to see something again', 20_000);
    const size = await sees.evaluate((video) => `${video.videoWidth} × ${video.videoHeight} pixels, PNG`);
    await by(page, 'camera-take').click();
    await until(async () => (await words(page, 'photo-about')).startsWith('camera.png'), 'the photo', 20_000);
    assert.match(await words(page, 'photo-about'), new RegExp(size));
    assert.equal(await live(page), 0, 'the camera is off once the photo is taken');
    // The made-up camera shows a moving disc on a coloured ground: not a single colour.
    assert.ok((await painted(page, 'photo-canvas')).colours > 2);
    const others = requests.filter((address) => !address.startsWith(new URL(page.url()).origin));
    assert.deepEqual(others.filter((address) => !/^(blob|data):/.test(address)), []);
  });

  visitWithout('says what to do where it may not be used', async (page) => {
    await useSmallModel(page);
    await by(page, 'camera').click();
    await until(async () => /camera cannot be used/.test(await words(page, 'message')), 'the message', 20_000);
    assert.match(await words(page, 'message'), /Allow this page to use it .* or choose a photo from a file/);
    assert.ok(await by(page, 'camera').isVisible(), 'it can be asked for again');
  });
});
