/** `golden-path explain`: why something was told or not, and what would end it. */
import { parseArgs } from 'node:util';

import { type ExplainInput, explainIncident, explainStep } from '../core/explain.ts';
import { emptyEnvironment } from '../core/judge/documents.ts';
import type { EnvironmentRecord, Incident } from '../core/judge/state.ts';
import { stepsOf } from '../core/environment/definition.ts';
import { isStep, type Step, steps } from '../core/step.ts';
import { loadState } from '../run/state-access.ts';
import { type Command, type CommandIo, UsageError } from './command.ts';
import { type Scene, stateHelp, withScene } from './judge-state.ts';

const help = `Usage: golden-path explain [STEP|INCIDENT] --environment FILE

Says of a step or an incident: the rule, the runs that it looked at, what people were told and what keeps them from hearing
more, and what would have to happen for it to end. Without a word more: the open incident and every step.

${stateHelp}

Exit code: 0 explained, 1 no such incident, 2 bad usage.`;

export const explainCommand: Command = {
  name: 'explain',
  summary: 'says why something was told or not, and what would end it',
  help,
  run: explain,
};

async function explain(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { environment: { type: 'string' }, state: { type: 'string' } },
    allowPositionals: true,
  });
  const [subject, ...more] = positionals;
  if (more.length > 0) {
    throw new UsageError('one step or one incident at a time');
  }
  return withScene(values, io, async (scene) => {
    const environment = await environmentOf(scene, io);
    const input: ExplainInput = { settings: scene.settings, environment, nowMs: Date.now() };
    if (subject === undefined) {
      incidentLines(environment.incident, input).forEach(io.out);
      await explainSteps(stepsOf(scene.settings), scene, { input, io });
      return 0;
    }
    if (isStep(subject)) {
      await explainSteps([subject], scene, { input, io });
      return 0;
    }
    const incident = [environment.incident, environment.lastIncident].find((each) => each?.id === subject);
    if (incident === undefined || incident === null) {
      io.err(`'${subject}' is neither a step (${steps.join(', ')}) nor one of the last two incidents`);
      return 1;
    }
    explainIncident(incident, input).forEach(io.out);
    return 0;
  });
}

function incidentLines(incident: Incident | null, input: ExplainInput): readonly string[] {
  return incident === null ? ['No incident is open.'] : explainIncident(incident, input);
}

async function environmentOf({ settings, store }: Scene, io: CommandIo): Promise<EnvironmentRecord> {
  const { environment, lost } = await loadState(store, settings.name, 'auth');
  lost.forEach((problem) => io.err(`the state can't be read: ${problem}`));
  return environment ?? emptyEnvironment(settings.name);
}

async function explainSteps(
  which: readonly Step[],
  { settings, store }: Scene,
  { input, io }: { readonly input: ExplainInput; readonly io: CommandIo },
): Promise<void> {
  for (const step of which) {
    const { step: record } = await loadState(store, settings.name, step);
    explainStep(step, record, input).forEach(io.out);
  }
}
