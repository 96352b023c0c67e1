/** Settings of the `health` step: the documents in which the product speaks about itself. */
import * as v from 'valibot';

import { componentName, integer, jsonPath, path, scalar, slug } from './values.ts';

const wordMeaning = v.picklist(['pass', 'degraded', 'fail']);

/** Words of the known products. A word that is not here and not in the file is `status_word_unknown`. */
export const defaultWords = {
  healthy: 'pass',
  ok: 'pass',
  up: 'pass',
  ready: 'pass',
  alive: 'pass',
  pass: 'pass',
  connected: 'pass',
  not_configured: 'pass',
  skipped_optional: 'pass',
  disabled_optional: 'pass',
  degraded: 'degraded',
  warn: 'degraded',
  unhealthy: 'fail',
  not_ready: 'fail',
  failed: 'fail',
  fail: 'fail',
  down: 'fail',
  error: 'fail',
} as const satisfies Readonly<Record<string, v.InferOutput<typeof wordMeaning>>>;

const words = v.optional(v.record(componentName, wordMeaning), {});

const assertion = v.strictObject({
  path: jsonPath,
  /** Exactly one of these says what must hold. */
  equals: v.exactOptional(scalar),
  oneOf: v.exactOptional(v.array(scalar)),
  exists: v.exactOptional(v.boolean()),
  atLeast: v.exactOptional(v.number()),
  atMost: v.exactOptional(v.number()),
  /** What a violation means. */
  otherwise: v.optional(v.picklist(['fail', 'degraded']), 'fail'),
});

const components = v.strictObject({
  /** The object or array of components. */
  path: jsonPath,
  /** Inside a component. A component that is a bare text is its own word; a bare boolean is up or down. */
  statusPath: v.optional(jsonPath, 'status'),
  latencyPath: v.optional(jsonPath, 'response_time_ms'),
  words,
  /** The components that are known, by the name of the document. Others are counted, not published. */
  expected: v.record(
    componentName,
    v.strictObject({
      /** `required`: down is an outage. `optional`: down is degraded. */
      importance: v.optional(v.picklist(['required', 'optional']), 'required'),
      latencyMsMax: v.exactOptional(integer(1, 300_000)),
    }),
  ),
});

const healthDocument = v.strictObject({
  id: slug,
  service: slug,
  path: v.optional(path, '/health'),
  statuses: v.optional(v.pipe(v.array(integer(200, 599)), v.minLength(1, 'at least one HTTP status')), [200]),
  /** `any` accepts text and HTML as well and says so. */
  body: v.optional(v.picklist(['json', 'text', 'any']), 'json'),
  /** Prefix of the document inside the body; tried first, the root is the fall-back (`detail` wraps errors). */
  rootPath: v.exactOptional(jsonPath),
  statusPath: v.exactOptional(jsonPath),
  words,
  assertions: v.optional(v.array(assertion), []),
  components: v.exactOptional(components),
  uptimeSecondsPath: v.exactOptional(jsonPath),
  /** A truthy value here means: starting, not broken. */
  startupPath: v.optional(jsonPath, 'startup_in_progress'),
  startupFailedPath: v.optional(jsonPath, 'startup_failed'),
  /** What it means when the whole document is bad: `optional` ones only degrade. */
  importance: v.optional(v.picklist(['required', 'optional']), 'required'),
  redirectsMax: v.optional(integer(0, 5), 0),
  latencyMsMax: v.exactOptional(integer(1, 300_000)),
});

export const healthSettings = v.strictObject({
  deadlineSeconds: v.optional(integer(2, 300), 20),
  documents: v.pipe(
    v.array(healthDocument),
    v.minLength(1, 'at least one document'),
    v.maxLength(20, 'at most 20 documents'),
  ),
  tlsDaysLeftMin: v.optional(integer(0, 398), 14),
});

export type HealthSettings = v.InferOutput<typeof healthSettings>;
export type HealthDocument = HealthSettings['documents'][number];
export type HealthAssertion = HealthDocument['assertions'][number];
export type WordMeaning = v.InferOutput<typeof wordMeaning>;
