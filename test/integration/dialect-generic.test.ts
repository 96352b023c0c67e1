/**
 * Goal: both probes work on a product that shares nothing with the known one but JSON frames with a type, described by
 * its environment file alone. Method: a small server that speaks in such words, streaming its answer.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { probeWebsocket } from '../../functions/websocket/probe.ts';
import { probeAgent } from '../../functions/agent/probe.ts';
import type { JsonObject } from '../../shared/core/body.ts';
import type { Measurement } from '../../shared/core/outcome.ts';
import { phrase, solve } from '../sandbox/agent/solver.ts';
import { type ChatClient, type ChatScript, startChatServer } from '../support/chat-server.ts';
import { isGenuine, socketContext, subject } from '../support/socket-environment.ts';
import { checkIds, reasons } from '../support/socket-probe.ts';

const dialect = {
  kind: 'generic',
  typePath: 'op.name',
  welcomeType: 'hello',
  userPath: 'who',
  threadPath: 'chat',
  runPath: 'turn',
  ping: { send: 'knock', reply: 'yes' },
  question: { type: 'say', textPath: 'body.words', fields: { 'body.lang': 'en' } },
  events: {
    accepted: 'heard',
    started: 'begin',
    toolStarted: 'call',
    toolCompleted: 'return',
    text: 'piece',
    completed: 'end',
    error: 'oops',
  },
  answerPaths: ['body.words'],
};

/** Another product: the token in the header alone, no subprotocol. */
const websocket = { offer: [], carrier: 'authorization', refusals: ['no_token', 'bad_token'], welcomeMsMax: 1_000 };

const frame = (name: string, rest: JsonObject = {}): JsonObject => ({
  op: { name },
  who: subject,
  chat: 'c1',
  turn: 't1',
  ...rest,
});

function product(answer: (client: ChatClient, question: string) => void): ChatScript {
  return {
    connected(client) {
      if (isGenuine(client.token)) {
        client.send(frame('hello'));
      } else {
        client.socket.close(4401, 'who are you');
      }
    },
    frame(client, received) {
      const op: unknown = Reflect.get(Object(received['op']), 'name');
      const words: unknown = Reflect.get(Object(received['body']), 'words');
      if (op === 'knock') {
        client.send(frame('yes'));
      } else if (op === 'say' && typeof words === 'string') {
        answer(client, words);
      }
    },
  };
}

async function ask(answer: (client: ChatClient, question: string) => void): Promise<Measurement> {
  await using server = await startChatServer(product(answer));
  const agent = { fakedRunMsMax: 0, firstEventMsMax: 2_000, silenceMsMax: 1_000 };
  using context = socketContext({ url: server.url, dialect, websocket, agent });
  return await probeAgent(context);
}

describe('a product of other words', () => {
  it('has a healthy socket', async () => {
    await using server = await startChatServer(product(() => {}));
    using context = socketContext({ url: server.url, dialect, websocket });
    const found = await probeWebsocket(context);
    assert.deepEqual(reasons(found), {});
    assert.ok(checkIds(found).includes('websocket.user') && checkIds(found).includes('websocket.ping'));
  });

  it('has a healthy agent, whose answer comes in pieces and is never sent as a whole', async () => {
    const found = await ask((client, question) => {
      const answer = phrase(solve(question));
      client.send(frame('heard'));
      client.send(frame('begin'));
      client.send(frame('call', { tool: 'sums' }));
      client.send(frame('return', { tool: 'sums' }));
      for (const piece of answer.split(/(?<=[ .])/)) {
        client.send(frame('piece', { body: { words: piece } }));
      }
      client.send(frame('end'));
    });
    assert.deepEqual(reasons(found), {});
    assert.equal(found.gauges.agent_duplicate_events, 0, 'pieces that are alike are no duplicates');
    assert.ok((found.phases.accepted ?? 0) <= (found.phases.first_text ?? 0));
  });

  it('has a healthy agent whose answer comes at once', async () => {
    const found = await ask((client, question) => {
      client.send(frame('begin'));
      client.send(frame('end', { body: { words: phrase(solve(question)) } }));
    });
    assert.deepEqual(reasons(found), {});
  });

  const broken: readonly (readonly [string, readonly JsonObject[], Record<string, string>])[] = [
    ['an error', [frame('begin'), frame('oops', { code: 'MODEL_DOWN' })], { 'agent.events': 'agent_error' }],
    ['a quota', [frame('oops', { error: { code: 'QUOTA_EXCEEDED' } })], { 'agent.accepted': 'rate_limited' }],
    [
      'no start',
      [frame('end', { body: { words: 'x' } })],
      { 'agent.events': 'event_missing', 'agent.answer': 'wrong_answer' },
    ],
    ['no answer', [frame('begin'), frame('end')], { 'agent.answer': 'empty_answer' }],
    ['another chat', [frame('begin'), frame('piece', { chat: 'c2' })], { 'agent.identity': 'isolation_breach' }],
    ['the words of a product that it is not', [{ type: 'agent_started' }], { 'agent.accepted': 'message_ignored' }],
  ];
  for (const [name, frames, expected] of broken) {
    it(`is told to be broken by ${name}: ${Object.values(expected).join(', ')}`, async () => {
      const found = await ask((client) => frames.forEach((each) => client.send(each)));
      assert.deepEqual(reasons(found), expected);
    });
  }
});
