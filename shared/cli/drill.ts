/** `golden-path drill`: goes the whole way from the monitor to the Slack channel once, and says where it ends and why. */
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { parseArgs } from 'node:util';

import type { Environment } from '../core/environment/definition.ts';
import { problemText } from '../core/environment/finding.ts';
import type { MessagePlace, Notification } from '../core/judge/state.ts';
import { oneLine } from '../core/message/escape.ts';
import type { SlackMessage } from '../core/message/message.ts';
import { render } from '../core/message/render.ts';
import { type DeliveryFailure, explain } from '../core/message/slack-errors.ts';
import type { Delivery } from '../core/ports.ts';
import { Secret } from '../core/secret.ts';
import { loadEnvironments } from '../io/environment-files.ts';
import { openNotifier, type SlackNotifier } from '../io/slack.ts';
import { type Command, type CommandIo, UsageError } from './command.ts';

const help = `Usage: golden-path drill --environment FILE

Posts a message that is clearly marked as a drill to each channel of the environment, edits it and answers
it in its thread, and reports every part of the way. When one fails it says what Slack answered and what to do.

  --environment FILE   the environment file (or a directory of them)

SLACK_BOT_TOKEN        the token of the bot; SLACK_BOT_TOKEN_FILE may name a file instead
SLACK_API_URL          another address than Slack's own, for tests

Exit code: 0 everything arrived, 1 something did not, 2 bad usage or a bad environment file.`;

export const drillCommand: Command = {
  name: 'drill',
  summary: 'tests the way to Slack, part by part',
  help,
  run: (args, io) => drill(args, process.env, io),
};

type Variables = Readonly<Record<string, string | undefined>>;

/** The drill with the given environment variables. */
export async function drill(args: readonly string[], variables: Variables, io: CommandIo): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { environment: { type: 'string' } } });
  if (values.environment === undefined) {
    throw new UsageError('--environment FILE is missing');
  }
  const loaded = await loadEnvironments(values.environment);
  if (!loaded.ok) {
    loaded.problems.forEach((problem) => io.err(problemText(problem)));
    return 2;
  }
  const token = await readToken(variables);
  if (typeof token === 'string') {
    io.out(failed('token', token));
    return 1;
  }
  const slack = openNotifier({ token, apiUrl: variables['SLACK_API_URL'] });
  if (!(await reachSlack(slack, io))) {
    return 1;
  }
  const results: boolean[] = [];
  for (const { environment } of loaded.environments) {
    results.push(await drillEnvironment(environment, slack, io));
  }
  return results.every(Boolean) ? 0 : 1;
}

/** The token, or what is wrong with it. */
async function readToken(variables: Variables): Promise<Secret | string> {
  const file = variables['SLACK_BOT_TOKEN_FILE'];
  try {
    const value = variables['SLACK_BOT_TOKEN'] ?? (file === undefined ? '' : await readFile(file, 'utf8'));
    return value.trim() === ''
      ? 'SLACK_BOT_TOKEN is not set. Set it to the bot token of the Slack app (xoxb-…).'
      : new Secret(value.trim());
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return `The file that SLACK_BOT_TOKEN_FILE names cannot be read (${code}).`;
  }
}

/** Whether Slack knows the token; the scopes are those that it names itself. */
async function reachSlack(slack: SlackNotifier, io: CommandIo): Promise<boolean> {
  const identity = await slack.identify();
  if (identity.result !== 'accepted') {
    io.out(failed('token', failureText(identity)));
    return false;
  }
  const { team, user, scopes } = identity;
  const granted = scopes.length === 0 ? '' : `, with the scopes ${scopes.join(', ')}`;
  io.out(passed('token', `of the bot ${oneLine(user)} in the workspace ${oneLine(team)}${granted}`));
  return true;
}

async function drillEnvironment(environment: Environment, slack: SlackNotifier, io: CommandIo): Promise<boolean> {
  if (environment.slack === undefined) {
    io.out(failed(environment.name, 'The environment file has no `slack`, so nobody is told anything. Add it.'));
    return false;
  }
  const { channel, monitorChannel } = environment.slack;
  const channels = [...new Set([channel, monitorChannel ?? channel])];
  const results: boolean[] = [];
  for (const each of channels) {
    io.out(`${environment.title}, channel ${each}`);
    results.push(await drillChannel(each, { environment, slack, io }));
  }
  return results.every(Boolean);
}

interface Drill {
  readonly environment: Environment;
  readonly slack: SlackNotifier;
  readonly io: CommandIo;
}

/** Posts, edits and answers. The next part is tried only where the one before has arrived. */
async function drillChannel(channel: string, { environment, slack, io }: Drill): Promise<boolean> {
  const say = (change: string): SlackMessage => drillMessage(environment, change);
  const posted = await slack.post(say('posted; it is edited and answered next.'), {
    channel,
    thread: null,
    broadcast: false,
  });
  const place = report('post', posted, io);
  if (place === null) {
    return false;
  }
  const edited = report('edit', await slack.update(say('posted and edited; the answer is in the thread.'), place), io);
  const answer = say('answered in the thread. The way to this channel works.');
  const target = { channel: place.channel, thread: place.ts, broadcast: false };
  const answered = report('answer', await slack.post(answer, target), io);
  return edited !== null && answered !== null;
}

function report(part: string, delivery: Delivery, io: CommandIo): MessagePlace | null {
  if (delivery.result !== 'accepted') {
    io.out(failed(part, failureText(delivery)));
    return null;
  }
  io.out(passed(part, `arrived (${delivery.place.channel}, ${delivery.place.ts})`));
  return delivery.place;
}

function drillMessage(environment: Environment, change: string): SlackMessage {
  const nowMs = Date.now();
  const news: Notification = {
    id: `${environment.name}:drill:${nowMs}`,
    kind: 'drill',
    lane: 'drill',
    environment: environment.name,
    atMs: nowMs,
    change,
    step: null,
    reason: null,
    incident: null,
    shift: null,
    flow: {},
    mention: false,
    last: true,
    folded: 0,
  };
  return render(news, { environment, nowMs, monitorProject: null });
}

function failureText(failure: DeliveryFailure): string {
  return `${failure.detail}. ${explain(failure)}`;
}

function passed(part: string, text: string): string {
  return `  ✓ ${part.padEnd(8)} ${text}`;
}

function failed(part: string, text: string): string {
  return `  ✗ ${part.padEnd(8)} ${text}`;
}
