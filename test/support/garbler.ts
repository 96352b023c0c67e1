/** Stands before a healthy product and damages its answers on their way; what it does to each is told by a test. */
import fc from 'fast-check';

import { bodyOf, httpServer, type LoopbackServer } from './loopback-server.ts';
import { type Blow, blow, type ByteEdit, byteEdits, edited, struck } from './mutate.ts';

/** What is done to one answer: to its status, its head, its body as a text, and last to all of its bytes. */
export interface Damage {
  readonly status: number | null;
  readonly lines: readonly string[];
  readonly blows: readonly Blow[];
  readonly edits: readonly ByteEdit[];
}

const line = fc.oneof(
  fc.constantFrom(
    'Content-Length: 5',
    'Content-Length: 99999999999999999999',
    'Transfer-Encoding: chunked',
    'Content-Encoding: gzip',
    'Content-Encoding: br',
    'Content-Type: text/html',
    'Location: /elsewhere',
    'Location: http://127.0.0.1:9/',
    'Location: //',
    'Date: Thu, 01 Jan 1970 00:00:00 GMT',
    'Date: Sat, 31 Dec 9999 23:59:59 GMT',
    'Date: never',
    'Retry-After: 1e9',
    'X-Revision: bad revision \u0001',
    'Traceparent: 00-0-0-0',
    'Set-Cookie: a=b',
    `X-Long: ${'x'.repeat(20_000)}`,
    'No colon',
    ' folded',
  ),
  fc.string({ unit: 'binary-ascii', maxLength: 60 }).map((value) => `X-Revision: ${value}`),
);
const status = fc.option(
  fc.oneof(fc.constantFrom(200, 201, 204, 301, 302, 304, 307, 400, 401, 403, 404, 429, 500, 503), fc.nat(1_200)),
  { freq: 4 },
);

export const damage: fc.Arbitrary<Damage> = fc.record({
  status,
  lines: fc.array(line, { maxLength: 1 }),
  blows: fc.array(blow, { maxLength: 2 }),
  edits: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: byteEdits(3) }),
});

/** No damage to most answers, so that what follows upon a good one is tried too. */
export function damages(answers: number): fc.Arbitrary<readonly (Damage | null)[]> {
  return fc.array(fc.option(damage, { freq: 2 }), { maxLength: answers });
}

export interface Garbler extends LoopbackServer {
  /** From now on the first answer gets the first damage, and so on; those beyond the list are let through. */
  garble(damages: readonly (Damage | null)[]): void;
  /** The tokens in the answers before they were damaged. */
  readonly tokens: ReadonlySet<string>;
}

/** `origin` is the product's. */
export async function startGarbler(origin: string): Promise<Garbler> {
  const tokens = new Set<string>();
  let left: (Damage | null)[] = [];
  const server = await httpServer(async (request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    const body = method === 'GET' ? null : await bodyOf(request);
    const passed = Object.entries(headers).filter(([name]) => name !== 'connection' && name !== 'content-length');
    const answer = await fetch(new URL(url, origin), {
      method,
      body,
      headers: passed.map(([name, value]): [string, string] => [name, String(value)]),
      redirect: 'manual',
    });
    const text = await answer.text();
    for (const [token] of text.matchAll(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g)) {
      tokens.add(token);
    }
    response.socket?.end(answerBytes(answer, text, left.shift() ?? null));
  });
  return {
    ...server,
    tokens,
    garble(next) {
      left = [...next];
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function answerBytes(answer: Response, text: string, done: Damage | null): Buffer {
  const body = Buffer.from((done?.blows ?? []).reduce(struck, text));
  const framing = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length']);
  const kept = Array.from(answer.headers).filter(([name]) => !framing.has(name));
  const head = [
    `HTTP/1.1 ${done?.status ?? answer.status} Status`,
    ...kept.map(([name, value]) => `${name}: ${value}`),
    'connection: close',
    `content-length: ${body.length}`,
    ...(done?.lines ?? []),
    '\r\n',
  ];
  return edited(Buffer.concat([Buffer.from(head.join('\r\n'), 'latin1'), body]), done?.edits ?? []);
}
