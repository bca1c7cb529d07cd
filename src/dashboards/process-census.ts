import { ofProcess } from './chosen-process.ts';
import type { Section } from './panel.ts';

const objects = ofProcess('heapwatch_objects');
const objectBytes = ofProcess('heapwatch_object_bytes');

/** What fills the heap. */
export const censusSection: Section = {
  id: 10,
  title: 'Objects by type',
  panels: [
    {
      id: 11,
      kind: 'timeseries',
      title: 'Objects by type',
      description:
        'Objects in the heap by type, as of each census, garbage that no collection has freed yet included. Types that have no series of their own are summed as (other).',
      unit: 'short',
      width: 12,
      height: 11,
      stacked: true,
      queries: [{ name: '{{type}}', expression: objects }],
    },
    {
      id: 12,
      kind: 'timeseries',
      title: 'Bytes by type',
      description: "Bytes of the objects' own allocations by type, without what they point to.",
      unit: 'bytes',
      width: 12,
      height: 11,
      stacked: true,
      queries: [{ name: '{{type}}', expression: objectBytes }],
    },
    {
      id: 13,
      kind: 'table',
      title: 'What has grown',
      description:
        'Types by the objects that they have gained over the chosen time. A type of yours at the top is where to look first.',
      unit: 'short',
      width: 24,
      height: 10,
      columns: ['type'],
      sortedBy: 'objects gained',
      queries: [
        { name: 'objects gained', expression: `sum by (type) (delta(${objects}[$__range]))` },
        { name: 'objects', expression: `sum by (type) (${objects})` },
        { name: 'bytes gained', expression: `sum by (type) (delta(${objectBytes}[$__range]))`, unit: 'bytes' },
        { name: 'bytes', expression: `sum by (type) (${objectBytes})`, unit: 'bytes' },
      ],
    },
    {
      id: 14,
      kind: 'timeseries',
      title: 'Age of the counts',
      description:
        'How old the last census is, and how often one is taken as the CPU budget allows. Much older than the interval: look at the results beside.',
      unit: 's',
      width: 8,
      height: 7,
      queries: [
        { name: 'age', expression: `time() - ${ofProcess('heapwatch_census_timestamp_seconds')}` },
        { name: 'interval', expression: ofProcess('heapwatch_census_interval_seconds') },
        { name: 'duration', expression: ofProcess('heapwatch_census_duration_seconds') },
      ],
    },
    {
      id: 15,
      kind: 'timeseries',
      title: 'Share of the heap that was not understood',
      description: 'What the last census could not read or understand; near 0 the counts can be trusted.',
      unit: 'percentunit',
      width: 8,
      height: 7,
      queries: [{ name: 'skipped', expression: ofProcess('heapwatch_census_skipped_ratio') }],
    },
    {
      id: 16,
      kind: 'timeseries',
      title: 'Censuses by result',
      description: 'Attempts per second. A census that is refused or fails leaves the earlier counts as they are.',
      unit: 'cps',
      width: 8,
      height: 7,
      queries: [{ name: '{{result}}', expression: `rate(${ofProcess('heapwatch_census_total')}[$__rate_interval])` }],
    },
  ],
};
