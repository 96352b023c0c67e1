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
import { headerName, integer, jsonPath, origin, path, secretName, slug, text } from './values.ts';
import { websocketSettings } from './websocket.ts';

/** One deployed service of the product. Its host is named here and nowhere else. */
const service = v.strictObject({
  url: origin,
  /** Environment variable with a PEM bundle of roots to trust instead of the public ones, for private authorities. */
  authoritiesSecret: v.exactOptional(secretName),
  /** Where the deployed revision can be read off. */
  revision: v.exactOptional(
    v.variant('from', [
      v.strictObject({ from: v.literal('header'), header: headerName }),
      v.strictObject({ from: v.literal('json'), path: path, jsonPath: jsonPath }),
      v.strictObject({ from: v.literal('cloud_run') }),
    ]),
  ),
  /** The Cloud Run service behind it: for the commands in alerts and, if chosen above, for the revision. */
  cloudRun: v.exactOptional(v.strictObject({ project: text, region: slug, service: slug })),
});

const slack = v.strictObject({
  /** Id (C…) or name (#…) of the channel that hears of incidents. */
  channel: text,
  /** Quieter channel for the monitor's own trouble; default: `channel`. */
  monitorChannel: v.exactOptional(text),
  /** Who is mentioned when an incident opens and when it escalates, such as `<!subteam^S0123>`. */
  mention: v.exactOptional(text),
  mentionSeverities: v.optional(v.array(v.picklist(['security', 'outage', 'degraded'])), ['security', 'outage']),
  broadcastResolved: v.optional(v.boolean(), false),
});

const links = v.strictObject({
  dashboard: v.exactOptional(text),
  runbook: v.exactOptional(text),
});

const stepSettings = v.strictObject({
  auth: v.exactOptional(authSettings),
  health: v.exactOptional(healthSettings),
  websocket: v.exactOptional(websocketSettings),
  agent: v.exactOptional(agentSettings),
});

export const environmentSchema = v.strictObject({
  name: slug,
  title: text,
  services: v.pipe(
    v.record(slug, service),
    v.check((services) => Object.keys(services).length > 0, 'at least one service'),
  ),
  /** An endpoint that is up when our own way out is; tried when the network seems broken. */
  control: v.exactOptional(
    v.strictObject({
      url: v.pipe(v.string(), v.url('a whole URL')),
      statuses: v.optional(v.array(integer(200, 599)), [200, 204]),
    }),
  ),
  cadenceSeconds: v.optional(integer(5, 3_600), 300),
  regions: v.optional(v.pipe(v.array(slug), v.minLength(1, 'at least one region')), ['us-central1']),
  dialect: v.optional(dialectSettings, { kind: 'netra' }),
  steps: stepSettings,
  /** What a broken step means to users, for the alert. */
  impact: v.optional(v.strictObject(v.entriesFromList(steps, v.exactOptional(text))), {}),
  policy: v.optional(policySettings, {}),
  slack: v.exactOptional(slack),
  links: v.optional(links, {}),
  maintenance: v.optional(v.array(maintenanceSettings), []),
});

export type Environment = v.InferOutput<typeof environmentSchema>;
export type Service = Environment['services'][string];
export type SlackSettings = v.InferOutput<typeof slack>;

/** The steps that an environment has, in flow order. */
export function stepsOf(environment: Environment): readonly Step[] {
  return steps.filter((step) => environment.steps[step] !== undefined);
}
