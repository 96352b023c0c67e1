/** Rules on what a series is: metric type, labels, monitored resource, kind and value type. */
import { type Candidate, fieldError, type Rule } from './candidate.ts';

/** The monitored resources that are known here of those that custom metrics may be written to, with their labels. */
const writableResources: Readonly<Record<string, readonly string[]>> = {
  generic_task: ['project_id', 'location', 'namespace', 'job', 'task_id'],
  generic_node: ['project_id', 'location', 'namespace', 'node_id'],
  gce_instance: ['project_id', 'instance_id', 'zone'],
  k8s_cluster: ['project_id', 'location', 'cluster_name'],
  global: ['project_id'],
};

const typeForm = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+\/[A-Za-z0-9_/]+$/;
const writableDomain = /^(?:custom|external|workload)\.googleapis\.com\//;
const nameLengthMax = 100;
const labelKeyForm = /^[A-Za-z][A-Za-z0-9_]{0,99}$/;
const labelsMax = 30;
const labelValueLengthMax = 1_024;
const locationForm = /^(?:global|(?:aws:)?[a-z]+(?:-[a-z]+)+-?\d+(?:-?[a-z])?)$/;

function resourceLabelsOf({ series }: Candidate): readonly string[] {
  return writableResources[series.resource.type] ?? [];
}

export const identityRules: readonly Rule[] = [
  {
    id: 'metric_type_form',
    broken: ({ index, series: { metric } }) => {
      const message = 'The metric type must be a URL-formatted string with a domain and non-empty path.';
      return typeForm.test(metric.type) ? null : fieldError(`timeSeries[${index}].metric.type`, message, metric.type);
    },
  },
  {
    id: 'metric_type_writable',
    broken: ({ index, series: { metric } }) => {
      const message = 'The metric type is not one that a project may write.';
      const writable = writableDomain.test(metric.type);
      return writable ? null : fieldError(`timeSeries[${index}].metric.type`, message, metric.type);
    },
  },
  {
    id: 'metric_type_length',
    broken: ({ index, series: { metric } }) => {
      const name = metric.type.slice(metric.type.indexOf('/') + 1);
      const message = `The metric name must have at most ${nameLengthMax} characters.`;
      return name.length <= nameLengthMax ? null : fieldError(`timeSeries[${index}].metric.type`, message);
    },
  },
  {
    id: 'label_keys',
    broken: ({ index, series: { metric } }) => {
      const at = Object.keys(metric.labels).findIndex((key) => !labelKeyForm.test(key));
      return at < 0 ? null : fieldError(`timeSeries[${index}].metric.labels[${at}]`, 'Invalid metric label key.');
    },
  },
  {
    id: 'label_count',
    broken: ({ index, series: { metric } }) => {
      const message = `A metric can have at most ${labelsMax} labels.`;
      const count = Object.keys(metric.labels).length;
      return count <= labelsMax ? null : fieldError(`timeSeries[${index}].metric.labels`, message);
    },
  },
  {
    id: 'label_values',
    broken: ({ index, series: { metric, resource } }) => {
      const values = [...Object.values(metric.labels), ...Object.values(resource.labels)];
      const message = `A label value can have at most ${labelValueLengthMax} characters.`;
      return values.every((value) => value.length <= labelValueLengthMax)
        ? null
        : fieldError(`timeSeries[${index}].metric.labels`, message);
    },
  },
  {
    id: 'resource_writable',
    broken: ({ series: { resource } }) =>
      Object.hasOwn(writableResources, resource.type)
        ? null
        : `Metrics cannot be written to ${resource.type}. See https://cloud.google.com/monitoring/custom-metrics/` +
          'creating-metrics#which-resource for a list of writable resource types.',
  },
  {
    id: 'resource_labels_complete',
    broken: (candidate) => {
      const missing = resourceLabelsOf(candidate).filter((key) => !candidate.series.resource.labels[key]);
      const message = 'The set of resource labels is incomplete. Missing labels:';
      return missing.length === 0 ? null : `${message} (${missing.join(' ')}).`;
    },
  },
  {
    id: 'resource_labels_known',
    broken: (candidate) => {
      const known = resourceLabelsOf(candidate);
      const unknown = Object.keys(candidate.series.resource.labels).find((key) => !known.includes(key));
      const path = `timeSeries[${candidate.index}].resource.labels`;
      return unknown === undefined ? null : fieldError(path, 'Unrecognized resource label.', unknown);
    },
  },
  {
    id: 'location_known',
    broken: ({ series: { resource } }) => {
      const location = resource.labels['location'] ?? resource.labels['zone'];
      return location === undefined || locationForm.test(location) ? null : 'Unrecognized region or location.';
    },
  },
  {
    id: 'no_repeats',
    broken: ({ index, repeated }) => {
      const message = 'Duplicate TimeSeries encountered. Only one point can be written per TimeSeries per request.';
      return repeated ? fieldError(`timeSeries[${index}]`, message) : null;
    },
  },
  {
    id: 'kind_writable',
    broken: ({ kind, series: { metric } }) =>
      kind === 'DELTA' ? `Metric kind for metric ${metric.type} must be GAUGE or CUMULATIVE, but is DELTA.` : null,
  },
  {
    id: 'kind_matches',
    broken: ({ kind, descriptor }) =>
      descriptor === null || kind === descriptor.metricKind
        ? null
        : `Metric kind for metric ${descriptor.type} must be ${descriptor.metricKind}, but is ${kind}.`,
  },
  {
    id: 'labels_known',
    broken: ({ index, series: { metric }, descriptor }) => {
      const keys = Object.keys(metric.labels);
      const at = descriptor === null ? -1 : keys.findIndex((key) => !descriptor.labels.includes(key));
      const path = `timeSeries[${index}].metric.labels[${at}]`;
      return at < 0 ? null : fieldError(path, 'Unrecognized metric label.', keys[at]);
    },
  },
];
