// Serves the built page, opens it in a real browser with a fresh profile, and keeps a log of every request and
// every complaint of the console.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

export { chromium };

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Screenshots and logs of failed tests. */
export const output = path.join(root, 'tests/e2e/output');

/** How the browser is started. */
export const flags = [
  // A browser run by root refuses its own sandbox.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  // WebGPU on a software adapter, for want of a graphics card.
  '--enable-unsafe-webgpu',
  '--enable-unsafe-swiftshader',
];

/** Starts the server that `make serve` starts, on a free port; for the folder in PAGE_FOLDER, if any, else dist. */
export async function serve(folder = process.env.PAGE_FOLDER || path.join(root, 'dist')) {
  const server = spawn('python3', [path.join(root, 'tools/serve.py'), '--port', '0', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: server.stdout });
  const [address] = await Promise.race([
    once(lines, 'line'),
    once(server, 'exit').then(() => {
      throw new Error('the server ended before it said where it serves');
    }),
  ]);
  return { address, close: () => server.kill() };
}

/**
 * Opens a browser with a profile of its own, on a page with a log:
 * `requests` is every request of the page and its workers, `complaints` every console error and uncaught exception.
 */
export async function open(address, options = {}) {
  const profile = await mkdtemp(path.join(tmpdir(), 'gradlens-e2e-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    headless: true,
    args: flags,
    viewport: { width: 1280, height: 900 },
    locale: 'en-US',
    acceptDownloads: true,
    ...options,
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const { requests, complaints } = log(page, context);
  await page.addInitScript(recordPaints);
  await page.addInitScript(recordPeaks);
  await page.goto(address);
  return {
    page,
    requests,
    complaints,
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/** What a page asks for and complains of from now on; `asking` hears its workers' requests too, where a driver has that. */
export function log(page, asking = page) {
  const requests = [];
  const complaints = [];
  asking.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { requests, complaints };
}

/** Notes a hash of every picture put on a canvas, as asking from outside now and then misses the short-lived ones. */
function recordPaints() {
  globalThis.paintsByCanvas = {};
  const put = CanvasRenderingContext2D.prototype.putImageData;
  CanvasRenderingContext2D.prototype.putImageData = function (picture, ...rest) {
    const id = this.canvas.dataset?.testid;
    if (id) {
      let hash = 0x811c9dc5;
      for (const pixel of new Uint32Array(picture.data.buffer)) hash = Math.imul(hash ^ pixel, 0x01000193);
      (globalThis.paintsByCanvas[id] ??= []).push(hash >>> 0);
    }
    return put.call(this, picture, ...rest);
  };
}

/** Notes what the engine says about its memory, which the page does not show. */
function recordPeaks() {
  globalThis.peaks = [];
  const Plain = globalThis.Worker;
  globalThis.Worker = class extends Plain {
    constructor(...address) {
      super(...address);
      this.addEventListener('message', ({ data }) => {
        const said = /"peak_bytes":(\d+)/.exec(data?.json ?? '');
        if (said) globalThis.peaks.push(Number(said[1]));
      });
    }
  };
}

/** Hashes of all pictures that were put on a canvas since the page was opened, in order. */
export const paints = (page, id) => page.evaluate((id) => globalThis.paintsByCanvas[id] ?? [], id);

/** A small network of the golden data: five classes, quick to explain. */
export async function smallModel(name = 'small.onnx') {
  const bytes = await readFile(path.join(root, 'tests/golden/tiny/tiny.onnx'));
  return { name, type: 'application/octet-stream', bytes };
}

/** What finds an element by its test id. */
export const selector = (id) => `[data-testid="${id}"]`;

/** An element by its test id. */
export const by = (page, id) => page.locator(selector(id));

/** A photo that the page offers as a sample, as a file to drop. */
export async function photo(name) {
  return { name, type: 'image/jpeg', bytes: await readFile(path.join(root, 'static/samples', name)) };
}

/** Drops a file, or several at once, as a hand would: a browser's driver cannot, so an event with real `File`s does. */
export async function drop(page, files) {
  const given = [files].flat().map(({ name, type, bytes }) => ({
    name,
    type,
    base64: Buffer.from(bytes).toString('base64'),
  }));
  const transfer = await page.evaluateHandle((given) => {
    const transfer = new DataTransfer();
    for (const { name, type, base64 } of given) {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      transfer.items.add(new File([bytes], name, { type }));
    }
    return transfer;
  }, given);
  const zone = by(page, 'drop-zone');
  for (const event of ['dragenter', 'dragover', 'drop']) {
    await zone.dispatchEvent(event, { dataTransfer: transfer });
  }
}

/** Chooses a file with the page's file button. */
export async function choose(page, { name, type, bytes }) {
  await by(page, 'file-input').setInputFiles({ name, mimeType: type, buffer: Buffer.from(bytes) });
}

/**
 * What is painted on a canvas: its size, how many different colours, the share of pixels that are not wholly
 * transparent, and a hash that changes with any pixel. A canvas without a size counts as blank.
 */
export const painted = (page, id) => by(page, id).evaluate(contents);

/** The same of a canvas in the page, where this function runs; whichever driver puts it there. */
export function contents(canvas) {
  const { width, height } = canvas;
  if (!width || !height) return { width, height, colours: 0, opaque: 0, hash: 0 };
  // Through a second canvas, which reads back whatever kind of context painted the first.
  const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, width, height);
  const colours = new Set();
  let opaque = 0;
  let hash = 0x811c9dc5;
  for (const pixel of new Uint32Array(data.buffer)) {
    hash = Math.imul(hash ^ pixel, 0x01000193);
    colours.add(pixel);
    if (pixel >>> 24) opaque += 1;
  }
  return { width, height, colours: colours.size, opaque: opaque / (width * height), hash: hash >>> 0 };
}

/** The words in an element; empty where there is no such element. */
export async function words(page, id) {
  return (await by(page, id).count()) ? ((await by(page, id).first().textContent()) ?? '').trim() : '';
}

/** Whether the large map is finished and the score on show is that of this map. */
export const finished = async (page) =>
  (await by(page, 'cancel').count()) === 0 &&
  (await by(page, 'rcap-score').count()) > 0 &&
  (await by(page, 'rcap-score').getAttribute('data-current')) === 'true';

/** Waits until the browser has kept every file of the page, after which it asks for none. */
export const kept = (page) =>
  until(() => page.evaluate(() => navigator.serviceWorker.controller !== null), 'the page to be kept', 240_000);

/** Opens the small model, and waits for its first map. */
export async function useSmallModel(page) {
  const model = await smallModel();
  await until(async () => /\d+ classes/.test(await words(page, 'model')), 'the default model', 120_000);
  await by(page, 'model-input').setInputFiles({ name: model.name, mimeType: model.type, buffer: model.bytes });
  await until(async () => /5 classes/.test(await words(page, 'model')), 'the small model', 120_000);
  await until(() => finished(page), 'its first map', 120_000);
}

/** What a click saves: its name and its bytes. */
export async function saved(page, id) {
  const [download] = await Promise.all([page.waitForEvent('download'), by(page, id).first().click()]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

/** Waits until `condition`, an async function, gives something true, and returns that. */
export async function until(condition, what, milliseconds = 60_000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const result = await condition();
    if (result) return result;
    if (Date.now() > end) throw new Error(`waited ${milliseconds / 1000} s in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Keeps a picture of the page, for whoever has to find out why a test failed. */
export async function screenshot(page, name) {
  await mkdir(output, { recursive: true });
  await page.screenshot({ path: path.join(output, `${name}.png`), fullPage: true });
}
