/** From the YAML (or JSON) of an environment file to an environment. Importing this module loads the YAML parser. */
import { type Parsed, parseSource } from './parse-source.ts';
import { readYaml } from './yaml-source.ts';

/** An environment, or everything that is wrong with the text, each with its place. Never throws, whatever the text. */
export function parseEnvironment(text: string, fileName: string): Parsed {
  return parseSource(readYaml(text, fileName));
}
