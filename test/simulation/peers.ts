/**
 * The alerting of other monitors as small models, by their defaults, on the same year of the same product. A model sees
 * what such a monitor sees: attempts that work or don't. It knows neither flow nor blame, as they do.
 */

/** One attempt at a step; true when it failed. */
export type Attempt = () => boolean;

export type Verdict = 'alert' | 'resolve' | null;

/** One monitor of one step. `send` answers whether the message got through. */
export type PeerMonitor = (attempt: Attempt, send: (what: 'alert' | 'resolve') => boolean) => void;

export interface Peer {
  readonly name: string;
  readonly open: () => PeerMonitor;
}

export const peers: readonly Peer[] = [
  {
    name: 'alert on one failure',
    open: () => onConsecutive({ failures: 1, successes: 1, retries: 0, resends: false }),
  },
  // failure-threshold 3 and success-threshold 2; an alert that could not be sent is tried again, a resolve is not.
  { name: 'Gatus', open: () => onConsecutive({ failures: 3, successes: 2, retries: 0, resends: true }) },
  // One retry, then alerted at once; a single success ends the alert.
  { name: 'Checkly', open: () => onConsecutive({ failures: 1, successes: 1, retries: 1, resends: false }) },
  { name: 'Cloudprober', open: cloudprober },
  // One retry before DOWN; the first success is UP.
  { name: 'Uptime Kuma', open: () => onConsecutive({ failures: 1, successes: 1, retries: 1, resends: false }) },
];

interface Consecutive {
  readonly failures: number;
  readonly successes: number;
  readonly retries: number;
  /** Whether an alert that did not get through is tried again at the next run. */
  readonly resends: boolean;
}

function onConsecutive({ failures, successes, retries, resends }: Consecutive): PeerMonitor {
  let failed = 0;
  let worked = 0;
  let alerting = false;
  return (attempt, send) => {
    let bad = attempt();
    for (let retry = 0; bad && retry < retries; retry += 1) {
      bad = attempt();
    }
    failed = bad ? failed + 1 : 0;
    worked = bad ? 0 : worked + 1;
    if (!alerting && failed >= failures) {
      alerting = send('alert') || !resends;
    } else if (alerting && worked >= successes) {
      alerting = false;
      send('resolve');
    }
  };
}

/** Alerts on one of one; the first run only sets the counters. */
function cloudprober(): PeerMonitor {
  const monitor = onConsecutive({ failures: 1, successes: 1, retries: 0, resends: false });
  let first = true;
  return (attempt, send) => {
    if (!first) {
      monitor(attempt, send);
    }
    first = false;
  };
}
