/** Why a run did what it did, and why it did not do more: every judgement names at least one of these. */

export const decisionKinds = [
  // What the run was.
  'steady',
  'duplicate',
  'late',
  'inconclusive',
  'blocked',
  'blocked_without_cause',
  'flaky',
  'started_afresh',
  // What the step did.
  'below_threshold',
  'fired',
  'still_firing',
  'worsened',
  'eased',
  'reason_changed',
  'recovering',
  'recovered',
  'below_quorum',
  // What became of the incident.
  'opened',
  'joined_incident',
  'headline_changed',
  'step_recovered',
  'resolved',
  'reminded',
  'reminder_withheld',
  'suppressed_by_maintenance',
  'suppressed_by_mute',
  // Speed.
  'latency_moved',
  'latency_recovered',
  'latency_relearned',
  'latency_withheld',
  // The monitor itself, and the product's word against reality.
  'trouble_told',
  'trouble_over',
  'contradiction_told',
  'state_lost',
  'no_channel',
  'folded',
] as const;

export type DecisionKind = (typeof decisionKinds)[number];

export interface Decision {
  readonly kind: DecisionKind;
  /** One sentence with the numbers that decided. */
  readonly detail: string;
}
