/** The ways in which the local Cloud Monitoring can be told to fail. */
import type { Rule } from './candidate.ts';
import type { CallError } from './refusal.ts';

/** `lost_answer` writes and stays silent; `partial` refuses every n-th series of a request. */
export type Fault =
  | { readonly kind: 'status'; readonly code: number; readonly message: string }
  | { readonly kind: 'slow'; readonly delayMs: number }
  | { readonly kind: 'silent' }
  | { readonly kind: 'lost_answer' }
  | { readonly kind: 'partial'; readonly every: number };

export interface Faults {
  /** Sets what the next writes meet; null ends it. */
  set(fault: Fault | null, writes: number): void;
  /** What the write that begins now meets. */
  next(): Fault | null;
}

export function createFaults(): Faults {
  let current: Fault | null = null;
  let writesLeft = 0;
  return {
    set(fault, writes) {
      current = fault;
      writesLeft = writes;
    },
    next() {
      writesLeft -= 1;
      return writesLeft < 0 ? null : current;
    },
  };
}

/** Lets a write happen and be answered as the fault would have it. `judge` writes and says what was refused. */
export function underFault(
  fault: Fault | null,
  judge: (extra: readonly Rule[]) => CallError | null,
  answer: (error: CallError | null) => void,
): void {
  switch (fault?.kind) {
    case undefined:
      answer(judge([]));
      break;
    case 'status':
      answer({ code: fault.code, details: fault.message });
      break;
    case 'slow':
      setTimeout(() => answer(judge([])), fault.delayMs).unref();
      break;
    case 'silent':
      break;
    case 'lost_answer':
      judge([]);
      break;
    case 'partial':
      answer(judge([everyNth(fault.every)]));
      break;
  }
}

function everyNth(every: number): Rule {
  return {
    id: 'fault',
    broken: ({ index }) => ((index + 1) % every === 0 ? 'Internal error encountered. Please try again.' : null),
  };
}
