/**
 * The one definition of an environment file: its types, its checks and its JSON Schema (`schema.json`) all come
 * from here. What a single value cannot tell (two keys that contradict each other) is in `contradictions.ts`.
 */
import * as v from 'valibot';

import { type Step, steps } from '../step.ts';
import { agentSettings, dialectSettings } from './agent.ts';
import { authSettings } from './auth.ts';
import { healthSettings } from './health.ts';
import { maintenanceSettings, policySettings } from './policy.ts';
import { about, headerName, integer, jsonPath, origin, path, secretName, slug, text, webAddress } from './values.ts';
import { websocketSettings } from './websocket.ts';

const service = v.strictObject({
  url: about('Scheme and host. A host is named here and nowhere else.', origin),
  authoritiesSecret: about(
    'Environment variable with a PEM bundle of roots to trust instead of the public ones, for private authorities.',
    v.exactOptional(secretName),
  ),
  revision: about(
    'Where the deployed revision can be read off; alerts name it.',
    v.exactOptional(
      v.variant('from', [
        v.strictObject({
          from: about('A header of every answer.', v.literal('header')),
          header: about('Its name.', headerName),
        }),
        v.strictObject({
          from: about('A JSON document.', v.literal('json')),
          path: about('Where it is.', path),
          jsonPath: about('Where it holds the revision.', jsonPath),
        }),
        v.strictObject({ from: about('The Cloud Run Admin API; needs one role.', v.literal('cloud_run')) }),
      ]),
    ),
  ),
  cloudRun: about(
    'The Cloud Run service behind it: for the commands in alerts and, if chosen above, for the revision.',
    v.exactOptional(
      v.strictObject({
        project: about('Google Cloud project.', text),
        region: about('Region of the service.', slug),
        service: about('Name of the service.', slug),
      }),
    ),
  ),
});

const slack = v.strictObject({
  channel: about('Id (C…) or name (#…) of the channel that hears of incidents.', text),
  monitorChannel: about("Quieter channel for the monitor's own trouble; default: `channel`.", v.exactOptional(text)),
  mention: about(
    'Who is mentioned when an incident opens and when it escalates, such as `<!subteam^S0123>`.',
    v.exactOptional(text),
  ),
  mentionSeverities: about(
    'The severities that mention someone.',
    v.optional(v.array(v.picklist(['security', 'outage', 'degraded'])), ['security', 'outage']),
  ),
  broadcastResolved: about(
    'Whether the end of an incident is also shown in the channel, not only in its thread.',
    v.optional(v.boolean(), false),
  ),
});

const links = v.strictObject({
  dashboard: about('Dashboard that alerts lead to.', v.exactOptional(text)),
  runbook: about('Runbook that alerts lead to; the anchor of the reason is added.', v.exactOptional(text)),
});

const control = v.strictObject({
  url: about('Its address; on a host that is no part of the product.', webAddress),
  statuses: about('The HTTP statuses that are right.', v.optional(v.array(integer(200, 599)), [200, 204])),
});

const limits = v.strictObject({
  requestsPerMinute: about('HTTP requests from one address.', v.exactOptional(integer(1, 1_000_000))),
  socketsPerUser: about('WebSockets of one user at once.', v.exactOptional(integer(1, 10_000))),
});

const impact = about('In plain words.', v.exactOptional(text));

const stepSettings = v.strictObject({
  auth: about('A user logs in and gets a token.', v.exactOptional(authSettings)),
  health: about('The services say that they are well.', v.exactOptional(healthSettings)),
  websocket: about('A socket is negotiated and ready.', v.exactOptional(websocketSettings)),
  agent: about('The agent answers a question.', v.exactOptional(agentSettings)),
});

export const environmentSchema = v.strictObject({
  name: about('Name of the environment in metrics, state and resources; never changed afterwards.', slug),
  title: about('Name of the environment for people.', text),
  services: about(
    'The services of the product, by the names that the steps use.',
    v.pipe(v.record(slug, service), v.minEntries(1, 'at least one service'), v.maxEntries(50, 'at most 50 services')),
  ),
  control: about(
    'An endpoint that is up when our own way out is; tried when the network seems broken.',
    v.exactOptional(control),
  ),
  cadenceSeconds: about('Time from one run of a step to the next.', v.optional(integer(5, 3_600), 300)),
  regions: about(
    'The Google Cloud regions that watch.',
    v.optional(v.pipe(v.array(slug), v.minLength(1, 'at least one region'), v.maxLength(20, 'at most 20 regions')), [
      'us-central1',
    ]),
  ),
  dialect: about('The language of the socket and the agent.', v.optional(dialectSettings, { kind: 'netra' })),
  steps: about('The steps of the golden path that are watched.', stepSettings),
  impact: about(
    'What a broken step means to users, for the alert.',
    v.optional(v.strictObject(v.entriesFromList(steps, impact)), {}),
  ),
  policy: about('When people are told.', v.optional(policySettings, {})),
  slack: about('Where people are told; left out, incidents are only recorded.', v.exactOptional(slack)),
  links: about('Where alerts lead to.', v.optional(links, {})),
  limits: about(
    'What the product allows before it refuses us; lint proves that the monitor stays below.',
    v.exactOptional(limits),
  ),
  maintenance: about(
    'Times at which trouble is expected.',
    v.optional(v.pipe(v.array(maintenanceSettings), v.maxLength(200, 'at most 200 windows')), []),
  ),
});

export type Environment = v.InferOutput<typeof environmentSchema>;
export type Service = Environment['services'][string];
export type SlackSettings = v.InferOutput<typeof slack>;

/** The steps that an environment has, in flow order. */
export function stepsOf(environment: Environment): readonly Step[] {
  return steps.filter((step) => environment.steps[step] !== undefined);
}
