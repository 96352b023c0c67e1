/**
 * The environment files as they travel in the bundle: what they say, as JSON, defaults not filled in. A file whose
 * product is on this machine stays here: it is a rehearsal, and nothing that is deployed could reach it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { isOnThisMachine } from '../core/environment/contradictions/hosts.ts';
import { problemText } from '../core/environment/finding.ts';
import { parseEnvironment } from '../core/environment/parse.ts';
import { readYaml } from '../core/environment/yaml-source.ts';

/** Texts by path. Throws when a file is wrong, also one that stays here: what can't be run is not built. */
export function bundledEnvironments(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  const files = names.map((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    return { name, text, parsed: parseEnvironment(text, name) };
  });
  const problems = files.flatMap(({ parsed }) => (parsed.ok ? [] : parsed.problems.map(problemText)));
  if (problems.length > 0) {
    throw new Error(['an environment file is wrong:', ...problems].join('\n  '));
  }
  return Object.fromEntries(
    files
      .filter(({ parsed }) => parsed.ok && !isOnThisMachine(parsed.environment))
      .map(({ name, text }) => [
        `environments/${name.replace(/\.yaml$/, '.json')}`,
        `${JSON.stringify(readYaml(text, name).root?.value, null, 2)}\n`,
      ]),
  );
}
