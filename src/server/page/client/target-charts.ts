import { showBytes, showCount } from '../quantity.ts';
import { collectionsChart, cpuChart } from './activity-chart.ts';
import type { History, LimitUse } from './api-types.ts';
import { binarySteps, createChart } from './chart.ts';
import { createChoice } from './choice.ts';
import { el } from './element.ts';
import { createFigure } from './figure.ts';
import { memoryChart, memoryWords } from './memory-chart.ts';
import { type TypeMeasure, typesChart } from './types-chart.ts';

/** Everything of a target that is drawn over time. */
export interface TargetCharts {
  readonly memory: HTMLElement;
  readonly types: HTMLElement;
  readonly activity: HTMLElement;
  update(history: History, limits: readonly LimitUse[], suspects: readonly string[]): void;
  close(): void;
}

/** `changed` is called when the reader wants another measure. */
export function createTargetCharts(changed: () => void): TargetCharts {
  const measures = [
    ['count', 'objects'],
    ['bytes', 'bytes'],
  ] as const;
  const measure = createChoice<TypeMeasure>('Measure of types', measures, 'count', changed);
  const memory = createFigure('Memory', createChart(showBytes, binarySteps));
  const types = createFigure(
    'Types',
    createChart((value) => (measure.value === 'count' ? showCount(value) : showBytes(value))),
    measure.node,
  );
  const cpu = createFigure(
    'CPU, which stands for load',
    createChart((value) => `${Number(value.toPrecision(3))} %`),
  );
  const collections = createFigure(
    'Full collections',
    createChart((value) => `${Number(value.toPrecision(3))}/min`),
  );

  return {
    memory: memory.node,
    types: types.node,
    activity: el('div', { class: 'pair' }, cpu.node, collections.node),
    update({ readings, censuses }, limits, suspects) {
      memory.update(memoryChart(readings, limits), memoryWords(readings));
      const data = typesChart(censuses, suspects, measure.value);
      const names = data.series.map(({ label }) => label).join(', ');
      types.update(data, `Over time, of each type: ${names}. The table below has the figures.`);
      cpu.update(cpuChart(readings), 'CPU time in per cent of a core over time.');
      collections.update(collectionsChart(readings), 'Full garbage collections in a minute over time.');
    },
    close() {
      for (const figure of [memory, types, cpu, collections]) figure.close();
    },
  };
}
