// Opens the built page in a real Firefox with a fresh profile, keeps a log of every request and every complaint of the
// console, and does there what a visitor does.

import { constants } from 'node:fs';
import { access, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import puppeteer from 'puppeteer-core';

import { contents, log, selector, until } from '../e2e/harness.mjs';

/**
 * Opens `address` in Firefox, driven over WebDriver BiDi: `requests` is every request of the page,
 * `complaints` every console error and uncaught exception.
 */
export async function openInFirefox(address) {
  const program = process.env.FIREFOX || '/usr/bin/firefox-esr';
  await access(program, constants.X_OK).catch(() => {
    throw new Error(`There is no Firefox at ${program}: install it (make setup-firefox does on Debian), or set FIREFOX to its program.`);
  });
  const downloads = await mkdtemp(path.join(tmpdir(), 'gradlens-firefox-'));
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: program,
    headless: true,
    defaultViewport: { width: 1280, height: 900 },
    // Beside what the driver sets to keep Firefox itself quiet: the folder that downloads go to, and the language read here.
    extraPrefsFirefox: {
      'browser.download.folderList': 2,
      'browser.download.dir': downloads,
      'intl.accept_languages': 'en-US',
    },
  });
  const page = (await browser.pages())[0] ?? (await browser.newPage());
  const { requests, complaints } = log(page);
  await page.goto(address);
  return {
    page,
    requests,
    complaints,
    downloads,
    version: await browser.version(),
    async close() {
      await browser.close();
      await rm(downloads, { recursive: true, force: true });
    },
  };
}

/** The words in an element; empty where there is no such element. */
export const words = (page, id) =>
  page.evaluate((found) => document.querySelector(found)?.textContent.trim() ?? '', selector(id));

/** Whether the large map is finished and the score on show is that of this map. */
export const finished = (page) =>
  page.evaluate(
    (cancel, score) =>
      !document.querySelector(cancel) && document.querySelector(score)?.getAttribute('data-current') === 'true',
    selector('cancel'),
    selector('rcap-score'),
  );

/** Drops a file on the page, as a hand would: a browser's driver cannot, so an event with a real `File` does. */
export const drop = (page, { name, type, bytes }) =>
  page.evaluate(
    (found, name, type, base64) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([bytes], name, { type }));
      const zone = document.querySelector(found);
      for (const kind of ['dragenter', 'dragover', 'drop']) {
        zone.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, composed: true, dataTransfer }));
      }
    },
    selector('drop-zone'),
    name,
    type,
    Buffer.from(bytes).toString('base64'),
  );

/** What is painted on a canvas, as the other browser's tests have it. */
export const painted = (page, id) => page.$eval(selector(id), contents);

/** Red of every pixel of a canvas, row by row. */
export const reds = (page, id) =>
  page.$eval(selector(id), (canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return Array.from({ length: data.length / 4 }, (_, pixel) => data[4 * pixel]);
  });

/** What a click saves: its name and its bytes. */
export async function saved({ page, downloads }, id) {
  await page.click(selector(id));
  const name = await until(async () => {
    const names = await readdir(downloads);
    // Firefox writes into a second file of this ending until all is there.
    return names.length === 1 && !names[0].endsWith('.part') && names[0];
  }, `a file from ${id}`);
  return { name, bytes: await readFile(path.join(downloads, name)) };
}
