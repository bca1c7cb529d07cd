import type { TargetSummary } from './api-types.ts';
import { el, setText } from './element.ts';
import { badgeText } from './verdict-badge.ts';

/** Says to screen readers when a verdict changes; the numbers that change all the time they read when they like. */
export function createAnnouncer(): { readonly node: HTMLElement; hear(targets: readonly TargetSummary[]): void } {
  const node = el('p', { class: 'unseen', role: 'status', 'aria-live': 'polite' });
  let before: Map<string, string> | undefined;
  return {
    node,
    hear(targets) {
      const now = new Map(targets.map((target) => [target.id, badgeText(target)]));
      const changes = targets.filter(({ id }) => before?.has(id) && before.get(id) !== now.get(id));
      if (changes.length > 0)
        setText(node, changes.map((target) => `${target.service_name}: ${badgeText(target)}`).join('. '));
      before = now;
    },
  };
}
