/**
 * Every assertion that the probes make, by step: the closed set behind the `check` label, the table of
 * `golden-path check` and the page. A new check is a line here and the code that makes it.
 */
import type { Step } from './step.ts';

export const checksByStep = {
  auth: {
    'auth.login': 'A user can log in and gets a token',
    'auth.token_signature': 'The token is signed with an allowed algorithm and the right key',
    'auth.token_claims': 'The token names the right issuer, audience, subject and times',
    'auth.token_lifetime': 'The token lives as long as it should and as the response says',
    'auth.clock_skew': "The product's clock agrees with ours",
    'auth.protected_resource': 'The token opens a protected resource of the same user',
    'auth.refresh': 'A refresh token gives a new token of the same user',
    'auth.refuses_no_token': 'The protected resource refuses a request without a token',
    'auth.refuses_tampered': 'The protected resource refuses a token whose claims were changed',
    'auth.refuses_alg_none': 'The protected resource refuses an unsigned token (alg none)',
    'auth.refuses_expired': 'The protected resource refuses an expired token',
    'auth.refuses_wrong_key': 'The protected resource refuses a token signed with another key',
    'auth.refuses_wrong_password': 'Login refuses a wrong credential',
  },
  health: {
    'health.document': 'The health document answers and says that all is well',
    'health.component': 'A component of the product is up and fast enough',
    'health.shape': 'The health document still has the parts that it had',
    'health.uptime': 'The service has not restarted since the last run',
    'health.tls': 'The certificate is valid and will be for some time',
  },
  websocket: {
    'websocket.login': 'A token for the handshake can be had',
    'websocket.upgrade': 'The upgrade to WebSocket succeeds',
    'websocket.subprotocol': 'The negotiated subprotocol is one that was offered and wanted',
    'websocket.token_hygiene': 'The token does not come back in the response in clear',
    'websocket.offer_size': 'The offered headers stay under the limit of proxies',
    'websocket.welcome': 'The server greets with the frame of its version',
    'websocket.user': 'The connection belongs to the user who logged in',
    'websocket.handshake': 'The handshake that the server starts is completed',
    'websocket.ping': 'A ping is answered by a pong',
    'websocket.carrier_authorization': 'The token is also accepted in the Authorization header',
    'websocket.refuses_no_token': 'A connection without a token is refused',
    'websocket.refuses_bad_token': 'A connection with a forged token is refused',
    'websocket.refuses_foreign_origin': 'A connection from a foreign origin is refused',
    'websocket.crowd': 'Many sockets at once all become ready',
  },
  agent: {
    'agent.login': 'A token for the run can be had',
    'agent.connection': 'A socket for the run is ready',
    'agent.accepted': 'The message sets off a run',
    'agent.events': 'The run shows all required events, in order and in pairs',
    'agent.identity': 'All events belong to this user, thread and run',
    'agent.liveness': 'The run does not stall and the connection holds',
    'agent.answer': 'The answer is derived from the question of this very run',
    'agent.authenticity': 'The run is a real one, not a canned or faked one',
    'agent.pace': 'The run stays inside its time bounds',
    'agent.budget': 'The run stays inside its budget',
  },
} as const satisfies Readonly<Record<Step, Readonly<Record<string, string>>>>;

export type CheckIdOf<S extends Step> = keyof (typeof checksByStep)[S] & string;

export type CheckId = { [S in Step]: CheckIdOf<S> }[Step];

export const checkTitles: Readonly<Record<CheckId, string>> = {
  ...checksByStep.auth,
  ...checksByStep.health,
  ...checksByStep.websocket,
  ...checksByStep.agent,
};
