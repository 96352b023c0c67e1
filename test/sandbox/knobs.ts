/** What is set at this moment, faults and healthy variants alike, and the behaviour that follows from it. */
import type { Behaviour } from './behaviour.ts';
import { type Fault, faults } from './faults.ts';
import { healthy } from './healthy.ts';
import { type Variant, variants } from './variants.ts';

export type Knob = Fault | Variant;

export interface Knobs {
  readonly behaviour: () => Behaviour;
  readonly active: () => readonly Knob[];
  /** Replaces what was set before. Throws a `RangeError` on an unknown id and then changes nothing. */
  set(ids: readonly string[]): void;
}

const byId: ReadonlyMap<string, Knob> = new Map([...faults, ...variants].map((knob) => [knob.id, knob]));

export function createKnobs(): Knobs {
  let active: readonly Knob[] = [];
  let behaviour = healthy;
  return {
    behaviour: () => behaviour,
    active: () => active,
    set(ids) {
      active = find([...new Set(ids)]);
      behaviour = active.reduce((changed, knob) => knob.change(changed), healthy);
    },
  };
}

function find(ids: readonly string[]): readonly Knob[] {
  const unknown = ids.filter((id) => !byId.has(id));
  if (unknown.length > 0) {
    throw new RangeError(`no fault or variant is called ${unknown.map((id) => `"${id.slice(0, 60)}"`).join(', ')}`);
  }
  return ids.flatMap((id) => byId.get(id) ?? []);
}
