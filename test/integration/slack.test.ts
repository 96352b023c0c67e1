/**
 * The notifier on the real client against a local Slack over real HTTP. Goal: messages arrive as they are meant, every
 * way of failing comes back as its own class, nothing is sent twice that may have arrived, and no token is ever seen.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { after, afterEach, before, describe, it } from 'node:test';
import { promisify } from 'node:util';

import type { SlackMessage } from '../../shared/core/message/message.ts';
import { render } from '../../shared/core/message/render.ts';
import type { Delivery } from '../../shared/core/ports.ts';
import { Secret } from '../../shared/core/secret.ts';
import { openNotifier, type SlackNotifier } from '../../shared/io/slack.ts';
import type { SlackFault } from '../../shared/local/slack/faults.ts';
import { type LocalSlack, startSlackServer } from '../../shared/local/slack/server.ts';
import { samples } from '../support/sample-news.ts';

let slack: LocalSlack;
let notifier: SlackNotifier;

before(async () => {
  slack = await startSlackServer();
  notifier = openNotifier({ token: slack.token, apiUrl: slack.url });
});
afterEach(() => slack.mend());
after(() => slack.close());

const hello: SlackMessage = {
  text: 'hello',
  blocks: [{ type: 'section', text: { type: 'mrkdwn', text: '*hello*', verbatim: true } }],
};
const toChannel = { channel: '#golden-path', thread: null, broadcast: false };

function placeOf(delivery: Delivery): { channel: string; ts: string } {
  assert.equal(delivery.result, 'accepted');
  return delivery.place;
}

/** How many requests a piece of work makes. */
async function countCalls(work: () => Promise<unknown>): Promise<number> {
  const before = slack.calls().length;
  await work();
  return slack.calls().length - before;
}

describe('a notifier', () => {
  it('posts a message, edits it and answers in its thread', async () => {
    const place = placeOf(await notifier.post(hello, toChannel));
    assert.match(place.channel, /^C/, 'edits need the id of the channel, not its name');
    placeOf(await notifier.update({ ...hello, text: 'hello again' }, place));
    const answer = { channel: place.channel, thread: place.ts, broadcast: true };
    placeOf(await notifier.post({ text: 'an answer', blocks: [] }, answer));

    const [root, reply] = slack.messages().slice(-2);
    assert.equal(root?.text, 'hello again');
    assert.deepEqual(root?.blocks, hello.blocks);
    assert.deepEqual(
      root?.edits.map(({ text }) => text),
      ['hello'],
    );
    assert.equal(reply?.threadTs, place.ts);
    assert.equal(reply?.broadcast, true);
  });

  it('delivers every kind of message as it was made', async () => {
    for (const { news, context } of samples) {
      const message = render(news, context);
      placeOf(await notifier.post(message, toChannel));
      const stored = slack.messages().at(-1);
      assert.equal(stored?.text, message.text);
      assert.deepEqual(stored?.blocks, message.blocks);
    }
  });

  it('keeps Slack from adding previews, links and mentions of its own', async () => {
    let body = Promise.resolve('');
    const server = createServer((request, response) => {
      body = text(request).finally(() => response.end('{"ok":true,"channel":"C1","ts":"1.1"}'));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    const direct = openNotifier({ token: slack.token, apiUrl: `http://127.0.0.1:${address.port}/api/` });
    placeOf(await direct.post(hello, toChannel));
    server.close();
    const sent = new URLSearchParams(await body);
    assert.equal(sent.get('unfurl_links'), 'false');
    assert.equal(sent.get('unfurl_media'), 'false');
    assert.equal(sent.get('parse'), 'none');
    assert.equal(sent.get('link_names'), 'false');
    assert.equal(sent.get('thread_ts'), null);
    assert.equal(sent.get('token'), null, 'the token travels in a header only');
  });

  it('knows whose token it has', async () => {
    assert.deepEqual(await notifier.identify(), {
      result: 'accepted',
      team: 'Local Slack',
      user: 'golden-path',
      scopes: ['chat:write', 'chat:write.public'],
    });
  });
});

function error(word: string, fields?: Readonly<Record<string, string>>): SlackFault {
  return { kind: 'error', error: word, ...(fields !== undefined && { fields }) };
}

describe('a failure', () => {
  const rows: readonly (readonly [name: string, fault: SlackFault, result: Delivery['result'], detail: string])[] = [
    ['an unknown token', error('invalid_auth'), 'credential', 'invalid_auth'],
    ['a revoked token', error('token_revoked'), 'credential', 'token_revoked'],
    ['a removed bot', error('account_inactive'), 'credential', 'account_inactive'],
    ['no token at all', error('not_authed'), 'credential', 'not_authed'],
    ['an unknown channel', error('channel_not_found'), 'channel', 'channel_not_found'],
    ['a channel without the bot', error('not_in_channel'), 'channel', 'not_in_channel'],
    ['an archived channel', error('is_archived'), 'channel', 'is_archived'],
    [
      'a missing scope',
      error('missing_scope', { needed: 'chat:write', provided: 'users:read' }),
      'channel',
      'missing_scope: needs chat:write',
    ],
    ['a message that is gone', error('message_not_found'), 'invalid', 'message_not_found'],
    ['a message of someone else', error('cant_update_message'), 'invalid', 'cant_update_message'],
    ['a message too old to be edited', error('edit_window_closed'), 'invalid', 'edit_window_closed'],
    ['a word for too many messages', error('ratelimited'), 'rate_limited', 'ratelimited'],
    ['a failure inside Slack', error('fatal_error'), 'ambiguous', 'fatal_error'],
    ['a word that is new', error('brand_new_error'), 'unavailable', 'brand_new_error'],
    ['HTTP 500', { kind: 'http', status: 500 }, 'unavailable', 'http_500'],
    ['HTTP 503', { kind: 'http', status: 503 }, 'unavailable', 'http_503'],
    ['HTTP 504, after which nobody knows', { kind: 'http', status: 504 }, 'ambiguous', 'http_504'],
    ['a redirect', { kind: 'http', status: 302, headers: { location: '/' } }, 'unavailable', 'redirected'],
    [
      'a web page with HTTP 200',
      { kind: 'http', status: 200, body: '<html>xoxb-secret</html>' },
      'unavailable',
      'not_json',
    ],
    [
      'JSON without the word of an error',
      { kind: 'http', status: 200, body: '{"ok":false}' },
      'unavailable',
      'not_json',
    ],
    ['a yes without a place', { kind: 'http', status: 200, body: '{"ok":true}' }, 'ambiguous', 'no_answer'],
    ['an answer of megabytes', { kind: 'http', status: 200, body: 'x'.repeat(1_000_000) }, 'ambiguous', 'no_answer'],
    ['a connection cut instead of an answer', { kind: 'cut', stored: true }, 'ambiguous', 'no_answer'],
    ['a connection cut amid the answer', { kind: 'cut', stored: true, amidAnswer: true }, 'ambiguous', 'no_answer'],
  ];
  for (const [name, fault, result, detail] of rows) {
    it(`by ${name} is ${result}, after one request`, async () => {
      slack.fail(fault);
      const calls = await countCalls(async () => {
        const delivery = await notifier.post(hello, toChannel);
        assert.equal(delivery.result, result);
        assert.equal('detail' in delivery ? delivery.detail : '', detail);
      });
      assert.equal(calls, 1);
    });
  }

  it('by silence is ambiguous when the time is over, and is not tried again', async () => {
    const hasty = openNotifier({ token: slack.token, apiUrl: slack.url, timeoutMs: 50 });
    slack.fail({ kind: 'silence', stored: true });
    const stored = slack.messages().length;
    assert.deepEqual(await hasty.post(hello, toChannel), {
      result: 'ambiguous',
      detail: 'timeout',
      retryAfterMs: null,
    });
    assert.equal(slack.messages().length, stored + 1, 'it had arrived');
  });

  it('by a name that does not resolve is unavailable', async () => {
    // A label of 64 characters cannot be asked for, so that no name server is bothered.
    const nowhere = openNotifier({ token: slack.token, apiUrl: `http://${'x'.repeat(64)}.invalid/api/` });
    const delivery = await nowhere.post(hello, toChannel);
    assert.deepEqual(delivery, { result: 'unavailable', detail: 'host_not_found', retryAfterMs: null });
  });

  it('by a server that speaks no TLS is unavailable', async () => {
    const plain = openNotifier({ token: slack.token, apiUrl: slack.url.replace('http:', 'https:') });
    const delivery = await plain.post(hello, toChannel);
    assert.deepEqual(delivery, { result: 'unavailable', detail: 'tls_failed', retryAfterMs: null });
  });

  it('by a token that is none of Slack’s is told by Slack itself', async () => {
    const stranger = openNotifier({ token: new Secret('xoxb-stranger'), apiUrl: slack.url });
    assert.equal((await stranger.post(hello, toChannel)).result, 'credential');
    assert.equal((await stranger.identify()).result, 'credential');
  });
});

describe('a refused connection', () => {
  it('is tried once more, and then unavailable', async () => {
    const other = await startSlackServer();
    const lonely = openNotifier({ token: other.token, apiUrl: other.url });
    await other.close();
    const delivery = await lonely.post(hello, toChannel);
    assert.deepEqual(delivery, { result: 'unavailable', detail: 'connection_refused', retryAfterMs: null });
  });
});

describe('a rate limit', () => {
  it('that is over within a second is waited for, once', async () => {
    slack.fail({ kind: 'http', status: 429, headers: { 'retry-after': '0' } });
    assert.equal(await countCalls(async () => placeOf(await notifier.post(hello, toChannel))), 2);
    slack.fail({ kind: 'http', status: 429, headers: { 'retry-after': '0' } }, { times: 2 });
    const delivery = await notifier.post(hello, toChannel);
    assert.deepEqual(delivery, { result: 'rate_limited', detail: 'ratelimited', retryAfterMs: 0 });
  });

  it('that lasts is told with its time', async () => {
    slack.fail({ kind: 'http', status: 429, headers: { 'retry-after': '17' } });
    const delivery = await notifier.post(hello, toChannel);
    assert.deepEqual(delivery, { result: 'rate_limited', detail: 'ratelimited', retryAfterMs: 17_000 });
  });

  it('without a time is given one', async () => {
    slack.fail({ kind: 'http', status: 429 });
    const delivery = await notifier.post(hello, toChannel);
    assert.deepEqual(delivery, { result: 'rate_limited', detail: 'ratelimited', retryAfterMs: 30_000 });
  });
});

describe('a message whose form Slack refuses', () => {
  const broken: SlackMessage = { text: 'the text', blocks: [{ type: 'context', elements: [] }] };

  it('arrives as text alone', async () => {
    assert.equal(await countCalls(async () => placeOf(await notifier.post(broken, toChannel))), 2);
    const stored = slack.messages().at(-1);
    assert.equal(stored?.text, 'the text');
    assert.deepEqual(stored?.blocks, []);
  });

  it('replaces the blocks that were there before when it is an edit', async () => {
    const place = placeOf(await notifier.post(hello, toChannel));
    placeOf(await notifier.update(broken, place));
    assert.deepEqual(slack.messages().at(-1)?.blocks, []);
  });

  it('is invalid when its text is refused as well, after two requests', async () => {
    const calls = await countCalls(async () => {
      const delivery = await notifier.post({ text: '', blocks: [] }, toChannel);
      assert.deepEqual(delivery, { result: 'invalid', detail: 'no_text', retryAfterMs: null });
    });
    assert.equal(calls, 2);
  });

  it('is not sent again when it is the edited message that is missing', async () => {
    const gone = { channel: 'C0LOCAL001', ts: '1.000001' };
    const calls = await countCalls(async () => {
      assert.equal((await notifier.update(hello, gone)).result, 'invalid');
    });
    assert.equal(calls, 1);
  });
});

/** Posts once in a process of its own and prints what came back, so that everything which it writes is seen. */
const script = `
  const { openNotifier } = await import(process.env.NOTIFIER);
  const { Secret } = await import(process.env.SECRET);
  const notifier = openNotifier({ token: new Secret(process.env.TOKEN), apiUrl: process.env.API });
  console.log(notifier, await notifier.post({ text: 'x', blocks: [] }, { channel: '#x', thread: null, broadcast: false }));
`;

describe('the token', () => {
  const faults: readonly SlackFault[] = [
    error('invalid_auth', { hint: 'TOKEN', warning: 'TOKEN' }),
    { kind: 'http', status: 200, body: '<html>TOKEN</html>' },
    { kind: 'http', status: 500, body: 'TOKEN' },
    { kind: 'cut', stored: false },
  ];
  for (const fault of faults) {
    it(`is not printed, whatever Slack says back: ${JSON.stringify(fault)}`, async () => {
      const token = slack.token.reveal();
      slack.fail(JSON.parse(JSON.stringify(fault).replaceAll('TOKEN', token)));
      const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
        env: {
          NOTIFIER: new URL('../../shared/io/slack.ts', import.meta.url).href,
          SECRET: new URL('../../shared/core/secret.ts', import.meta.url).href,
          TOKEN: token,
          API: slack.url,
        },
      });
      assert.match(stdout, /result: '(?:credential|unavailable|ambiguous)'/);
      assert.ok(!stdout.includes(token));
      assert.equal(stderr, '', 'the client has nothing to say of its own');
    });
  }
});
