/**
 * Reads values out of JSON of any shape by a dotted path such as `checks.redis.status`. `*` stands for every key or
 * index, a leading `$` for the document itself. Total: a path that leads nowhere gives nothing. Only own properties
 * are seen, so `constructor` and `__proto__` are keys like any other.
 */

/** Most values that a path with `*` gives. */
const valuesMax = 1_000;

/** Every value at the path, in the order of the document; at most 1,000. */
export function valuesAt(document: unknown, path: string): readonly unknown[] {
  const keys = path.split('.');
  let values: readonly unknown[] = [document];
  for (const key of keys[0] === '$' ? keys.slice(1) : keys) {
    values = values.flatMap((value) => childrenAt(value, key)).slice(0, valuesMax);
  }
  return values;
}

/** The first value at the path; undefined when there is none. */
export function valueAt(document: unknown, path: string): unknown {
  return valuesAt(document, path)[0];
}

/** The text at the path; null when there is none or it is empty. A whole number, as some use for ids, counts as text. */
export function textAt(document: unknown, path: string): string | null {
  const value = valueAt(document, path);
  if (typeof value === 'string') {
    return value === '' ? null : value;
  }
  return Number.isSafeInteger(value) ? String(value) : null;
}

/** The finite number at the path, also when it is written as text; null when there is none. */
export function numberAt(document: unknown, path: string): number | null {
  const value = valueAt(document, path);
  if (typeof value === 'string' && /^-?\d{1,15}(?:\.\d{1,15})?$/.test(value)) {
    return Number(value);
  }
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function childrenAt(value: unknown, key: string): readonly unknown[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  if (key === '*') {
    return Object.values(value).slice(0, valuesMax);
  }
  if (Array.isArray(value)) {
    return /^\d{1,6}$/.test(key) && Number(key) < value.length ? [value[Number(key)]] : [];
  }
  return Object.hasOwn(value, key) ? [Reflect.get(value, key)] : [];
}
