type Child = Node | string | number | undefined | readonly Child[];

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** An element with its attributes and children. Strings become text: whatever a target calls itself, it is no markup. */
export function el<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(key, value === true ? '' : String(value));
  }
  fill(element, ...children);
  return element;
}

/** Replaces what is in an element. */
export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren(...children.flat(9).flatMap(toNode));
}

/** The same, unless the reader has the focus or a selection in it, which would be lost. */
export function refill(element: Element, ...children: readonly Child[]): void {
  const selection = getSelection();
  const isSelected = selection?.isCollapsed === false && selection.containsNode(element, true);
  if (!isSelected && !element.contains(document.activeElement)) fill(element, ...children);
}

/** Changes an element's text when it is another: what a reader has selected stays selected otherwise. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

function toNode(child: unknown): (Node | string)[] {
  if (child === undefined) return [];
  return [child instanceof Node ? child : String(child)];
}
