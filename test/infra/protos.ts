/**
 * Checks bodies for Google's APIs against Google's own published protos: every key is a field, every enum value exists,
 * every number and text is where it belongs, and of a oneof at most one is set. What protos do not say (bounds, required
 * fields) they cannot check.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import protobuf from 'protobufjs';

const require = createRequire(import.meta.url);

/** Loads the protos that an official client ships; throws when the package is not installed. */
export function protosOf(packageName: string): protobuf.Root {
  const file = require.resolve(`${packageName}/build/protos/protos.json`);
  const json: protobuf.INamespace = JSON.parse(readFileSync(file, 'utf8'));
  const root = protobuf.Root.fromJSON(json);
  root.resolveAll();
  return root;
}

/**
 * What is wrong with a body, each with its path; empty when nothing is. Keys may be in snake case, and a message may
 * stand in a list of one, as Terraform's blocks do. Nothing is said of what is null or empty.
 */
export function problemsOf(body: unknown, type: protobuf.Type, path = ''): readonly string[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return [`${path}: a ${type.name} must be an object`];
  }
  const set = Object.entries(body).filter(([, value]) => !isEmpty(value));
  const known = set.map(([key, value]) => ({ key, value, field: fieldOf(type, key) }));
  return [
    ...known.flatMap(({ key, value, field }) => {
      const place = path === '' ? key : `${path}.${key}`;
      return field === undefined ? [`${place}: ${type.name} has no such field`] : fieldProblems(value, field, place);
    }),
    ...type.oneofsArray.flatMap((oneof) => {
      const names = known.filter(({ field }) => field?.partOf === oneof).map(({ key }) => key);
      return names.length > 1 ? [`${path}: only one of ${names.join(', ')} may be set`] : [];
    }),
  ];
}

function fieldOf(type: protobuf.Type, key: string): protobuf.Field | undefined {
  return type.fields[key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())] ?? type.fields[key];
}

function fieldProblems(value: unknown, field: protobuf.Field, path: string): readonly string[] {
  if (field instanceof protobuf.MapField) {
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).flatMap(([key, each]) => valueProblems(each, field, `${path}.${key}`))
      : [`${path}: a map must be an object`];
  }
  if (field.repeated) {
    return Array.isArray(value)
      ? value.flatMap((each: unknown, index) => valueProblems(each, field, `${path}[${index}]`))
      : [`${path}: must be a list`];
  }
  const [only, ...more]: readonly unknown[] = Array.isArray(value) ? value : [value];
  return more.length > 0 ? [`${path}: there can be only one`] : valueProblems(only, field, path);
}

function valueProblems(value: unknown, field: protobuf.Field, path: string): readonly string[] {
  const { resolvedType, type } = field;
  if (resolvedType instanceof protobuf.Enum) {
    const names = Object.keys(resolvedType.values);
    return names.includes(String(value)) ? [] : [`${path}: ${String(value)} is none of ${names.join(', ')}`];
  }
  if (resolvedType instanceof protobuf.Type) {
    return wellKnown(value, resolvedType, path) ?? problemsOf(value, resolvedType, path);
  }
  const expected = type === 'string' ? 'string' : type === 'bool' ? 'boolean' : 'number';
  return typeof value === expected ? [] : [`${path}: must be a ${expected}, is ${JSON.stringify(value)}`];
}

/** Messages that JSON writes as a text or a bare value; null for all others. */
function wellKnown(value: unknown, type: protobuf.Type, path: string): readonly string[] | null {
  switch (type.fullName) {
    case '.google.protobuf.Duration':
      return typeof value === 'string' && /^\d+(?:\.\d{1,9})?s$/.test(value) ? [] : [`${path}: must be like "300s"`];
    case '.google.protobuf.Empty':
    case '.google.protobuf.Struct':
      return typeof value === 'object' ? [] : [`${path}: must be an object`];
    default:
      return null;
  }
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}
