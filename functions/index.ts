/**
 * What functions-framework loads: one HTTP target a step, all served by the same few lines. The environment is read
 * here and nowhere else. A configuration that is wrong ends the process at start, so that a bad deployment is refused
 * before it can miss an outage.
 */
import process from 'node:process';

import { http, type HttpFunction } from '@google-cloud/functions-framework';

import { functionName, type Step, steps } from '../shared/core/step.ts';
import { openServer, type Server } from './server.ts';

const serving = openServer(process.env, (line) => process.stdout.write(`${line}\n`));

serving.catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : 'the function cannot start'}\n`);
  process.exit(1);
});

function handler(step: Step): HttpFunction {
  return async (request, response) => {
    const server: Server = await serving;
    const { status, body } = await server.answer(step, {
      method: request.method,
      header: (name) => request.get(name),
      body: request.body,
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
