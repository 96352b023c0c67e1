/**
 * What can go wrong on the way to Slack: for each of Slack's error words, and for each way of getting no answer, how
 * the delivery goes on and what a person can do. Source: the lists of errors of chat.postMessage, chat.update and
 * auth.test (docs.slack.dev).
 */
import type { Delivery } from '../ports.ts';

export type DeliveryFailure = Exclude<Delivery, { readonly result: 'accepted' }>;

interface SlackError {
  readonly result: DeliveryFailure['result'];
  /** One sentence: what it means and what to do. */
  readonly advice: string;
}

function slackError(result: DeliveryFailure['result'], advice: string): SlackError {
  return { result, advice };
}

const newToken = 'Install the Slack app again, and put its new bot token (xoxb-…) into SLACK_BOT_TOKEN.';
const askAdmin = 'Ask an administrator of the Slack workspace to allow it.';
const waitForSlack = 'Wait: it is tried again by itself. https://slack-status.com tells more.';
const ownMistake = 'This is a mistake in the monitor: please report it with this word.';
const postedAnew = 'Nothing to do: the message is posted anew.';

const errors: Readonly<Record<string, SlackError>> = {
  not_authed: slackError('credential', 'No token came with the request. Set SLACK_BOT_TOKEN.'),
  invalid_auth: slackError('credential', `Slack does not know the token. ${newToken}`),
  account_inactive: slackError('credential', `The bot of the token has been removed. ${newToken}`),
  token_revoked: slackError('credential', `The token has been revoked. ${newToken}`),
  token_expired: slackError('credential', `The token has expired. ${newToken}`),
  not_allowed_token_type: slackError('credential', 'This is a token of another kind; the bot token begins with xoxb-.'),
  org_login_required: slackError('credential', `The workspace is moving to an organisation. ${askAdmin}`),
  two_factor_setup_required: slackError(
    'credential',
    `The account of the token must set up a second factor. ${askAdmin}`,
  ),
  team_access_not_granted: slackError('credential', `The app is not allowed in this workspace. ${askAdmin}`),
  access_denied: slackError('credential', `Slack denies access. ${askAdmin}`),
  accesslimited: slackError('credential', `Slack allows this only from certain networks. ${askAdmin}`),

  missing_scope: slackError(
    'channel',
    'The app lacks a permission (scope). Add it under OAuth & Permissions of the Slack app, then install the app again.',
  ),
  no_permission: slackError('channel', 'The bot may not post here. Invite it: /invite @golden-path in the channel.'),
  channel_not_found: slackError(
    'channel',
    'There is no such channel, or it is private and the bot is not in it. Check slack.channel in the environment file (best is its id, C…), and /invite the bot.',
  ),
  not_in_channel: slackError('channel', 'The bot is not in the channel. Write /invite @golden-path there.'),
  is_archived: slackError(
    'channel',
    'The channel is archived. Name another one in the environment file, or restore it.',
  ),
  is_inactive: slackError('channel', 'The channel is frozen or deleted. Name another one in the environment file.'),
  team_not_found: slackError('channel', 'The channel belongs to another workspace. Name one of this workspace.'),
  restricted_action: slackError('channel', `A rule of the workspace keeps the bot from posting. ${askAdmin}`),
  restricted_action_read_only_channel: slackError('channel', `The channel is read-only. ${askAdmin}`),
  restricted_action_thread_only_channel: slackError('channel', `The channel takes only replies. ${askAdmin}`),
  restricted_action_non_threadable_channel: slackError('channel', `The channel takes no replies. ${askAdmin}`),
  ekm_access_denied: slackError('channel', `Administrators have suspended posting. ${askAdmin}`),

  message_not_found: slackError('invalid', `The message to edit is gone. ${postedAnew}`),
  cant_update_message: slackError('invalid', `The message to edit belongs to someone else. ${postedAnew}`),
  edit_window_closed: slackError('invalid', `The workspace allows no more edits of this message. ${postedAnew}`),
  thread_not_found: slackError('invalid', `The message to answer is gone. ${postedAnew}`),
  invalid_thread_ts: slackError('invalid', `The message to answer is gone. ${postedAnew}`),
  cannot_reply_to_message: slackError('invalid', `The message takes no replies. ${postedAnew}`),
  restricted_action_thread_locked: slackError('invalid', `The thread is locked. ${postedAnew}`),

  invalid_blocks: slackError('invalid', `Slack does not accept the form of the message. ${ownMistake}`),
  invalid_blocks_format: slackError('invalid', `Slack does not accept the form of the message. ${ownMistake}`),
  msg_blocks_too_long: slackError('invalid', `The message is too long. ${ownMistake}`),
  msg_too_long: slackError('invalid', `The message is too long. ${ownMistake}`),
  no_text: slackError('invalid', `The message is empty. ${ownMistake}`),
  invalid_arguments: slackError('invalid', `Slack does not accept the request. ${ownMistake}`),

  ratelimited: slackError('rate_limited', `Too many messages at once. ${waitForSlack}`),
  rate_limited: slackError('rate_limited', `Too many messages at once. ${waitForSlack}`),
  message_limit_exceeded: slackError('rate_limited', `The workspace has reached its limit of messages. ${askAdmin}`),

  // Slack says of these two that the message may have been taken all the same.
  internal_error: slackError('ambiguous', `Slack failed inside; the message may be there or not. ${waitForSlack}`),
  fatal_error: slackError('ambiguous', `Slack failed inside; the message may be there or not. ${waitForSlack}`),
  service_unavailable: slackError('unavailable', `Slack is down. ${waitForSlack}`),
  request_timeout: slackError('unavailable', `The request did not arrive whole. ${waitForSlack}`),
  team_added_to_org: slackError('unavailable', `The workspace is moving to an organisation. ${waitForSlack}`),
  external_channel_migrating: slackError('unavailable', `The channel is being moved. ${waitForSlack}`),
  update_failed: slackError('unavailable', `Slack failed to edit the message. ${waitForSlack}`),

  // Our own words, for what happens before or instead of an answer.
  connection_refused: slackError('unavailable', 'Nothing listens at the address. Check SLACK_API_URL.'),
  host_not_found: slackError('unavailable', 'The host name does not resolve. Check SLACK_API_URL and the way out.'),
  no_route: slackError('unavailable', 'There is no way to the host. Check the way out (VPC, NAT, firewall).'),
  tls_failed: slackError('unavailable', 'No trusted TLS connection. Check SLACK_API_URL, and for a proxy in between.'),
  redirected: slackError(
    'unavailable',
    'A redirect instead of an answer. Check SLACK_API_URL, and for a proxy in between.',
  ),
  not_json: slackError(
    'unavailable',
    'A web page instead of an answer. Check SLACK_API_URL, and for a proxy in between.',
  ),
  timeout: slackError('ambiguous', `No answer in time; the message may be there or not. ${waitForSlack}`),
  no_answer: slackError('ambiguous', `The connection was cut; the message may be there or not. ${waitForSlack}`),
};

/** Errors that a message without blocks may not have. */
const contentErrors: ReadonlySet<string> = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'msg_blocks_too_long',
  'msg_too_long',
  'no_text',
  'invalid_arguments',
]);

/** An error word as a delivery. A word that is not known is tried again later: Slack may have got a new one. */
export function failureOf(
  word: string,
  more: { readonly needs?: string; readonly retryAfterMs?: number } = {},
): DeliveryFailure {
  const detail = more.needs === undefined ? word : `${word}: needs ${more.needs}`;
  return { result: errors[word]?.result ?? 'unavailable', detail, retryAfterMs: more.retryAfterMs ?? null };
}

export function isContentFailure(failure: DeliveryFailure): boolean {
  return contentErrors.has(failure.detail);
}

/** What happened and what to do, for people. */
export function explain({ detail }: DeliveryFailure): string {
  const [word = detail, needs] = detail.split(': needs ');
  const status = /^http_(\d{3})$/.exec(word)?.[1];
  const advice =
    errors[word]?.advice ??
    (status === undefined
      ? `Slack says “${word}”, which is not known here.`
      : `Slack answers HTTP ${status}. ${waitForSlack}`);
  return needs === undefined ? advice : `${advice} What is missing: ${needs}.`;
}
