/** The ways in which Slack fails, to be asked for by tests: real answers, real silence, really cut connections. */
import type { ServerResponse } from 'node:http';

export type SlackFault =
  /** HTTP 200 and one of Slack's error words, with what Slack sends beside it. */
  | { readonly kind: 'error'; readonly error: string; readonly fields?: Readonly<Record<string, string>> }
  /** An answer that is not Slack's: of a gateway, of a proxy, of a page. */
  | {
      readonly kind: 'http';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** No answer. `stored`: the message is in the channel all the same. */
  | { readonly kind: 'silence'; readonly stored: boolean }
  /** The connection is cut instead of an answer, or in the middle of it. */
  | { readonly kind: 'cut'; readonly stored: boolean; readonly amidAnswer?: boolean };

/** Whether the message is taken before the fault shows. */
export function isStored(fault: SlackFault): boolean {
  return (fault.kind === 'silence' || fault.kind === 'cut') && fault.stored;
}

export function show(fault: SlackFault, response: ServerResponse): void {
  switch (fault.kind) {
    case 'error':
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
      response.end(JSON.stringify({ ok: false, error: fault.error, ...fault.fields }));
      return;
    case 'http':
      response.writeHead(fault.status, { 'content-type': 'text/html', ...fault.headers });
      response.end(fault.body ?? '<!doctype html><title>no Slack here</title>');
      return;
    case 'silence':
      return;
    case 'cut':
      if (fault.amidAnswer === true) {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1_000 });
        response.write('{"ok":true,', () => response.destroy());
      } else {
        response.destroy();
      }
  }
}

/** When a fault shows: how many requests meet it, and how many go well before. */
export interface FaultTiming {
  readonly times?: number;
  readonly after?: number;
}

export interface FaultQueue {
  add(fault: SlackFault, timing: FaultTiming): void;
  /** The fault that the present request is to meet, if any. */
  take(): SlackFault | null;
  clear(): void;
}

export function openFaultQueue(): FaultQueue {
  let waiting: readonly { readonly fault: SlackFault | null; readonly times: number }[] = [];
  return {
    add: (fault, { times = 1, after = 0 }) => {
      waiting = [...waiting, ...(after > 0 ? [{ fault: null, times: after }] : []), { fault, times }];
    },
    take: () => {
      const [first, ...rest] = waiting;
      if (first === undefined) {
        return null;
      }
      waiting = first.times <= 1 ? rest : [{ ...first, times: first.times - 1 }, ...rest];
      return first.fault;
    },
    clear: () => {
      waiting = [];
    },
  };
}
