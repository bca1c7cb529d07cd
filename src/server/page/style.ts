/** The page's one style sheet; light or dark as the reader's system is. */
export const style = `
:root { color-scheme: light dark; --line: light-dark(#d8dde3, #39414b); --quiet: light-dark(#5b6670, #9aa5b1); }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem;
  background: light-dark(#fff, #14181d); color: light-dark(#1b2127, #e4e8ec); }
h1 { font-size: 1.4rem; margin: 0; }
small, .quiet { color: var(--quiet); }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: 1.5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .45rem .75rem .45rem 0; border-bottom: 1px solid var(--line); }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.problem { color: light-dark(#a02311, #ff9d8a); }
ol { margin: 0; padding-left: 1.4rem; }
a { color: light-dark(#0b5cad, #7cb8f5); }
`;
