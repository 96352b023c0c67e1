/** `golden-path ack`: says that the open incident is someone's; it ends the reminders, not the news. */
import { parseArgs } from 'node:util';

import { acknowledged } from '../core/judge/requests.ts';
import { isoUtc } from '../core/time.ts';
import type { Command, CommandIo } from './command.ts';
import { author, change, parseLength, parseReason, stateHelp, withScene } from './judge-state.ts';

const help = `Usage: golden-path ack --environment FILE --reason TEXT [--incident ID] [--for TIME] [--by NAME]

Says in the thread of the open incident who has taken it, and stops its reminders until the time is over. Changes and the
end are told all the same. It is gone when the incident ends, and when it gets graver.

${stateHelp}
  --reason TEXT        what is being done
  --incident ID        the one that is meant; refused when another is open by now; default: the open one
  --for TIME           30m, 2h, 1d; at most 30d; default: 8h
  --by NAME            default: the user of this machine

Exit code: 0 done, 1 no such incident is open, 2 bad usage.`;

export const ackCommand: Command = {
  name: 'ack',
  summary: 'says that the open incident is taken; it stops the reminders',
  help,
  run: acknowledge,
};

async function acknowledge(args: readonly string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      environment: { type: 'string' },
      state: { type: 'string' },
      incident: { type: 'string' },
      for: { type: 'string', default: '8h' },
      reason: { type: 'string' },
      by: { type: 'string' },
    },
  });
  return withScene(values, io, async (scene) => {
    const { settings } = scene;
    const nowMs = Date.now();
    const untilMs = nowMs + parseLength(values.for, '--for');
    const acknowledgement = { by: author(values.by), reason: parseReason(values.reason), untilMs };
    const { incident: meant } = values;
    const done = await change(scene, io, (record) =>
      meant === undefined || meant === record.incident?.id
        ? acknowledged(record, acknowledgement, { settings, nowMs })
        : null,
    );
    io.out(
      done
        ? `taken by ${acknowledgement.by} until ${isoUtc(untilMs)}; the next run says so in the thread`
        : `${settings.name} has no open incident${meant === undefined ? '' : ` ${meant.slice(0, 100)}`}`,
    );
    return done ? 0 : 1;
  });
}
