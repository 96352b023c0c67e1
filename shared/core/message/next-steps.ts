/**
 * What to do first, one line a reason: the line of the alert, repeated by the runbook. Written for someone who is
 * woken up and has never seen the product.
 */
import type { Reason } from '../reasons.ts';

export const nextSteps: Readonly<Record<Reason, string>> = {
  // The way to the product.
  dns: 'Look the host name up from another network. If it is gone there too, mend the DNS record or the domain mapping; if it is there, suspect our own name server.',
  refused:
    'Check that the service runs and that its host name still leads to it: a failed deploy and a deleted domain mapping come first.',
  unreachable:
    'Check the address behind the host name and the route to it: load balancer, firewall, VPC. If other hosts fail too, it is our own network.',
  reset:
    'Look in the log of the service at this second: a crash or an instance that is shut down leaves such a cut. If it shows nothing, look at the load balancer.',
  connect_timeout:
    'Check the load balancer and the firewall rules: packets to the host vanish. Try from another network before you blame the service.',
  tls_timeout:
    'Try the TLS handshake by hand. If it hangs there too, the load balancer is overloaded or a firewall swallows packets.',
  tls_expired:
    'Renew the certificate now: every browser refuses the site. Then find out why it was not renewed by itself; mostly a DNS record has moved.',
  tls_not_yet_valid:
    'Compare the start date of the certificate with the time now. Install one that is valid, or set the clock of the issuer right.',
  tls_untrusted:
    'Check the chain of certificates that the server sends: mostly the intermediate one is missing, or a self-made one was installed.',
  tls_name_mismatch:
    'Compare the names in the certificate with the host name: the name leads to the wrong server, or the certificate was issued without it.',
  tls_not_spoken:
    'Check the port and the load balancer: something that speaks plain HTTP answers where TLS is expected.',
  tls_other:
    'Read the TLS error in the evidence and try the handshake by hand. A TLS version or cipher that was switched off is the usual cause.',
  tls_expiring:
    'Renew the certificate before the date in the evidence. Nobody is hurt yet; on that day it is an outage.',

  // HTTP.
  first_byte_timeout:
    'Look in the log of the service for what it waits for: database, VPC connector, or a start that takes too long.',
  body_timeout: 'Look in the log of the service for a slow query or an overloaded instance.',
  body_cut: 'Look for a crash or restart of the service at this second.',
  body_too_large: 'Open the address by hand and see what comes: mostly an error page, a dump or the wrong endpoint.',
  bad_http:
    'Open the address by hand: something other than the service answers on this port, or a proxy garbles the answer.',
  unauthorized:
    'Login works, but this service refuses the token. Compare the secret that signs tokens (JWT secret) in both services: it must be the same.',
  forbidden:
    'Find out who refused: the firewall (Cloud Armor) logs its denials, the service logs its own. Then mend the rule or the missing right.',
  not_found:
    'Compare host and path with the environment file and the last deploy: the route is gone, or the host name leads to another service.',
  rate_limited:
    'Start no extra runs: the product bans an address for 10 minutes. Find out who else sends requests from the address of the monitor.',
  client_error:
    'The product calls our request wrong; the status is in the evidence. If a deploy changed the interface on purpose, adapt the environment file; if not, roll back.',
  server_error: 'Read the exception in the log of this very run. If it came with the last deploy, roll back.',
  unavailable:
    'See whether the service has a ready instance. After a deploy this passes within a minute; if it does not, read in the log why instances do not start.',
  gateway:
    'The load balancer works, the service behind it does not answer. See whether its instances crash, hang or were just deployed.',
  unexpected_status:
    'Look at the status in the evidence and open the address by hand: the endpoint was changed, or something else answers in its place.',
  redirected:
    'Look where the redirect leads (evidence): mostly a login page, or a new host that the environment file does not know yet.',
  redirect_loop:
    'Follow the redirects by hand. Two rules send the request to each other, mostly one of the load balancer and one of the service.',
  not_json: 'Open the address by hand: an error page or a web page answers where the service should.',
  unexpected_shape:
    'Compare the answer with the environment file: a deploy has renamed or moved a field. If it was meant, adapt the file; if not, roll back.',

  // Login and token.
  login_rejected:
    'Users may be locked out. Try to log in by hand, then read the log of the login service; its database and its last deploy come first.',
  token_missing:
    'Roll back the last deploy of the login service. If the token only moved on purpose, correct its place in the environment file.',
  token_invalid:
    'The evidence says which part of the token is wrong (issuer, audience, user, time or signature). Compare it with the settings of the login service.',
  token_lifetime:
    'Compare the lifetime in the evidence with the setting of the login service. Too short throws users out, too long keeps stolen tokens alive.',
  clock_skew:
    'The clock of the service is off, so good tokens look expired. Restart the instance; if that does not help, tell those who run the platform.',
  subject_mismatch:
    'The product takes us for someone else. Treat it as a mix-up of users: see in the evidence who was named, and read the log of this run.',
  refresh_failed:
    'Users are thrown out when their token ends. Read the log of the login service; a changed secret and lost sessions come first.',
  self_signed_login:
    'Nothing is broken. To test the real login as well, set another kind of login in the environment file.',
  auth_bypassed:
    'Treat it as a security incident: people get in without a valid token. Look in the settings for a demo, emergency or test mode (such as DEMO_MODE) and switch it off, or take the service off the net.',

  // Health documents.
  status_word: 'The evidence names the part that calls itself unhealthy. Start there; the log of the service says why.',
  status_word_degraded:
    'Users can still work. The evidence names the part that is degraded: mend it in working hours, unless other steps begin to fail.',
  status_word_unknown:
    'The health page uses a new word. Ask those who run the product what it means and add it to the environment file.',
  assertion_failed:
    'Compare the value in the evidence with the one that the environment file asks for. Either the product or the file is wrong.',
  component_down:
    'Mend the named component first. Is it running, can the service reach it (VPC connector), is its password still right?',
  component_degraded:
    'The product works without this component, with less. Check the component and the way to it; for Redis: instance, memory, VPC connector. It can wait until morning.',
  component_slow:
    'Look at the load of the named component; for a database at slow queries and open connections. Users still get answers.',
  component_vanished:
    'If the component was removed on purpose, take it out of the environment file. If not, a deploy has lost its check.',
  startup:
    'Wait five minutes: the service says that it is starting. If it still says so, read its log; a start without end mostly waits for the database.',
  startup_failed: 'Read the error in the log of the service, and roll back to the last revision that started.',
  restarted:
    'Nothing to do if there was a deploy. If not, look in the log before the restart for a crash or a lack of memory.',
  health_lies: 'Do not trust the green health page: users are hit. Work on the broken step that is named here.',
  health_alarmist:
    'Users can work although the health page says otherwise. Find out which of its checks is wrong, so that it is believed next time.',

  // WebSocket.
  upgrade_unauthorized:
    'Login works, but the WebSocket server refuses the token. Compare the secret that signs tokens (JWT secret) in both services: it must be the same.',
  upgrade_forbidden:
    'A firewall (Cloud Armor) or the server itself refused before the connection was accepted. Look at the denials of the firewall first, then for “not ready” in the log of the server.',
  upgrade_rate_limited:
    'Start no extra runs: the product bans an address for 10 minutes. Find out who else opens connections from the address of the monitor.',
  upgrade_server_error: 'Read the exception in the log of this very connection. If it came with a deploy, roll back.',
  upgrade_unavailable:
    'See whether the service has a ready instance. After a deploy this passes within a minute; if it does not, read in the log why instances do not start.',
  upgrade_ignored:
    'Something that knows no WebSockets answered. Check the path, and the rule of the load balancer that must lead it to the backend.',
  upgrade_refused: 'See the status in the evidence, and read in the log of the server why it refused this connection.',
  upgrade_timeout: 'Look for instances that are starting or stuck, mostly on the database.',
  bad_handshake:
    'A proxy or a new server library answers the WebSocket handshake wrong. Try it around the load balancer and compare.',
  subprotocol_missing:
    'The client offers names of protocols and the server must choose one; it chose none, so browsers hang up. Find what changed in how the server accepts WebSockets, or roll back.',
  subprotocol_unoffered:
    'The server chose a protocol name that the client did not offer, so browsers hang up. Compare offer and choice in the evidence; mend the choice of the server, or roll back.',
  subprotocol_unexpected:
    'It works for now. Compare offer and choice in the evidence and ask whether the change was meant; if so, add it to the environment file.',
  token_echoed:
    'The server sends the token back in a response header, and proxies write headers into logs. Let it answer with the plain protocol name instead.',
  offer_too_large:
    'The token has grown, and common proxies refuse headers above 8 KiB. Find out which claims made it grow before connections begin to fail.',
  closed_early:
    'Code 1000 only looks normal: it means that the handler of the server has ended. Read the log of this connection for the error just before the close.',
  connection_cut:
    'Look for a restart or deploy at this time. If the connection always breaks at the same age, a timeout of the load balancer cuts it.',
  protocol_error:
    'The evidence says which rule the server broke. A proxy or a new server library is the usual cause; compare with the revision before.',
  bad_frame:
    'The server sent something that is not the agreed JSON; browsers stumble over it too. See the evidence, then the last deploy.',
  no_welcome:
    'The chat stays empty. Read the log of this connection; mostly setting up the session of the user has failed.',
  welcome_error: 'The error is in the evidence. A refused token and parts that are not ready come first.',
  handshake_incomplete:
    'Messages that are sent now get lost. Read the log of this connection for where its opening exchange stopped.',
  no_pong:
    'The message loop of the server is stuck. Read its log for errors in message handling; a restart helps for the moment.',
  isolation_breach:
    'Treat it as a security incident. Tell security, keep the evidence, and roll back or take the service off the net until it is understood.',
  carrier_stripped:
    'Something on the way removes the Authorization header. Check the header rules of the load balancer; browsers are not hit, other clients are.',
  crowd_incomplete:
    'One connection works, many at once do not. Check the limits (connections a user, instances, CPU) and the log at this time.',

  // Agent.
  message_ignored:
    'The message is lost between the connection and the agent. Look in the log for errors in message routing, and compare with the last deploy.',
  event_missing:
    'The run ended without a step that users must see (evidence). Look in the log of this run for events that could not be sent.',
  event_order:
    'The events contradict each other: two runs are mixed up, or one is told twice. Read the log of this run and look at the last deploy.',
  agent_error: 'The error is in the evidence. Key, quota and availability of the language model come first.',
  agent_death: 'The evidence has the cause. Lack of memory and timeouts come first.',
  agent_stall: 'Look in the log what the agent waits for: language model, tool or database.',
  agent_timeout: 'See in the evidence where the time went: language model, tool, or waiting in a queue.',
  orchestration_failed: 'Users get no real answer although the run looks complete. Read the log of this run.',
  empty_answer: 'Users see nothing. Read the log of this run: the answer was lost, or the language model gave none.',
  wrong_answer:
    'An answer came, but not to our question. See whether the agent gets the text of the user at all, or answers from a cache or a demo mode.',
  canned_answer:
    'The chat looks alive, but no language model is at work: users get stock phrases. Check key and quota of the model, and that no demo or mock mode is on.',
  faked_run:
    'All events came within a second, faster than any language model: a stand-in plays the run. Find out why the real agent is not used: missing service, mock mode, key of the model.',
  probe_budget:
    'The monitor has used up its agent runs for today. Raise runsPerDayMax in the environment file, or find out who starts extra runs.',

  // Speed.
  slow: 'See in the evidence which phase took the time. If it began with a deploy, compare the revisions; if not, look at load and database.',
  slower:
    'Compare the revisions before and after. If it moved with a deploy, roll back or profile; if not, look at load, database and network.',

  // The monitor itself.
  credential:
    'This is the login of the monitor, not an outage. Renew the secret, or give the synthetic user its rights back; until then this step is not watched.',
  own_path:
    'This is the network of the monitor, not an outage: a host that is always up cannot be reached either. Check the way out of the monitor (VPC, NAT, region).',
  config_invalid:
    'This is a mistake in the monitor, not an outage. The log of the function says what is wrong; correct the environment file or the secret.',
  deadline_exceeded:
    'The run was cut off by its own time limit. If it repeats, raise deadlineSeconds of the step, or give the function more CPU.',
  state_unavailable:
    'This is the memory of the monitor, not an outage. Check Firestore: does the database exist, and may the account of the function use it?',
  state_invalid:
    'This is the memory of the monitor, not an outage: a stored document cannot be read by this version. Roll the monitor back, or delete the document.',
  metrics_unavailable:
    'Charts have gaps and metric alerts are blind; Slack messages still come. Check the right to write metrics and the quota of Cloud Monitoring.',
  slack_unavailable:
    'Messages come late or not at all. Run the drill: it tries each part of the way to Slack and says what to do.',
  unclassified:
    'The monitor met something that it does not know, so nothing was judged. Read the log of the function, and report it as a gap.',
};
