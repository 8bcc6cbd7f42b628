// A fresh Chromium on the blank page, and the CPU seconds of all its processes.

import { chromium, flags } from '../../tests/e2e/harness.mjs';

/** Opens `address`; `cpuSeconds` tells what every process of this browser has used so far. */
export async function openBrowser(address) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    headless: true,
    args: flags,
  });
  const page = await browser.newPage();
  const complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  const protocol = await browser.newBrowserCDPSession();
  await page.goto(address);
  return {
    page,
    complaints,
    version: browser.version(),
    async cpuSeconds() {
      const { processInfo } = await protocol.send('SystemInfo.getProcessInfo');
      return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
    },
    close: () => browser.close(),
  };
}
