/** Changes to a run's script, as faults and variants need them. */
import { act, type AgentEvent, type Beat, beat, completed, type Script, supervisor, thinking } from './script.ts';
import type { Session } from '../socket/session.ts';

/** The script without events of these names. */
export function without(...names: readonly string[]): (script: Script) => Script {
  return (script) => script.filter((each) => !('event' in each && names.includes(each.event.name)));
}

/** The script without what sub-agents do. */
export function withoutSubAgents(script: Script): Script {
  return script.filter((each) => !('event' in each) || each.event.agent === supervisor);
}

/** The script up to the supervisor's event of that name, and then these beats instead of the rest. */
export function until(name: string, ...rest: Script): (script: Script) => Script {
  return (script) => [...script.slice(0, place(script, name)), ...rest];
}

/** These beats in front of the supervisor's event of that name. */
export function before(name: string, ...more: Script): (script: Script) => Script {
  return (script) => script.toSpliced(place(script, name), 0, ...more);
}

/** The supervisor's event of that name as something else. */
export function instead(name: string, change: (event: AgentEvent) => AgentEvent): (script: Script) => Script {
  return (script) =>
    script.map((each) =>
      'event' in each && isSupervisors(each, name) ? { ...each, event: change(each.event) } : each,
    );
}

/** The run as far as its tool, and then something happens to the connection. */
export function brokenOff(action: (session: Session) => void): (script: Script) => Script {
  return until('tool_completed', act(100, action));
}

/** The script with another end. */
export function endingWith(event: AgentEvent): (script: Script) => Script {
  return until('agent_completed', beat(100, event));
}

/** Every beat so many times as fast. */
export function faster(factor: number): (script: Script) => Script {
  return (script) => script.map((each) => ({ ...each, afterMs: each.afterMs / factor }));
}

/** Thoughts in a row, evenly spaced. */
export function thoughts(count: number, everyMs: number): Script {
  return Array.from({ length: count }, (_, index) =>
    beat(everyMs, thinking(supervisor, `Still at it, thought ${index + 1}`, index + 3)),
  );
}

/** The supervisor's completion with another result. */
export function resulting(result: AgentEvent['data'][string]): (script: Script) => Script {
  return endingWith(completed(supervisor, result));
}

function place(script: Script, name: string): number {
  const at = script.findIndex((each) => isSupervisors(each, name));
  if (at === -1) {
    throw new Error(`the script has no ${name} of the supervisor`);
  }
  return at;
}

function isSupervisors(each: Beat, name: string): boolean {
  return 'event' in each && each.event.name === name && each.event.agent === supervisor;
}
