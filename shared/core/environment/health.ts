/** Settings of the `health` step: the documents in which the product speaks about itself. */
import * as v from 'valibot';

import { about, componentName, finite, integer, jsonPath, path, scalar, slug } from './values.ts';

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

const words = about(
  'Meaning of the status words of this document, besides the usual ones such as `healthy` and `degraded`.',
  v.optional(v.record(componentName, wordMeaning), {}),
);

const assertion = v.strictObject({
  path: about('The value that is looked at. Exactly one of the five keys below says what must hold.', jsonPath),
  equals: about('It is this.', v.exactOptional(scalar)),
  oneOf: about('It is one of these.', v.exactOptional(v.pipe(v.array(scalar), v.minLength(1, 'at least one value')))),
  exists: about('It is there, or it is not.', v.exactOptional(v.boolean())),
  atLeast: about('It is a number of at least this.', v.exactOptional(finite)),
  atMost: about('It is a number of at most this.', v.exactOptional(finite)),
  otherwise: about('What a violation means.', v.optional(v.picklist(['fail', 'degraded']), 'fail')),
});

const component = v.strictObject({
  importance: about(
    '`required`: down is an outage. `optional`: down is degraded.',
    v.optional(v.picklist(['required', 'optional']), 'required'),
  ),
  latencyMsMax: about('A component that takes longer is `component_slow`.', v.exactOptional(integer(1, 300_000))),
});

const components = v.strictObject({
  path: about('The object or array of components.', jsonPath),
  statusPath: about(
    'The word inside a component. A bare text is its own word; a bare boolean is up or down.',
    v.optional(jsonPath, 'status'),
  ),
  latencyPath: about('The response time inside a component, in ms.', v.optional(jsonPath, 'response_time_ms')),
  words,
  expected: about(
    'The components that are known, by the name of the document. Others are counted, not published.',
    v.pipe(v.record(componentName, component), v.maxEntries(50, 'at most 50 components')),
  ),
});

const healthDocument = v.strictObject({
  id: about('Name of the document in alerts and metrics.', slug),
  service: about('The service that has it.', slug),
  path: about('Where it is.', v.optional(path, '/health')),
  statuses: about(
    'The HTTP statuses that are right.',
    v.optional(v.pipe(v.array(integer(200, 599)), v.minLength(1, 'at least one HTTP status')), [200]),
  ),
  body: about(
    'What the body is. `any` accepts text and HTML as well and says so.',
    v.optional(v.picklist(['json', 'text', 'any']), 'json'),
  ),
  rootPath: about(
    'Where the document begins inside the body; tried first, the root is the fall-back (`detail` wraps errors).',
    v.exactOptional(jsonPath),
  ),
  statusPath: about('Where the document holds its status word.', v.exactOptional(jsonPath)),
  words,
  assertions: about(
    'What must hold inside the document.',
    v.optional(v.pipe(v.array(assertion), v.maxLength(50, 'at most 50 assertions')), []),
  ),
  components: about('The table of the parts of the product.', v.exactOptional(components)),
  uptimeSecondsPath: about('A number that falls when the service restarts.', v.exactOptional(jsonPath)),
  startupPath: about('A truthy value here means: starting, not broken.', v.optional(jsonPath, 'startup_in_progress')),
  startupFailedPath: about('A truthy value here means: the start has failed.', v.optional(jsonPath, 'startup_failed')),
  importance: about(
    'What it means when the whole document is bad: `optional` ones only degrade.',
    v.optional(v.picklist(['required', 'optional']), 'required'),
  ),
  redirectsMax: about('Redirects that are followed.', v.optional(integer(0, 5), 0)),
  latencyMsMax: about('An answer that takes longer is `slow`.', v.exactOptional(integer(1, 300_000))),
});

export const healthSettings = v.strictObject({
  deadlineSeconds: about('Time for one attempt, all documents included.', v.optional(integer(2, 300), 20)),
  documents: about(
    'The documents in which the product speaks about itself.',
    v.pipe(v.array(healthDocument), v.minLength(1, 'at least one document'), v.maxLength(20, 'at most 20 documents')),
  ),
  tlsDaysLeftMin: about('Days that a certificate must still be valid.', v.optional(integer(0, 398), 14)),
});

export type HealthSettings = v.InferOutput<typeof healthSettings>;
export type HealthDocument = HealthSettings['documents'][number];
export type HealthAssertion = HealthDocument['assertions'][number];
export type WordMeaning = v.InferOutput<typeof wordMeaning>;
