/** Builds elements from data. Text is always text: nothing is ever parsed as HTML. */

export type Child = Node | string | number | null | false | readonly Child[];

/** `true` sets an attribute without a value; null and false leave it out. */
export type Attributes = Readonly<Record<string, string | number | boolean | null>>;

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes,
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  append(element, children);
  return element;
}

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes,
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  setAttributes(element, attributes);
  append(element, children);
  return element;
}

/** Sets custom properties; a `style` attribute would be refused by the page's own security policy. */
export function styled<E extends HTMLElement | SVGElement>(
  element: E,
  properties: Readonly<Record<string, string>>,
): E {
  for (const [name, value] of Object.entries(properties)) {
    element.style.setProperty(name, value);
  }
  return element;
}

function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
}

function append(element: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (Array.isArray(child)) {
      append(element, child);
    } else if (child instanceof Node) {
      element.append(child);
    } else if (typeof child === 'string' || typeof child === 'number') {
      element.append(String(child));
    }
  }
}
