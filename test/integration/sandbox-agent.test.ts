/** The sandbox's faults of the agents and its lies, seen with the plain `ws` client. */
import { accepted, describeFaults, login, type Symptoms } from '../support/sandbox-cases.ts';

const asked = '101 jwt-auth; connection_established; handshake_response; handshake_complete; pong';
const begun = 'agent_started; agent_started triage; agent_thinking triage; agent_completed triage; agent_thinking';
const withTool = 'tool_executing; tool_completed';
const ended = 'agent_thinking; agent_completed';

/** What the connection that asks a question hears, from the first frame on. */
function hears(...words: readonly string[]): Symptoms {
  return { run: [asked, ...words].join('; ') };
}

const notAnswered = hears(begun, withTool, ended, 'not answered');

describeFaults(['agent'], {
  message_ignored: hears('silence'),
  message_acknowledged_only: hears('ack; silence'),
  processing_late: hears('silence'),
  request_error: hears('error_message AGENT_REQUEST_ERROR; silence'),
  message_rate_limited: hears('error; silence'),
  event_missing: hears('agent_started; agent_started triage; agent_completed triage', withTool, 'agent_completed'),
  start_missing: hears('agent_thinking triage; agent_completed triage; agent_thinking', withTool, ended),
  tools_missing: hears(begun, ended, 'answered'),
  tool_unfinished: hears(begun, 'tool_executing', ended, 'answered'),
  tool_before_its_start: hears(begun, 'tool_completed; tool_executing', ended, 'answered'),
  agent_error: hears(begun, 'agent_error; silence'),
  agent_failed: hears(begun, withTool, 'agent_thinking; agent_failed; silence'),
  agent_death: hears(begun, 'agent_death; silence'),
  agent_times_out: hears(begun, 'agent_timeout_failure; silence'),
  events_lost: hears(begun, 'tool_executing; connection_error; silence'),
  system_error: hears(begun, 'tool_executing; system_error; silence'),
  foreign_user: { run: 'agent_thinking user-somebody-else; tool_executing' },
  foreign_thread: { run: 'agent_thinking thread_somebody_else; tool_executing' },
  foreign_run: hears(begun, withTool, 'agent_thinking; agent_completed run_somebody_else; answered'),
  stall: hears(begun, 'silence'),
  stall_before_end: hears(begun, withTool, 'agent_thinking; silence'),
  only_sub_agent_ends: hears(
    'agent_started; agent_started triage; agent_thinking triage; agent_completed triage; silence',
  ),
  endless_run: hears(begun, 'agent_thinking; agent_thinking; agent_thinking'),
  goes_deaf: hears('agent_started; agent_started triage; agent_thinking triage; agent_completed triage; silence'),
  run_cut: hears(begun, 'tool_executing; close 1006'),
  run_closed_1000: hears(begun, 'tool_executing; close 1000 main cleanup'),
  run_closed_1011: hears(begun, 'tool_executing; close 1011 Internal error'),
  run_closed_1012: hears(begun, 'tool_executing; close 1012 Service restart'),
  run_frame_not_json: hears(begun, 'tool_executing; no JSON object of 19; tool_completed'),
  run_frame_oversize: hears(begun, 'tool_executing; WS_ERR_UNSUPPORTED_MESSAGE_LENGTH; close 1006'),
  runaway_text: hears(begun, withTool, 'agent_thinking; partial_result; partial_result; partial_result'),
  // Only the monitor's own memory has something to say.
  budget_used_up: {},
  // The observer gives up before the answer comes.
  agent_slow: { run: 'tool_completed; agent_thinking; agent_thinking' },
  wrong_answer: notAnswered,
  apology: notAnswered,
  vague_answer: notAnswered,
  empty_answer: notAnswered,
  blank_answer: notAnswered,
  null_answer: notAnswered,
  no_answer_field: notAnswered,
  filler_answer: notAnswered,
  answer_cut_short: notAnswered,
});

const letIn = `${asked.replace('101 jwt-auth; ', '')}; well`;

describeFaults(['lies'], {
  health_200_unhealthy: { 'backend health': '200 {"status":"unhealthy"' },
  health_200_error: { 'backend health': '200 {"error"' },
  login_200_error: login('200 {"error"'),
  health_fine_socket_dead: accepted('101 jwt-auth; close 1011 Internal error'),
  anonymous_accepted: { 'socket without token': 'connection_established demo-use...' },
  demo_mode: { ...accepted('connection_established demo-use...'), run: 'agent_completed demo-user-001; answered' },
  forged_token_accepted: { 'socket tampered': letIn },
  everything_forgeable: {
    'me tampered': '200',
    'me unsigned': '200',
    'me wrong key': '200',
    'socket tampered': letIn,
  },
  foreign_origin_accepted: { 'socket foreign': letIn },
  canned_answer: notAnswered,
  mock_answer: notAnswered,
  fallback_answer: notAnswered,
  fallback_event: hears(begun, withTool, 'agent_thinking; agent_fallback; agent_completed; not answered'),
  echo_answer: notAnswered,
  // The words are all there; only what they say inside is different.
  answer_without_model: {},
  completed_but_failed: {},
  faked_run: notAnswered,
  built_in_fallback: hears('agent_started; agent_thinking', withTool, 'agent_completed; not answered'),
  stale_answer: notAnswered,
  health_fine_agent_dead: { ...hears('silence'), 'backend health': '"agents":"ready"' },
});
