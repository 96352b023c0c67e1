/** Every way in which the sandbox can be broken, as one table. A new fault is a row in the file of its group. */
import { eventFaults, messageFaults } from './faults/agent.ts';
import { answerFaults } from './faults/answer.ts';
import { endFaults, greetingFaults } from './faults/connection.ts';
import { frameFaults } from './faults/frames.ts';
import { healthFaults } from './faults/health.ts';
import { httpFaults } from './faults/http.ts';
import { liesFaults } from './faults/lies.ts';
import { livenessFaults } from './faults/liveness.ts';
import { loginFaults } from './faults/login.ts';
import { networkFaults } from './faults/network.ts';
import { resourceFaults } from './faults/resource.ts';
import type { Fault, FaultGroup } from './faults/row.ts';
import { tlsFaults } from './faults/tls.ts';
import { tokenFaults } from './faults/token.ts';
import { negotiationFaults, upgradeFaults } from './faults/websocket.ts';

export type { Fault, FaultGroup } from './faults/row.ts';

const byGroup: Readonly<Record<FaultGroup, readonly Fault[]>> = {
  network: networkFaults,
  tls: tlsFaults,
  http: httpFaults,
  auth: [...loginFaults, ...tokenFaults, ...resourceFaults],
  health: healthFaults,
  websocket: [...upgradeFaults, ...negotiationFaults, ...greetingFaults, ...frameFaults, ...endFaults],
  agent: [...messageFaults, ...eventFaults, ...livenessFaults, ...answerFaults],
  lies: liesFaults,
};

export const faults: readonly Fault[] = Object.values(byGroup).flat();
