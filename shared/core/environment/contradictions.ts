/**
 * What the values of a file say against each other although each of them is allowed. The judging of whether rules
 * can ever fire is not here but in `shared/core/lint`: it warns before a deployment, this refuses to run.
 */
import { agentContradictions } from './contradictions/agent.ts';
import { authContradictions } from './contradictions/auth.ts';
import { headerContradictions } from './contradictions/headers.ts';
import { healthContradictions } from './contradictions/health.ts';
import { hostContradictions } from './contradictions/hosts.ts';
import { policyContradictions } from './contradictions/policy.ts';
import { serviceContradictions } from './contradictions/services.ts';
import { tokenContradictions } from './contradictions/token.ts';
import { websocketContradictions } from './contradictions/websocket.ts';
import type { Environment } from './definition.ts';
import type { Finding } from './finding.ts';

const judges: readonly ((environment: Environment) => readonly Finding[])[] = [
  serviceContradictions,
  hostContradictions,
  authContradictions,
  tokenContradictions,
  healthContradictions,
  websocketContradictions,
  headerContradictions,
  agentContradictions,
  policyContradictions,
];

export function contradictionsIn(environment: Environment): readonly Finding[] {
  return judges.flatMap((judge) => judge(environment));
}
