// TensorFlow.js on one of its backends, in a browser of its own.

import { openBrowser } from './browser.mjs';

/** Starts a backend ("wasm", "cpu", "webgl" or "webgpu") with a prepared network. */
export async function openTensorFlow(server, name, backend, { threads = 1, sizePx = null } = {}) {
  const browser = await openBrowser(server.address);
  try {
    const { version, flags } = await browser.page.evaluate(
      async ([name, backend, threads, sizePx]) => {
        const { open } = await import('/tfjs/tasks.mjs');
        globalThis.peer = await open(name, backend, threads, sizePx);
        return { version: globalThis.peer.version, flags: globalThis.peer.flags };
      },
      [name, backend, threads, sizePx],
    );
    return new TensorFlow(browser, version, flags);
  } catch (error) {
    await browser.close();
    throw spoken(error);
  }
}

/** A driver wraps what the page said; only the first line is the peer's own. */
function spoken(error) {
  return new Error(String(error.message).split('\n')[0].replace(/^page\.evaluate: (Error: )?/, ''));
}

class TensorFlow {
  constructor(browser, version, flags) {
    this.browser = browser;
    this.version = version;
    this.flags = flags;
  }

  /** Times "forward", "gradient" or "job", the last with a number of samples, `times` in a row. */
  async run(task, argument, times = 1) {
    const before = await this.browser.cpuSeconds();
    try {
      const wall_ms = await this.browser.page.evaluate(
        async ([task, argument, times]) => {
          let sum = 0;
          for (let time = 0; time < times; time += 1) sum += await globalThis.peer.run(task, argument);
          return sum / times;
        },
        [task, argument, times],
      );
      return { wall_ms, cpu_ms: (1000 * ((await this.browser.cpuSeconds()) - before)) / times };
    } catch (error) {
      throw spoken(error);
    }
  }

  /** How far a task's result is from PyTorch's, as a share of the largest value. */
  async check(task) {
    try {
      return await this.browser.page.evaluate((task) => globalThis.peer.check(task), task);
    } catch (error) {
      throw spoken(error);
    }
  }

  describe() {
    return [this.version, this.flags, `Chromium ${this.browser.version}`].filter(Boolean).join(', ');
  }

  close() {
    return this.browser.close();
  }
}
