// What is read while the page's own program is still on its way: in the visitor's language, and in the page's own words.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { by, open, serve, until } from './harness.mjs';

let server;
before(async () => {
  server = await serve();
});
after(() => server?.close());

describe('the opening words', () => {
  for (const [locale, language] of [['en-US', 'en'], ['de-AT', 'de'], ['fr-FR', 'en']]) {
    it(`are in ${language} for a browser in ${locale}, and the page then says the same`, async () => {
      const session = await open('about:blank', { locale });
      const { page } = session;
      try {
        let arrive;
        const arrival = new Promise((done) => (arrive = done));
        await page.route(/\/app-[^/]*_bg\.wasm$/, async (route) => {
          await arrival;
          await route.continue();
        });
        await page.goto(server.address, { waitUntil: 'commit' });
        const read = (place) => page.locator(`${place}:visible`).allTextContents();
        await until(() => page.evaluate((language) => document.documentElement?.lang === language, language), 'the language');
        const [title, tagline, promise] = await Promise.all(
          ['.opening h1', '.opening .brand p', '.opening-promise'].map(read),
        );
        assert.equal(tagline.length, 1, `in one language: ${tagline}`);
        assert.ok((await read('.opening-card > p')).every((words) => words.length > 20));

        arrive();
        await until(async () => (await by(page, 'drop-zone').count()) > 0, 'the page itself');
        assert.equal(await page.locator('.opening').count(), 0, 'the opening words have gone');
        assert.deepEqual(await read('h1'), title);
        assert.deepEqual(await read('.brand p'), tagline);
        assert.ok((await page.locator('footer summary').textContent()).includes(promise[0]));
        assert.deepEqual(session.complaints, []);
      } finally {
        await session.close();
      }
    });
  }
});
