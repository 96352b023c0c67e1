/** The style sheet's colours for the canvas, which knows no style sheets. */

export type Colour = (name: string) => string;

/** Reads custom properties as the browser resolves them in the present theme. */
export function coloursOf(host: HTMLElement): Colour {
  const probe = document.createElement('span');
  probe.hidden = true;
  host.append(probe);
  const read = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const known = new Map<string, string>();
  return (name) => {
    const colour = known.get(name) ?? read(name);
    known.set(name, colour);
    return colour;
  };
}
