/**
 * The value forms that environment files are made of, each with a title for the reference and a message that says what
 * is allowed.
 */
import * as v from 'valibot';

import { dayUtc, parseInstant } from '../time.ts';

/** Gives a key the sentence that editors (through the JSON Schema) and `docs/environment-file.md` show for it. */
export function about<const Schema extends v.GenericSchema>(sentence: string, schema: Schema) {
  return v.pipe(schema, v.description<v.InferOutput<Schema>, string>(sentence));
}

/** Lower-case name of an environment, service, document or component; safe as label, file name and resource name. */
export const slug = v.pipe(
  v.string(),
  v.title('name'),
  v.regex(
    /^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/,
    'lower-case letters, digits and inner hyphens, at most 40 characters, starting with a letter',
  ),
);

/** Name of a component as the health document spells it. */
export const componentName = v.pipe(
  v.string(),
  v.title('component name'),
  v.regex(
    /^[A-Za-z][A-Za-z0-9_.-]{0,62}$/,
    'letters, digits, `_`, `.` and `-`, at most 63 characters, starting with a letter',
  ),
);

/** Name of an environment variable that holds a secret; `NAME_FILE` beside it may name a file instead. */
export const secretName = v.pipe(
  v.string(),
  v.title('name of a secret'),
  v.regex(
    /^[A-Z][A-Z0-9_]{0,62}$/,
    'the name of an environment variable: capitals, digits and `_`, not the secret itself',
  ),
);

export const text = v.pipe(
  v.string(),
  v.title('text'),
  v.minLength(1, 'a text that is not empty'),
  v.maxLength(300, 'at most 300 characters'),
);

/** Origin of a service: scheme, host and port, nothing behind it. */
export const origin = v.pipe(
  v.string(),
  v.title('origin'),
  v.regex(
    /^https?:\/\/[^/?#\s@]+$/,
    '`http://` or `https://` with host and port and nothing behind, such as https://api.example.com',
  ),
  v.check((value) => URL.canParse(value), 'an address with a host and a port that can exist'),
);

/** Whole address, for endpoints that are no service of the product. */
export const webAddress = v.pipe(
  v.string(),
  v.title('address'),
  v.regex(
    /^https?:\/\/[^/?#\s@]+(?:[/?][^\s#]*)?$/,
    'a whole `http://` or `https://` address without user and fragment',
  ),
  v.check((value) => URL.canParse(value), 'an address with a host and a port that can exist'),
);

/** Path on a service, with an optional query; no host, no fragment. */
export const path = v.pipe(
  v.string(),
  v.title('path'),
  v.regex(/^\/(?!\/)[^\s#]*$/, 'a path that starts with one `/`, without host and fragment'),
);

/** Dotted path into a JSON document, such as `checks.redis.status`; `*` stands for every key. */
export const jsonPath = v.pipe(
  v.string(),
  v.title('JSON path'),
  v.regex(/^[A-Za-z0-9_$*-]+(?:\.[A-Za-z0-9_$*-]+)*$/, 'keys joined by dots, such as `checks.redis.status`'),
);

export const headerName = v.pipe(
  v.string(),
  v.title('header name'),
  v.regex(/^[A-Za-z0-9-]{1,64}$/, 'the name of an HTTP header'),
);

/** Whole number within bounds, in the unit that the key's name ends in. */
export function integer(minimum: number, maximum: number) {
  const allowed = `a whole number from ${minimum} to ${maximum}`;
  return v.pipe(v.number(), v.integer(allowed), v.minValue(minimum, allowed), v.maxValue(maximum, allowed));
}

/** Number with a value; YAML's `.inf` and `.nan` have none in JSON. */
export const finite = v.pipe(v.number(), v.finite('a finite number'));

export const scalar = v.union([v.string(), finite, v.boolean()], 'a text, a number or a boolean');

/** Instant in ISO 8601 with an explicit zone, such as 2026-11-24T20:00:00Z. */
export const instant = v.pipe(
  v.string(),
  v.title('time'),
  v.regex(
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})$/,
    'a time with its zone, such as 2026-11-24T20:00:00Z',
  ),
  v.check(isInCalendar, 'a time that exists in the calendar'),
);

/** Unix milliseconds of a text that has the form of an instant; NaN for any other. */
export function instantMs(instantText: string): number {
  return parseInstant(instantText) ?? Number.NaN;
}

/** Rules out 30 February, which `Date` would take for 2 March. */
function isInCalendar(instantText: string): boolean {
  const day = instantText.slice(0, 10);
  const midnightMs = parseInstant(`${day}T00:00Z`);
  return midnightMs !== null && dayUtc(midnightMs) === day && Number.isFinite(instantMs(instantText));
}
