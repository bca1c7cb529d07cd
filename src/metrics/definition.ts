import type { Snapshot, TargetSnapshot } from '../model/snapshot.ts';
import type { RuntimeName } from '../model/target.ts';

/** Labels that every series of a target carries before its own; the last three only in Kubernetes, as far as known. */
export const targetLabels = ['service_name', 'runtime', 'pid', 'namespace', 'pod', 'container'] as const;

export type TargetLabel = (typeof targetLabels)[number];

/** One series' value; without a value it is not exported: what is not known is absent, never 0. */
export interface Sample<Label extends string = string> {
  /** A label whose value is not known is left out. */
  readonly labels: Readonly<Record<Label, string | undefined>>;
  readonly value: number | undefined;
}

/** What a record reads: a number when it has no labels of its own, else one sample per combination of them. */
type Reading<Label extends string> = [Label] extends [never] ? number | undefined : readonly Sample<Label>[];

/** What the exporter knows of itself. */
export interface Build {
  readonly version: string;
  readonly nodeVersion: string;
}

interface Described<Name extends string, Label extends string> {
  readonly name: Name;
  readonly kind: 'gauge' | 'counter';
  /** Of a counter: with what its counting began, the process or the exporter; absent where neither is sure. */
  readonly since?: 'process' | 'exporter';
  /** What it is and where it comes from. */
  readonly help: string;
  /** Its own labels, without those of the target. */
  readonly labels: readonly Label[];
}

/** Definition and extraction of a metric that every target has for itself. */
export interface TargetMetric<Name extends string = string, Label extends string = string>
  extends Described<Name, Label> {
  readonly of: 'target';
  /** The runtimes that fill it. */
  readonly runtimes: readonly RuntimeName[];
  read(target: TargetSnapshot, snapshot: Snapshot): Reading<Label>;
}

/** Definition and extraction of a metric of the exporter as a whole. */
export interface SnapshotMetric<Name extends string = string, Label extends string = string>
  extends Described<Name, Label> {
  readonly of: 'snapshot';
  read(snapshot: Snapshot, build: Build): Reading<Label>;
}

type OurName = `heapwatch_${string}`;

/** Declares a metric of each target; its name stays a literal type. */
export function targetMetric<const Name extends OurName, const Label extends string = never>(
  record: Omit<TargetMetric<Name, Label>, 'of'>,
): TargetMetric<Name, Label> {
  return { of: 'target', ...record };
}

/** Declares a metric of the exporter; its name stays a literal type. */
export function snapshotMetric<const Name extends OurName, const Label extends string = never>(
  record: Omit<SnapshotMetric<Name, Label>, 'of'>,
): SnapshotMetric<Name, Label> {
  return { of: 'snapshot', ...record };
}

/** A sample for each entry of a record, the key as the value of one label. */
export function samplesByKey<const Label extends string>(
  label: Label,
  values: Readonly<Record<string, number>> | undefined,
): Sample<Label>[] {
  return Object.entries(values ?? {}).map(([key, value]) => ({
    labels: { [label]: key } as Record<Label, string>,
    value,
  }));
}

export const everyRuntime: readonly RuntimeName[] = ['nodejs', 'cpython', 'jvm'];
