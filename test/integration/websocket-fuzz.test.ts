/**
 * Servers whose upgrades and frames are damaged at random, on real sockets: every attempt ends in time, with a reason
 * that says what the server did, without the token in it, with its socket closed and nothing held.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { probeAgent } from '../../functions/agent/probe.ts';
import { probeWebsocket } from '../../functions/websocket/probe.ts';
import { dialectOf } from '../../shared/core/dialect/resolve.ts';
import { isFailure } from '../../shared/core/endpoint.ts';
import { Secret } from '../../shared/core/secret.ts';
import { startStopwatch } from '../../shared/io/stopwatch.ts';
import { openWebsocket } from '../../shared/io/websocket.ts';
import { becomeReady } from '../../shared/io/websocket-greeting.ts';
import { socketTarget, websocketRequest } from '../../shared/io/websocket-request.ts';
import type { WebsocketSession } from '../../shared/io/websocket-session.ts';
import { findLeaks } from '../support/canary.ts';
import { damagedFrame, dialectFiles, goodFrames, tokenPlace } from '../support/frames.ts';
import {
  assertBoundedHeap,
  assertNoSocket,
  assertProductReason,
  assertSoundMeasurement,
  endsInTime,
  fuzzName,
  inFuzzLanes,
} from '../support/fuzz.ts';
import { byteEdits } from '../support/mutate.ts';
import {
  type RawWebsocketServer,
  rawWebsocketServer,
  type WireFrame,
  type WireScript,
} from '../support/raw-websocket.ts';
import { socketContext } from '../support/socket-environment.ts';

const text: WireFrame = {
  opcode: 1,
  fin: true,
  rsv: 0,
  masked: false,
  code: null,
  payload: '',
  length: 'true',
  times: 1,
};

const textFrame = fc
  .oneof({ weight: 3, arbitrary: fc.constantFrom(...goodFrames.greeting, ...goodFrames.life) }, damagedFrame)
  .map((payload): WireFrame => ({ ...text, payload }));
/** Ping, pong and close (RFC 6455, section 5.5), with bodies that may be too long, and codes that may not be sent. */
const controlFrame = fc
  .tuple(fc.constantFrom(9, 10), fc.boolean(), fc.uint8Array({ maxLength: 200 }))
  .map(([opcode, fin, payload]): WireFrame => ({ ...text, opcode, fin, payload }));
const closeCode = fc.oneof(
  fc.constantFrom(1_000, 1_001, 1_004, 1_005, 1_006, 1_008, 1_011, 1_015, 2_999, 3_000, 4_000, 4_999, 5_000),
  fc.integer({ min: 0, max: 65_535 }),
);
const closeFrame = fc
  .tuple(
    closeCode,
    fc.oneof(
      fc.constantFrom('', 'cleanup', `no ${tokenPlace.repeat(2)}`),
      fc.string({ unit: 'binary', maxLength: 130 }),
    ),
  )
  .map(([code, payload]): WireFrame => ({ ...text, opcode: 8, code, payload }));
const anyFrame = fc.record<WireFrame>({
  opcode: fc.nat(15),
  fin: fc.boolean(),
  rsv: fc.constantFrom(0, 0, 0, 1, 4, 7),
  masked: fc.boolean(),
  code: fc.constant(null),
  payload: fc.oneof(fc.uint8Array({ maxLength: 300 }), damagedFrame),
  length: fc.oneof(
    fc.constantFrom<WireFrame['length']>(
      'true',
      'long',
      0n,
      125n,
      1_048_577n,
      2n ** 31n,
      2n ** 53n,
      2n ** 63n,
      2n ** 64n - 1n,
    ),
    fc.bigInt({ min: 0n, max: 70_000n }),
  ),
  times: fc.constant(1),
});
const invalidText = fc.uint8Array({ minLength: 1, maxLength: 60 }).map((payload): WireFrame => ({ ...text, payload }));
/** Parts of one message, with another frame in between or without an end. */
const parts = fc
  .tuple(fc.constantFrom(...goodFrames.greeting), fc.boolean())
  .map(([whole, ends]): readonly WireFrame[] => [
    { ...text, fin: false, payload: whole.slice(0, 9) },
    { ...text, opcode: 9, payload: 'ping' },
    { ...text, opcode: 0, fin: ends, payload: whole.slice(9) },
  ]);
const pongFrame = '{"type":"pong"}';
const flood = fc
  .tuple(fc.constantFrom('{}', '', '[]', pongFrame), fc.constantFrom(1, 1, 9, 10), fc.nat(3_000))
  .map(([payload, opcode, times]): WireFrame => ({ ...text, opcode, payload, times }));
const oversize = fc
  .integer({ min: 1_040_000, max: 1_060_000 })
  .map((length): WireFrame => ({ ...text, payload: `{"type":"pong","x":"${'x'.repeat(length)}"}` }));

const frames = fc
  .array(
    fc.oneof(
      { weight: 20, arbitrary: textFrame.map((frame) => [frame]) },
      { weight: 4, arbitrary: controlFrame.map((frame) => [frame]) },
      { weight: 4, arbitrary: anyFrame.map((frame) => [frame]) },
      { weight: 2, arbitrary: closeFrame.map((frame) => [frame]) },
      { weight: 2, arbitrary: invalidText.map((frame) => [frame]) },
      { weight: 2, arbitrary: parts },
      { weight: 2, arbitrary: flood.map((frame) => [frame]) },
      { weight: 1, arbitrary: oversize.map((frame) => [frame]) },
    ),
    { maxLength: 6 },
  )
  .map((groups) => groups.flat());

/** As good frames as there are, so that many attempts come to what follows the greeting, or the question. */
function after(...starts: readonly (readonly string[])[]): fc.Arbitrary<readonly WireFrame[]> {
  return fc
    .tuple(fc.constantFrom(...starts), frames)
    .map(([start, rest]) => [...start.map((payload): WireFrame => ({ ...text, payload })), ...rest]);
}

const headLine = fc.oneof(
  fc.constantFrom(
    `X-Token: ${tokenPlace}`,
    `Set-Cookie: t=${tokenPlace}`,
    'Sec-WebSocket-Extensions: permessage-deflate',
    'Sec-WebSocket-Protocol: jwt-auth',
    'Content-Length: 9',
    'Transfer-Encoding: chunked',
    'Connection: close',
    `X-Long: ${'x'.repeat(20_000)}`,
  ),
  fc.string({ maxLength: 40 }).map((value) => `X-Any: ${value}`),
);
const status = fc.oneof(
  { weight: 16, arbitrary: fc.constant('101 Switching Protocols') },
  { weight: 1, arbitrary: fc.constantFrom('200 OK', '302 Found', '401 Unauthorized', '503 Busy', '000 Zero', '101') },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 1_200 }).map((code) => `${code} Any`) },
  { weight: 1, arbitrary: fc.constant('103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 101 Switching Protocols') },
);
/** Mostly none, so that most attempts come to the frames. */
function rarely<T>(damage: fc.Arbitrary<readonly T[]>): fc.Arbitrary<readonly T[]> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant<readonly T[]>([]) }, { weight: 1, arbitrary: damage });
}
const script = fc.record<WireScript>({
  status,
  protocol: fc.constantFrom('first', 'first', 'first', 'first', 'last', 'other', 'none'),
  lines: rarely(fc.array(headLine, { maxLength: 2 })),
  headEdits: rarely(byteEdits(3)),
  frames: after([], goodFrames.greeting),
  replies: after([], [pongFrame], goodFrames.run, goodFrames.olderRun, goodFrames.genericRun),
  wireEdits: rarely(byteEdits(4)),
  pieces: fc.integer({ min: 1, max: 4 }),
  end: fc.constantFrom('stay', 'stay', 'stay', 'deaf', 'end', 'reset'),
});

/** Nothing is damaged: what has to be reached in any case is reached by this one, whatever the seed. */
const undamaged: WireScript = {
  status: '101 Switching Protocols',
  protocol: 'first',
  lines: [],
  headEdits: [],
  frames: goodFrames.greeting.map((payload) => ({ ...text, payload })),
  replies: [{ ...text, payload: pongFrame }],
  wireEdits: [],
  pieces: 1,
  end: 'stay',
};

const waits = { welcomeMsMax: 100, pongMsMax: 100, upgradeMsMax: 400 };
const dialect = fc.constantFrom(...dialectFiles);
const serverHandshake = fc.constantFrom('none', 'none', 'none', 'auto', 'required');
const probes = { websocket: probeWebsocket, agent: probeAgent } as const;

/** Attempts at once: most of their time is waiting. */
const lanes = 24;

/** What attempts came to: when it is little, the damage is too much or too small to try anything. */
const reached = new Set<string | null>();

function makeToken(): string {
  const [header, claims] = [{ alg: 'HS256' }, { sub: 'user-1' }].map((each) => Buffer.from(JSON.stringify(each)));
  return `${header?.toString('base64url')}.${claims?.toString('base64url')}.${randomBytes(32).toString('base64url')}`;
}

/** Nothing that is told of an attempt may hold a token. */
function assertClean(told: unknown, { tokens }: Pick<RawWebsocketServer, 'tokens'>): void {
  const named = Object.fromEntries(Array.from(tokens, (token, index) => [`token ${index}`, token]));
  const secrets = Object.fromEntries(Object.entries(named).filter(([, token]) => token !== ''));
  assert.deepEqual(findLeaks([JSON.stringify(told)], secrets), []);
}

/** Uses an open session in every way, whatever comes. */
async function exhaust(session: WebsocketSession): Promise<void> {
  session.send({ type: 'ping' });
  for (let turns = 0; turns < 40; turns += 1) {
    const received = await session.next(5);
    if (received.kind === 'silent' || received.kind === 'closed') {
      break;
    }
    assert.ok(received.kind === 'frame' || received.detail.length <= 300);
  }
  await session.pingTransport(20);
  await session.close();
  const last = await session.next(0);
  assert.equal(last.kind, 'closed');
}

async function tryConnections(usual: number): Promise<void> {
  await inFuzzLanes(lanes, usual, async (parameters) => {
    let current: WireScript | null = null;
    await using server = await rawWebsocketServer(() => {
      assert.ok(current !== null);
      return current;
    });
    const negotiation = fc.constantFrom('strict', 'lenient');
    const property = fc.asyncProperty(
      script,
      dialect,
      serverHandshake,
      negotiation,
      async (played, speaks, handshake, negotiated) => {
        current = played;
        const websocket = { ...waits, serverHandshake: handshake };
        using context = socketContext({ url: server.origin, dialect: speaks, websocket, deadlineMs: 3_000 });
        await endsInTime('a connection', attempt(context, negotiated, server));
        await endsInTime('the closing of sockets', server.quiet());
      },
    );
    await fc.assert(property, parameters);
  });
}

async function attempt(
  context: ReturnType<typeof socketContext>,
  negotiation: 'strict' | 'lenient',
  server: RawWebsocketServer,
): Promise<void> {
  const target = socketTarget(context);
  assert.ok(!isFailure(target));
  const elapsedMs = startStopwatch();
  const request = { ...websocketRequest(target, new Secret(makeToken())), negotiation };
  const opening = await openWebsocket(request, { ...context, elapsedMs });
  if (opening.kind !== 'open') {
    assertProductReason(opening.failure.reason, opening.failure.detail);
    assertClean([opening.failure, opening.selection, opening.echoes], server);
    reached.add(opening.failure.reason);
    return;
  }
  const { session, selection, echoes } = opening;
  const speaks = dialectOf(context.environment.dialect);
  const readiness = await becomeReady(session, { ...context, dialect: speaks, elapsedMs, settings: target.settings });
  if (readiness.failure !== null) {
    assertProductReason(readiness.failure.reason, readiness.failure.detail);
  }
  assertClean([readiness.failure, selection, echoes], server);
  reached.add(readiness.failure?.reason ?? 'ready');
  await exhaust(session);
}

async function tryProbes(usual: number): Promise<void> {
  await inFuzzLanes(lanes, usual, async (parameters, lane) => {
    let scripts: readonly WireScript[] = [];
    let connection = 0;
    await using server = await rawWebsocketServer(() => {
      const next = scripts[connection % scripts.length];
      connection += 1;
      assert.ok(next !== undefined);
      return next;
    });
    const several = fc.array(script, { minLength: 1, maxLength: 3 });
    const property = fc.asyncProperty(
      several,
      dialect,
      fc.constantFrom('websocket', 'agent'),
      async (played, speaks, step) => {
        [scripts, connection] = [played, 0];
        const websocket = { ...waits, refusals: ['no_token', 'bad_token'], serverHandshake: 'none' };
        const agent = { firstEventMsMax: 100, silenceMsMax: 500 };
        const deadlineMs = 5_000;
        using context = socketContext({ url: server.origin, dialect: speaks, websocket, agent, deadlineMs });
        const measurement = await endsInTime('a probe', probes[step](context));
        assertSoundMeasurement(measurement);
        assertClean(measurement, server);
        measurement.checks.forEach(({ id, reason }) => reached.add(reason === null ? id : reason));
        await endsInTime('the closing of sockets', server.quiet());
      },
    );
    const examples = (lane === 0 ? (['websocket', 'agent'] as const) : []).map(
      (step): [WireScript[], object, 'websocket' | 'agent'] => [[undamaged], { kind: 'netra', version: 'auto' }, step],
    );
    await fc.assert(property, { ...parameters, examples, numRuns: (parameters.numRuns ?? 1) + examples.length });
  });
}

describe(fuzzName('A WebSocket to a server that garbles what it sends'), () => {
  it('ends with a known reason or as a session that ends, and holds nothing', async () => {
    await assertBoundedHeap(
      () => tryConnections(100),
      () => tryConnections(600),
    );
    assert.ok(reached.has('ready') && reached.size >= 12, Array.from(reached).join(' '));
    await assertNoSocket();
  });

  it('is measured by the probes, each run ending in time with checks that say what happened', async () => {
    await assertBoundedHeap(
      () => tryProbes(24),
      () => tryProbes(120),
    );
    const passed = ['websocket.ping', 'websocket.welcome', 'agent.connection'];
    assert.ok(reached.isSupersetOf(new Set(passed)) && reached.size >= 20, Array.from(reached).join(' '));
    await assertNoSocket();
  });
});
