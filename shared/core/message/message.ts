/**
 * A Slack message as data: blocks for the eye, and the whole content once more as text for everything else.
 * Links are text, never buttons: a button reports its click to the app and shows a warning sign when nobody answers.
 */

/** The subset of Block Kit that is used. Limits are in `limits.ts`. */
export type Block =
  | {
      readonly type: 'header';
      readonly text: { readonly type: 'plain_text'; readonly text: string; readonly emoji: true };
    }
  | { readonly type: 'section'; readonly text: MarkdownText }
  | { readonly type: 'section'; readonly fields: readonly MarkdownText[] }
  | { readonly type: 'context'; readonly elements: readonly MarkdownText[] };

export interface MarkdownText {
  readonly type: 'mrkdwn';
  readonly text: string;
  /** Slack makes no links and no mentions of its own out of the text; only what was written as one is one. */
  readonly verbatim: true;
}

export interface SlackMessage {
  /** Complete by itself: screen readers and notifications show only this. */
  readonly text: string;
  readonly blocks: readonly Block[];
}
