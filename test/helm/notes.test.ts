import { cpSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { testNeeding } from '../real/needs.ts';
import { needs, runTool } from './chart-tool.ts';
import { chartFolder, onKubernetes, valuesOf } from './rendered-chart.ts';

/** `helm template` keeps the notes to itself and `helm install` wants a cluster: in a copy the notes are a manifest. */
function notes(args: readonly string[]): string {
  const copy = mkdtempSync(join(tmpdir(), 'heapwatch-chart-'));
  onTestFinished(() => rmSync(copy, { recursive: true }));
  cpSync(chartFolder, copy, { recursive: true });
  renameSync(join(copy, 'templates/NOTES.txt'), join(copy, 'NOTES.txt'));
  writeFileSync(join(copy, 'templates/notes.yaml'), 'notes: {{ tpl (.Files.Get "NOTES.txt") . | toJson }}\n');
  const shown = ['--namespace', 'monitoring', ...onKubernetes, '--show-only', 'templates/notes.yaml'];
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
  expect(text).not.toContain('Who may scrape');
});

testNeeding(...needs.helm)('the notes are silent about what is done', () => {
  const text = notes(valuesOf('everything-values.yaml'));
  expect(text).toContain(
    'DaemonSet and ServiceAccount memory-watch, PodMonitor, Service, PrometheusRule (the alerts), NetworkPolicy, ConfigMaps',
  );
  expect(text).not.toMatch(/scrape it yet|alerted yet|no registry/);
});

testNeeding(...needs.helm)(
  'the notes say where passwords come from, what Prometheus lacks, and what a kubelet cannot see',
  () => {
    const text = notes(valuesOf('tls-values.yaml'));
    expect(text).toContain('web-config.yml of the Secret heapwatch-web-config says it, in the namespace of the pods');
    expect(text).toContain('only looks whether the port is open');
    expect(text).toContain('then open https://localhost:10148');
    expect(text).not.toContain('has to tell it who signed');
    const web = ['--set', 'webConfig.existingSecret=web,serviceMonitor.enabled=true'];
    expect(notes(web)).toContain('serviceMonitor.tlsConfig has to tell it who signed the certificate');
  },
);

testNeeding(...needs.helm)('the notes of sidecars show one, and own up to what it changes', () => {
  const text = notes(valuesOf('sidecar-values.yaml'));
  expect(text).toContain('label heapwatch: sidecar. This is what a pod needs');
  expect(text).toMatch(/^ {6}- name: heapwatch$/m);
  for (const part of ['restarts once', 'is not PID 1 any more', "read each other's environment", 'ptrace_scope']) {
    expect(text).toContain(part);
  }
  expect(text).not.toContain('DaemonSet');
  const root = notes(['--set', 'mode=sidecar,sidecar.profile=root,webConfig.existingSecret=web']);
  expect(root).toContain('Pod Security level\n    privileged');
  expect(root).toMatch(/^ {6}- name: heapwatch-web-config\n {8}secret:\n {10}secretName: "web"$/m);
});
