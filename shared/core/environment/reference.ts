/**
 * Writes `docs/environment-file.md` from the definition: a section an object, a line a key. What people read there is
 * what the parser demands.
 */
import { allowed, type Key, listed, type Shape } from './shape.ts';

const introduction = `# Environment files

One file describes one environment: a deployment of the product that is watched. It is the single source of truth. The
functions, the command line and Terraform read the same file, \`infra/environments/<name>.yaml\`.

- Write YAML or JSON. Anchors, aliases, merge keys, tags and several documents in one file are refused.
- Start with \`# yaml-language-server: $schema=./schema.json\`, and the editor completes keys and marks mistakes.
- \`npx golden-path lint\` tells everything that is wrong, each with \`file:line:column\` and what is allowed: first the
  values, then (once every value is right) what they say against each other, then rules that could never fire.
- No secret stands in the file. Keys that are \`secret\` or end in \`Secret\` hold the _name_ of an environment variable;
  \`NAME_FILE\` beside it may name a file instead, which is read again before each run.
- Units are the end of a key's name: \`deadlineSeconds\`, \`loginMsMax\`.

\`golden-path lint\` and Terraform set the time-outs around a run by one formula (\`shared/core/lint/times.ts\`): a run takes
at most two attempts of the step's deadline, the wait between them and 20 s of reserve. That must fit into the cadence.

The rest of this page is written by \`npm run schema\` from the definition in \`shared/core/environment\`.
`;

/** The keys of one object, or of several that have the same. */
interface Section {
  /** From the object in which the section was found, such as `.policy.fire`; empty for that object itself. */
  readonly paths: readonly string[];
  readonly lines: readonly string[];
}

export function referenceText(root: Shape): string {
  const sections = sectionsOf(root).map(({ paths, lines }) => {
    const title = paths.map((path) => `\`${path.replace(/^\./, '')}\``).join(', ');
    return `## ${title === '``' ? 'Top level' : title}\n\n${lines.join('\n')}\n`;
  });
  const forms = [...new Map(formsIn(root))].map(([title, rules]) => `- _${title}_: ${rules}`);
  return [introduction, ...sections, `## Forms of values\n\n${forms.join('\n')}\n`].join('\n');
}

/** The values that have a name of their own, with what is allowed for them. */
function formsIn(shape: Shape): readonly (readonly [title: string, rules: string])[] {
  if (shape.kind === 'scalar') {
    return shape.title === null ? [] : [[shape.title, allowed(shape)]];
  }
  return innerShapes(shape).flatMap(formsIn);
}

function innerShapes(shape: Shape): readonly Shape[] {
  switch (shape.kind) {
    case 'object':
      return [...shape.keys.values()].map((key) => key.shape);
    case 'variant':
      return [...shape.variants.values()];
    case 'record':
      return [shape.name, shape.value];
    case 'list':
      return [shape.item];
    case 'choice':
    case 'scalar':
      return [];
  }
}

function sectionsOf(shape: Shape): readonly Section[] {
  switch (shape.kind) {
    case 'object':
      return [{ paths: [''], lines: keyLines(shape.keys) }, ...innerSections(shape.keys)];
    case 'variant': {
      const variants = [...shape.variants];
      const lines = variants.flatMap(([name, { keys }]) => variantLines(shape.by, name, keys));
      return [{ paths: [''], lines: lines.slice(0, -1) }, ...variants.flatMap(([, { keys }]) => innerSections(keys))];
    }
    case 'record':
      return sectionsOf(shape.value).map((section) => below(['.<name>'], section));
    case 'list':
      return sectionsOf(shape.item).map((section) => below(['[]'], section));
    case 'choice':
    case 'scalar':
      return [];
  }
}

/** The sections of what is behind the keys; keys with the same inside share theirs. */
function innerSections(keys: ReadonlyMap<string, Key>): readonly Section[] {
  const groups = new Map<string, { readonly names: string[]; readonly sections: readonly Section[] }>();
  for (const [name, { shape }] of keys) {
    const sections = sectionsOf(shape);
    const sameInside = JSON.stringify(sections);
    const group = groups.get(sameInside) ?? { names: [], sections };
    group.names.push(`.${name}`);
    groups.set(sameInside, group);
  }
  return [...groups.values()].flatMap(({ names, sections }) => {
    const isEvery = names.length === keys.size && names.length > 2;
    return sections.map((section) => below(isEvery ? ['.*'] : names, section));
  });
}

function below(names: readonly string[], { paths, lines }: Section): Section {
  return { paths: names.flatMap((name) => paths.map((path) => `${name}${path}`)), lines };
}

/** What there is besides the key that says which variant it is; ends with an empty line. */
function variantLines(by: string, name: string, keys: ReadonlyMap<string, Key>): readonly string[] {
  const others = new Map(keys);
  others.delete(by);
  const lines = keyLines(others);
  return [`With \`${by}: ${name}\`. ${keys.get(by)?.about}`, '', ...lines, ...(lines.length > 0 ? [''] : [])];
}

function keyLines(keys: ReadonlyMap<string, Key>): readonly string[] {
  return [...keys].map(([name, { about, fallback, required, shape }]) => {
    const isTelling = fallback !== undefined && JSON.stringify(fallback) !== '{}';
    const facts = [
      ...(required ? ['required'] : []),
      ...(shape.kind === 'object' || shape.kind === 'record' ? [] : [valueText(shape)]),
      ...(isTelling ? [`default: \`${JSON.stringify(fallback)}\``] : []),
    ];
    const parts = [`- **\`${name}\`**`, about, facts.length === 0 ? '' : `(${facts.join('; ')})`];
    return parts.filter((part) => part !== '').join(' ');
  });
}

function valueText(shape: Shape): string {
  if (shape.kind === 'variant') {
    return `\`${shape.by}\` is ${listed([...shape.variants.keys()], 'or')}`;
  }
  if (shape.kind === 'list') {
    const isSimple = shape.item.kind === 'choice' || shape.item.kind === 'scalar';
    return [isSimple ? `list of ${valueText(shape.item)}` : 'list', ...shape.rules].join(', ');
  }
  return shape.kind === 'scalar' && shape.title !== null ? `_${shape.title}_` : allowed(shape);
}
