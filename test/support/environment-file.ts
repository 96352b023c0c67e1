/** A small good environment file, and ways to spoil it. */
import assert from 'node:assert/strict';

import type { Environment } from '../../shared/core/environment/definition.ts';
import type { KeyPath, Problem } from '../../shared/core/environment/finding.ts';
import { parseEnvironment } from '../../shared/core/environment/parse.ts';

const goodFile = {
  name: 'demo',
  title: 'Demo',
  services: { auth: { url: 'https://auth.demo.example' }, backend: { url: 'https://api.demo.example' } },
  steps: {
    auth: {
      login: { kind: 'synthetic_user', keySecret: 'DEMO_LOGIN_KEY', email: 'golden-path@demo.example' },
      token: { verification: { kind: 'shared_secret', secret: 'DEMO_JWT_SECRET' }, lifetimeSecondsMin: 600 },
      protectedResource: {},
    },
    health: { documents: [{ id: 'backend', service: 'backend' }] },
    websocket: {},
    agent: {},
  },
  slack: { channel: '#demo' },
};

/** A key path and the value that it gets; `undefined` takes the key away. */
export type Change = readonly [path: string, value: unknown];

/** The good file with changes, as a value. Paths are dotted; numbers are places in a list. */
export function fileWith(...changes: readonly Change[]): Record<string, unknown> {
  const file: Record<string, unknown> = structuredClone(goodFile);
  for (const [path, value] of changes) {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    let at: Record<string, unknown> = file;
    for (const key of keys) {
      const inner = (at[key] ??= {});
      assert.ok(isRecord(inner), `${path} leads through something that is no object`);
      at = inner;
    }
    if (value === undefined) {
      delete at[last];
    } else {
      at[last] = value;
    }
  }
  return file;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** What the parser says of the good file with changes: warnings too when it is still good. */
export function problemsWith(...changes: readonly Change[]): readonly Problem[] {
  const parsed = parseEnvironment(JSON.stringify(fileWith(...changes), null, 2), 'demo.yaml');
  return parsed.ok ? parsed.warnings : parsed.problems;
}

/** The environment of the good file with changes; fails when they make it bad. */
export function environmentWith(...changes: readonly Change[]): Environment {
  const parsed = parseEnvironment(JSON.stringify(fileWith(...changes)), 'demo.yaml');
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.environment;
}

/** `error steps.auth: message`, short enough to compare. */
export function lineOf({ severity, path, message }: Problem): string {
  return `${severity} ${path}: ${message}`;
}

export function dotted(path: KeyPath): string {
  return path.join('.');
}
