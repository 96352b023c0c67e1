/** Reads the file that `--environment` names, which must hold one environment. */
import { problemText } from '../core/environment/finding.ts';
import type { ParsedEnvironment } from '../core/environment/parse-source.ts';
import { loadEnvironments } from '../io/environment-files.ts';
import { type CommandIo, UsageError } from './command.ts';

/** Null when the file has problems; each of them has been printed then. Rejects with `UsageError` for no or several. */
export async function loadOne(file: string | undefined, io: CommandIo): Promise<ParsedEnvironment | null> {
  if (file === undefined) {
    throw new UsageError('--environment FILE is missing');
  }
  const loaded = await loadEnvironments(file);
  if (!loaded.ok) {
    loaded.problems.map(problemText).forEach(io.err);
    return null;
  }
  const [only, second] = loaded.environments;
  if (only === undefined || second !== undefined) {
    throw new UsageError(
      `--environment must name one file with one environment; this one has ${loaded.environments.length}`,
    );
  }
  return only;
}
