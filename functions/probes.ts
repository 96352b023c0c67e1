/** Which probe measures which step. Each is loaded when its step runs for the first time: a function needs only its own. */
import type { Probe } from '../shared/core/probe.ts';
import type { Step } from '../shared/core/step.ts';

export const probesByStep = {
  auth: async () => (await import('./auth/probe.ts')).probeAuth,
  health: async () => (await import('./health/probe.ts')).probeHealth,
  websocket: async () => (await import('./websocket/probe.ts')).probeWebsocket,
  agent: async () => (await import('./agent/probe.ts')).probeAgent,
} satisfies Record<Step, () => Promise<Probe>>;
