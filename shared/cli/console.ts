/** The commands that a person can type while the sandbox runs. */
import { createInterface } from 'node:readline';

import type { Answered } from '../local/ask.ts';
import type { SandboxProcess } from '../local/sandbox-process.ts';
import type { CommandIo } from './command.ts';

export const consoleHelp = `  break FAULT   break the product in this way
  mend          mend everything
  faults        list the ways in which it can be broken
  quit          stop`;

/** Reads commands from standard input until the returned function is called. */
export function answerConsole(sandbox: SandboxProcess, io: CommandIo, quit: () => void): () => void {
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    answer(line.trim(), sandbox, { io, quit }).catch((error: unknown) =>
      io.err(`the sandbox does not answer: ${error instanceof Error ? error.message : 'unknown'}`),
    );
  });
  return () => {
    lines.close();
    // A terminal that is still being read would keep the process alive.
    process.stdin.destroy();
  };
}

async function answer(
  line: string,
  sandbox: SandboxProcess,
  { io, quit }: { readonly io: CommandIo; readonly quit: () => void },
): Promise<void> {
  const [word, fault] = line.split(/\s+/);
  if (word === 'break' && fault !== undefined) {
    const answered = await sandbox.control('POST', `/faults/${encodeURIComponent(fault)}`);
    io.out(answered.status === 200 ? `broken: ${fault}` : problemOf(answered));
  } else if (word === 'mend') {
    const answered = await sandbox.control('DELETE', '/faults');
    io.out(answered.status === 200 ? 'mended' : problemOf(answered));
  } else if (word === 'faults') {
    faultLines(await sandbox.control('GET', '/faults')).forEach(io.out);
  } else if (word === 'quit' || word === 'exit') {
    quit();
  } else if (word !== '') {
    io.out(consoleHelp);
  }
}

function problemOf({ body }: Answered): string {
  const parsed: unknown = JSON.parse(body);
  return typeof parsed === 'object' && parsed !== null && 'error' in parsed ? String(parsed.error) : body;
}

function faultLines({ body }: Answered): readonly string[] {
  const parsed: unknown = JSON.parse(body);
  const rows: unknown = typeof parsed === 'object' && parsed !== null && 'faults' in parsed ? parsed.faults : [];
  return Array.isArray(rows)
    ? rows.map(
        (row: { id: string; title: string; active: boolean }) =>
          `  ${row.active ? '✗' : ' '} ${row.id.padEnd(32)} ${row.title}`,
      )
    : [];
}
