// Trained networks that other people published, brought to the page as a visitor would: drop the file, say how it wants
// its photos and what its classes are called, drop a photo, read the answer, see the map.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';

import { by, drop, open, painted, photo, screenshot, serve, until } from './harness.mjs';

// A gradient of a real network on one thread of a slow machine, twenty times.
const PATIENCE = 240_000;

const folder = process.env.TEST_MODELS;

/** A file that set-up made, to drop. */
async function made(name) {
  assert.ok(folder, 'TEST_MODELS is not set: run `make test-page`, or source tools/env.sh');
  const file = path.join(folder, name);
  const bytes = await readFile(file).catch(() => assert.fail(`${file} is missing: run \`make setup\``));
  const type = { '.jpg': 'image/jpeg', '.png': 'image/png', '.txt': 'text/plain' }[path.extname(name)] ?? '';
  return { name, type, bytes };
}

const NETWORKS = [
  {
    what: 'MobileNetV2 for 19 dog breeds: Keras, pixels last, probabilities out',
    file: 'dog-breeds.onnx',
    classes: 19,
    preprocessing: 'tf',
    labels: () => made('dog-breeds.txt'),
    photo: () => made('bull-mastiff.jpg'),
    answer: 'bull mastiff',
    percent: 90,
  },
  {
    what: 'SqueezeNet 1.1: Caffe’s weights, blue first',
    file: 'squeezenet-1.1.onnx',
    classes: 1000,
    preprocessing: 'caffe',
    labelSet: 'imagenet-1k',
    photo: () => photo('coffee.jpg'),
    answer: 'espresso',
    percent: 90,
  },
  {
    what: 'ResNet-8 for CIFAR-10: 32 pixels a side',
    file: 'cifar10-resnet8.onnx',
    classes: 10,
    preprocessing: 'tf',
    labels: () => made('cifar10.txt'),
    photo: () => made('frog.png'),
    answer: 'frog',
    percent: 80,
  },
];

let server;
let session;

before(async () => {
  server = await serve();
});
after(() => server?.close());
beforeEach(async () => {
  session = await open(server.address);
});
afterEach(() => session.close());

/** The words in an element; empty where there is no such element. */
async function words(id) {
  const element = by(session.page, id);
  return (await element.count()) ? ((await element.first().textContent()) ?? '').trim() : '';
}

/** Picks an entry of a list that the page must have. */
async function select(id, value, what) {
  const list = by(session.page, id);
  await until(async () => (await list.count()) > 0, `${what} (data-testid="${id}") beside the model`, 20_000);
  await list.selectOption(value);
}

async function bring(network) {
  const { page } = session;
  await until(async () => /\d+ classes/.test(await words('model')), 'the default model', PATIENCE);
  await drop(page, await made(network.file));
  const counted = new RegExp(`\\b${network.classes} classes`);
  await until(
    async () => counted.test(await words('model')) && (await words('model')).includes(network.file),
    `${network.file} with its ${network.classes} classes; the page says: ${await words('model-refused')}`,
    PATIENCE,
  );
  await select('preprocessing-preset', network.preprocessing, 'a list of preprocessings');
  if (network.labels) await drop(page, await network.labels());
  if (network.labelSet) await select('label-set', network.labelSet, 'a list of label sets');
  const given = await network.photo();
  await drop(page, given);
  // Until then the answer is about the photo before, which may be taken for the same class.
  await until(async () => (await words('photo-about')).startsWith(given.name), `${given.name} as the photo`, PATIENCE);

  const first = async () => ((await by(page, 'top-classes').locator('li').first().textContent()) ?? '').trim();
  await until(
    async () => (await by(page, 'top-classes').locator('li').count()) > 0 && (await first()).includes(network.answer),
    `${network.answer} as the first class`,
    PATIENCE,
  );
  const percent = Number((await first()).match(/(\d+(?:\.\d+)?)\s*%/)?.[1] ?? NaN);
  assert.ok(percent >= network.percent, `${network.answer} has at least ${network.percent} %: ${await first()}`);

  const finished = async () =>
    (await by(page, 'cancel').count()) === 0 &&
    (await by(page, 'rcap-score').count()) > 0 &&
    (await by(page, 'rcap-score').getAttribute('data-current')) === 'true';
  await until(finished, 'the finished map and its score', PATIENCE);
  const overlay = await painted(page, 'overlay-canvas');
  assert.ok(overlay.colours > 500, `a photo with a map over it has many colours, not ${overlay.colours}`);
  assert.deepEqual(session.complaints, []);
}

describe('a trained network from elsewhere', () => {
  for (const network of NETWORKS) {
    it(network.what, async () => {
      try {
        await bring(network);
      } catch (error) {
        await screenshot(session.page, network.file.replace(/\W+/g, '-'));
        throw error;
      }
    });
  }
});
