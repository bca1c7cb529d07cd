import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseCommandLine } from '../../src/config/command-line.ts';
import { settingTable } from '../../src/config/settings.ts';
import { testNeeding } from '../real/needs.ts';
import { needs, runTool } from './chart-tool.ts';
import { agentFiles, chartFolder, onKubernetes, only, render, valueFiles, valuesOf } from './rendered-chart.ts';

const read = (path: string) => readFileSync(join(chartFolder, path), 'utf8');
const everything = valuesOf('everything-values.yaml');

test('the chart has the version of the program', () => {
  const { version } = JSON.parse(read('../../package.json'));
  expect(parse(read('Chart.yaml'))).toMatchObject({ version, appVersion: version });
});

test('everything-values.yaml sets every value that there is, to something else than its default', () => {
  const defaults = parse(read('values.yaml'));
  const everything = parse(read('ci/everything-values.yaml'));
  expect(Object.keys(everything).sort()).toEqual(Object.keys(defaults).sort());
  for (const key of Object.keys(defaults).filter((key) => key !== 'dashboards' && key !== 'mode')) {
    expect([key, everything[key]]).not.toEqual([key, defaults[key]]);
  }
});

test('the schema describes the values that there are', () => {
  const { properties } = JSON.parse(read('values.schema.json'));
  const described = Object.keys(properties).filter((key) => key !== 'global'); // Helm's own, for subcharts
  expect(described.sort()).toEqual(Object.keys(parse(read('values.yaml'))).sort());
});

/** What kubelet makes of a container's arguments: it knows the node's address. */
function startedArgs({ args }: { args: string[] }): string[] {
  return args.map((arg) => arg.replaceAll('$(NODE_ADDRESS)', '10.0.0.7'));
}

for (const file of valueFiles) {
  testNeeding(...needs.helm)(`helm lint --strict finds nothing with ${file}`, () => {
    const { stdout, code } = runTool('helm', ['lint', '--strict', chartFolder, ...onKubernetes, ...valuesOf(file)]);
    expect(stdout).toContain('1 chart(s) linted, 0 chart(s) failed');
    expect(stdout).not.toMatch(/\[(WARNING|ERROR)\]/);
    expect(code).toBe(0);
  });
}

for (const file of agentFiles) {
  testNeeding(...needs.helm)(`heapwatch understands the flags that ${file} leads to`, () => {
    const [container] = only(render(valuesOf(file)), 'DaemonSet').spec.template.spec.containers;
    const [command, ...flags] = startedArgs(container);
    expect(command).toBe('serve');
    expect(parseCommandLine(settingTable, flags)).toMatchObject({ ok: true });
  });
}

testNeeding(...needs.helm)('values arrive as the settings of the same name', () => {
  const [container] = only(render(everything), 'DaemonSet').spec.template.spec.containers;
  expect(parseCommandLine(settingTable, startedArgs(container).slice(1))).toMatchObject({
    ok: true,
    values: {
      listenAddress: { port: 9999 },
      telemetryPath: '/metrics',
      procfsPath: '/proc',
      logLevel: 'debug',
      logFormat: 'json',
      minAgeSeconds: 90,
      maxTargets: 1000,
      censusEnabled: false,
      censusTypes: 50,
      webConfigFile: '/etc/heapwatch/web/web-config.yml',
      kubelet: 'https://10.0.0.7:10250',
      kubeletInsecureTls: true,
      storagePath: '/var/lib/heapwatch',
    },
  });
  expect(container.ports).toEqual([{ name: 'metrics', containerPort: 9999 }]);
});

testNeeding(...needs.helm)('the namespace and the name of the release do not change what is selected by', () => {
  const selectorOf = (args: string[]) => only(render(args), 'DaemonSet').spec.selector.matchLabels;
  const usual = { 'app.kubernetes.io/name': 'heapwatch', 'app.kubernetes.io/instance': 'heapwatch' };
  expect(selectorOf([])).toEqual(usual);
  expect(selectorOf(everything)).toEqual(usual);
});

testNeeding(...needs.helm)('a long name of a release gives names that Kubernetes takes', () => {
  const name = 'x'.repeat(53); // Helm's longest
  const { stdout } = runTool('helm', ['template', name, chartFolder]);
  const daemonSet = parse(stdout.split(/^---$/m).find((text) => text.includes('kind: DaemonSet')) ?? '');
  expect(daemonSet.metadata.name).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
});
