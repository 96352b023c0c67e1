/** Ten breaks that show what the monitor is for, in the order of the tour; also the first ones on the break board. */

export interface TourStop {
  /** Id in the sandbox's table. */
  readonly fault: string;
  /** Why a simple check would not have seen it, or what is to be learned. */
  readonly lesson: string;
}

export const tourStops: readonly TourStop[] = [
  {
    fault: 'no_subprotocol',
    lesson:
      'The socket opens and every HTTP check is green, yet browsers hang up: the subprotocol is a contract of its own.',
  },
  {
    fault: 'backend_503_text',
    lesson: 'Health breaks first, so the incident names Health; the socket and the agent are blocked, not broken.',
  },
  {
    fault: 'login_500',
    lesson: 'One cause, one incident: nobody can log in, and the later steps are not blamed for it.',
  },
  {
    fault: 'login_key_wrong',
    lesson:
      "The product is fine and the monitor's own key is not: inconclusive, told as the monitor's trouble, no outage.",
  },
  {
    fault: 'me_ignores_signature',
    lesson: 'Everything works, also for a forged token. That is told at the first run, before anything else.',
  },
  {
    fault: 'redis_down',
    lesson: 'An optional part is down and people can work: degraded, told with patience, and nobody is woken up.',
  },
  {
    fault: 'close_1011_not_ready',
    lesson: 'The socket opens and is closed again: open is not ready, and the close code says why.',
  },
  {
    fault: 'stall',
    lesson: 'The agent begins, the connection stays alive, and then nothing comes: silence has a bound of its own.',
  },
  {
    fault: 'canned_answer',
    lesson: 'There is an answer, in time and in good form, but it is a stock phrase: no model was at work.',
  },
  {
    fault: 'health_200_unhealthy',
    lesson: 'HTTP 200 with “unhealthy” inside: the status code lies, the document does not.',
  },
];
