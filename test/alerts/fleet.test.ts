import { testNeeding } from '../real/needs.ts';
import { isInstalled } from '../real/prometheus.ts';
import { expectValues } from './promtool.ts';
import { GiB, MiB, processSeries } from './story.ts';

const fact = testNeeding('promtool', isInstalled('promtool'));

for (const [how, labels] of [
  ['with honorLabels', { namespace: 'shop' }],
  ['without honorLabels', { namespace: 'monitoring', exported_namespace: 'shop' }],
] as const) {
  fact(`${how} a service's worst time, growth and share, and its verdicts, are recorded by its own namespace`, () => {
    const process = { labels, floor: () => 256 * MiB, cgroupLimit: GiB, workingSet: () => 0.5 * GiB };
    const leaking = { ...process, verdict: () => 'leak objects', growth: 3600 };
    const stories = [
      { ...leaking, hoursLeft: () => 3 },
      { ...leaking, pid: '42', growth: 7200, hoursLeft: () => 5, verdict: () => 'leak native' },
      { ...process, pid: '43', verdict: () => 'healthy', workingSet: () => 0.75 * GiB },
    ];
    const oomEta = 'namespace_service_name:heapwatch_oom_eta_seconds:min';
    const growth = 'namespace_service_name:heapwatch_growth_bytes_per_second:max';
    const used = 'namespace_service_name:heapwatch_memory_limit_used_ratio:max';
    const verdicts = 'namespace_service_name_verdict:heapwatch_verdict:sum';
    const service = 'namespace="shop", service_name="shop.py"';
    expectValues(stories.flatMap(processSeries), 1, {
      [oomEta]: { [`${oomEta}{${service}}`]: 3 * 3600 },
      [growth]: { [`${growth}{${service}}`]: 2 },
      [used]: { [`${used}{${service}}`]: 0.75 },
      [verdicts]: {
        [`${verdicts}{${service}, verdict="leak"}`]: 2,
        [`${verdicts}{${service}, verdict="healthy"}`]: 1,
      },
    });
  });
}
