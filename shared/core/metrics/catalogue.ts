/**
 * The metric catalogue (`shared/metrics.json`, read by Terraform too) with types: a metric or label that is not
 * in the file does not compile.
 */
import catalogue from '../../metrics.json' with { type: 'json' };

export type MetricName = keyof typeof catalogue.metrics;

/** Exactly the labels that the catalogue gives a metric. */
export type LabelsOf<M extends MetricName> = Readonly<
  Record<keyof (typeof catalogue.metrics)[M]['labels'] & string, string>
>;

export type MetricKind = 'GAUGE' | 'CUMULATIVE';
export type ValueType = 'INT64' | 'DOUBLE' | 'DISTRIBUTION';
export type MetricGroup = keyof typeof catalogue.groups;

/** The closed set that a label's values come from; `file` are the names in the environment file. */
export type LabelSource = 'verdicts' | 'reasons' | 'phases' | 'checks' | 'file';

export interface LabelEntry {
  readonly description: string;
  readonly values: LabelSource;
}

export interface MetricEntry {
  readonly group: MetricGroup;
  readonly metricKind: MetricKind;
  readonly valueType: ValueType;
  /** In UCUM, as Cloud Monitoring wants it. */
  readonly unit: string;
  readonly displayName: string;
  readonly description: string;
  /** What a person does with it. */
  readonly action: string;
  readonly labels: Readonly<Record<string, LabelEntry>>;
  /** Bucket bounds of a distribution, rising, in the metric's unit; empty for all others. */
  readonly bounds: readonly number[];
}

/** The file's own form; what its texts may be is narrowed below. */
interface RawEntry extends Omit<MetricEntry, 'group' | 'metricKind' | 'valueType' | 'labels' | 'bounds'> {
  readonly group: string;
  readonly metricKind: string;
  readonly valueType: string;
  readonly labels: Readonly<Record<string, { readonly description: string; readonly values: string }>>;
  readonly bounds?: readonly number[];
}

const kinds: readonly MetricKind[] = ['GAUGE', 'CUMULATIVE'];
const valueTypes: readonly ValueType[] = ['INT64', 'DOUBLE', 'DISTRIBUTION'];
const labelSources: readonly LabelSource[] = ['verdicts', 'reasons', 'phases', 'checks', 'file'];

/** Headings of the groups, in the order in which people read them. */
export const metricGroups: Readonly<Record<MetricGroup, string>> = catalogue.groups;

const groups = Object.keys(catalogue.groups).filter((name) => isKeyOf(catalogue.groups, name));

export const metricNames: readonly MetricName[] = Object.keys(catalogue.metrics).filter(isMetricName);

/** The monitored resource that every series is written to. */
export const resourceType = catalogue.resource;

/** The resource's label `job`. */
export const job = catalogue.job;

export function isMetricName(value: string): value is MetricName {
  return isKeyOf(catalogue.metrics, value);
}

export function metricEntry(name: MetricName): MetricEntry {
  const { bounds = [], ...raw }: RawEntry = catalogue.metrics[name];
  const labels = Object.entries(raw.labels).map(([key, { description, values }]) => {
    return [key, { description, values: oneOf(labelSources, values, name) }] as const;
  });
  return {
    ...raw,
    group: oneOf(groups, raw.group, name),
    metricKind: oneOf(kinds, raw.metricKind, name),
    valueType: oneOf(valueTypes, raw.valueType, name),
    labels: Object.fromEntries(labels),
    bounds,
  };
}

/** The metric's full type, such as `custom.googleapis.com/golden_path/up`. */
export function metricType(name: MetricName): string {
  return catalogue.prefix + name;
}

/** The metric's name in PromQL: the first slash becomes a colon, all else that is no letter or digit a `_`. */
export function promqlName(name: MetricName): string {
  const [domain = '', ...path] = metricType(name).split('/');
  const plain = (text: string): string => text.replaceAll(/[^A-Za-z0-9]/g, '_');
  return `${plain(domain)}:${plain(path.join('/'))}`;
}

function isKeyOf<T extends object>(object: T, key: string): key is keyof T & string {
  return Object.hasOwn(object, key);
}

function oneOf<T extends string>(allowed: readonly T[], found: string, metric: string): T {
  const match = allowed.find((candidate) => candidate === found);
  // The file is a part of the program, and its form is tested.
  /* node:coverage ignore next 3 */
  if (match === undefined) {
    throw new Error(`metrics.json, ${metric}: ${found} is none of ${allowed.join(', ')}`);
  }
  return match;
}
