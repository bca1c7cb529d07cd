/** The style of a report; light or dark as the reader's system is. */
export const reportStyle = `
:root { color-scheme: light dark; --line: light-dark(#d8dde3, #39414b); --quiet: light-dark(#56616b, #9aa5b1); }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
  background: light-dark(#fff, #14181d); color: light-dark(#1b2127, #e4e8ec); }
h1 { font-size: 1.4rem; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
small, .quiet, figcaption { color: var(--quiet); }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); }
td { overflow-wrap: anywhere; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
figure { margin: 0 0 1rem; }
svg { width: 100%; height: auto; display: block; }
svg text { font: 11px system-ui, sans-serif; fill: var(--quiet); }
svg .frame { stroke: var(--line); fill: none; }
svg polyline { fill: none; stroke-width: 1.5; }
svg .limit { stroke-dasharray: 5 4; }
.series-0 { stroke: light-dark(#0b5cad, #7cb8f5); color: light-dark(#0b5cad, #7cb8f5); }
.series-1 { stroke: light-dark(#a02311, #ff9d8a); color: light-dark(#a02311, #ff9d8a); }
.series-2 { stroke: light-dark(#1d7a3e, #76d39a); color: light-dark(#1d7a3e, #76d39a); }
.series-3 { stroke: light-dark(#8a5a00, #e6b455); color: light-dark(#8a5a00, #e6b455); }
.series-4 { stroke: light-dark(#6b3fa0, #c3a1f0); color: light-dark(#6b3fa0, #c3a1f0); }
`;
