/**
 * A readable view of a valibot schema. The messages of the parser and `docs/environment-file.md` come from it, so
 * that what is said to be allowed is what is allowed.
 */
import * as v from 'valibot';

import {
  hasPipe,
  isChoice,
  isList,
  isLiteral,
  isObject,
  isRecord,
  isVariant,
  isWrapper,
  type ObjectParts,
  type Schema,
  type VariantParts,
} from './schema-forms.ts';

/** The forms that `definition.ts` uses; another one is a fault in the definition and throws. */
export type Shape =
  | ObjectShape
  | { readonly kind: 'record'; readonly name: Shape; readonly value: Shape }
  | { readonly kind: 'list'; readonly item: Shape; readonly rules: readonly string[] }
  | { readonly kind: 'variant'; readonly by: string; readonly variants: ReadonlyMap<string, ObjectShape> }
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  | { readonly kind: 'scalar'; readonly title: string | null; readonly rules: readonly string[] };

export interface ObjectShape {
  readonly kind: 'object';
  readonly keys: ReadonlyMap<string, Key>;
}

/** A key of an object. */
export interface Key {
  readonly shape: Shape;
  /** A sentence; empty when the definition has none. */
  readonly about: string;
  readonly required: boolean;
  /** Undefined when leaving the key out means just that. */
  readonly fallback: unknown;
}

export function shapeOf(schema: Schema): Shape {
  if (isWrapper(schema)) {
    return shapeOf(schema.wrapped);
  }
  if (isObject(schema)) {
    return objectShape(schema);
  }
  if (isRecord(schema)) {
    return { kind: 'record', name: shapeOf(schema.key), value: shapeOf(schema.value) };
  }
  if (isList(schema)) {
    return { kind: 'list', item: shapeOf(schema.item), rules: rulesOf(schema) };
  }
  if (isVariant(schema)) {
    return { kind: 'variant', by: schema.key, variants: variantsOf(schema) };
  }
  if (isChoice(schema)) {
    return { kind: 'choice', values: schema.options };
  }
  if (isLiteral(schema)) {
    return { kind: 'choice', values: [schema.literal] };
  }
  return { kind: 'scalar', title: v.getTitle(schema) ?? null, rules: scalarRules(schema) };
}

function objectShape({ entries }: ObjectParts): ObjectShape {
  const keys = Object.entries(entries).map(([name, entry]): [string, Key] => [name, keyOf(entry)]);
  return { kind: 'object', keys: new Map(keys) };
}

function keyOf(entry: Schema): Key {
  const isOptional = isWrapper(entry);
  // `v.partial` wraps what already has a description.
  const about = v.getDescription(entry) ?? (isOptional ? v.getDescription(entry.wrapped) : undefined);
  let shape: Shape | null = null;
  return {
    // Made when it is looked at: a file has a few of all the keys that there are.
    get shape() {
      shape ??= shapeOf(entry);
      return shape;
    },
    about: about ?? '',
    required: !isOptional,
    fallback: isOptional ? entry.default : undefined,
  };
}

function variantsOf({ key, options }: VariantParts): ReadonlyMap<string, ObjectShape> {
  const variants = options.map((option): [string, ObjectShape] => {
    const discriminator = isObject(option) ? option.entries[key] : undefined;
    if (!isObject(option) || discriminator === undefined || !isLiteral(discriminator)) {
      throw new Error(`the definition has a variant whose \`${key}\` is not a literal`);
    }
    return [discriminator.literal, objectShape(option)];
  });
  return new Map(variants);
}

function scalarRules(schema: Schema): readonly string[] {
  const rules = rulesOf(schema);
  if (rules.length > 0) {
    return rules;
  }
  switch (schema.type) {
    case 'string':
      return ['a text'];
    case 'number':
      return ['a number'];
    case 'boolean':
      return ['`true` or `false`'];
    default:
      throw new Error(`the definition uses a form that is not known here: ${schema.type}`);
  }
}

/** The messages of a schema and of the checks in its pipe, each once. */
function rulesOf(schema: Schema): readonly string[] {
  const [root, ...actions] = hasPipe(schema) ? schema.pipe : [];
  const own = [schema, ...actions].flatMap((part) =>
    'message' in part && typeof part.message === 'string' ? [part.message] : [],
  );
  return [...new Set([...(root === undefined ? [] : rulesOf(root)), ...own])];
}

/** What may stand where a shape is, as the end of a sentence that begins with "allowed:". */
export function allowed(shape: Shape): string {
  switch (shape.kind) {
    case 'object':
      return `an object with ${listed([...shape.keys.keys()])}`;
    case 'record':
      return 'an object';
    case 'list':
      return ['a list', ...shape.rules].join(', ');
    case 'variant':
      return `an object with \`${shape.by}\`: ${listed([...shape.variants.keys()], 'or')}`;
    case 'choice':
      return listed(shape.values, 'or');
    case 'scalar':
      return shape.rules.join(', ');
  }
}

/** `` `a`, `b` or `c` ``. */
export function listed(names: readonly string[], conjunction: 'and' | 'or' = 'and'): string {
  const marked = names.map((name) => `\`${name}\``);
  const last = marked.pop() ?? '';
  return marked.length === 0 ? last : `${marked.join(', ')} ${conjunction} ${last}`;
}

/** The shape at a key of a value: a key of an object, a name of a record, an item of a list. */
export function shapeAt(shape: Shape, value: unknown, key: string | number): Shape | null {
  switch (shape.kind) {
    case 'object':
      return shape.keys.get(String(key))?.shape ?? null;
    case 'record':
      return shape.value;
    case 'list':
      return shape.item;
    case 'variant': {
      const chosen = variantFor(shape, value);
      return chosen === null ? null : shapeAt(chosen, value, key);
    }
    case 'choice':
    case 'scalar':
      return null;
  }
}

/** The variant that a value says it is; null when it says none that exists. */
export function variantFor(shape: Extract<Shape, { kind: 'variant' }>, value: unknown): Shape | null {
  const named = isPlainObject(value) ? value[shape.by] : undefined;
  return typeof named === 'string' ? (shape.variants.get(named) ?? null) : null;
}

export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
