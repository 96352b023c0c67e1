/** Finds the places in a source at which a small mistake could be made, and makes it. */
import { stripTypeScriptTypes } from 'node:module';

export interface Mutant {
  /** 1-based. */
  readonly line: number;
  /** The whole line, as it is. */
  readonly text: string;
  readonly from: string;
  readonly to: string;
  /** The source with the mistake in it, without types. */
  readonly source: string;
}

/** What is replaced by what; longer operators come first. Numbers are raised by one. */
const replacements: Readonly<Record<string, string>> = {
  '===': '!==',
  '!==': '===',
  '<=': '<',
  '>=': '>',
  '<': '<=',
  '>': '>=',
  '&&': '||',
  '||': '&&',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  true: 'false',
  false: 'true',
};

/** Operators with spaces around them, so that arrows, signs and increments are left alone; words and numbers whole. */
const place =
  /(?<= )(?:===|!==|<=|>=|<|>|&&|\|\||\+|-|\*|\/)(?= )|(?<![\w.$'])(?:true|false)(?![\w'])|(?<![\w.$])\d[\d_]*(?:\.\d+)?(?![\w.])/g;

export function mutantsOf(typescript: string): readonly Mutant[] {
  const source = stripTypeScriptTypes(typescript);
  const code = blanked(source);
  const lines = typescript.split('\n');
  return [...code.matchAll(place)].map((match) => {
    const [from] = match;
    const to = replacements[from] ?? String(Number(from.replaceAll('_', '')) + 1);
    const before = source.slice(0, match.index);
    const line = before.split('\n').length;
    return {
      line,
      text: (lines[line - 1] ?? '').trim(),
      from,
      to,
      source: before + to + source.slice(match.index + from.length),
    };
  });
}

/** The source with everything blanked in which a change is no mistake of logic: comments, texts, imports. */
function blanked(source: string): string {
  return source.replaceAll(
    /\/\*[\s\S]*?\*\/|\/\/.*|^import[\s\S]*?;$|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/gm,
    (text) => text.replaceAll(/[^\n]/g, ' '),
  );
}
