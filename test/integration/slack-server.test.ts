/** The local Slack is as strict as the real one, as bounded as a laptop needs, and shows its channels to people. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import type { LocalMessage } from '../../shared/local/slack/channels.ts';
import { type LocalSlack, startSlackServer } from '../../shared/local/slack/server.ts';

let slack: LocalSlack;
before(async () => {
  slack = await startSlackServer({ channels: ['#golden-path', 'C0FROMFILE'] });
});
after(() => slack.close());

/** Calls a method as any client would. */
async function call(
  method: string,
  args: Readonly<Record<string, string>>,
  token: string | null = slack.token.reveal(),
): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(`${slack.url}${method}`, {
    method: 'POST',
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    body: new URLSearchParams(args),
  });
  const answer: unknown = await response.json();
  assert.ok(typeof answer === 'object' && answer !== null);
  return { ...answer };
}

async function post(args: Readonly<Record<string, string>>): Promise<Readonly<Record<string, unknown>>> {
  return call('chat.postMessage', { channel: '#golden-path', ...args });
}

function tsOf(answer: Readonly<Record<string, unknown>>): string {
  assert.equal(answer['ok'], true);
  return String(answer['ts']);
}

describe('the local Slack', () => {
  it('knows one token, in the header or in the body', async () => {
    const args = { channel: '#golden-path', text: 'x' };
    assert.equal((await call('chat.postMessage', args, null))['error'], 'not_authed');
    assert.equal((await call('chat.postMessage', args, 'xoxb-other'))['error'], 'invalid_auth');
    assert.equal((await call('chat.postMessage', { ...args, token: slack.token.reveal() }, null))['ok'], true);
  });

  it('knows its channels by name and id, and edits by id only', async () => {
    assert.equal((await post({ channel: '#elsewhere', text: 'x' }))['error'], 'channel_not_found');
    assert.equal((await post({ channel: 'C0FROMFILE', text: 'x' }))['channel'], 'C0FROMFILE');
    const posted = await post({ text: 'x' });
    const ts = tsOf(posted);
    assert.equal((await call('chat.update', { channel: '#golden-path', ts, text: 'y' }))['error'], 'channel_not_found');
    assert.equal((await call('chat.update', { channel: String(posted['channel']), ts, text: 'y' }))['ok'], true);
    assert.equal((await call('chat.update', { channel: 'C0FROMFILE', ts, text: 'y' }))['error'], 'message_not_found');
  });

  it('answers in a thread only where there is a message', async () => {
    const ts = tsOf(await post({ text: 'root' }));
    const reply = tsOf(await post({ text: 'reply', thread_ts: ts }));
    assert.equal(slack.messages().find((message) => message.ts === reply)?.threadTs, ts);
    assert.equal((await post({ text: 'reply', thread_ts: '1.000001' }))['error'], 'thread_not_found');
  });

  it('keeps the blocks of an edit that brings none, and the last twenty versions', async () => {
    const blocks = JSON.stringify([{ type: 'header', text: { type: 'plain_text', text: 'Head', emoji: true } }]);
    const posted = await post({ text: 'v0', blocks });
    const place = { channel: String(posted['channel']), ts: tsOf(posted) };
    for (let version = 1; version <= 25; version += 1) {
      await call('chat.update', { ...place, text: `v${version}` });
    }
    const message = slack.messages().find(({ ts }) => ts === place.ts);
    assert.equal(message?.blocks.length, 1);
    assert.equal(message?.edits.length, 20);
    assert.equal(message?.edits[0]?.text, 'v5');
  });

  it('gives a link to a message, and no method that it does not have', async () => {
    const posted = await post({ text: 'x' });
    const found = await call('chat.getPermalink', { channel: String(posted['channel']), message_ts: tsOf(posted) });
    assert.match(String(found['permalink']), /^https:\/\/local\.slack\.invalid\/archives\/C\w+\/p\d+$/);
    assert.equal((await call('chat.delete', {}))['error'], 'unknown_method');
  });

  it('tells listeners of each message and each edit, until they leave', async () => {
    const heard: LocalMessage[] = [];
    const leave = slack.onMessage((message) => heard.push(message));
    const posted = await post({ text: 'first' });
    await call('chat.update', { channel: String(posted['channel']), ts: tsOf(posted), text: 'second' });
    leave();
    await post({ text: 'third' });
    assert.deepEqual(
      heard.map(({ text, edits }) => [text, edits.length]),
      [
        ['first', 0],
        ['second', 1],
      ],
    );
  });

  it('keeps the latest thousand messages', async () => {
    await using other = await startSlackServer();
    const { openNotifier } = await import('../../shared/io/slack.ts');
    const notifier = openNotifier({ token: other.token, apiUrl: other.url });
    const to = { channel: '#x', thread: null, broadcast: false };
    for (let at = 0; at < 1_005; at += 1) {
      await notifier.post({ text: `message ${at}`, blocks: [] }, to);
    }
    assert.equal(other.messages().length, 1_000);
    assert.equal(other.messages()[0]?.text, 'message 5');
  });

  it('takes no more of a request than a message can be', async () => {
    const response = await fetch(`${slack.url}chat.postMessage`, { method: 'POST', body: 'x'.repeat(300_000) });
    assert.equal(response.status, 413);
  });

  it('can be closed twice', async () => {
    const other = await startSlackServer();
    await other.close();
    await other.close();
  });
});

describe('the rules for messages', () => {
  const text = (length: number): string => 'x'.repeat(length);
  const markdown = (length: number) => ({ type: 'mrkdwn', text: text(length) });
  const section = (length: number) => ({ type: 'section', text: markdown(length) });
  const title = (length: number) => ({ type: 'header', text: { type: 'plain_text', text: text(length) } });
  const small = (count: number, length = 1) => ({ type: 'context', elements: Array(count).fill(markdown(length)) });
  const columns = (count: number, length = 1) => ({ type: 'section', fields: Array(count).fill(markdown(length)) });

  const rows: readonly (readonly [name: string, blocks: unknown, error: string | null])[] = [
    ['50 blocks', Array(50).fill(section(1)), null],
    ['51 blocks', Array(51).fill(section(1)), 'invalid_blocks'],
    ['a header of 150', [title(150)], null],
    ['a header of 151', [title(151)], 'invalid_blocks'],
    ['a header in mrkdwn', [{ type: 'header', text: markdown(1) }], 'invalid_blocks'],
    ['a section of 3,000', [section(3_000)], null],
    ['a section of 3,001', [section(3_001)], 'invalid_blocks'],
    ['an empty section', [section(0)], 'invalid_blocks'],
    ['a section without anything', [{ type: 'section' }], 'invalid_blocks'],
    ['10 fields of 1,000', [columns(10, 1_000)], null],
    ['11 fields', [columns(11)], 'invalid_blocks'],
    ['a field of 2,001', [columns(1, 2_001)], 'invalid_blocks'],
    ['10 elements of context', [small(10)], null],
    ['11 elements of context', [small(11)], 'invalid_blocks'],
    ['no element of context', [small(0)], 'invalid_blocks'],
    ['an unknown kind', [{ type: 'marquee' }], 'invalid_blocks'],
    ['an unknown field', [{ ...section(1), colour: 'red' }], 'invalid_blocks'],
    ['an object instead of a list', {}, 'invalid_blocks_format'],
    ['14,000 characters in all', Array(7).fill(section(2_000)), 'msg_blocks_too_long'],
  ];
  for (const [name, blocks, error] of rows) {
    it(`${error === null ? 'allow' : 'refuse'} ${name}`, async () => {
      const answer = await post({ text: 'x', blocks: JSON.stringify(blocks) });
      assert.equal(answer['error'] ?? null, error);
    });
  }

  it('name what is wrong, and where', async () => {
    const answer = await post({ text: 'x', blocks: JSON.stringify([section(1), title(151)]) });
    assert.match(
      JSON.stringify(answer),
      /\[ERROR\] must be less than 151 characters \[json-pointer:\/blocks\/1\/text\/text\]/,
    );
  });

  it('need a text or blocks, and bound the text', async () => {
    assert.equal((await post({}))['error'], 'no_text');
    assert.equal((await post({ blocks: JSON.stringify([section(1)]) }))['ok'], true);
    assert.equal((await post({ text: text(40_000) }))['ok'], true);
    assert.equal((await post({ text: text(40_001) }))['error'], 'msg_too_long');
    assert.equal((await post({ text: 'x', blocks: '{' }))['error'], 'invalid_blocks_format');
  });
});

describe('a channel as text', () => {
  it('shows roots with their threads below, edited ones as they stand', async () => {
    await using other = await startSlackServer();
    const answer = async (method: string, args: Readonly<Record<string, string>>): Promise<string> => {
      const headers = { authorization: `Bearer ${other.token.reveal()}` };
      const response = await fetch(`${other.url}${method}`, {
        method: 'POST',
        headers,
        body: new URLSearchParams(args),
      });
      const found: unknown = await response.json();
      return typeof found === 'object' && found !== null && 'ts' in found ? String(found.ts) : '';
    };
    const first = await answer('chat.postMessage', { channel: '#watch', text: 'first' });
    await answer('chat.postMessage', { channel: '#watch', text: 'second &lt;root&gt;' });
    await answer('chat.postMessage', {
      channel: '#watch',
      text: 'a\nreply',
      thread_ts: first,
      reply_broadcast: 'true',
    });
    await answer('chat.update', { channel: 'C0LOCAL001', ts: first, text: 'first, edited' });
    const shown = other.channelAsText('#watch').replaceAll(/\d\d:\d\d UTC/g, 'TIME');
    assert.equal(
      shown,
      [
        '#watch',
        '',
        '● TIME (edited TIME)',
        '  first, edited',
        '',
        '    ↳ (also in the channel) TIME',
        '      a',
        '      reply',
        '',
        '● TIME',
        '  second <root>',
      ].join('\n'),
    );
  });
});
