/** Tells the forms of valibot schemas apart, with the parts that each has. Only those that `definition.ts` is made of. */
import type * as v from 'valibot';

export type Schema = v.GenericSchema;

export interface ObjectParts {
  readonly entries: Readonly<Record<string, Schema>>;
}

export interface VariantParts {
  readonly key: string;
  readonly options: readonly Schema[];
}

export function isWrapper(schema: Schema): schema is Schema & { readonly wrapped: Schema; readonly default: unknown } {
  return schema.type === 'optional' || schema.type === 'exact_optional';
}

export function isObject(schema: Schema): schema is Schema & ObjectParts {
  return schema.type === 'strict_object';
}

export function isRecord(schema: Schema): schema is Schema & { readonly key: Schema; readonly value: Schema } {
  return schema.type === 'record';
}

export function isList(schema: Schema): schema is Schema & { readonly item: Schema } {
  return schema.type === 'array';
}

export function isVariant(schema: Schema): schema is Schema & VariantParts {
  return schema.type === 'variant';
}

export function isChoice(schema: Schema): schema is Schema & { readonly options: readonly string[] } {
  return schema.type === 'picklist';
}

export function isLiteral(schema: Schema): schema is Schema & { readonly literal: string } {
  return schema.type === 'literal';
}

export function hasPipe(schema: Schema): schema is Schema & { readonly pipe: readonly [Schema, ...object[]] } {
  return 'pipe' in schema;
}
