/** Keeps what the views draw from, and has it drawn once for all that changes before the next frame. */
import type { Model } from './model.ts';

export interface Store {
  readonly model: () => Model;
  change(part: Partial<Model>): void;
}

export function createStore(first: Model, draw: (model: Model) => void): Store {
  let model = first;
  let scheduled = false;

  function drawNow(): void {
    scheduled = false;
    model = { ...model, nowMs: nowOf(model) };
    draw(model);
    performance.measure('golden-path:update', 'golden-path:changed');
  }

  return {
    model: () => model,
    change: (part) => {
      model = { ...model, ...part };
      if (scheduled) {
        return;
      }
      scheduled = true;
      performance.clearMarks('golden-path:changed');
      performance.mark('golden-path:changed');
      if (document.hidden) {
        // A hidden page gets no frames, and has to be right when it is looked at again.
        setTimeout(drawNow, 0);
      } else {
        requestAnimationFrame(drawNow);
      }
    },
  };
}

/** A report stays at its own time. */
function nowOf({ kind, overview }: Model): number {
  return kind === 'file' && overview !== null ? overview.nowMs : Date.now();
}
