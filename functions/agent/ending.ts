/** How the watching of a run ended: the closed set from which its judgement starts. */
import type { Closure } from '../../shared/core/close-codes.ts';
import type { ServerError } from '../../shared/core/dialect/error.ts';

export type Ending =
  /** `told`: the run itself said that it is over. `quiet`: everybody completed and nothing more came. */
  | { readonly by: 'told' | 'quiet' | 'breach' | 'budget' }
  | { readonly by: 'error'; readonly error: ServerError }
  | { readonly by: 'bad_frame'; readonly detail: string }
  | { readonly by: 'closed'; readonly closure: Closure }
  /**
   * No event for too long. `alive`: the product answered a ping. Otherwise `transportAlive` says whether the server's
   * transport did.
   */
  | { readonly by: 'silence'; readonly silentMs: number; readonly alive: boolean; readonly transportAlive: boolean }
  | { readonly by: 'deadline'; readonly waitedMs: number };
