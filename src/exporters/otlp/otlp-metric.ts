import { type Attributes, type HrTime, ValueType } from '@opentelemetry/api';
import { AggregationTemporality, type DataPoint, DataPointType, type MetricData } from '@opentelemetry/sdk-metrics';
import type { CounterExport, CountingSince } from './counter-account.ts';

/** One value with its attributes. */
export interface OtlpSample {
  readonly attributes: Attributes;
  readonly value: number;
}

/** What is exported under one name; `Source` is what its values are read from. */
export interface OtlpMetric<Source> {
  readonly name: string;
  /** In UCUM; without one nobody says. */
  readonly unit?: string;
  readonly description: string;
  /** What goes up and down is a sum where parts may be added up, else a gauge. */
  readonly instrument: 'counter' | 'updowncounter' | 'gauge';
  read(source: Source): readonly OtlpSample[];
  /** When the first value was 0. */
  since?(source: Source): CountingSince;
}

/** When and how it is exported. */
export interface ExportMoment {
  readonly nowSeconds: number;
  readonly counters: CounterExport;
  readonly isDelta: boolean;
}

/** Nobody measured since when a gauge is what it is: 0 is "not told" in OTLP. */
const NO_START: HrTime = [0, 0];

/** The metric as the SDK's serializer takes it; undefined when it has no value now. */
export function metricData<Source>(
  metric: OtlpMetric<Source>,
  source: Source,
  moment: ExportMoment,
): MetricData | undefined {
  const { name, unit = '', description, instrument } = metric;
  const samples = metric.read(source).filter(({ value }) => Number.isFinite(value));
  const since = metric.since?.(source);
  const start = instrument === 'gauge' || since === undefined ? NO_START : hrTime(Math.min(since, moment.nowSeconds));
  const dataPoints =
    instrument === 'counter'
      ? counterPoints(name, since, samples, moment)
      : samples.map(({ attributes, value }) => point(attributes, value, start, moment.nowSeconds));
  if (dataPoints.length === 0) return undefined;
  const common = {
    descriptor: { name, unit, description, valueType: ValueType.DOUBLE },
    aggregationTemporality:
      instrument === 'counter' && moment.isDelta ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE,
    dataPoints,
  };
  if (instrument === 'gauge') return { ...common, dataPointType: DataPointType.GAUGE };
  return { ...common, dataPointType: DataPointType.SUM, isMonotonic: instrument === 'counter' };
}

function counterPoints(
  name: string,
  since: CountingSince,
  samples: readonly OtlpSample[],
  { counters, nowSeconds }: ExportMoment,
): DataPoint<number>[] {
  return samples.flatMap(({ attributes, value }) => {
    const counted = counters.point(`${name} ${JSON.stringify(attributes)}`, value, since);
    return counted ? [point(attributes, counted.value, hrTime(counted.startSeconds), nowSeconds)] : [];
  });
}

function point(attributes: Attributes, value: number, startTime: HrTime, nowSeconds: number): DataPoint<number> {
  return { attributes, value, startTime, endTime: hrTime(nowSeconds) };
}

function hrTime(seconds: number): HrTime {
  const whole = Math.floor(seconds);
  return [whole, Math.floor((seconds - whole) * 1e9)];
}
