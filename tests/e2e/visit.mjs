// A test file's page: opened before each test, closed after it, and looked at where a test fails.

import { after, afterEach, before, beforeEach, it } from 'node:test';

import { open, screenshot, serve } from './harness.mjs';

/**
 * Serves the page for a file of tests and opens it anew for each; gives `visit(name, steps)`, where `steps` gets
 * the page and its session.
 */
export function visits(options = {}) {
  let server;
  let session;
  before(async () => {
    server = await serve();
  });
  after(() => server?.close());
  beforeEach(async () => {
    session = await open(server.address, options);
  });
  afterEach(() => session.close());
  return (name, steps) =>
    it(name, async () => {
      try {
        await steps(session.page, session, server);
      } catch (error) {
        await screenshot(session.page, name.replace(/\W+/g, '-')).catch(() => {});
        throw error;
      }
    });
}
