/** The product says that all is well while it is not: what a monitor has to see through. */
import { phrase, solve } from '../agent/solver.ts';
import {
  beat,
  completed,
  started,
  supervisor,
  supervisorResult,
  thinking,
  toolCompleted,
  toolExecuting,
} from '../agent/script.ts';
import { before, endingWith, faster } from '../agent/edits.ts';
import { agent, changes, editBody, inRealTime, intercept, socket } from '../behaviour.ts';
import { demoUser } from '../tokens.ts';
import { json } from '../wire/answers.ts';
import { finds, loginBroken, rows, socketBroken } from './row.ts';

export const liesFaults = rows('lies', {
  health_200_unhealthy: {
    title: 'The health document says unhealthy and is sent with 200.',
    change: editBody('backend', '/health', (body) => ({ ...body, status: 'unhealthy' })),
    expected: { health: finds('status_word') },
  },
  health_200_error: {
    title: 'The health document is an error message, sent with 200.',
    change: intercept('backend', '/health', json(200, { error: 'Internal Server Error', code: 500 })),
    expected: { health: finds('unexpected_shape') },
  },
  login_200_error: {
    title: 'The login answers 200 with an error inside.',
    change: intercept('auth', '/auth/e2e/test-auth', json(200, { error: 'user service unavailable' })),
    expected: loginBroken('token_missing'),
  },
  health_fine_socket_dead: {
    title: 'All health documents say healthy while every socket is closed at once.',
    change: socket({
      accepted: (session) => {
        session.close(1011, 'Internal error');
        return 'handled';
      },
    }),
    expected: socketBroken('closed_early'),
  },
  anonymous_accepted: {
    title: 'A connection without a token is let in as the demo user; those with a token are served as usual.',
    change: (behaviour) => socket({ guard: { ...behaviour.socket.guard, token: false } })(behaviour),
    expected: { websocket: finds('auth_bypassed') },
  },
  demo_mode: {
    title: 'The socket looks at no token: everybody is the demo user.',
    change: socket({
      guard: { token: false, signature: false, algorithm: false, expiry: false, secretDrifted: false },
      takenFor: () => demoUser,
    }),
    expected: { websocket: finds('auth_bypassed'), agent: finds('auth_bypassed') },
  },
  forged_token_accepted: {
    title: 'The socket takes a token that was signed with the wrong key.',
    change: (behaviour) => socket({ guard: { ...behaviour.socket.guard, signature: false } })(behaviour),
    expected: { websocket: finds('auth_bypassed') },
  },
  everything_forgeable: {
    title: 'Neither the auth service nor the socket looks at signatures.',
    change: (behaviour) => ({
      ...behaviour,
      resourceGuard: { ...behaviour.resourceGuard, signature: false },
      socket: { ...behaviour.socket, guard: { ...behaviour.socket.guard, signature: false } },
    }),
    expected: { auth: finds('auth_bypassed'), websocket: finds('auth_bypassed') },
  },
  foreign_origin_accepted: {
    title: 'The socket takes connections that any web page opens in the name of its visitor.',
    change: socket({ originChecked: false }),
    expected: { websocket: finds('auth_bypassed') },
  },
  canned_answer: {
    title: 'The answer is a stock phrase around the question.',
    change: agent({ answer: (_solution, question) => `Agent response for: ${question}` }),
    expected: { agent: finds('canned_answer') },
  },
  mock_answer: {
    title: 'The answer is that of a mock.',
    change: agent({ answer: (_solution, question) => `Mock triage agent response for: ${question}` }),
    expected: { agent: finds('canned_answer') },
  },
  fallback_answer: {
    title: 'The answer is a fall-back that claims success.',
    change: agent({
      answer: () => 'Fallback triage agent response: Successfully processed your request (timeout fallback)',
    }),
    expected: { agent: finds('canned_answer') },
  },
  fallback_event: {
    title: 'The agents fall back to something else that answers smoothly and says nothing.',
    change: agent({
      script: before('agent_completed', beat(50, { name: 'agent_fallback', agent: supervisor, data: {} })),
      answer: () => 'Good question. There are several ways to look at it, and most of them lead to a sensible result.',
    }),
    expected: { agent: finds('canned_answer') },
  },
  echo_answer: {
    title: 'The answer repeats the question.',
    change: agent({ answer: (_solution, question) => question }),
    expected: { agent: finds('canned_answer') },
  },
  faked_run: {
    title: 'All events of the run come in one moment, with an answer that would fit any question.',
    change: inRealTime(
      agent({
        script: faster(Infinity),
        answer: () => 'I have looked into it carefully, and everything fits together as it should.',
      }),
    ),
    expected: { agent: finds('faked_run') },
  },
  built_in_fallback: {
    title: 'The built-in stand-in of the agents plays five events in half a second.',
    change: inRealTime(
      agent({
        script: (_script, question) => [
          beat(100, started(supervisor)),
          beat(100, thinking(supervisor, `Analyzing: ${question}`, 1)),
          beat(100, toolExecuting('analysis_tool')),
          beat(100, toolCompleted('analysis_tool')),
          beat(100, {
            ...completed(supervisor, `Agent response for: ${question}`),
            data: {
              status: 'completed',
              result: `Agent response for: ${question}`,
              agents_involved: ['triage'],
              orchestration_time: 0.8,
              real_llm_used: false,
            },
          }),
        ],
      }),
    ),
    expected: { agent: finds('faked_run') },
  },
  answer_without_model: {
    title: 'The answer is right, and the event itself says that no model was at work.',
    change: inRealTime(
      agent({
        script: (script, question) => {
          const event = completed(supervisor, supervisorResult(phrase(solve(question))));
          const data = { ...event.data, real_llm_used: false };
          return faster(10)(endingWith({ ...event, data })(script));
        },
      }),
    ),
    expected: { agent: finds('faked_run') },
  },
  completed_but_failed: {
    title: 'The run says completed, and inside that its orchestration failed.',
    change: agent({
      script: (script, question) => {
        const result = { ...supervisorResult(phrase(solve(question))), orchestration_successful: false };
        return endingWith(completed(supervisor, result))(script);
      },
    }),
    expected: { agent: finds('orchestration_failed') },
  },
  stale_answer: {
    title: 'The answer is right for another question, as out of a cache.',
    change: agent({ answer: () => 'I worked it out step by step: the answer is 41.' }),
    expected: { agent: finds('wrong_answer') },
  },
  health_fine_agent_dead: {
    title: 'Health, socket and pings are fine while no agent takes any message.',
    change: changes(
      agent({ script: () => [] }),
      editBody('backend', '/health', (body) => ({ ...body, agents: 'ready' })),
    ),
    expected: { agent: finds('message_ignored') },
  },
});
