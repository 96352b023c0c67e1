/**
 * Reads the secrets that environment files refer to: from the environment variable itself, from the file that
 * `NAME_FILE` names, or from a directory with a file a secret. What comes from files is read anew at every refresh, so
 * that a rotation needs no deployment. No value ever leaves this module but as a `Secret`.
 */
import { join } from 'node:path';

import { errorAt, type Problem } from '../core/environment/finding.ts';
import type { ParsedEnvironment } from '../core/environment/parse-source.ts';
import { secretNamesOf, type SecretReference } from '../core/environment/secret-names.ts';
import type { Secrets } from '../core/probe.ts';
import { Secret } from '../core/secret.ts';
import type { Step } from '../core/step.ts';

export type ReadSecrets =
  | {
      readonly ok: true;
      readonly secrets: Secrets;
      /**
       * Reads the files again; to be called before each run. A secret that can't be read any more keeps the value that
       * it had, and is among the problems.
       */
      readonly refresh: () => Promise<readonly Problem[]>;
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface SecretOptions {
  /** Directory with a file a secret, named like it. */
  readonly directory?: string;
  /** The steps whose secrets are needed; default: all. A function has those of its own step only. */
  readonly steps?: readonly Step[];
}

/** Shorter ones are a slip of the hand, or could be guessed. */
const lengthMin = 8;

/** Secret Manager holds at most 64 KiB a secret. */
const bytesMax = 65_536;

type Variables = Readonly<Record<string, string | undefined>>;

interface Held {
  readonly secret: Secret;
  /** The file that it came from; null when it is the value of the variable. */
  readonly file: string | null;
}

/** Reads every secret once. Resolves with one problem for each that is missing or no good, placed where it is named. */
export async function readSecrets(
  parsed: readonly ParsedEnvironment[],
  variables: Variables,
  options: SecretOptions = {},
): Promise<ReadSecrets> {
  const held = new Map<string, Held>();
  const needed = firstReferences(parsed, options.steps);
  const problems = await fill(held, needed, (name) => find(name, variables, options.directory));
  if (problems.length > 0) {
    return { ok: false, problems };
  }
  return {
    ok: true,
    secrets: (name) => held.get(name)?.secret ?? null,
    refresh: () => fill(held, needed, (name) => readAgain(name, held.get(name)?.file ?? null)),
  };
}

/** A secret of the monitor's own, which no environment file names. */
export interface OwnSecret {
  /** The same object until the value changes. */
  readonly current: () => Secret;
  /** Reads its file again; resolves with what is wrong with it, and the value then stays as it was. */
  readonly refresh: () => Promise<readonly string[]>;
}

/** Reads `name`, or the file that `name`_FILE names; resolves with a sentence when it is missing or no good. */
export async function readOwnSecret(name: string, variables: Variables): Promise<OwnSecret | string> {
  const found = inHeader(name, await find(name, variables, undefined));
  if (typeof found === 'string') {
    return found;
  }
  let { secret } = found;
  return {
    current: () => secret,
    refresh: async () => {
      const again = inHeader(name, await readAgain(name, found.file));
      if (typeof again === 'string') {
        return [again];
      }
      secret = again === null || again.secret.reveal() === secret.reveal() ? secret : again.secret;
      return [];
    },
  };
}

/** A blank inside would make a client fail with an error that quotes the value. */
function inHeader<T extends Held | string | null>(name: string, found: T): T | string {
  return found === null || typeof found === 'string' || /^[\x21-\x7e]+$/.test(found.secret.reveal())
    ? found
    : `the secret ${name} holds blanks or other characters that no token has`;
}

/** Looks for every secret: what is found is held from then on, a text is a problem, null leaves it as it is. */
async function fill(
  held: Map<string, Held>,
  needed: readonly Needed[],
  look: (name: string) => Promise<Held | string | null>,
): Promise<readonly Problem[]> {
  const problems = await Promise.all(
    needed.map(async ({ reference, place }) => {
      const found = await look(reference.name);
      if (typeof found === 'string') {
        return place([errorAt(reference.path, found)]);
      }
      if (found !== null) {
        held.set(reference.name, found);
      }
      return [];
    }),
  );
  return problems.flat();
}

interface Needed {
  readonly reference: SecretReference;
  readonly place: ParsedEnvironment['place'];
}

/** Each name once, where it is first named. */
function firstReferences(parsed: readonly ParsedEnvironment[], steps: readonly Step[] | undefined): readonly Needed[] {
  const byName = new Map<string, Needed>();
  for (const { environment, place } of parsed) {
    for (const reference of secretNamesOf(environment, steps)) {
      if (!byName.has(reference.name)) {
        byName.set(reference.name, { reference, place });
      }
    }
  }
  return [...byName.values()];
}

/** The secret, or what is wrong with it. */
async function find(name: string, variables: Variables, directory: string | undefined): Promise<Held | string> {
  const value = variables[name];
  const file = variables[`${name}_FILE`];
  if (value !== undefined && file !== undefined) {
    return `the secret is given twice: by ${name} and by ${name}_FILE; allowed: one of them`;
  }
  if (value !== undefined) {
    return checked(name, value, null);
  }
  const path = file ?? (directory === undefined ? undefined : join(directory, name));
  return path === undefined
    ? `the secret is missing: set ${name}, or ${name}_FILE to a file that holds it`
    : readHeld(name, path);
}

/** What came from a variable stays as it was when the process began. */
async function readAgain(name: string, file: string | null): Promise<Held | string | null> {
  return file === null ? null : readHeld(name, file);
}

/** Reads, and does not compare times first: that costs the same, and mounted volumes need not keep times. */
async function readHeld(name: string, file: string): Promise<Held | string> {
  try {
    const { open, stat } = await import('node:fs/promises');
    const facts = await stat(file);
    if (!facts.isFile() || facts.size > bytesMax) {
      return `the secret ${name} cannot be read from ${file}: allowed is a file of at most ${bytesMax} bytes`;
    }
    await using handle = await open(file);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytesMax), 0, bytesMax);
    return checked(name, buffer.toString('utf8', 0, bytesRead), file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return `the secret ${name} cannot be read from ${file} (${code})`;
  }
}

function checked(name: string, text: string, file: string | null): Held | string {
  const value = text.replace(/\r?\n$/, '');
  if (value.trim() === '') {
    return `the secret ${name} is empty`;
  }
  return value.length < lengthMin
    ? `the secret ${name} has ${value.length} characters, allowed: at least ${lengthMin}`
    : { secret: new Secret(value), file };
}
