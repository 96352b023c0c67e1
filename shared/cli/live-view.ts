/** What `golden-path start` shows: a line a run, and each Slack message as text when it comes or changes. */
import { type Environment, stepsOf } from '../core/environment/definition.ts';
import { previewLines } from '../core/message/preview.ts';
import { isoUtc } from '../core/time.ts';
import type { RunRecord } from '../run/answer.ts';
import type { StackEvent } from '../local/stack.ts';
import { consoleHelp } from './console.ts';
import { runLine } from './table.ts';

export interface LiveView {
  /** `controlUrl`: where the sandbox is broken by hand; null for a real target. */
  welcome(pageUrl: string, controlUrl: string | null): void;
  show(event: StackEvent): void;
}

export interface LiveViewOptions {
  readonly environment: Environment;
  readonly out: (line: string) => void;
  readonly verbose: boolean;
}

export function createLiveView({ environment, out, verbose }: LiveViewOptions): LiveView {
  return {
    welcome: (pageUrl, controlUrl) => {
      out(`watching ${environment.title}: ${stepsOf(environment).join(' → ')}, every ${environment.cadenceSeconds} s`);
      out(`the page: ${pageUrl}`);
      if (controlUrl !== null) {
        out('type a command, or use the control port:');
        out(consoleHelp);
        out(`  curl -X POST ${controlUrl}/faults/no_subprotocol`);
      }
    },
    show: (event) => lines(event, verbose).forEach(out),
  };
}

function lines(event: StackEvent, verbose: boolean): readonly string[] {
  switch (event.kind) {
    case 'run':
      return recordLines(event.record);
    case 'unanswered':
      return [`! ${event.step.padEnd(10)} no record: ${event.problem}`];
    case 'message':
      return messageLines(event.message);
    case 'write':
      return [];
    case 'line':
      return verbose ? [`| ${event.source.padEnd(15)} ${event.line}`] : [];
    case 'ended':
      return [`! ${event.sentence}`];
  }
}

function recordLines(record: RunRecord): readonly string[] {
  const { outcome, trouble, points } = record;
  const written = points === null ? 'no points' : `${points.written} points`;
  return [
    `${isoUtc(outcome.slotMs).slice(11, 19)} ${runLine(outcome)}  ${written}${outcome.cold ? ', cold' : ''}`,
    ...trouble.map(({ reason, detail }) => `!   ${reason}: ${detail}`),
  ];
}

function messageLines(message: Extract<StackEvent, { kind: 'message' }>['message']): readonly string[] {
  const kind = message.edits.length > 0 ? 'edited' : message.threadTs === null ? 'new' : 'in the thread';
  const bar = message.threadTs === null ? '┃ ' : '┃ ↳ ';
  return [`┏ Slack ${message.channel} (${kind})`, ...previewLines(message).map((line) => `${bar}${line}`), '┗'];
}
