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

/** `more`: knobs of a test's own, beside all faults and variants. */
export function createKnobs(more: readonly Knob[] = []): Knobs {
  const byId = new Map([...faults, ...variants, ...more].map((knob) => [knob.id, knob]));
  let active: readonly Knob[] = [];
  let behaviour = healthy;
  return {
    behaviour: () => behaviour,
    active: () => active,
    set(ids) {
      active = find([...new Set(ids)], byId);
      behaviour = active.reduce((changed, knob) => knob.change(changed), healthy);
    },
  };
}

function find(ids: readonly string[], byId: ReadonlyMap<string, Knob>): readonly Knob[] {
  const unknown = ids.filter((id) => !byId.has(id));
  if (unknown.length > 0) {
    throw new RangeError(`no fault or variant is called ${unknown.map((id) => `"${id.slice(0, 60)}"`).join(', ')}`);
  }
  return ids.flatMap((id) => byId.get(id) ?? []);
}
