// Gradlens in the browser: the built page's own worker, sent the messages that the page sends.

import path from 'node:path';

import { openBrowser } from './browser.mjs';
import { photo } from './places.mjs';

/** A CPU worker that hires no colleagues, and one without relaxed SIMD. */
export const ALONE = 'cpu alone';
export const PLAIN = 'cpu alone, plain';

/**
 * Starts the worker `kind` ("cpu", "cpu alone", "cpu alone, plain" or "webgpu") in a browser of its own and opens a model and a photo in it.
 * `sizePx` is what the model is fed; its own size where none is given.
 */
export async function openEngine(server, kind, model, sizePx) {
  const browser = await openBrowser(server.address);
  const engine = new Engine(browser, kind);
  try {
    await browser.page.evaluate(drive, kind);
    await engine.open(model, sizePx);
  } catch (error) {
    await browser.close();
    throw error;
  }
  return engine;
}

class Engine {
  constructor(browser, kind) {
    this.browser = browser;
    this.kind = kind;
    this.seed = 1000;
  }

  /** Sends a request with a file, if any; gives every event until its end, the wall time and the CPU seconds. */
  async ask(body, { file, values } = {}) {
    if (file) await this.browser.page.locator('#file').setInputFiles(file);
    const before = await this.browser.cpuSeconds();
    const { events, wall_ms } = await this.browser.page.evaluate(
      ([body, attached]) => globalThis.ask(body, attached),
      [body, file ? 'file' : values ? 'map' : null],
    );
    const cpu_ms = 1000 * ((await this.browser.cpuSeconds()) - before);
    const failed = events.find((event) => event.failed)?.failed ?? events.find((event) => event.crashed)?.crashed;
    if (failed) throw new Error(`${failed.message} ${failed.hint ?? ''}`.trim());
    const finished = events.findLast((event) => event.finished)?.finished;
    // Called otherwise once others compute with it.
    this.device = events.findLast((event) => event.device && !event.device.rejected)?.device ?? this.device;
    return { events, wall_ms, cpu_ms, finished };
  }

  async open(model, sizePx) {
    const name = path.basename(model);
    const open = (preprocessing) =>
      this.ask({ 'open-model': { name, source: 'attached', preprocessing, options: {} } }, { file: model });
    let opened = await open(null);
    this.card = opened.events.find((event) => event['model-ready'])['model-ready'];
    if (sizePx) {
      const own = this.card.preprocessing;
      const resize = { 'shorter-side-then-crop': { shorter_side_px: sizePx } };
      const asked = { ...own, height_px: sizePx, width_px: sizePx, resize };
      opened = await this.ask({ 'set-preprocessing': asked });
    }
    const image = await this.ask({ 'open-image': { name: path.basename(photo) } }, { file: photo });
    this.classified = image;
    const logits = image.events.findLast((event) => event.classified).classified.logits;
    this.target = logits.indexOf(Math.max(...logits));
    const devices = await this.browser.page.evaluate(() => globalThis.devices);
    this.device = devices.findLast((device) => !device.rejected);
    const wanted = this.kind.startsWith('cpu') ? 'cpu' : 'gpu';
    if (!this.device?.kind.includes(wanted)) {
      const why = devices.find((device) => device.rejected)?.rejected ?? 'no device was named';
      throw new Error(`the ${this.kind} worker computes on ${this.device?.name}: ${why}`);
    }
    // Those it hires are still opening the model; each of two batches tells how many compute by now.
    if (this.kind === 'cpu') for (const samples of [20, 2]) await this.job(samples);
  }

  /** Explains the likeliest class. Noise is new for each call unless `settings` names a seed, so that nothing is reused. */
  explain(method, settings = {}, rcap = null) {
    const noisy = 'samples' in settings && !('seed' in settings);
    const all = noisy ? { ...settings, seed: (this.seed += 1) } : settings;
    return this.ask({ explain: { target: this.target, method, settings: all, rcap } });
  }

  /** The plain gradient of one class. */
  async gradient() {
    const answer = await this.explain('gradient');
    if (answer.finished.gradients !== 1) throw new Error(`one gradient was asked for, not ${answer.finished.gradients}`);
    return answer;
  }

  /** Guided AbsoluteGrad from noise to map. */
  async job(samples) {
    const answer = await this.explain('guided-absolute-grad', { samples });
    if (answer.finished.gradients !== samples) {
      throw new Error(`${samples} gradients were asked for, not ${answer.finished.gradients}`);
    }
    return answer;
  }

  /** A measure of the latest map. */
  measure(id) {
    return this.ask({ measure: { measure: id, settings: {}, target: this.target } }, { values: true });
  }

  /** Images that a measure runs through the model. */
  async forwardsOf(id) {
    const offers = await this.browser.page.evaluate(() => globalThis.measures);
    return offers.find((offer) => offer.description.id === id).forward_passes;
  }

  /** What `run` asks of the GPU. */
  async counted(run) {
    const ask = () => this.browser.page.evaluate(() => globalThis.gpuCounts());
    const before = await ask();
    await run();
    const after = await ask();
    return Object.fromEntries(Object.keys(after).map((name) => [name, after[name] - before[name]]));
  }

  /** The shaders of what `run` asks of the GPU, each with its time by itself. */
  async shaders(run) {
    await this.browser.page.evaluate(() => globalThis.gpuRecord());
    await run();
    return this.browser.page.evaluate(() => globalThis.gpuTimes());
  }

  describe() {
    return `Gradlens ${this.kind} worker on ${this.device.name}, Chromium ${this.browser.version}`;
  }

  close() {
    return this.browser.close();
  }
}

/** Runs in the browser: keeps the worker, and what it says to each request. */
async function drive(kind) {
  // The GPU's engine is started with a count of what it asks of the GPU.
  const loader = kind.startsWith('cpu') ? 'page/worker_loader.js' : 'page/counting_loader.js';
  const worker = new Worker(loader, { name: kind });
  const counts = new BroadcastChannel('counts');
  const tell = (question) =>
    new Promise((resolve) => {
      counts.onmessage = ({ data }) => resolve(data);
      counts.postMessage(question);
    });
  globalThis.gpuCounts = () => tell('ask');
  globalThis.gpuRecord = () => counts.postMessage('record');
  globalThis.gpuTimes = () => tell('time');
  const requests = new Map();
  let latest = 1;
  let map = null;
  globalThis.devices = [];
  const started = new Promise((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = ({ data }) => {
      const { job, event } = JSON.parse(data.json);
      if (event.device) globalThis.devices.push(event.device);
      if (event.map) map = data.buffers[0];
      if (event.measures) globalThis.measures = event.measures;
      if (event.methods) resolve();
      if (event.crashed && !requests.size) reject(new Error(event.crashed.message));
      const open = event.crashed ? [...requests.keys()] : [job];
      for (const number of open) {
        const request = requests.get(number);
        if (!request) continue;
        request.events.push(event);
        if (event.finished || event.failed || event.crashed) {
          requests.delete(number);
          request.done({ events: request.events, wall_ms: performance.now() - request.began });
        }
      }
    };
  });
  globalThis.ask = (body, attached) =>
    new Promise((done) => {
      const job = (latest += 1);
      const files = { file: () => document.querySelector('#file').files[0], map: () => new Blob([map]) };
      const message = { json: JSON.stringify({ job, body }), file: attached ? files[attached]() : undefined };
      requests.set(job, { began: performance.now(), events: [], done });
      worker.postMessage(message);
    });
  await started;
}
