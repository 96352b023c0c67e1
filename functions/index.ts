/**
 * What functions-framework loads: one HTTP target a step, all served by the same few lines. The environment is read
 * here and nowhere else. A configuration that is wrong ends the process at its start, with all that is wrong: such a
 * deployment answers nothing, and is loud about it.
 */
import { Domain } from 'node:domain';
import process from 'node:process';

import { http, type HttpFunction } from '@google-cloud/functions-framework';

import { functionName, type Step, steps } from '../shared/core/step.ts';
import { faultText } from '../shared/run/log-record.ts';
import { openServer, type Server } from './server.ts';

/** Of functions-framework: the instance is broken, and is to be replaced. */
const crashCode = 16;

/** Without the message of the error, which may hold anything that came from outside. */
function tellFault(what: string, error: unknown): void {
  const message = `${what}: ${faultText(error)}`;
  process.stdout.write(`${JSON.stringify({ severity: 'CRITICAL', message })}\n`);
}

// Heard before the framework does, which would print the error as it is.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    tellFault(`the function crashed (${event})`, error);
    process.exit(crashCode);
  });
}

const serving = openServer(process.env, (line) => process.stdout.write(`${line}\n`));

serving.catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : 'the function cannot start'}\n`);
  process.exit(1);
});

/**
 * The framework gives each request a domain, which Node enters and leaves around every callback there is, hundreds in
 * a run, and which clients that are opened in a request would keep for good. Whatever breaks is caught here without it.
 */
function leaveDomain(): void {
  if ('domain' in process && process.domain instanceof Domain) {
    process.domain.exit();
  }
}

function handler(step: Step): HttpFunction {
  return async (request, response) => {
    leaveDomain();
    const server: Server = await serving;
    const asked = { method: request.method, header: (name: string) => request.get(name), body: request.body };
    const { status, body } = await server.answer(step, asked).catch((error: unknown) => {
      tellFault('the run itself failed', error);
      return { status: 500, body: { error: 'the run itself failed; the log has the place' } };
    });
    if (status === 405) {
      response.set('Allow', 'POST');
    }
    response.status(status).json(body);
  };
}

for (const step of steps) {
  http(functionName(step), handler(step));
}
