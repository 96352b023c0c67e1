/** `golden-path mute`: asks for quiet about steps for a while; the runs go on. */
import { parseArgs } from 'node:util';

import { withMute, withoutMutes } from '../core/judge/requests.ts';
import { isoUtc } from '../core/time.ts';
import type { Command, CommandIo } from './command.ts';
import { author, change, parseLength, parseReason, parseSteps, stateHelp, withScene } from './judge-state.ts';

const help = `Usage: golden-path mute --environment FILE --for TIME --reason TEXT [--steps LIST] [--by NAME]
       golden-path mute --environment FILE --end

Nothing is told of the steps until the time is over; the runs go on. What is still broken then is told, the end of what
had been told before is told in any case, and so are security findings.

${stateHelp}
  --for TIME           30m, 2h, 1d; at most 30d
  --reason TEXT        for the next one on call
  --steps LIST         auth,health,websocket,agent; default: all
  --by NAME            default: the user of this machine
  --end                ends all mutes of the environment

Exit code: 0 done, 1 not done, 2 bad usage.`;

export const muteCommand: Command = {
  name: 'mute',
  summary: 'asks for quiet about steps for a while; the runs go on',
  help,
  run: mute,
};

async function mute(args: readonly string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      environment: { type: 'string' },
      state: { type: 'string' },
      for: { type: 'string', default: '' },
      reason: { type: 'string' },
      steps: { type: 'string' },
      by: { type: 'string' },
      end: { type: 'boolean', default: false },
    },
  });
  return withScene(values, io, async (scene) => {
    const { name } = scene.settings;
    if (values.end) {
      const ended = await change(scene, io, withoutMutes);
      io.out(ended ? `${name} is no longer muted` : `${name} was not muted`);
      return ended ? 0 : 1;
    }
    const nowMs = Date.now();
    const request = {
      by: author(values.by),
      reason: parseReason(values.reason),
      untilMs: nowMs + parseLength(values.for, '--for'),
      steps: parseSteps(values.steps),
    };
    const done = await change(scene, io, (record) => withMute(record, request, nowMs));
    io.out(
      done
        ? `${name} is muted until ${isoUtc(request.untilMs)} (${request.steps?.join(', ') ?? 'all steps'})`
        : 'not muted: there are too many mutes already; end them first',
    );
    return done ? 0 : 1;
  });
}
