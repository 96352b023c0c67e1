/** The product that many processes watch at once: well, then its health is bad and what needs it is blocked, then well. */
import * as v from 'valibot';

import { blocked, failed, passed } from '../../shared/core/check.ts';
import { type Environment, environmentSchema } from '../../shared/core/environment/definition.ts';
import { measurementOf } from '../../shared/core/measurement.ts';
import type { Check } from '../../shared/core/outcome.ts';
import type { Probe } from '../../shared/core/probe.ts';
import type { Step } from '../../shared/core/step.ts';
import { minuteMs } from '../../shared/core/time.ts';

export const hammered: Environment = v.parse(environmentSchema, {
  name: 'hammered',
  title: 'Hammered',
  services: { auth: { url: 'http://127.0.0.1:1' }, backend: { url: 'http://127.0.0.1:1' } },
  steps: {
    auth: {
      login: { kind: 'self_signed', secret: 'KEY', subject: 'probe' },
      token: { verification: { kind: 'none' } },
      protectedResource: {},
    },
    health: { documents: [{ id: 'backend', service: 'backend' }] },
    websocket: {},
    agent: {},
  },
  policy: { confirmAfterMs: 0, reminderMinutes: 0 },
  slack: { channel: '#hammered' },
});

/** Slots in which health is bad; before and after them everything is well. */
export const badSlots = { from: 4, to: 8 } as const;

const startMs = Date.UTC(2026, 10, 23);

export function slotAt(index: number): number {
  return startMs + index * 5 * minuteMs;
}

const timing = { startedMs: 0, latencyMs: 5 };
const broken = { reason: 'server_error', detail: 'HTTP 500' } as const;

const wellChecks: Readonly<Record<Step, Check>> = {
  auth: passed('auth.login', 'logged in', timing),
  health: passed('health.document', 'healthy', timing),
  websocket: passed('websocket.welcome', 'greeted', timing),
  agent: passed('agent.answer', 'answered', timing),
};

const badChecks: Readonly<Record<Step, Check>> = {
  auth: wellChecks.auth,
  health: failed('health.document', broken, timing),
  websocket: blocked('websocket.upgrade', broken, timing),
  agent: blocked('agent.connection', broken, timing),
};

export function probeOf(step: Step, index: number): Probe {
  const bad = index >= badSlots.from && index <= badSlots.to;
  const checks = [(bad ? badChecks : wellChecks)[step]];
  return async ({ memory }) =>
    measurementOf(checks, { memory, blocker: step === 'agent' ? 'websocket' : 'health', latencyMs: 5 });
}
