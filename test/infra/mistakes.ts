/** Mistakes that someone could make in `infra/`, and the check that is there for each. */
import assert from 'node:assert/strict';

import { alertCases, timelineOf } from './alert-cases.ts';
import { bodiesOf } from './bodies.ts';
import { deployIn, ofType } from './deployment.ts';
import { excessiveGrants, grantsOf } from './privileges.ts';
import { disagreement, rulesOf } from './promtool.ts';
import type { PureModule, Workspace } from './terraform.ts';

export interface Mistake {
  readonly name: string;
  readonly file: string;
  /** Text of the file and what stands there by mistake; an empty one is added at the end. */
  readonly change: readonly [right: string, wrong: string];
  /** What must be installed for the check. */
  readonly needs: 'terraform' | 'provider' | 'promtool';
  /** Whether the check sees that something is wrong. */
  readonly seen: (workspace: Workspace) => boolean | Promise<boolean>;
}

const suite = (file: string) => (workspace: Workspace) => {
  assert.equal(workspace.run(['init', '-backend=false', '-input=false']).code, 0);
  return workspace.run(['test', `-filter=tests/${file}.tftest.hcl`]).code !== 0;
};
const moduleSuite = (name: PureModule) => (workspace: Workspace) => {
  assert.equal(workspace.run(['init', '-input=false'], `modules/${name}`).code, 0);
  return workspace.run(['test'], `modules/${name}`).code !== 0;
};
const privileges = (workspace: Workspace) => excessiveGrants(grantsOf(deployIn(workspace))).length > 0;
const secrets = (workspace: Workspace) =>
  ofType(deployIn(workspace), 'google_secret_manager_secret_version').length > 0;
const bodies = (workspace: Workspace) => bodiesOf(deployIn(workspace)).some(({ problems }) => problems.length > 0);
const alerts = (name: string) => async (workspace: Workspace) => {
  const alertCase = alertCases.find((each) => each.name.startsWith(name));
  assert.ok(alertCase !== undefined, name);
  const rules = rulesOf(ofType(deployIn(workspace), 'google_monitoring_alert_policy'));
  return disagreement(rules, [await timelineOf(alertCase)]) !== null;
};

export const mistakes: readonly Mistake[] = [
  {
    name: 'a failed slot is tried again',
    file: 'scheduler.tf',
    change: ['retry_count = 0', 'retry_count = 3'],
    needs: 'provider',
    seen: suite('plan'),
  },
  {
    name: 'anybody may call the functions',
    file: 'functions.tf',
    change: ['ALLOW_INTERNAL_ONLY', 'ALLOW_ALL'],
    needs: 'provider',
    seen: suite('plan'),
  },
  {
    name: 'the token of a trigger is made for someone else',
    file: 'scheduler.tf',
    change: ['audience              = local.function_urls[each.value.function]', 'audience = "https://example.com"'],
    needs: 'provider',
    seen: suite('apply'),
  },
  {
    name: 'a policy waits until its metric exists',
    file: 'alerts.tf',
    change: ['disable_metric_validation = true', 'disable_metric_validation = false'],
    needs: 'provider',
    seen: suite('plan'),
  },
  {
    name: 'a bundle of before is deployed with files of now',
    file: 'artifacts.tf',
    change: ['length(local.stale_environments) == 0', 'length(local.stale_environments) >= 0'],
    needs: 'provider',
    seen: suite('refusals'),
  },
  {
    name: 'nobody needs to be alerted',
    file: 'variables.tf',
    change: ['length(var.alerting.channels) > 0', 'length(var.alerting.channels) >= 0'],
    needs: 'provider',
    seen: suite('refusals'),
  },
  {
    name: 'a probe may do everything',
    file: 'accounts.tf',
    change: ['roles/monitoring.metricWriter', 'roles/editor'],
    needs: 'provider',
    seen: privileges,
  },
  {
    name: 'the builder gets a role that nobody listed',
    file: 'accounts.tf',
    change: [
      '',
      `resource "google_project_iam_member" "more" {
        project = var.project
        role    = "roles/secretmanager.secretAccessor"
        member  = google_service_account.build.member
      }`,
    ],
    needs: 'provider',
    seen: privileges,
  },
  {
    name: 'the condition on the database is left out',
    file: 'accounts.tf',
    change: ['resource.name == "projects/', 'resource.name != "projects/'],
    needs: 'provider',
    seen: privileges,
  },
  {
    name: 'the value of a secret goes through Terraform',
    file: 'secrets.tf',
    change: [
      '',
      `resource "google_secret_manager_secret_version" "value" {
        for_each    = google_secret_manager_secret.made
        secret      = each.value.id
        secret_data = "hunter2"
      }`,
    ],
    needs: 'provider',
    seen: secrets,
  },
  {
    name: 'the scheduler gives up before the function',
    file: 'modules/catalogue/schedule.tf',
    change: ['.timeout_seconds + 30', '.timeout_seconds - 30'],
    needs: 'terraform',
    seen: moduleSuite('catalogue'),
  },
  {
    name: 'all probes of an environment run at once',
    file: 'modules/catalogue/schedule.tf',
    change: ['+ probe.place', '+ 0'],
    needs: 'terraform',
    seen: moduleSuite('catalogue'),
  },
  {
    name: 'a reference to a secret is overlooked',
    file: 'modules/catalogue/secrets.tf',
    change: ['(?:[A-Za-z]+Secret|secret)', '(?:[A-Za-z]+Secret)'],
    needs: 'terraform',
    seen: moduleSuite('catalogue'),
  },
  {
    name: "a region has no dead man's switch",
    file: 'modules/rules/silence.tf',
    change: ['for region in environment.regions :', 'for region in [environment.regions[0]] :'],
    needs: 'terraform',
    seen: moduleSuite('rules'),
  },
  {
    name: 'a new metric does not show up',
    file: 'modules/dashboard/layout.tf',
    change: ['sort(setsubtract(keys(var.metrics.groups)', 'sort(setsubtract([]'],
    needs: 'terraform',
    seen: moduleSuite('dashboard'),
  },
  {
    name: 'a chart is of a kind that does not exist',
    file: 'modules/dashboard/widgets.tf',
    change: ['plot = "HEATMAP"', 'plot = "HEAT_MAP"'],
    needs: 'provider',
    seen: bodies,
  },
  {
    name: 'a step is down one run too late',
    file: 'modules/rules/down.tf',
    change: ['>= ${target.fire.failures}', '> ${target.fire.failures}'],
    needs: 'promtool',
    seen: alerts('a step is down in all regions'),
  },
  {
    name: 'a blocked step counts as silent',
    file: 'modules/rules/selectors.tf',
    change: ['heartbeat = local.metric["inconclusive"]', 'heartbeat = local.metric["up"]'],
    needs: 'promtool',
    seen: alerts('a step is down in all regions'),
  },
  {
    name: 'silence is only noticed where there once was something',
    file: 'modules/rules/silence.tf',
    change: [
      '"absent_over_time(%s{%s}[%ds])", local.heartbeat, local.everything',
      '"count_over_time(%s{%s}[%ds]) == 0", local.heartbeat, local.everything',
    ],
    needs: 'promtool',
    seen: alerts('nothing has ever run'),
  },
  {
    name: 'one failed slot burns the budget',
    file: 'modules/rules/budget.tf',
    change: [') >= 2', ') >= 1'],
    needs: 'promtool',
    seen: alerts('a step is down in all regions'),
  },
];
