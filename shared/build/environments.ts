/** The environment files as they travel in the bundle: what they say, as JSON, defaults not filled in. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { problemText } from '../core/environment/finding.ts';
import { parseEnvironment } from '../core/environment/parse.ts';
import { readYaml } from '../core/environment/yaml-source.ts';

/** Texts by path. Throws when a file is wrong: what can't be run is not built. */
export function bundledEnvironments(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  const files = names.map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
  const problems = files.flatMap(({ name, text }) => {
    const parsed = parseEnvironment(text, name);
    return parsed.ok ? [] : parsed.problems.map(problemText);
  });
  if (problems.length > 0) {
    throw new Error(['an environment file is wrong:', ...problems].join('\n  '));
  }
  return Object.fromEntries(
    files.map(({ name, text }) => [
      `environments/${name.replace(/\.yaml$/, '.json')}`,
      `${JSON.stringify(readYaml(text, name).root?.value, null, 2)}\n`,
    ]),
  );
}
