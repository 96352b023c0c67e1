/**
 * The tour: breaks and mends the sandbox by itself, one stop after the other, and tells what is seen. It waits for what
 * really happens and says so when it does not happen.
 */
import { sentence, stepTitles } from '../../core/message/words.ts';
import { durationText } from '../../core/time.ts';
import type { BreakBoard } from './breaks.ts';
import type { BoardFault, BreakTimes, Tour } from './model/board.ts';
import type { Overview } from './model/contract.ts';
import type { TourStop } from './model/tour-stops.ts';

export interface TourOptions {
  readonly stops: readonly TourStop[];
  readonly board: BreakBoard;
  readonly overview: () => Overview;
  /** Calls back whenever something may have changed, until the returned function is called. */
  readonly onChange: (listener: () => void) => () => void;
  readonly show: (tour: Tour | null) => void;
  /** Tells whoever sits at the terminal. */
  readonly say: (text: string) => void;
  /** Ends the tour; what it broke is mended. */
  readonly signal: AbortSignal;
}

/** Runs within which a break is to be found, told and over; a degraded step takes three of five. */
const cadencesMax = 9;

/** Resolves when the tour is over or was ended; rejects when the sandbox does not answer. */
export async function runTour(options: TourOptions): Promise<void> {
  const guide = createGuide(options);
  const { stops, signal } = options;
  let found = 0;
  for (const [at, stop] of stops.entries()) {
    guide.go(at + 1, stop.fault);
    found += (await visit(stop, options, guide)) ? 1 : 0;
    if (signal.aborted) {
      break;
    }
  }
  if (signal.aborted) {
    options.show(null);
    options.say('the tour was ended');
  } else {
    guide.go(stops.length + 1, null);
    guide.tell(`The tour is over: ${found} of ${stops.length} breaks were found. The board is yours.`);
  }
}

/** Time for people to look at what is broken before it is mended. */
function readingMs(cadenceMs: number): number {
  return Math.min(5_000, cadenceMs);
}

interface Guide {
  go(stop: number, fault: string | null): void;
  tell(text: string): void;
  /** Whether it came true in time. */
  until(isTrue: () => boolean, withinMs?: number): Promise<boolean>;
}

function createGuide({ stops, show, say, onChange, overview, signal }: TourOptions): Guide {
  let tour: Tour = { stop: 0, count: stops.length, fault: null, story: [] };
  return {
    go: (stop, fault) => {
      tour = { ...tour, stop, fault, story: [] };
    },
    tell: (text) => {
      // Who has ended the tour wants to hear no more of it.
      if (signal.aborted) {
        return;
      }
      tour = { ...tour, story: [...tour.story, { atMs: Date.now(), text }] };
      show(tour);
      say(text);
    },
    until: async (isTrue, withinMs = overview().cadenceMs * cadencesMax) => {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const look = (): void => {
        if (isTrue()) {
          resolve(true);
        }
      };
      const stopListening = onChange(look);
      const giveUp = (): void => resolve(false);
      const timer = setTimeout(giveUp, withinMs);
      signal.addEventListener('abort', giveUp);
      if (signal.aborted) {
        giveUp();
      }
      look();
      try {
        return await promise;
      } finally {
        stopListening();
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
      }
    },
  };
}

/** Whether the break was found. */
async function visit({ fault: id, lesson }: TourStop, options: TourOptions, guide: Guide): Promise<boolean> {
  const { board, overview, signal } = options;
  const fault = board.faults.find((each) => each.id === id);
  if (fault === undefined) {
    throw new Error(`the sandbox has no fault "${id}"`);
  }
  guide.tell(`Next: ${fault.title}`);
  await guide.until(() => isCalm(overview()));
  if (signal.aborted) {
    return false;
  }
  await board.break(id);
  guide.tell(lesson);
  const found = await guide.until(() => typeof timesOf(fault, board)?.detectedAtMs === 'number');
  guide.tell(found ? foundText(fault, board) : `${stepTitles[fault.step]} has not found it in time.`);
  const told = found && (await guide.until(() => typeof timesOf(fault, board)?.toldAtMs === 'number'));
  if (found) {
    guide.tell(told ? toldText(fault, board, overview()) : 'Slack has not been told in time.');
  }
  await guide.until(() => false, readingMs(overview().cadenceMs));
  await board.mend(id);
  guide.tell('Mended.');
  const over = await guide.until(() => isCalm(overview()));
  guide.tell(over ? 'All steps work again, and Slack knows.' : 'It is not over yet; on to the next one all the same.');
  return found;
}

function timesOf({ id }: BoardFault, board: BreakBoard): BreakTimes | undefined {
  return board.now().times.find(({ fault }) => fault === id);
}

function isCalm({ steps, incident, troubles }: Overview): boolean {
  return incident === null && troubles.length === 0 && steps.every(({ mark }) => mark === 'pass');
}

function foundText(fault: BoardFault, board: BreakBoard): string {
  const times = timesOf(fault, board);
  const after = durationText((times?.detectedAtMs ?? 0) - (times?.brokenAtMs ?? 0));
  return `Found after ${after} by ${stepTitles[fault.step]}, ${fault.verdict}: ${sentence(fault.reason)}`;
}

function toldText(fault: BoardFault, board: BreakBoard, { incident, steps }: Overview): string {
  const times = timesOf(fault, board);
  const after = durationText((times?.toldAtMs ?? 0) - (times?.brokenAtMs ?? 0));
  const blocked = steps.filter(({ mark }) => mark === 'blocked').map(({ step }) => stepTitles[step]);
  const about =
    incident === null ? 'as trouble of the monitor' : `the incident names ${stepTitles[incident.firstStep]}`;
  return `Told after ${after}: ${about}${blocked.length === 0 ? '' : `; blocked: ${blocked.join(', ')}`}.`;
}
