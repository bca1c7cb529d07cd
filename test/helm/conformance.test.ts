import { expect } from 'vitest';
import { testNeeding } from '../real/needs.ts';
import { needs, runTool } from './chart-tool.ts';
import { writeManifestSchemas } from './manifest-schemas.ts';
import { renderText, valueFiles, valuesOf } from './rendered-chart.ts';
import { sidecars } from './sidecars.ts';

/** What kubeconform says to manifests, a schema per kind. */
function check(manifests: string) {
  const location = `${writeManifestSchemas()}/{{ .ResourceKind }}.json`;
  return runTool('kubeconform', ['-strict', '-summary', '-schema-location', location], manifests);
}

const operators = ['--set', 'podMonitor.enabled=true,prometheusRule.enabled=true'];
const services = [
  ...valuesOf('everything-values.yaml'),
  '--set',
  'podMonitor.enabled=false,serviceMonitor.enabled=true',
];

testNeeding(...needs.kubeconform)('Kubernetes and the Prometheus Operator know every field of every manifest', () => {
  const all = [...valueFiles.map(valuesOf), operators, services].map((args) => renderText(args));
  const { stdout, code } = check([...all, ...sidecars()].join('\n---\n'));
  expect(stdout).toMatch(/Summary: \d\d resources found .* Invalid: 0, Errors: 0, Skipped: 0/);
  expect(code).toBe(0);
});

const mistakes: [what: string, from: string, to: string, complaint: string][] = [
  ['a field of a container', 'readOnlyRootFilesystem:', 'readonlyRootFilesystem:', 'readonlyRootFilesystem'],
  ['a field of a monitor', 'honorLabels:', 'honourLabels:', 'honourLabels'],
  ['a type', 'hostPID: true', 'hostPID: "yes"', 'hostPID'],
];
for (const [what, from, to, complaint] of mistakes) {
  testNeeding(...needs.kubeconform)(`${what} that is wrong is seen`, () => {
    const manifests = renderText(operators);
    expect(manifests).toContain(from);
    const { stdout, code } = check(manifests.replace(from, to));
    expect(stdout).toContain(complaint);
    expect(code).toBe(1);
  });
}
