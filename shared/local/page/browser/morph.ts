/**
 * Makes what is on the screen equal to a freshly built tree and leaves alone what is equal already, so that focus,
 * scroll position, selection and open details outlive an update. A `data-foreign` element's inside belongs to others.
 */

export function morph(shown: Element, wanted: Element): void {
  morphAttributes(shown, wanted);
  if (!shown.hasAttribute('data-foreign')) {
    morphChildren(shown, wanted);
  }
}

function morphAttributes(shown: Element, wanted: Element): void {
  for (const { name } of Array.from(shown.attributes)) {
    if (!wanted.hasAttribute(name) && !belongsToReader(name)) {
      shown.removeAttribute(name);
    }
  }
  for (const { name, value } of wanted.attributes) {
    if (name !== 'style' && !belongsToReader(name) && shown.getAttribute(name) !== value) {
      shown.setAttribute(name, value);
    }
  }
  const style = styleOf(shown);
  const wantedText = styleOf(wanted)?.cssText ?? '';
  if (style !== null && style.cssText !== wantedText) {
    style.cssText = wantedText;
  }
}

function styleOf(element: Element): CSSStyleDeclaration | null {
  return element instanceof HTMLElement || element instanceof SVGElement ? element.style : null;
}

/** Whether details are open is the reader's choice. */
function belongsToReader(attribute: string): boolean {
  return attribute === 'open';
}

function morphChildren(shown: Element, wanted: Element): void {
  const keyed = new Map<string, Element>();
  for (const child of shown.children) {
    const key = keyOf(child);
    if (key !== null) {
      keyed.set(key, child);
    }
  }
  let place = shown.firstChild;
  for (const child of Array.from(wanted.childNodes)) {
    const match = matchOf(child, place, keyed);
    if (match === null) {
      shown.insertBefore(child, place);
      continue;
    }
    if (match === place) {
      place = place.nextSibling;
    } else {
      shown.insertBefore(match, place);
    }
    update(match, child);
  }
  while (place !== null) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

/** The child on the screen that is to become this one; null when a new one is needed. */
function matchOf(child: Node, place: ChildNode | null, keyed: ReadonlyMap<string, Element>): ChildNode | null {
  const key = child instanceof Element ? keyOf(child) : null;
  if (key !== null) {
    return keyed.get(key) ?? null;
  }
  const usable =
    place !== null && place.nodeName === child.nodeName && !(place instanceof Element && keyOf(place) !== null);
  return usable ? place : null;
}

function update(shown: Node, wanted: Node): void {
  if (shown instanceof Element && wanted instanceof Element) {
    morph(shown, wanted);
  } else if (shown.nodeValue !== wanted.nodeValue) {
    shown.nodeValue = wanted.nodeValue;
  }
}

function keyOf(element: Element): string | null {
  return element.getAttribute('data-key');
}
