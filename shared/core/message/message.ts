/** A Slack message as data: blocks for the eye, and the whole content once more as text for everything else. */

/** The subset of Block Kit that is used. Limits are in `limits.ts`. */
export type Block =
  | {
      readonly type: 'header';
      readonly text: { readonly type: 'plain_text'; readonly text: string; readonly emoji: true };
    }
  | { readonly type: 'section'; readonly text: MarkdownText; readonly fields?: readonly MarkdownText[] }
  | { readonly type: 'section'; readonly fields: readonly MarkdownText[] }
  | { readonly type: 'context'; readonly elements: readonly MarkdownText[] }
  | { readonly type: 'divider' }
  | { readonly type: 'actions'; readonly elements: readonly LinkButton[] };

export interface MarkdownText {
  readonly type: 'mrkdwn';
  readonly text: string;
}

export interface LinkButton {
  readonly type: 'button';
  readonly text: { readonly type: 'plain_text'; readonly text: string };
  readonly url: string;
  readonly action_id: string;
}

export interface SlackMessage {
  /** Complete by itself: screen readers and notifications show only this. */
  readonly text: string;
  readonly blocks: readonly Block[];
}
