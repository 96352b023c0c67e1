/**
 * What Slack checks in a message, from its own documents and independent of what we send: the limits of Block Kit and
 * of texts (docs.slack.dev, read in November 2026). Kinds of blocks that the monitor never sends are refused.
 */
import * as v from 'valibot';

/** Messages beyond this are refused; those beyond 4,000 are only advised against. */
const textMax = 40_000;

/** Not documented; found by others by trying. */
const blocksTextMax = 13_200;

function text(max: number) {
  return v.pipe(
    v.string('a text'),
    v.minLength(1, 'must be more than 0 characters'),
    v.maxLength(max, `must be less than ${max + 1} characters`),
  );
}

function plainText(max: number) {
  return v.strictObject({ type: v.literal('plain_text'), text: text(max), emoji: v.optional(v.boolean()) });
}

function markdown(max: number) {
  return v.strictObject({ type: v.literal('mrkdwn'), text: text(max), verbatim: v.optional(v.boolean()) });
}

function anyText(max: number) {
  return v.variant('type', [plainText(max), markdown(max)]);
}

function list<Item extends v.GenericSchema>(item: Item, max: number) {
  return v.pipe(v.array(item), v.minLength(1, 'no fewer than 1 items'), v.maxLength(max, `no more than ${max} items`));
}

const id = v.optional(text(255));

const block = v.variant('type', [
  v.strictObject({ type: v.literal('header'), block_id: id, text: plainText(150) }),
  v.pipe(
    v.strictObject({
      type: v.literal('section'),
      block_id: id,
      text: v.optional(anyText(3_000)),
      fields: v.optional(list(anyText(2_000), 10)),
    }),
    v.check((section) => section.text !== undefined || section.fields !== undefined, 'missing required field: text'),
  ),
  v.strictObject({ type: v.literal('context'), block_id: id, elements: list(anyText(3_000), 10) }),
]);

const blocks = v.pipe(v.array(block), v.maxLength(50, 'no more than 50 items'));

export interface Refusal {
  readonly error: 'no_text' | 'msg_too_long' | 'invalid_blocks' | 'invalid_blocks_format' | 'msg_blocks_too_long';
  readonly messages: readonly string[];
}

/** What Slack would say to a message with this text and these blocks (as JSON); null when it takes it. */
export function refusalOf(content: { readonly text: string; readonly blocksJson: string | null }): Refusal | null {
  const found = content.blocksJson === null ? [] : parseJson(content.blocksJson);
  if (!Array.isArray(found)) {
    return { error: 'invalid_blocks_format', messages: [] };
  }
  if (content.text === '' && found.length === 0) {
    return { error: 'no_text', messages: [] };
  }
  if (content.text.length > textMax) {
    return { error: 'msg_too_long', messages: [] };
  }
  const checked = v.safeParse(blocks, found);
  if (!checked.success) {
    return { error: 'invalid_blocks', messages: checked.issues.slice(0, 10).map(messageOf) };
  }
  return textLength(found) > blocksTextMax ? { error: 'msg_blocks_too_long', messages: [] } : null;
}

function messageOf(issue: v.BaseIssue<unknown>): string {
  return `[ERROR] ${issue.message} [json-pointer:/blocks/${(v.getDotPath(issue) ?? '').replaceAll('.', '/')}]`;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Characters in everything that is shown. */
function textLength(value: unknown): number {
  if (typeof value === 'string') {
    return value.length;
  }
  return typeof value === 'object' && value !== null
    ? Object.values(value).reduce((sum: number, inner: unknown) => sum + textLength(inner), 0)
    : 0;
}
