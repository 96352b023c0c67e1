/** The seam between the command line and its commands. */

export interface CommandIo {
  /** Writes a line to standard output: the answer. */
  readonly out: (line: string) => void;
  /** Writes a line to standard error: progress and problems. */
  readonly err: (line: string) => void;
}

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Whole help text: usage, options, exit codes. */
  readonly help: string;
  /** Resolves with the exit code: 0 good, 1 bad, 2 bad usage or inconclusive. */
  readonly run: (args: readonly string[], io: CommandIo) => Promise<number>;
}

/** Bad usage; the command line prints the message and exits with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
