/**
 * Reads YAML 1.2 (and therefore JSON) together with the places of its values. The one module that needs a YAML
 * parser; it is loaded only when a YAML file is read. Terraform and people read these files too, so only what means
 * the same to everyone is allowed: no anchors, aliases, merge keys, tags and directives.
 */
import { type ErrorCode, isMap, isScalar, isSeq, parseDocument, type ParsedNode } from 'yaml';

import { type Problem, problemsMax } from './finding.ts';
import { type Located, problemAt, type Source, sourceDepthMax, sourceLengthMax, tooLong } from './source.ts';

export function readYaml(text: string, fileName: string): Source {
  const source = { fileName, text };
  if (text.length > sourceLengthMax) {
    return { ...source, root: null, problems: [tooLong(source)] };
  }
  const document = parseDocument(text, { stringKeys: true, uniqueKeys: false, prettyErrors: false });
  const syntaxProblems = [...document.errors, ...document.warnings].slice(0, problemsMax);
  if (syntaxProblems.length > 0) {
    const problems = syntaxProblems.map((found) => problemAt(source, found.pos[0], syntax[found.code]));
    return { ...source, root: null, problems };
  }
  const problems: Problem[] = [];
  const reader: Reader = {
    complain(offset, message) {
      if (problems.length < problemsMax) {
        problems.push(problemAt(source, offset, message));
      }
    },
  };
  const directiveAt = text.search(/^%/m);
  if (directiveAt >= 0) {
    reader.complain(directiveAt, 'directives are not allowed: the file is YAML 1.2');
  }
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    reader.complain(0, 'the file is empty');
    return { ...source, root: null, problems };
  }
  return { ...source, root: readNode(reader, document.contents, { depth: 0, keyOffset: null }), problems };
}

interface Reader {
  readonly complain: (offset: number, message: string) => void;
}

interface Place {
  readonly depth: number;
  readonly keyOffset: number | null;
}

function readNode(reader: Reader, node: ParsedNode, place: Place): Located {
  const [offset] = node.range;
  const keyOffset = place.keyOffset ?? offset;
  if (node.tag !== undefined) {
    reader.complain(offset, 'tags such as `!!str` are not allowed; quote a text instead');
  }
  if ('anchor' in node && node.anchor !== undefined) {
    reader.complain(offset, 'anchors are not allowed; write the value out where it is needed');
  }
  if (place.depth > sourceDepthMax) {
    reader.complain(offset, `is nested too deeply, allowed: ${sourceDepthMax} levels`);
    return { value: null, offset, keyOffset, children: new Map() };
  }
  if (isMap<ParsedNode, ParsedNode | null>(node)) {
    return { offset, keyOffset, ...readMap(reader, node.items, place) };
  }
  if (isSeq<ParsedNode>(node)) {
    const items = node.items.map((item) => readNode(reader, item, { depth: place.depth + 1, keyOffset: null }));
    const children = new Map(items.map((item, index) => [String(index), item]));
    return { value: items.map((item) => item.value), offset, keyOffset, children };
  }
  if (!isScalar(node)) {
    reader.complain(offset, 'aliases are not allowed; write the value out where it is needed');
    return { value: null, offset, keyOffset, children: new Map() };
  }
  return { value: node.value, offset, keyOffset, children: new Map() };
}

function readMap(
  reader: Reader,
  pairs: readonly { readonly key: ParsedNode; readonly value: ParsedNode | null }[],
  { depth }: Place,
): Pick<Located, 'value' | 'children'> {
  const value: Record<string, unknown> = Object.create(null);
  const children = new Map<string, Located>();
  for (const pair of pairs) {
    const keyNode = readNode(reader, pair.key, { depth, keyOffset: null });
    const key = String(keyNode.value);
    if (key === '<<') {
      reader.complain(keyNode.offset, 'merge keys are not allowed; write the keys out');
      continue;
    }
    if (children.has(key)) {
      reader.complain(keyNode.offset, 'this key has been given before; each key only once');
    }
    const child =
      pair.value === null
        ? { ...keyNode, value: null }
        : readNode(reader, pair.value, { depth: depth + 1, keyOffset: keyNode.offset });
    value[key] = child.value;
    children.set(key, child);
  }
  return { value, children };
}

/** The parser's own sentences quote the text, which may hold a secret; these do not. */
const syntax: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'aliases are not allowed; write the value out where it is needed',
  BAD_ALIAS: 'aliases are not allowed; a text that begins with `*` or `&` needs quotes',
  BAD_COLLECTION_TYPE: 'tags such as `!!str` are not allowed; quote a text instead',
  BAD_DIRECTIVE: 'directives are not allowed: the file is YAML 1.2',
  BAD_DQ_ESCAPE: 'a backslash in a text in double quotes begins an escape that does not exist; use single quotes',
  BAD_INDENT: 'the indentation fits nothing above; keys that belong together stand in the same column',
  BAD_PROP_ORDER: 'anchors and tags are not allowed',
  BAD_SCALAR_START: 'a text that begins with this character needs quotes',
  BLOCK_AS_IMPLICIT_KEY: 'two keys on one line, or a text with `: ` inside that needs quotes',
  BLOCK_IN_FLOW: 'inside braces or brackets everything is separated by commas',
  DUPLICATE_KEY: 'this key has been given before; each key only once',
  IMPOSSIBLE: 'is not YAML',
  KEY_OVER_1024_CHARS: 'the key is longer than 1024 characters',
  MISSING_CHAR: 'a quote, a bracket, a brace, a comma or a blank is missing here or before',
  MULTILINE_IMPLICIT_KEY: 'a key must be on one line, and a colon must follow it',
  MULTIPLE_ANCHORS: 'anchors are not allowed; write the value out where it is needed',
  MULTIPLE_DOCS: 'a second document begins here; allowed: one document a file',
  MULTIPLE_TAGS: 'tags such as `!!str` are not allowed; quote a text instead',
  NON_STRING_KEY: 'a key must be a text',
  RESOURCE_EXHAUSTION: `is nested too deeply, allowed: ${sourceDepthMax} levels`,
  TAB_AS_INDENT: 'a tab indents this line; indent with blanks',
  TAG_RESOLVE_FAILED: 'tags such as `!!str` are not allowed; quote a text instead',
  UNEXPECTED_TOKEN: 'does not belong here; perhaps a quote or a bracket is missing before, or a text needs quotes',
};
