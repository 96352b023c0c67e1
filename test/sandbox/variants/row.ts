/** What a row of the table of healthy variants is. */
import type { Change } from '../behaviour.ts';
import type { EnvironmentChange } from '../faults/row.ts';

export interface Variant {
  readonly id: string;
  /** One plain sentence that says what is different and right all the same. */
  readonly title: string;
  readonly change: Change;
  readonly environment: EnvironmentChange | null;
}

export interface VariantRow {
  readonly title: string;
  readonly change?: Change;
  readonly environment?: EnvironmentChange;
}

export function variantRows(byId: Readonly<Record<string, VariantRow>>): readonly Variant[] {
  return Object.entries(byId).map(([id, { title, change, environment }]) => ({
    id,
    title,
    change: change ?? ((behaviour) => behaviour),
    environment: environment ?? null,
  }));
}
