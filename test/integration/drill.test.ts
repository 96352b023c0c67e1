/** `golden-path drill` against a local Slack: the way step by step, and a sentence to act on for each way of failing. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { UsageError } from '../../shared/cli/command.ts';
import { drill, drillCommand } from '../../shared/cli/drill.ts';
import { previewLines } from '../../shared/core/message/preview.ts';
import type { SlackFault } from '../../shared/local/slack/faults.ts';
import { startSlackServer } from '../../shared/local/slack/server.ts';

const definition = {
  name: 'staging',
  title: 'Staging',
  services: { backend: { url: 'http://127.0.0.1:1' } },
  steps: { websocket: { carrier: 'none', offer: ['chat'], refusals: [] } },
};

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drill-'));
});
after(() => rm(folder, { recursive: true }));

async function environmentFile(slack: unknown): Promise<string> {
  const file = join(folder, 'staging.json');
  await writeFile(file, JSON.stringify({ ...definition, ...(slack !== undefined && { slack }) }));
  return file;
}

interface Run {
  readonly code: number;
  readonly out: readonly string[];
  readonly err: readonly string[];
}

async function run(file: string, variables: Readonly<Record<string, string>>): Promise<Run> {
  const out: string[] = [];
  const err: string[] = [];
  const io = { out: (line: string) => out.push(line), err: (line: string) => err.push(line) };
  return { code: await drill(['--environment', file], variables, io), out, err };
}

describe('a drill', () => {
  it('goes the whole way in every channel, and leaves a message that says so', async () => {
    await using slack = await startSlackServer();
    const file = await environmentFile({ channel: '#incidents', monitorChannel: '#monitor' });
    const variables = { SLACK_BOT_TOKEN: slack.token.reveal(), SLACK_API_URL: slack.url };
    const { code, out } = await run(file, variables);
    assert.equal(code, 0);
    assert.deepEqual(
      out.map((line) => line.replace(/\(.*\)/, '').trim()),
      [
        '✓ token    of the bot golden-path in the workspace Local Slack, with the scopes chat:write, chat:write.public',
        'Staging, channel #incidents',
        '✓ post     arrived',
        '✓ edit     arrived',
        '✓ answer   arrived',
        'Staging, channel #monitor',
        '✓ post     arrived',
        '✓ edit     arrived',
        '✓ answer   arrived',
      ],
    );
    const [root, reply] = slack.messages();
    assert.ok(root !== undefined && reply !== undefined);
    assert.equal(previewLines(root)[0], '## 🧪 Drill: nothing is broken in Staging');
    assert.match(root.text, /Nobody has to do anything\.\nStep: posted and edited/);
    assert.equal(reply.threadTs, root.ts);
    assert.ok(!out.join('\n').includes(slack.token.reveal()));
  });

  it('reads the token from a file as well', async () => {
    await using slack = await startSlackServer();
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, `${slack.token.reveal()}\n`);
    const file = await environmentFile({ channel: '#incidents' });
    const { code } = await run(file, { SLACK_BOT_TOKEN_FILE: tokenFile, SLACK_API_URL: slack.url });
    assert.equal(code, 0);
  });

  const rows: readonly (readonly [name: string, after: number, fault: SlackFault, line: RegExp])[] = [
    ['a token that is not known', 0, { kind: 'error', error: 'invalid_auth' }, /✗ token .*Install the Slack app again/],
    [
      'a scope that is missing',
      1,
      { kind: 'error', error: 'missing_scope', fields: { needed: 'chat:write' } },
      /✗ post .*What is missing: chat:write\./,
    ],
    ['a channel without the bot', 1, { kind: 'error', error: 'not_in_channel' }, /✗ post .*\/invite/],
    [
      'a channel that is not there',
      1,
      { kind: 'error', error: 'channel_not_found' },
      /✗ post .*slack\.channel in the environment file/,
    ],
    ['a message that cannot be edited', 2, { kind: 'error', error: 'edit_window_closed' }, /✗ edit .*posted anew/],
    ['a thread that is locked', 3, { kind: 'error', error: 'restricted_action_thread_locked' }, /✗ answer .*locked/],
    ['Slack being down', 1, { kind: 'http', status: 503 }, /✗ post .*Slack answers HTTP 503/],
    ['a page instead of Slack', 1, { kind: 'http', status: 200 }, /✗ post .*Check SLACK_API_URL/],
  ];
  for (const [name, after, fault, line] of rows) {
    it(`says what to do about ${name}`, async () => {
      await using slack = await startSlackServer();
      const file = await environmentFile({ channel: '#incidents' });
      slack.fail(fault, { after });
      const { code, out } = await run(file, { SLACK_BOT_TOKEN: slack.token.reveal(), SLACK_API_URL: slack.url });
      assert.equal(code, 1);
      assert.match(out.join('\n'), line);
    });
  }

  it('stops at a token that is missing or cannot be read', async () => {
    const file = await environmentFile({ channel: '#incidents' });
    assert.match((await run(file, {})).out.join('\n'), /✗ token .*SLACK_BOT_TOKEN is not set/);
    assert.match((await run(file, { SLACK_BOT_TOKEN: ' ' })).out.join('\n'), /✗ token .*SLACK_BOT_TOKEN is not set/);
    const unread = await run(file, { SLACK_BOT_TOKEN_FILE: join(folder, 'nothing') });
    assert.match(unread.out.join('\n'), /✗ token .*cannot be read \(ENOENT\)/);
    assert.equal(unread.code, 1);
  });

  it('says that nobody is told anything where the file has no Slack', async () => {
    await using slack = await startSlackServer();
    const file = await environmentFile(undefined);
    const { code, out } = await run(file, { SLACK_BOT_TOKEN: slack.token.reveal(), SLACK_API_URL: slack.url });
    assert.equal(code, 1);
    assert.match(out.join('\n'), /has no `slack`/);
  });

  it('refuses bad usage and bad files', async () => {
    const io = { out: () => {}, err: () => {} };
    await assert.rejects(drill([], {}, io), UsageError);
    assert.equal((await run(join(folder, 'nothing.yaml'), {})).code, 2);
    assert.match(drillCommand.help, /Exit code: 0 .* 1 .* 2 /);
  });
});
