import { defineConfig } from 'vitest/config';

const long = 'test/**/*.long.test.ts';

export default defineConfig({
  test: {
    // Tests on real processes wait for interpreters to start, on machines that are busy with other tests.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'fast', include: ['test/**/*.test.ts'], exclude: [long] } },
      { extends: true, test: { name: 'bench', include: ['test/**/*.bench.ts'], globalSetup: 'test/bench/summary.ts' } },
      { extends: true, test: { name: 'long', include: [long], testTimeout: 600_000 } },
    ],
  },
});
