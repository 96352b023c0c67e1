/** Serves each function of a bundle once: one of them through the framework's own server, the others beside it. */
import { request } from 'node:http';
import process from 'node:process';

/** What a bundle exports: handlers by target, and `start`. */
export type BundleExports = Readonly<Record<string, unknown>>;

/** Resolves with what each answered: a target and a verdict. Rejects when the framework does not start. */
export async function rehearse(
  bundle: BundleExports,
  targets: readonly string[],
  port: number,
): Promise<readonly string[]> {
  const [served = '', ...beside] = targets;
  process.argv.push(`--target=${served}`);
  call(bundle['start']);
  const verdicts = [`${served} ${verdictIn(await post(port))}`];
  for (const target of beside) {
    verdicts.push(`${target} ${verdictIn(await handle(bundle[target]))}`);
  }
  return verdicts;
}

function call(candidate: unknown, ...args: readonly unknown[]): unknown {
  if (typeof candidate !== 'function') {
    throw new TypeError('the bundle does not export what it should');
  }
  return candidate(...args);
}

const triesMax = 200;

/** The server listens a moment after it was started. */
async function post(port: number): Promise<unknown> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await postOnce(port);
    } catch (error) {
      if (tries === triesMax) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

function postOnce(port: number): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const headers = { 'content-type': 'application/json', connection: 'close' };
  const outgoing = request({ port, host: '127.0.0.1', method: 'POST', headers }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.once('error', reject);
    response.once('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())));
  });
  outgoing.once('error', reject);
  outgoing.end('{"environment":"rehearsal"}');
  return promise;
}

/** As much of Express as the handlers use. */
async function handle(handler: unknown): Promise<unknown> {
  let answered: unknown = null;
  const response = {
    set: () => response,
    status: () => response,
    json: (body: unknown) => {
      answered = body;
    },
  };
  await call(handler, { method: 'POST', get: () => undefined, body: { environment: 'rehearsal' } }, response);
  return answered;
}

/** The verdict, and how often the monitor itself was in trouble, which should be never. */
function verdictIn(answer: unknown): string {
  const record = fieldsOf(answer);
  const { verdict = 'no verdict', reason } = fieldsOf(record['outcome']);
  const trouble = Array.isArray(record['trouble']) ? record['trouble'].length : 1;
  return [verdict, reason ?? [], trouble === 0 ? [] : 'with trouble'].flat().join(' ');
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
