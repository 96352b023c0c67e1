/** Plays a run on a session, beat by beat, and holds the words for faults of the agents. */
import type { Json, JsonObject } from '../json.ts';
import type { Session } from '../socket/session.ts';
import { healthyScript, type RunIds, type Script } from './script.ts';
import type { FrameOf, ShapeId } from './shapes.ts';
import { phrase, type Solution, solve } from './solver.ts';

export interface AgentBehaviour {
  /** Null: the shape of the protocol's version. */
  readonly shape: ShapeId | null;
  /** What the agents say, knowing the true solution. */
  readonly answer: (solution: Solution, question: string) => Json;
  readonly script: (script: Script, question: string) => Script;
  readonly frame: (frame: JsonObject) => JsonObject;
}

export const healthyAgent: AgentBehaviour = {
  shape: null,
  answer: phrase,
  script: (script) => script,
  frame: (frame) => frame,
};

export interface Run {
  readonly behaviour: AgentBehaviour;
  readonly question: string;
  readonly ids: RunIds;
  readonly frameOf: FrameOf;
}

export function playRun(session: Session, run: Run): void {
  const { behaviour, question } = run;
  const answer = behaviour.answer(solve(question), question);
  const beats = behaviour.script(healthyScript(answer), question);
  let cancel = (): void => {};
  const play = (at: number): void => {
    const next = beats[at];
    if (next === undefined) {
      return;
    }
    cancel = session.clock.later(next.afterMs, () => {
      if ('event' in next) {
        const frame = run.frameOf(next.event, { ...run.ids, ...next.ids });
        session.send(behaviour.frame(frame));
      } else {
        next.act(session);
      }
      play(at + 1);
    });
  };
  session.onClose(() => cancel());
  play(0);
}
