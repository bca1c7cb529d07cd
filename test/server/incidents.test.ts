import fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { incidentJson, parseIncidentSummary } from '../../src/exporters/json/incident-json.ts';
import type { Incident } from '../../src/model/incident.ts';
import { openIncidentStore } from '../../src/recorder/incident-store.ts';
import { incidentReport } from '../../src/server/report/incident-report.ts';
import { incidentRoutes } from '../../src/server/routes/incidents.ts';
import { hostileNames } from '../metrics/hostile-target.ts';
import { growingHistory, sampleIncident } from '../recorder/sample-incident.ts';

async function startRoutes(...incidents: Incident[]) {
  const store = openIncidentStore(undefined, {
    json: incidentJson,
    report: incidentReport,
    summary: parseIncidentSummary,
  });
  for (const incident of incidents) await store.add(incident);
  const server = fastify();
  server.register(incidentRoutes, { incidents: store });
  onTestFinished(() => server.close());
  return server;
}

test('the list has each in short', async () => {
  const server = await startRoutes(sampleIncident());
  expect((await server.inject('/api/v1/incidents')).json()).toEqual({
    incidents: [
      {
        id: '20231114T221505Z-4711',
        ended_at_seconds: 1_700_000_105,
        ending: 'oom_killed',
        service_name: 'worker.py',
        runtime: 'cpython',
        pid: 4711,
        verdict: 'leak',
        cause: 'objects',
        suspects: ['tuple', 'not.exported', 'str'],
      },
    ],
  });
});

test('the schema names everything that an incident has', async () => {
  const incident = sampleIncident();
  const server = await startRoutes(incident);
  const answer = await server.inject(`/api/v1/incidents/${incident.id}`);
  const { container: _, ...shown } = JSON.parse(JSON.stringify(incidentJson(incident)));
  expect(answer.json()).toEqual(shown);
});

test.each(['20231114T221505Z-1', '..%2F..%2Fetc%2Fpasswd', '%00', '<script>'])(
  'there is no incident %s',
  async (id) => {
    const server = await startRoutes(sampleIncident());
    for (const path of [id, `${id}/report`]) {
      const answer = await server.inject(`/api/v1/incidents/${path}`);
      expect(answer.statusCode).toBe(404);
      expect(answer.headers['content-type']).toContain('application/json');
    }
  },
);

test('without a source there are none', async () => {
  const server = fastify();
  server.register(incidentRoutes, {});
  onTestFinished(() => server.close());
  expect((await server.inject('/api/v1/incidents')).json()).toEqual({ incidents: [] });
});

test('the report is a page that nothing runs in', async () => {
  const incident = sampleIncident();
  const { body, headers } = await (await startRoutes(incident)).inject(`/api/v1/incidents/${incident.id}/report`);
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
  expect(headers['content-security-policy']).toMatch(/^default-src 'none'; .*sandbox$/);
  expect(body).toContain('worker.py: killed by the kernel for want of memory');
  expect(body).toContain('Limit of the cgroup /app: 191 MiB, 190 MiB used');
  expect(body).toContain('<polyline class="series-0"');
  expect(body).toContain('it has grown for 18 minutes');
});

test('hostile names are text in the report', () => {
  for (const name of [...hostileNames, '</title><script>alert(1)</script>', '"><img src=x onerror=alert(1)>']) {
    const { assessment, ...incident } = sampleIncident(0, { serviceName: name, command: name, version: name });
    const page = incidentReport({
      ...incident,
      proof: [name],
      advice: [name],
      fatalLimit: { limit: 'cgroup', name },
      types: [{ type: name, count: 1, bytes: 1 }],
      log: { lines: 3, memoryErrors: {} },
      evidence: { kind: 'class_histogram', file: name, takenAtSeconds: 0 },
      ...growthOf(name),
      assessment: { ...assessment!, suspects: [{ type: name, objectsPerSecond: 1, bytesPerSecond: 1 }] },
    });
    const tags = new Set([...page.matchAll(/<\/?([^\s>]*)/g)].map(([, tag]) => tag));
    expect([...tags].filter((tag) => !KNOWN_TAGS.has(tag!))).toEqual([]);
    // What is in quotes within a tag is ours too.
    expect(page).not.toMatch(/<[^>]*alert\(1\)/);
  }
});

const KNOWN_TAGS = new Set(
  '!doctype html head meta title style body h1 h2 p small ul li div table thead tbody tr th td figure svg rect text line polyline figcaption span code'.split(
    ' ',
  ),
);

function growthOf(type: string): Pick<Incident, 'typeGrowth' | 'history'> {
  const { typeGrowth, history } = sampleIncident(0, {}, growingHistory(5, 3, type));
  return { typeGrowth, history };
}

test('the report of a target of which next to nothing is known is a page too', () => {
  const { assessment: _, vitals: __, fatalLimit: ___, ...known } = sampleIncident();
  const page = incidentReport({ ...known, types: [], typeGrowth: [], history: { readings: [], censuses: [] } });
  expect(page).toContain('Too little was read for a chart.');
  expect(page).not.toMatch(/NaN|undefined|Infinity/);
});
