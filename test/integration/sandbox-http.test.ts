/** The sandbox's faults of HTTP, of health documents, of login, token and protected resource, seen with plain clients. */
import { admitted, backend, describeFaults, login, sockets, type Symptoms } from '../support/sandbox-cases.ts';

function health(symptom: string): Symptoms {
  return { 'backend health': symptom };
}

describeFaults(['http'], {
  health_400: health('400 "Bad Request"'),
  health_401: health('401 {'),
  health_403: health('403 "<!doctype html>'),
  health_404: health('404 {"detail":"Not Found"}'),
  health_429: health('429 retry after 600'),
  health_500: health('500 "Internal Server Error"'),
  health_502: health('502 "<html>'),
  health_503: health('503 "<html>'),
  health_504: health('504 "upstream request timeout"'),
  health_204: health('204 ""'),
  health_redirected: health('302 to https://login.sandbox.example/'),
  redirect_loop: health('302 to /health,'),
  redirect_chain: health('302 to /health?1'),
  health_html: health('200 "<!doctype html>'),
  health_text: health('200 "OK"'),
  health_empty: health('200 ""'),
  health_broken_json: health('200 "{\\"status\\":\\"healthy\\",\\"checks\\":{"'),
  health_array: health('200 []'),
  health_without_status: health('200 {"service":"netra-ai-platform","version":"1.0.0"}'),
  health_not_http: health('HPE_INVALID_CONSTANT'),
  health_bad_status_line: health('HPE_INVALID_STATUS'),
  health_bad_chunk: health('200, then HPE_INVALID_CHUNK_SIZE'),
  health_huge_head: health('HPE_HEADER_OVERFLOW'),
  health_endless: health('200, then a body without end'),
  health_gzip_bomb: health('200 gzip of 65'),
  health_drips: health('200, then silence'),
  health_stalls: health('200, then silence'),
  health_hangs: health('silence'),
  health_slow: { slowMs: 1_000 },
});

function dependencies(symptom: string): Symptoms {
  return { dependencies: symptom };
}

describeFaults(['health'], {
  backend_503_text: { ...backend('503'), 'backend health': '503 "Service Unavailable"' },
  startup_503: {
    'backend health': '503 {"status":"unhealthy","message":"Startup in progress","startup_in_progress":true',
    dependencies: '500 {',
    ...sockets('HTTP 503'),
  },
  startup_failed: {
    'backend health': '"startup_failed":true',
    dependencies: '500 {',
    ...sockets('HTTP 503'),
  },
  auth_database_down: { 'auth health': '503 {"status":"unhealthy"' },
  auth_database_disconnected: { 'auth health': '"database_status":"disconnected"' },
  database_down: dependencies('503 {"detail":{"status":"unhealthy"'),
  database_slow: dependencies('"postgresql":{"status":"healthy","connected":true,"response_time_ms":5000'),
  redis_down: dependencies('200 {"status":"degraded"'),
  clickhouse_degraded: dependencies('"clickhouse":{"status":"degraded"'),
  redis_slow: dependencies('"redis":{"status":"healthy","connected":true,"response_time_ms":2000'),
  component_vanished: dependencies('"checks":{"redis"'),
  components_vanished: dependencies('"uptime_seconds":"long","database_details"'),
  component_word_unknown: dependencies('"redis":{"status":"hibernating"'),
  status_degraded: health('200 {"status":"degraded"'),
  status_unknown: health('200 {"status":"splendid"'),
  restarted: { 'auth health': '"uptime_seconds":"short"' },
});

const refusal = 'error_message AUTH_FAILED; close 1008 Authentication failed';

/** A token that neither the auth service nor the backend takes. */
function refusedToken(symptom: string): Symptoms {
  return { token: symptom, me: '401', ...admitted(refusal) };
}

/** The protected resource, whatever it is asked with. */
function me(symptom: string): Symptoms {
  const bad = ['without token', 'tampered', 'unsigned', 'expired', 'wrong key'];
  return { me: symptom, ...Object.fromEntries(bad.map((name) => [`me ${name}`, symptom])) };
}

const passwordUser: Symptoms = {
  login: '"id":"user-golden-path"',
  token: 'sub user-golden-path',
  me: '"user_id":"user-golden-path"',
  refresh: '"id":"user-golden-path"',
};

describeFaults(['auth'], {
  login_key_wrong: login('401 {"detail":"Invalid E2E bypass key"}'),
  login_403: login('403 {'),
  login_403_firewall: login('403 "<!doctype html>'),
  login_404: login('404 {'),
  login_429: login('429 retry after 600'),
  login_500: login('500 {'),
  login_502: login('502 "<html>'),
  login_503: login('503 "Service Unavailable"'),
  login_unconfigured: login('503 {"detail":"E2E authentication not configured"}'),
  login_not_http: login('HPE_INVALID_CONSTANT'),
  login_endless: login('200, then a body without end'),
  login_html: login('200 "<!doctype html>'),
  login_array: login('200 []'),
  login_without_token: login('200 {"refresh_token"'),
  login_slow: { slowMs: 1_400 },
  password_rejected: login('401 {"detail":"Invalid credentials"}'),
  password_ignored: passwordUser,
  client_rejected: login('401 {"error":"invalid_client"}'),
  self_signed_login: login('none'),
  token_expired: refusedToken('for 900 s, -120 min ahead'),
  token_not_yet_valid: refusedToken('nbf later'),
  token_wrong_issuer: refusedToken('iss somebody-else'),
  token_wrong_audience: refusedToken('aud netra-admin'),
  token_wrong_environment: refusedToken('env production'),
  token_without_subject: refusedToken('sub undefined'),
  token_without_id: { token: 'no jti' },
  token_wrong_key: refusedToken('HS256, not by the shared secret'),
  token_unsigned: refusedToken('none, not by the shared secret'),
  token_wrong_algorithm: { token: 'RS256', keys: 'with the key of the token' },
  token_garbage: refusedToken('no JWT'),
  token_unknown_key_id: refusedToken('RS256'),
  key_set_gone: { token: 'RS256', keys: '404' },
  token_short_lived: { token: 'for 30 s' },
  token_long_lived: { token: 'for 2592000 s' },
  token_lifetime_drift: { token: 'for 1800 s' },
  token_of_other_user: {
    token: 'sub user-somebody-else',
    me: '"user_id":"user-somebody-else"',
    ...admitted('user-som...'),
  },
  clock_ahead: { token: '5 min ahead' },
  clock_behind: { token: '-5 min ahead' },
  me_401: { me: '401' },
  me_403: me('403'),
  me_404: me('404'),
  me_500: me('500'),
  me_of_other_user: { me: '"user_id":"user-somebody-else"' },
  me_open: { 'me without token': '"user_id":"demo-user-001"' },
  me_ignores_signature: { 'me tampered': '200', 'me unsigned': '200', 'me wrong key': '200' },
  me_takes_unsigned: { 'me unsigned': '200' },
  me_takes_expired: { 'me expired': '200' },
  refresh_401: { refresh: '401 {"detail":"Invalid refresh token"}' },
  refresh_500: { refresh: '500' },
  refresh_without_token: { refresh: '200 {"refresh_token"' },
  refresh_error_inside: { refresh: '200 {"error"' },
});
