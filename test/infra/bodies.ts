/** The bodies that the Cloud Monitoring API would get, held against Google's own protos. */
import { type Resource, ofType, textOf } from './deployment.ts';
import { problemsOf, protosOf } from './protos.ts';

const monitoring = protosOf('@google-cloud/monitoring');

export const dashboardType = protosOf('@google-cloud/monitoring-dashboards').lookupType(
  'google.monitoring.dashboard.v1.Dashboard',
);

/** What Terraform adds, or only the server writes. */
const notSent: ReadonlySet<string> = new Set([
  'id',
  'project',
  'name',
  'creation_record',
  'monitored_resource_types',
  'timeouts',
]);

interface Body {
  readonly address: string;
  readonly problems: readonly string[];
}

/** Every dashboard, policy, objective and descriptor, each with what is wrong with it. */
export function bodiesOf(resources: readonly Resource[]): readonly Body[] {
  return [
    ...ofType(resources, 'google_monitoring_dashboard').map((each) => ({
      address: each.address,
      problems: problemsOf(JSON.parse(textOf(each, 'dashboard_json')), dashboardType),
    })),
    ...ofType(resources, 'google_monitoring_alert_policy').map(({ address, values }) => ({
      address,
      problems: [
        ...problemsOf(sent(values), monitoring.lookupType('google.monitoring.v3.AlertPolicy')),
        ...beyondLimits(values),
      ],
    })),
    ...ofType(resources, 'google_monitoring_slo').map(({ address, values }) => ({
      address,
      problems: problemsOf(objective(values), monitoring.lookupType('google.monitoring.v3.ServiceLevelObjective')),
    })),
    ...ofType(resources, 'google_monitoring_metric_descriptor').map(({ address, values }) => ({
      address,
      problems: problemsOf(sent(values), monitoring.lookupType('google.api.MetricDescriptor')),
    })),
  ];
}

function sent(values: Resource['values']): object {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !notSent.has(key)));
}

/** Terraform's arguments in the shape of the API's message. */
function objective(values: Resource['values']): object {
  return {
    display_name: values['display_name'],
    goal: values['goal'],
    rolling_period: `${Number(values['rolling_period_days']) * 86_400}s`,
    service_level_indicator: { request_based: firstOf(values['request_based_sli']) },
  };
}

/** What the comments of google/monitoring/v3/alert.proto bound. */
function beyondLimits(values: Resource['values']): readonly string[] {
  const { content, subject, links } = Object(firstOf(values['documentation']));
  const bounds: readonly (readonly [what: string, size: number, most: number])[] = [
    ['documentation.content', String(content).length, 8_192],
    ['documentation.subject', Buffer.byteLength(String(subject)), 255],
    ['documentation.links', lengthOf(links), 3],
    ['conditions', lengthOf(values['conditions']), 6],
    ['notification_channels', lengthOf(values['notification_channels']), 16],
  ];
  return bounds
    .filter(([, size, most]) => size > most)
    .map(([what, size, most]) => `${what}: ${size}, at most ${most}`);
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : undefined;
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}
