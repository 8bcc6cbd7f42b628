// Pictures of the page with a finished example, in both themes and three widths, into docs/screenshots.

import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { by, open, serve, until } from './harness.mjs';

const folder = fileURLToPath(new URL('../../docs/screenshots', import.meta.url));
const sizes = [
  [1440, 900],
  [1024, 768],
  [390, 844],
];

await mkdir(folder, { recursive: true });
const server = await serve();
const { page, close } = await open(server.address);
try {
  const finished = async () =>
    (await by(page, 'cancel').count()) === 0 &&
    (await by(page, 'rcap-score').getAttribute('data-current').catch(() => null)) === 'true';
  await until(finished, 'the first example', 300_000);
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    for (const [width, height] of sizes) {
      await page.setViewportSize({ width, height });
      // A canvas is painted anew after its size has changed.
      await page.waitForTimeout(800);
      // The narrow page is long: the whole of it is wanted.
      const file = path.join(folder, `${colorScheme}-${width}.png`);
      await page.screenshot({ path: file, fullPage: width < 1000 });
      console.log(file);
    }
  }
} finally {
  await close();
  server.close();
}
