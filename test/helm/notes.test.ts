import { cpSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { testNeeding } from '../real/needs.ts';
import { needs, runTool } from './chart-tool.ts';
import { chartFolder, valuesOf } from './rendered-chart.ts';

/** `helm template` keeps the notes to itself and `helm install` wants a cluster: in a copy the notes are a manifest. */
function notes(args: readonly string[]): string {
  const copy = mkdtempSync(join(tmpdir(), 'heapwatch-chart-'));
  onTestFinished(() => rmSync(copy, { recursive: true }));
  cpSync(chartFolder, copy, { recursive: true });
  renameSync(join(copy, 'templates/NOTES.txt'), join(copy, 'NOTES.txt'));
  writeFileSync(join(copy, 'templates/notes.yaml'), 'notes: {{ tpl (.Files.Get "NOTES.txt") . | toJson }}\n');
  const shown = ['--namespace', 'monitoring', '--show-only', 'templates/notes.yaml'];
  const { stdout, stderr, code } = runTool('helm', ['template', 'heapwatch', copy, ...shown, ...args]);
  if (code !== 0) throw new Error(stderr);
  return parse(stdout).notes;
}

testNeeding(...needs.helm)('the notes name the permission and what is still to do', () => {
  const text = notes([]);
  expect(text).toContain('kubectl label namespace monitoring pod-security.kubernetes.io/enforce=privileged');
  expect(text).toContain('DaemonSet and ServiceAccount heapwatch, ConfigMaps with');
  expect(text).toContain('kubectl -n monitoring port-forward daemonset/heapwatch 10148');
  expect(text).toContain('localhost/heapwatch:0.1.0, which no registry has');
  expect(text).toContain('Prometheus does not scrape it yet');
  expect(text).toContain('Nobody is alerted yet');
});

testNeeding(...needs.helm)('the notes are silent about what is done', () => {
  const text = notes(valuesOf('everything-values.yaml'));
  expect(text).toContain(
    'DaemonSet and ServiceAccount memory-watch, PodMonitor, PrometheusRule (the alerts), ConfigMaps',
  );
  expect(text).not.toMatch(/scrape it yet|alerted yet|no registry/);
});
