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

/** Waits are shorter when the sandbox is faster. Deadlines and bounds of pace stay, as a machine under load needs them. */
function paced(environment: Environment, pace: number): Environment {
  const { websocket, agent } = environment.steps;
  const shorter = (ms: number, minimum: number): number => Math.max(minimum, Math.round(ms / pace));
  return {
    ...environment,
    policy: { ...environment.policy, confirmAfterMs: Math.round(environment.policy.confirmAfterMs / pace) },
    steps: {
      ...environment.steps,
      ...(websocket && {
        websocket: {
          ...websocket,
          welcomeMsMax: shorter(websocket.welcomeMsMax, 500),
          pongMsMax: shorter(websocket.pongMsMax, 500),
          upgradeMsMax: shorter(websocket.upgradeMsMax, 500),
        },
      }),
      ...(agent && {
        agent: {
          ...agent,
          firstEventMsMax: shorter(agent.firstEventMsMax, 600),
          silenceMsMax: shorter(agent.silenceMsMax, 600),
          fakedRunMsMax: shorter(agent.fakedRunMsMax, 0),
        },
      }),
    },
  };
}
