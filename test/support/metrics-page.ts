/** The text of `docs/metrics.md`, made from the catalogue. */
import { checkTitles } from '../../shared/core/checks.ts';
import {
  job,
  metricEntry,
  metricGroups,
  metricNames,
  metricType,
  type MetricName,
  promqlName,
  resourceType,
} from '../../shared/core/metrics/catalogue.ts';
import { noReason, otherLabel, totalPhase } from '../../shared/core/metrics/labels.ts';
import { phases, verdicts } from '../../shared/core/outcome.ts';
import { steps } from '../../shared/core/step.ts';

export function metricsPage(): string {
  return `${[intro, series, ...groups(), values, times, queries].join('\n\n')}\n`;
}

const intro = `# Metrics

Made by \`node test/support/write-metrics-page.ts\` from \`shared/metrics.json\`, which Terraform reads as well; a test
fails when this page is stale.`;

const series = `## The series

Every run of a step writes its points in one call to Cloud Monitoring, on the monitored resource \`${resourceType}\`:

${table(
  ['label', 'value'],
  [
    ['`location`', 'the region of the function; two regions never share a series'],
    ['`namespace`', 'the name of the environment'],
    ['`job`', `\`${job}\``],
    ['`task_id`', `the step: ${codes(steps)}`],
  ],
)}

The metric type is \`${metricType('up').replace(/up$/, '')}\` and the name below; in PromQL the same is
\`${promqlName('up').replace(/up$/, '')}\` and the name. Label values come from closed sets only. What is not in its set
becomes \`${otherLabel}\`: no answer of the product can make a new series.`;

function groups(): readonly string[] {
  return Object.entries(metricGroups).map(([group, title]) => {
    const members = metricNames.filter((name) => metricEntry(name).group === group);
    const rows = members.map((name) => {
      const { metricKind, valueType, unit, labels } = metricEntry(name);
      return [`\`${name}\``, metricKind, valueType, `\`${unit}\``, codes(Object.keys(labels)) || '–'];
    });
    return `## ${title}\n\n${table(['name', 'kind', 'value', 'unit', 'labels'], rows)}\n\n${members.map(meaning).join('\n')}`;
  });
}

function meaning(name: MetricName): string {
  const { description, action } = metricEntry(name);
  return `- **\`${name}\`** ${description} _${action}_`;
}

const values = `## The values of labels

- \`verdict\`: ${codes(verdicts)}
- \`reason\`: \`${noReason}\`, or one of the reasons in the [runbook](runbook.md)
- \`phase\`: \`${totalPhase}\`, ${codes(phases)}
- \`component\`: the names under \`components.expected\` in the environment file, and \`${otherLabel}\`
- \`check\`: one of these

${table(
  ['check', 'holds when'],
  Object.entries(checkTitles).map(([id, title]) => [`\`${id}\``, title]),
)}`;

const times = `## The times of points

Cloud Monitoring takes the points of a series in order only, at least 5 s apart, and those of a counter without
overlap. Functions that share no memory keep to that by the slot, which is the scheduled instant:

- A slot owns the time up to the next slot. Points end when the run ended, at the latest 5 s before the next slot's
  points can end; counters start at the slot. Long, cold and repeated runs of different slots cannot collide.
- A second run of one slot starts its counters where the first did. Cloud Monitoring sees the same count once more,
  not a second one.
- A duplicate that is known as one writes \`duplicate_runs\` and nothing else, a late run \`late_runs\` and nothing else,
  both at the instant at which they were noticed.
- Within one process, points that would still come too close are moved on by seconds.

What is left: two instances that run the same slot at the same time, neither knowing of the other. The second write
is refused or changes nothing; only when they disagree in the verdict are both verdicts counted, each once.

Each point of a counter is 1 (or the number of events of that run) from its own start. Cloud Monitoring keeps the
start, so \`increase\` and alignments are right. Prometheus and promtool know no starts and see a flat line: rules that
are tested there use the gauges.`;

const queries = `## Queries

${promql('Share of runs in which the step worked, over a day', `avg_over_time(${selector('up', 'auth')}[1d])`)}

${promql('The step has not worked for a quarter of an hour', `max_over_time(${selector('up', 'websocket')}[15m]) == 0`)}

${promql(
  'Nothing was written for 15 minutes: the monitor is dead. Every run that is on time writes `inconclusive`',
  `absent_over_time(${selector('inconclusive', 'agent')}[15m])`,
)}

${promql(
  'Why runs did not pass, over a day',
  `sum by (reason) (increase(${promqlName('runs')}{monitored_resource="${resourceType}", verdict!="pass"}[1d]))`,
)}

${promql(
  'The latency that 95 of 100 runs kept, over a day',
  `histogram_quantile(0.95, sum by (le, task_id) (increase(${promqlName('latency_distribution')}_bucket[1d])))`,
)}

${promql('A certificate that expires soon', `min_over_time(${selector('tls_days_left', 'health')}[1h]) < 14`)}

Good and bad runs of a service level objective, in the filter language; blocked and inconclusive runs are neither:

\`\`\`text
metric.type = "${metricType('runs')}" AND resource.type = "${resourceType}" AND resource.labels.task_id = "auth"
  AND metric.labels.verdict = one_of("pass", "degraded")
\`\`\`

\`\`\`text
metric.type = "${metricType('runs')}" AND resource.type = "${resourceType}" AND resource.labels.task_id = "auth"
  AND metric.labels.verdict = "fail"
\`\`\``;

function selector(name: MetricName, step: string): string {
  return `${promqlName(name)}{monitored_resource="${resourceType}", namespace="production", task_id="${step}"}`;
}

function promql(title: string, query: string): string {
  return `${title}:\n\n\`\`\`promql\n${query}\n\`\`\``;
}

function codes(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ');
}

/** Columns padded to one width, as the formatter would. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
