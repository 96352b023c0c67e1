/** Health documents: ids, assertions that say nothing or two things, JSON paths into a plain text. */
import type { Environment } from '../definition.ts';
import { errorAt, type Finding, type KeyPath, warningAt, when } from '../finding.ts';
import type { HealthAssertion, HealthDocument } from '../health.ts';
import { listed } from '../shape.ts';

const operators = ['equals', 'oneOf', 'exists', 'atLeast', 'atMost'] as const;
const jsonKeys = ['rootPath', 'statusPath', 'components', 'uptimeSecondsPath'] as const;

export function healthContradictions({ steps }: Environment): readonly Finding[] {
  const documents = steps.health?.documents ?? [];
  const findings: Finding[] = [];
  for (const [index, document] of documents.entries()) {
    const path = ['steps', 'health', 'documents', index];
    findings.push(...repeatedDocument(document, documents.slice(0, index), path), ...textWithPaths(document, path));
    for (const [place, assertion] of document.assertions.entries()) {
      findings.push(...operatorCount(assertion, [...path, 'assertions', place]));
    }
  }
  return findings;
}

function repeatedDocument(
  { id, service, path }: HealthDocument,
  before: readonly HealthDocument[],
  at: KeyPath,
): readonly Finding[] {
  const twin = before.find((other) => other.service === service && other.path === path);
  return [
    ...when(
      before.some((other) => other.id === id),
      errorAt([...at, 'id'], `\`${id}\` is the id of an earlier document; each only once`),
    ),
    ...when(twin !== undefined, warningAt([...at, 'path'], `is the document \`${twin?.id}\` once more`)),
  ];
}

function operatorCount(assertion: HealthAssertion, path: KeyPath): readonly Finding[] {
  const said = operators.filter((operator) => assertion[operator] !== undefined);
  const count = said.length === 0 ? 'says nothing' : `says ${listed(said)}`;
  return when(said.length !== 1, errorAt(path, `${count}, allowed: exactly one of ${listed(operators, 'or')}`));
}

function textWithPaths(document: HealthDocument, path: KeyPath): readonly Finding[] {
  const looking: readonly string[] = [
    ...jsonKeys.filter((key) => document[key] !== undefined),
    ...(document.assertions.length > 0 ? ['assertions'] : []),
  ];
  return when(
    document.body === 'text' && looking.length > 0,
    errorAt([...path, 'body'], `is \`text\`, in which ${listed(looking)} cannot look, allowed: \`json\` or \`any\``),
  );
}
