/**
 * Who may do what, read off what would be deployed: every grant of the plan as a row, and the closed list of grants that
 * an account may have. A grant that is not on the list is a finding, whatever resource makes it.
 */
import assert from 'node:assert/strict';

import type { Resource } from './deployment.ts';

export interface Grant {
  /** `probe auth`, `build`, `scheduler`: the account by its place in the configuration. */
  readonly account: string;
  readonly role: string;
  /** What the role is given on. */
  readonly on: string;
}

/** The roles that an account may have, by its kind, and what they may be given on; `*` stands for any name. */
const allowed: Readonly<Record<string, readonly (readonly [role: string, on: string])[]>> = {
  probe: [
    ['roles/monitoring.metricWriter', 'project'],
    [
      'roles/datastore.user',
      'project, if resource.type == "firestore.googleapis.com/Database" && ' +
        'resource.name == "projects/acme-monitoring/databases/golden-path"',
    ],
    ['roles/secretmanager.secretAccessor', 'secret *'],
    ['roles/run.viewer', 'service *'],
  ],
  scheduler: [['roles/run.invoker', 'service golden-path-*']],
  build: [
    ['roles/logging.logWriter', 'project'],
    ['roles/artifactregistry.writer', 'repository golden-path'],
    ['roles/storage.objectViewer', 'bucket acme-monitoring-golden-path-source'],
    ['roles/storage.objectViewer', 'project, if resource.name.startsWith("projects/_/buckets/gcf-v2-sources-")'],
  ],
};

/** Every grant, in a stable order. Fails on a form of grant that nobody has thought about. */
export function grantsOf(resources: readonly Resource[]): readonly Grant[] {
  const accounts = accountsByMember(resources);
  return resources
    .filter(({ mode, type }) => mode === 'managed' && /_iam_/.test(type))
    .map((resource) => {
      assert.match(
        resource.type,
        /_iam_member$/,
        `${resource.address}: a binding or policy takes away what others have`,
      );
      const member = String(resource.values['member']);
      const account = accounts.get(member);
      assert.ok(account !== undefined, `${resource.address}: ${member} is not an account of this deployment`);
      return { account, role: String(resource.values['role']), on: scopeOf(resource) };
    })
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** Grants that are not on the list. */
export function excessiveGrants(grants: readonly Grant[]): readonly Grant[] {
  return grants.filter(({ account, role, on }) => {
    const [kind = ''] = account.split(' ');
    return !(allowed[kind] ?? []).some(([listed, scope]) => listed === role && covers(scope, on));
  });
}

function covers(scope: string, on: string): boolean {
  return scope.endsWith('*') ? on.startsWith(scope.slice(0, -1)) && !on.includes(',') : scope === on;
}

/** The grants as the table of docs/deploy.md, a row for each role and place. */
export function privilegeTable(grants: readonly Grant[]): string {
  const rows = Map.groupBy(grants, ({ role, on }) => `\`${role}\` | ${on.replaceAll('acme-monitoring', 'PROJECT')}`);
  return [
    '| role | on | accounts |',
    '| --- | --- | --- |',
    ...[...rows].map(([row, same]) => `| ${row} | ${[...new Set(same.map(({ account }) => account))].join(', ')} |`),
  ].join('\n');
}

function keyOf({ account, role, on }: Grant): string {
  return [role, on, account].join(' ');
}

function accountsByMember(resources: readonly Resource[]): ReadonlyMap<string, string> {
  return new Map(
    resources
      .filter(({ type }) => type === 'google_service_account')
      .map(({ name, index, values }) => [String(values['member']), [name, index].filter(Boolean).join(' ')]),
  );
}

function scopeOf({ address, type, values }: Resource): string {
  const place: Readonly<Record<string, string>> = {
    google_project_iam_member: 'project',
    google_secret_manager_secret_iam_member: `secret ${String(values['secret_id'])}`,
    google_cloud_run_v2_service_iam_member: `service ${String(values['name'])}`,
    google_artifact_registry_repository_iam_member: 'repository golden-path',
    google_storage_bucket_iam_member: `bucket ${String(values['bucket'])}`,
  };
  const scope = place[type];
  assert.ok(scope !== undefined, `${address}: nobody has thought about ${type}`);
  const condition = conditionOf(values['condition']);
  return condition === null ? scope : `${scope}, if ${condition}`;
}

function conditionOf(value: unknown): string | null {
  const [first]: readonly unknown[] = Array.isArray(value) ? value : [];
  if (typeof first !== 'object' || first === null || !('expression' in first)) {
    return null;
  }
  return String(first.expression).trim().replaceAll(/\s+/g, ' ');
}
