import { copyFileSync } from 'node:fs';
import { defineConfig } from 'rolldown';

// The module for those who `require` it: Node.js before 20.19 and 22.12, Jest and others cannot load ES modules that way.
// File by file, so that what lies beside a file (the census worker, which stays an ES module) is found from there.
export default defineConfig({
  input: 'dist/index.js',
  platform: 'node',
  logLevel: 'warn',
  external: /^[^./]/,
  output: {
    dir: 'dist',
    format: 'cjs',
    preserveModules: true,
    preserveModulesRoot: 'dist',
    entryFileNames: '[name].cjs',
  },
  plugins: [{ name: 'types', writeBundle: () => copyFileSync('src/index.d.cts', 'dist/index.d.cts') }],
});
