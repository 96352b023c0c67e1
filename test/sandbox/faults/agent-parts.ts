/** Words for the faults of the agents. */
import type { Reason } from '../../../shared/core/reasons.ts';
import type { Script } from '../agent/script.ts';
import { agent } from '../behaviour.ts';
import { finds, type Row } from './row.ts';

/** The run goes by another script. */
export function run(title: string, reason: Reason, script: (script: Script, question: string) => Script): Row {
  return { title, change: agent({ script }), expected: { agent: finds(reason) } };
}
