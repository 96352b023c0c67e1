/**
 * Writes what follows from the definition of environment files: their JSON Schema for editors and Terraform, and their
 * reference for people. Run it after a change of the definition; a test says when that was forgotten. It is a script of
 * the repository and no command of the command line: only here is the converter of schemas needed.
 */
import { writeFile } from 'node:fs/promises';
import process from 'node:process';

import { toJsonSchema } from '@valibot/to-json-schema';

import { environmentSchema } from '../core/environment/definition.ts';
import { referenceText } from '../core/environment/reference.ts';
import { shapeOf } from '../core/environment/shape.ts';

/** Checks that JSON Schema has no word for; the parser makes them. */
const parserOnly = ['check', 'finite'];

/** The generated files by their path in the repository. */
export function generatedFiles(): Readonly<Record<string, string>> {
  const schema = {
    title: 'Environment of the golden-path synthetics',
    ...toJsonSchema(environmentSchema, { typeMode: 'input', ignoreActions: parserOnly }),
  };
  return {
    'infra/environments/schema.json': `${JSON.stringify(schema, null, 2)}\n`,
    'docs/environment-file.md': referenceText(shapeOf(environmentSchema)),
  };
}

if (import.meta.main) {
  for (const [path, text] of Object.entries(generatedFiles())) {
    await writeFile(path, text);
    process.stdout.write(`${path}\n`);
  }
}
