import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { defineConfig } from 'rolldown';

const assets = 'dist/server/page/assets';

/** MIT asks that its text goes with every copy. */
const licence = () => `/*! uPlot ${readFileSync('node_modules/uplot/LICENSE', 'utf8').replaceAll('*/', '')}*/`;

function writeStyle(): void {
  mkdirSync(assets, { recursive: true });
  const sheets = ['node_modules/uplot/dist/uPlot.min.css', 'src/server/page/static/page.css'];
  writeFileSync(`${assets}/page.css`, sheets.map((file) => readFileSync(file, 'utf8')).join('\n'));
  copyFileSync('src/server/page/static/icon.svg', `${assets}/icon.svg`);
}

export default defineConfig([
  // The module for those who `require` it: Node.js before 20.19 and 22.12, Jest and others cannot load ES modules that way.
  // File by file, so that what lies beside a file (the census worker, which stays an ES module) is found from there.
  {
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
  },
  // What the page at / loads: one script and one style sheet, with uPlot in them.
  {
    input: { page: 'src/server/page/client/main.ts' },
    platform: 'browser',
    logLevel: 'warn',
    output: { dir: assets, format: 'esm', minify: true, entryFileNames: '[name].js', postBanner: licence },
    plugins: [{ name: 'style', writeBundle: writeStyle }],
  },
]);
