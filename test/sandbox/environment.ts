/**
 * The environment of a running sandbox: `infra/environments/sandbox.yaml` with the ports that the sandbox really has,
 * and with time bounds divided by its pace. Tests say only what they need otherwise.
 */
import { readFileSync } from 'node:fs';

import * as v from 'valibot';
import { parse } from 'yaml';

import { type Environment, environmentSchema } from '../../shared/core/environment/definition.ts';
import type { Sandbox } from './sandbox.ts';

const file = new URL('../../infra/environments/sandbox.yaml', import.meta.url);

type Override = (environment: Environment) => Environment;

/** Active faults change the environment as well, where they need that; `override` has the last word. */
export function sandboxEnvironment(sandbox: Sandbox, override: Override = (environment) => environment): Environment {
  const written = v.parse(environmentSchema, parse(readFileSync(file, 'utf8')));
  const live = override(
    sandbox
      .active()
      .reduce(
        (environment, knob) => knob.environment?.(environment, sandbox.origins) ?? environment,
        paced(withPorts(written, sandbox), sandbox.pace()),
      ),
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

/**
 * Waits are shorter when the sandbox is faster, within reason: the machine that runs the tests may be busy. For the same
 * reason there are no bounds of speed then; what is about speed has the sandbox live in real time.
 */
function paced(environment: Environment, pace: number): Environment {
  if (pace === 1) {
    return environment;
  }
  const { auth, health, websocket, agent } = environment.steps;
  const shorter = (ms: number): number => Math.max(1_500, Math.round(ms / pace));
  return {
    ...environment,
    policy: { ...environment.policy, confirmAfterMs: Math.round(environment.policy.confirmAfterMs / pace) },
    steps: {
      ...(auth && { auth: { ...auth, loginMsMax: unhurriedMs } }),
      ...(health && {
        health: { ...health, documents: health.documents.map((each) => ({ ...each, latencyMsMax: unhurriedMs })) },
      }),
      ...(websocket && {
        websocket: {
          ...websocket,
          welcomeMsMax: shorter(websocket.welcomeMsMax),
          pongMsMax: shorter(websocket.pongMsMax),
          upgradeMsMax: shorter(websocket.upgradeMsMax),
          readyMsMax: unhurriedMs,
        },
      }),
      ...(agent && {
        agent: {
          ...agent,
          firstEventMsMax: shorter(agent.firstEventMsMax),
          silenceMsMax: shorter(agent.silenceMsMax),
          completedMsMax: unhurriedMs,
          fakedRunMsMax: Math.round(agent.fakedRunMsMax / pace),
        },
      }),
    },
  };
}

const unhurriedMs = 60_000;
