// A worker that shares its work with others draws the same map as one that works alone.

import assert from 'node:assert/strict';
import { describe } from 'node:test';

import { photo } from './harness.mjs';
import { visits } from './visit.mjs';

const visit = visits();

/** Runs in the browser: starts the worker `name`, opens the default model and a photo, and gives a map as bytes. */
async function explained({ name, samples, bytes }) {
  const worker = new Worker('worker_loader.js', { name });
  const waiting = new Map();
  let started;
  let broken;
  const listens = new Promise((resolve, reject) => {
    started = resolve;
    broken = reject;
    worker.onerror = (event) => reject(new Error(event.message));
  });
  const devices = [];
  let map;
  worker.onmessage = ({ data }) => {
    const { job, event } = JSON.parse(data.json);
    if (event.methods) started();
    if (event.crashed) broken(new Error(event.crashed.message));
    if (event.device) devices.push(event.device.name);
    if (event.map) map = { done: event.map.samples_done, bytes: [...new Uint8Array(data.buffers[0])] };
    if (event.finished || event.failed || event.crashed) waiting.get(job)?.(event);
  };
  let jobs = 0;
  const ask = (body, file) =>
    new Promise((resolve, reject) => {
      const job = (jobs += 1);
      waiting.set(job, (event) => (event.finished ? resolve(event.finished) : reject(new Error(JSON.stringify(event)))));
      worker.postMessage({ json: JSON.stringify({ job, body }), file });
    });
  await listens;
  const source = { url: 'models/efficientnet-lite0.onnx' };
  await ask({ 'open-model': { name: 'model.onnx', source, preprocessing: null, options: {} } });
  await ask({ 'open-image': { name: 'photo.jpg' } }, new Blob([Uint8Array.from(bytes)]));
  const settings = { samples, seed: 5 };
  const explain = { target: 504, method: 'guided-absolute-grad', settings, rcap: null };
  // Those who are hired take a moment to open the model; each try has noise of its own.
  const threads = () => Number(/\((\d+) thread/.exec(devices.at(-1))?.[1]);
  const wanted = name === 'cpu' ? Math.min(navigator.hardwareConcurrency, 8) : 1;
  for (let seed = 100; threads() !== wanted && seed < 200; seed += 1) {
    await ask({ explain: { ...explain, settings: { samples: 2, seed } } });
  }
  const { gradients } = await ask({ explain });
  worker.terminate();
  return { map: map.bytes, gradients, threads: threads() };
}

describe('colleagues', () => {
  visit('change nothing but the time', async (page, session) => {
    const { bytes } = await photo('coffee.jpg');
    const given = { samples: 7, bytes: [...bytes] };
    const alone = await page.evaluate(explained, { ...given, name: 'cpu alone' });
    const together = await page.evaluate(explained, { ...given, name: 'cpu' });
    const cores = await page.evaluate(() => Math.min(navigator.hardwareConcurrency, 8));
    console.log(`on ${cores} cores, ${together.threads} threads computed`);
    assert.equal(alone.threads, 1);
    assert.equal(together.threads, cores);
    assert.deepEqual([alone.gradients, together.gradients], [7, 7]);
    assert.ok(new Set(alone.map).size > 50, 'there is a map');
    assert.deepEqual(together.map, alone.map);
    assert.deepEqual(session.complaints, []);
  });

  visit('without relaxed SIMD draw nearly the same', async (page) => {
    const { bytes } = await photo('coffee.jpg');
    // As many as the page takes: rounding moves a sample across a rectifier's bend here and there.
    const given = { samples: 20, bytes: [...bytes] };
    const floats = ({ map }) => new Float32Array(Uint8Array.from(map).buffer);
    const relaxed = floats(await page.evaluate(explained, { ...given, name: 'cpu alone' }));
    const plain = floats(await page.evaluate(explained, { ...given, name: 'cpu alone, plain' }));
    const farthest = relaxed.reduce((most, value, at) => Math.max(most, Math.abs(value - plain[at])), 0);
    const mean = relaxed.reduce((sum, value, at) => sum + Math.abs(value - plain[at]), 0) / relaxed.length;
    console.log(`the maps with and without relaxed SIMD differ by at most ${farthest}, ${mean} in the mean`);
    assert.ok(mean < 1e-4, 'rounding moves a pixel across the guide here and there, no more');
  });
});
