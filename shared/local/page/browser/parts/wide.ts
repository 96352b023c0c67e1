/** Keeps wide tables from making the whole page wide. */
import { h } from '../dom.ts';

/** A table that is wider than the screen scrolls by itself. */
export function wide(table: HTMLElement | null): HTMLElement | null {
  return table === null
    ? null
    : h(
        'div',
        {
          class: 'wide',
          tabindex: 0,
          role: 'region',
          'aria-label': table.querySelector('caption')?.textContent ?? 'table',
        },
        table,
      );
}
