/** The product as it should be: newest version of the protocol, nothing broken. */
import { healthyAgent } from './agent/run.ts';
import { type Behaviour, strictGuard } from './behaviour.ts';
import { healthySocket } from './socket/session.ts';

export const healthy: Behaviour = {
  realTime: false,
  controlEndpoint: 'up',
  clockAheadMs: 0,
  doors: { auth: 'open', backend: 'open' },
  certificates: { auth: 'valid', backend: 'valid' },
  intercepts: [],
  edits: {},
  token: { algorithm: 'HS256', key: 'own', rotates: false, claims: (claims) => claims },
  loginChecked: true,
  resourceGuard: strictGuard,
  socket: healthySocket,
  agent: healthyAgent,
};
