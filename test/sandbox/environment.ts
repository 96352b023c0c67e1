/**
 * The environment of a running sandbox: `infra/environments/sandbox.yaml` with the ports that the sandbox really has,
 * and with time bounds that only what is broken can pass. Tests say only what they need otherwise.
 */
import { readFileSync } from 'node:fs';

import * as v from 'valibot';
import { parse } from 'yaml';

import { type Environment, environmentSchema } from '../../shared/core/environment/definition.ts';
import type { Reason } from '../../shared/core/reasons.ts';
import type { Step } from '../../shared/core/step.ts';
import type { Knob } from './knobs.ts';
import type { Sandbox } from './sandbox.ts';

const file = new URL('../../infra/environments/sandbox.yaml', import.meta.url);

type Override = (environment: Environment) => Environment;

/**
 * Active faults change the environment as well, where they need that; `override` has the last word. A deadline that no
 * fault is about is `patientSeconds` long; a file may say no more than its cadence.
 */
export function sandboxEnvironment(
  sandbox: Sandbox,
  override: Override = (environment) => environment,
  patientSeconds = 10,
): Environment {
  const written = v.parse(environmentSchema, parse(readFileSync(file, 'utf8')));
  const active = sandbox.active();
  const quiet = paced(withPorts(written, sandbox), { pace: sandbox.pace(), active, patientSeconds });
  const live = override(
    active.reduce((environment, knob) => knob.environment?.(environment, sandbox.origins) ?? environment, quiet),
  );
  return v.parse(environmentSchema, live);
}

function withPorts(environment: Environment, { origins }: Sandbox): Environment {
  const { auth, backend } = environment.services;
  if (auth === undefined || backend === undefined || environment.control === undefined) {
    throw new Error('sandbox.yaml has to name the services `auth` and `backend` and a control endpoint');
  }
  return {
    ...environment,
    services: {
      ...environment.services,
      auth: { ...auth, url: origins.auth },
      backend: { ...backend, url: origins.backend },
    },
    control: { ...environment.control, url: `${origins.control}/alive` },
  };
}

/** What ends the time of something: each is a setting of one step or several. */
type Bound = 'deadline' | 'speed' | 'upgrade' | 'welcome' | 'pong' | 'first_event' | 'silence' | 'faked_run';

/** The bound that a finding is about: it stays near, while all others go out of a busy machine's reach. */
const boundOf: Readonly<Partial<Record<Reason, readonly Bound[]>>> = {
  connect_timeout: ['deadline', 'upgrade'],
  tls_timeout: ['deadline', 'upgrade'],
  first_byte_timeout: ['deadline'],
  body_timeout: ['deadline'],
  upgrade_timeout: ['upgrade'],
  no_welcome: ['welcome'],
  handshake_incomplete: ['welcome'],
  no_pong: ['pong'],
  message_ignored: ['first_event'],
  agent_stall: ['silence'],
  agent_timeout: ['deadline'],
  faked_run: ['faked_run'],
  slow: ['speed'],
};

const unhurriedMs = 60_000;
/** Some healthy servers do not greet at all, so a wait for them has to end. */
const patientMs = 6_000;
/** The most that a file may say. */
const fakedRunMs = 10_000;

interface Pacing {
  readonly pace: number;
  readonly active: readonly Knob[];
  readonly patientSeconds: number;
}

/**
 * A sandbox is never so slow by itself that a bound is passed, however busy the machine is that runs the tests: only
 * what the active faults are about ends in good time, and there the sandbox takes much longer than the bound.
 */
function paced(environment: Environment, { pace, active, patientSeconds }: Pacing): Environment {
  const { auth, health, websocket, agent } = environment.steps;
  const own = (bound: Bound, ...of: readonly Step[]): boolean =>
    active.some((knob) => of.some((step) => isAbout(knob, step, bound)));
  const speed = (step: Step, ms = unhurriedMs): number => (own('speed', step) ? ms : unhurriedMs);
  const deadlineSeconds = (step: Step, seconds: number): number => (own('deadline', step) ? seconds : patientSeconds);
  const wait = (bound: Bound, ms: number): number =>
    own(bound, 'websocket', 'agent') ? Math.max(1_500, Math.round(ms / pace)) : patientMs;
  return {
    ...environment,
    policy: { ...environment.policy, confirmAfterMs: Math.round(environment.policy.confirmAfterMs / pace) },
    steps: {
      ...(auth && {
        auth: {
          ...auth,
          deadlineSeconds: deadlineSeconds('auth', auth.deadlineSeconds),
          loginMsMax: speed('auth', auth.loginMsMax),
        },
      }),
      ...(health && {
        health: {
          ...health,
          deadlineSeconds: deadlineSeconds('health', health.deadlineSeconds),
          documents: health.documents.map((each) => ({ ...each, latencyMsMax: speed('health', each.latencyMsMax) })),
        },
      }),
      ...(websocket && {
        websocket: {
          ...websocket,
          deadlineSeconds: deadlineSeconds('websocket', websocket.deadlineSeconds),
          welcomeMsMax: wait('welcome', websocket.welcomeMsMax),
          pongMsMax: wait('pong', websocket.pongMsMax),
          upgradeMsMax: wait('upgrade', websocket.upgradeMsMax),
          readyMsMax: speed('websocket', websocket.readyMsMax),
        },
      }),
      ...(agent && {
        agent: {
          ...agent,
          deadlineSeconds: deadlineSeconds('agent', agent.deadlineSeconds),
          firstEventMsMax: wait('first_event', agent.firstEventMsMax),
          silenceMsMax: wait('silence', agent.silenceMsMax),
          completedMsMax: speed('agent', agent.completedMsMax),
          // The shorter the run, the more it is faked: here it is the bound that goes out of reach for a faked one.
          fakedRunMsMax: own('faked_run', 'agent') ? fakedRunMs : Math.round(agent.fakedRunMsMax / pace),
        },
      }),
    },
  };
}

function isAbout(knob: Knob, step: Step, bound: Bound): boolean {
  const reason = 'expected' in knob ? knob.expected[step].reason : null;
  return reason !== null && (boundOf[reason]?.includes(bound) ?? false);
}
