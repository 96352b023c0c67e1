/** Where the command line looks for secrets that are files: the sandbox puts its own there. */
import { existsSync } from 'node:fs';

const usual = '.golden-path/secrets';

/** The folder that was asked for, else the usual one if it exists, else none. */
export function secretsDirectory(asked: string | undefined): string | null {
  return asked ?? (existsSync(usual) ? usual : null);
}
