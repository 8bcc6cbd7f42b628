// Nothing jumps while the page fills: what moves what, on a phone and on a laptop, from the first words to the finished example.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { finished, open, serve, until } from './harness.mjs';

// What counts as good by the measure of web vitals.
const MOST = 0.1;

let server;
before(async () => {
  server = await serve();
});
after(() => server?.close());

/** Notes how far everything in sight was moved without being asked to, and what was moved. */
function recordShifts() {
  globalThis.shifts = [];
  const place = ({ node, previousRect, currentRect }) => {
    const element = node?.nodeType === Node.ELEMENT_NODE ? node : node?.parentElement;
    const name = element ? `${element.localName}.${element.getAttribute('class') ?? ''}` : 'what has gone';
    return `${name} from ${Math.round(previousRect.y)} to ${Math.round(currentRect.y)}`;
  };
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries()) {
      if (!hadRecentInput) globalThis.shifts.push({ value, moved: sources.map(place) });
    }
  }).observe({ type: 'layout-shift', buffered: true });
}

describe('nothing jumps while the page fills', () => {
  for (const [width, height] of [[412, 823], [1350, 940]]) {
    it(`at ${width} pixels`, async () => {
      const session = await open('about:blank', { viewport: { width, height } });
      const { page } = session;
      try {
        await page.addInitScript(recordShifts);
        await page.goto(server.address);
        await until(() => finished(page), 'the example', 240_000);
        await page.waitForTimeout(1000);
        const shifts = await page.evaluate(() => globalThis.shifts);
        const sum = shifts.reduce((sum, { value }) => sum + value, 0);
        const told = shifts.map(({ value, moved }) => `${value.toFixed(4)}: ${moved.join('; ')}`).join('\n');
        assert.ok(sum < MOST, `the shifts add up to ${sum.toFixed(3)}, ${MOST} at most\n${told}`);
      } finally {
        await session.close();
      }
    });
  }
});
