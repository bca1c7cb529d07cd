import { createAnnouncer } from './announcer.ts';
import { el, fill, setText } from './element.ts';
import { openFeed } from './feed.ts';
import { createIncidentsView, hasIncidents } from './incidents-view.ts';
import { createOverview } from './overview.ts';
import { createTargetView } from './target-view.ts';
import type { View } from './view.ts';

const main = find('main');
const connection = find('connection');
const nav = find('views');
const announcer = createAnnouncer();
document.body.append(announcer.node);

const feed = openFeed({
  changed() {
    if (feed.latest === undefined) return;
    announcer.hear(feed.latest.targets);
    view ??= show();
    view.update();
  },
  connected(isConnected) {
    setText(connection, isConnected ? 'live' : 'connection lost, trying again');
    connection.classList.toggle('lost', !isConnected);
  },
});
/** Until the first news the page is as the server wrote it. */
let view: View | undefined;
let isIncidentsKnown = false;

function show(): View {
  const [, section, id] = location.hash.split('/');
  const shown =
    section === 'targets' && id
      ? createTargetView(id)
      : section === 'incidents'
        ? createIncidentsView()
        : createOverview(feed);
  fill(main, shown.node);
  document.title = shown.title;
  markCurrent(section ?? '');
  return shown;
}

function markCurrent(section: string): void {
  const link = (href: string, name: string, isCurrent: boolean) =>
    el('a', { href, 'aria-current': isCurrent && 'page' }, name);
  fill(
    nav,
    link('#/', 'Processes', section !== 'incidents'),
    isIncidentsKnown ? link('#/incidents', 'Incidents', section === 'incidents') : undefined,
  );
}

addEventListener('hashchange', () => {
  // "Skip to content" and the like are no addresses of views.
  if (location.hash !== '' && !location.hash.startsWith('#/')) return;
  view?.close();
  view = show();
  view.update();
  // As after a page that was loaded: what reads the screen begins at the top.
  scrollTo(0, 0);
  main.focus({ preventScroll: true });
});

void hasIncidents().then((isKnown) => {
  isIncidentsKnown = isKnown;
  if (view !== undefined) markCurrent(location.hash.split('/')[1] ?? '');
});

function find(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element;
}
