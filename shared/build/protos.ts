/**
 * Cuts descriptions of Google's APIs down to the methods that are called. The clients translate the description of a
 * whole API at their start, several hundred messages, before the first byte is sent; the few that are used are the
 * same as before. In the form of protobuf.js.
 */

export interface Kept {
  /** Methods of services, by the service's full name. */
  readonly methods: Readonly<Record<string, readonly string[]>>;
  /** Full names of messages that come inside of others, as details of errors do. */
  readonly messages: readonly string[];
}

type Node = Readonly<Record<string, unknown>>;

/** Keeps the named, and all that they are made of. Throws when something that is named is not there. */
export function cutProtos(json: string, { methods, messages }: Kept): string {
  const root = nodeIn(JSON.parse(json));
  const kept = new Map<string, Node>();
  const visit = (name: string): void => {
    if (kept.has(name)) {
      return;
    }
    const node = cutNode(at(root, name), methods[name]);
    kept.set(name, node);
    for (const type of typesIn(node)) {
      const found = resolve(root, name, type);
      if (found !== null) {
        visit(found);
      }
    }
  };
  [...Object.keys(methods), ...messages].forEach(visit);
  return JSON.stringify(treeOf(kept));
}

/** Without what is nested in it, and without options that only documentation and other transports use. */
function cutNode(node: Node, methods: readonly string[] | undefined): Node {
  const { nested: _nested, options: _options, ...rest } = node;
  const entries = Object.entries(rest).map(([key, value]) => {
    const inner = Object.entries(nodeIn(value));
    if (key === 'methods') {
      return [key, Object.fromEntries(inner.filter(([name]) => methods?.includes(name)).map(withoutOptions))];
    }
    return [key, key === 'fields' ? Object.fromEntries(inner.map(withoutOptions)) : value];
  });
  return nodeIn(Object.fromEntries(entries));
}

function withoutOptions([name, value]: readonly [string, unknown]): readonly [string, Node] {
  const { options, parsedOptions: _parsed, ...rest } = nodeIn(value);
  const own = Object.entries(nodeIn(options ?? {})).filter(([option]) => !option.startsWith('('));
  return [name, own.length === 0 ? rest : { ...rest, options: Object.fromEntries(own) }];
}

function typesIn({ fields, methods }: Node): readonly string[] {
  const parts = [...Object.values(nodeIn(fields ?? {})), ...Object.values(nodeIn(methods ?? {}))].map(nodeIn);
  return parts.flatMap(({ type, requestType, responseType }) =>
    [type, requestType, responseType].filter((each) => typeof each === 'string'),
  );
}

/** Types that no description holds: the scalar ones of the language. */
const scalar = /^(?:double|float|bool|string|bytes|u?int(?:32|64)|s(?:int|fixed)(?:32|64)|fixed(?:32|64))$/;

/** Looks for a name from the inside out, as protobuf does; null for the scalar types. */
function resolve(root: Node, from: string, type: string): string | null {
  if (scalar.test(type)) {
    return null;
  }
  const scopes = from.split('.');
  for (let depth = scopes.length; depth >= 0; depth -= 1) {
    const name = [...scopes.slice(0, depth), type].join('.');
    if (lookUp(root, name) !== null) {
      return name;
    }
  }
  throw new Error(`the description of the API has no ${type}, which ${from} needs`);
}

function at(root: Node, name: string): Node {
  const node = lookUp(root, name);
  if (node === null) {
    throw new Error(`the description of the API has no ${name}`);
  }
  return node;
}

function lookUp(root: Node, name: string): Node | null {
  return name.split('.').reduce<Node | null>((node, key) => {
    const inner = node === null ? undefined : nodeIn(node['nested'] ?? {})[key];
    return inner === undefined ? null : nodeIn(inner);
  }, root);
}

function treeOf(kept: ReadonlyMap<string, Node>): Node {
  const tree: Record<string, unknown> = {};
  for (const [name, node] of kept) {
    let place = tree;
    for (const key of name.split('.')) {
      place = child(child(place, 'nested'), key);
    }
    Object.assign(place, node);
  }
  return tree;
}

function child(parent: Record<string, unknown>, key: string): Record<string, unknown> {
  const existing = parent[key];
  const made = isNode(existing) ? existing : {};
  parent[key] = made;
  return made;
}

function isNode(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function nodeIn(value: unknown): Node {
  if (!isNode(value)) {
    throw new TypeError('the description of the API has another form');
  }
  return value;
}
