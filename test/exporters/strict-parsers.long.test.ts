import { expect, test } from 'vitest';
import { selectTypes } from '../../src/analysis/types/type-selection.ts';
import { createExposition } from '../../src/exporters/exposition.ts';
import { openApiDocument } from '../../src/exporters/json/openapi.ts';
import { hostileNames, hostileTarget } from '../metrics/hostile-target.ts';
import { sampleSnapshot, sampleTarget, sourceOf } from '../metrics/sample-snapshot.ts';
import { createVenv } from '../real/python-venv.ts';

const build = { version: '1.2.3', nodeVersion: 'v20.0.0' };

/** Answers the `type` labels of heapwatch_objects, and all families' names with their kinds. */
const readOpenMetrics = `
import io, json, sys
from prometheus_client.openmetrics.parser import text_fd_to_metric_families
page = io.TextIOWrapper(sys.stdin.buffer, encoding='utf-8', newline='\\n')
families = list(text_fd_to_metric_families(page))
types = [sample.labels['type'] for family in families if family.name == 'heapwatch_objects' for sample in family.samples]
print(json.dumps({'types': types, 'kinds': {family.name: family.type for family in families}}))
`;

test("a strict OpenMetrics parser reads our page, our process' own metrics and hostile names", async (context) => {
  const python = createVenv(context, ['prometheus_client==0.23.1']);
  const safe = selectTypes(hostileTarget().exportedTypes, 50).exported;
  const cases = [
    { target: sampleTarget(), names: sampleTarget().exportedTypes.map(({ type }) => type) },
    { target: sampleTarget({ exportedTypes: safe }), names: safe.map(({ type }) => type) },
    // Half characters become one and the same replacement in UTF-8: names are made safe before they come here.
    { target: hostileTarget(), names: hostileNames.map((name) => Buffer.from(name).toString()) },
  ];
  for (const { target, names } of cases) {
    const source = sourceOf(sampleSnapshot([target]));
    const { body } = await createExposition(source, build).page('application/openmetrics-text');
    const { types, kinds } = JSON.parse(python(readOpenMetrics, body));
    expect(types).toEqual(names);
    expect(kinds).toMatchObject({ heapwatch_gc_collections: 'counter', process_cpu_seconds: 'counter' });
  }
});

test('a validator of OpenAPI accepts the description of the API', (context) => {
  const python = createVenv(context, ['openapi-spec-validator==0.7.2']);
  const program = `
import json, sys
from openapi_spec_validator import OpenAPIV31SpecValidator
print([error.message for error in OpenAPIV31SpecValidator(json.load(sys.stdin)).iter_errors()])
`;
  expect(python(program, JSON.stringify(openApiDocument('1.2.3'))).trim()).toBe('[]');
});
