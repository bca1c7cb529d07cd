import { el } from './element.ts';

/** One of a few: radio buttons that look like one switch, and that the arrow keys move through. */
export interface Choice<Value extends string> {
  readonly node: HTMLElement;
  readonly value: Value;
}

let count = 0;

export function createChoice<Value extends string>(
  legend: string,
  options: readonly (readonly [value: Value, label: string])[],
  initial: Value,
  changed: () => void,
): Choice<Value> {
  const name = `choice-${++count}`;
  let value = initial;
  const buttons = options.map(([option, label]) => {
    const button = el('input', { type: 'radio', name, value: option, checked: option === initial });
    button.addEventListener('change', () => {
      value = option;
      changed();
    });
    return el('label', {}, button, el('span', {}, label));
  });
  const node = el('fieldset', { class: 'choice' }, el('legend', { class: 'unseen' }, legend), ...buttons);
  return {
    node,
    get value() {
      return value;
    },
  };
}
