/** Texts as bad as they come: markup of Slack, mentions, control and direction characters, halves of characters, long ones. */
import * as fc from 'fast-check';

const pieces = [
  '<!channel>',
  '<!here|here>',
  '<@U012ABCDEF>',
  '<#C012ABCDEF>',
  '<https://evil.example|Runbook>',
  '<!date^1^{date}|x>',
  '&lt;!channel&gt;',
  '&',
  '```',
  '`',
  '*',
  '_',
  '~',
  '>',
  '\n',
  '\r',
  '\u0000',
  '\u001B[31m',
  '\u202E',
  '\u2028',
  '\u200B',
  '\uD83D',
  '\uDC00',
  '👩‍👩‍👧',
  'e\u0301\u0302\u0303',
  ':fire:',
  '"; rm -rf / #',
  '$(reboot)',
  '{project}',
] as const;

export function hostileText(lengthMax = 60): fc.Arbitrary<string> {
  const piece = fc.oneof(
    fc.constantFrom(...pieces),
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.string({ maxLength: 20 }),
  );
  return fc.array(piece, { maxLength: lengthMax }).map((all) => all.join(''));
}
