import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  throw new Error(`Node ${process.version} is too old: run the tests by "npm test"`);
}

// Tests start hundreds of processes; each finds what the ones before have compiled.
process.env.NODE_COMPILE_CACHE ??= resolve(import.meta.dirname, 'node_modules/.cache/node-compile');

/** Real servers, real clients, real processes. Everything else is quick. */
const slow = ['admin', 'auth', 'cli', 'conformance', 'e2e', 'transport'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);

/** What is waited for comes at once on a quiet machine, and late on a busy one. */
const expect = { poll: { timeout: 10_000 } };
/** They leave nothing behind, so one process runs many files, and loads what they share once: two seconds a file. */
const isolate = false;
const setupFiles = [resolve(import.meta.dirname, 'test/support/patience.ts')];

/** In CI the samples of properties are the same each time. */
const sampled = {
  alias: [
    {
      find: /^fast-check$/,
      replacement: resolve(import.meta.dirname, 'test/support/fast-check.ts'),
    },
  ],
};

export default defineConfig({
  test: {
    // Many tests wait rather than work, so three keep two processors busy.
    maxWorkers: 3,
    projects: [
      {
        resolve: sampled,
        test: {
          name: 'quick',
          include: ['test/**/*.test.ts'],
          exclude: slow,
          testTimeout: 20_000,
          isolate,
          setupFiles,
          expect,
        },
      },
      {
        resolve: sampled,
        test: {
          name: 'slow',
          include: slow,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          isolate,
          setupFiles,
          expect,
        },
      },
    ],
  },
});
