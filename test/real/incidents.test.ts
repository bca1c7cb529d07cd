import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { recordTree } from '../linux/recorded-tree.ts';
import { startServer } from './heapwatch.ts';
import { incidentOf, incidentPace, known } from './incidents.ts';
import { anyInterpreter } from './interpreters.ts';
import { canMakeMemoryCgroups, makeMemoryCgroup } from './memory-cgroup.ts';
import { testNeeding } from './needs.ts';
import { asOwnService, ownService, watchOwnService } from './own-service.ts';
import { startProgramWith } from './program.ts';
import { until } from './until.ts';

const MIB = 1024 * 1024;
const python = anyInterpreter?.path ?? '/usr/bin/python3';

testNeeding('a memory cgroup that may be divided', canMakeMemoryCgroups)(
  'a process that the kernel kills is kept with its limit and what grew; one that ends in peace is not',
  async () => {
    const storagePath = join(recordTree({}).path, 'state');
    const cgroup = makeMemoryCgroup(40 * MIB);
    const killed = await startProgramWith(asOwnService, python, 'dying.py');
    cgroup.add(killed.pid);
    const leaves = await startProgramWith(asOwnService, python, 'dying.py');
    const server = await startServer([...watchOwnService, `--storage.path=${storagePath}`], incidentPace);
    for (const program of [killed, leaves]) await known(server, program);
    leaves.send('leave');
    killed.send('leak');

    const incident = await incidentOf(server, killed);
    expect(incident).toMatchObject({ ending: 'oom_killed', fatal_limit: { limit: 'cgroup', bytes: 40 * MIB } });
    expect(incident.fatal_limit?.name).toContain('/heapwatch-test-');
    expect(incident.type_growth.slice(0, 3).map(({ type }) => type)).toContain('__main__.Order');
    expect(incident.history.readings.length).toBeGreaterThan(3);
    const report = await fetch(`${server.url}/api/v1/incidents/${incident.id}/report`);
    expect(await report.text()).toContain(`${ownService}: killed by the kernel for want of memory`);

    await until('the end in peace', 60_000, async () => {
      const page = await (await fetch(`${server.url}/metrics`)).text();
      return /^heapwatch_targets 0$/m.test(page) && /^heapwatch_incidents_total\{.*"oom_killed"\} 1$/m.test(page);
    });
    expect(readdirSync(join(storagePath, 'incidents')).sort()).toEqual([`${incident.id}.html`, `${incident.id}.json`]);
    expect(await server.stop()).toBe(0);
  },
);
