/** The agent run: what it stands on, and bounds that shut each other out. */
import type { Environment } from '../definition.ts';
import { errorAt, type Finding, when } from '../finding.ts';

const at = ['steps', 'agent'] as const;

export function agentContradictions({ dialect, steps }: Environment): readonly Finding[] {
  const { agent, websocket } = steps;
  if (agent === undefined) {
    return [];
  }
  const { completedMsMax, fakedRunMsMax, toolEvents } = agent;
  const isToolNamed =
    dialect.kind === 'netra' ||
    (dialect.events.toolStarted !== undefined && dialect.events.toolCompleted !== undefined);
  return [
    ...when(websocket === undefined, errorAt(at, 'speaks over the socket: it needs `steps.websocket`')),
    ...when(
      completedMsMax !== undefined && completedMsMax <= fakedRunMsMax,
      errorAt(
        [...at, 'completedMsMax'],
        `is ${completedMsMax}, and \`fakedRunMsMax\` is ${fakedRunMsMax}: every run would be slow or faked`,
      ),
    ),
    ...when(
      toolEvents === 'required' && !isToolNamed,
      errorAt([...at, 'toolEvents'], 'is `required`, but the dialect does not name `toolStarted` and `toolCompleted`'),
    ),
  ];
}
