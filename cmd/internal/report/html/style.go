package html

// style is the page's only style sheet. Colours are repeated by words everywhere.
const style = `
:root { color-scheme: light dark; --ground: #fff; --raised: #f6f7f9; --ink: #1d2330; --faint: #5b6475; --line: #d9dde5;
  --create: #1a7f45; --update: #9a6200; --remove: #c0262d; --reject: #8a3ffc; --calm: #2b5fb8; --bar: #7f93b8; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171d; --raised: #1d222b; --ink: #e6e9ef; --faint: #a0a9ba; --line: #343b48;
  --create: #4cc583; --update: #e0a63b; --remove: #ff7a76; --reject: #c39bff; --calm: #7fb0ff; --bar: #7588ad; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1.25rem 1rem 3rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .4rem; }
h2 { font-size: 1.15rem; line-height: 1.3; margin: 0 0 .6rem; }
h3 { font-size: .95rem; margin: 1.3rem 0 .5rem; }
p { margin: .3rem 0; }
code, pre { font: .88em/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
section { margin-top: 1.1rem; padding: 1rem; border: 1px solid var(--line); border-radius: .6rem; }
ul { margin: 0; padding-left: 1.2rem; }
li { margin: .35rem 0; }
.quiet { color: var(--faint); font-size: .92em; }
.guards, .warnings { list-style: none; padding: 0; }
.detail { white-space: pre-line; color: var(--faint); }
.badge { display: inline-block; padding: 0 .5em; border: 1px solid currentColor; border-radius: 1em; font-size: .82em; font-weight: 600; }
.badge.alarm { color: var(--remove); } .badge.calm { color: var(--calm); } .badge.good { color: var(--create); }
.create > dt, .create > .sign { color: var(--create); } .update > dt, .update > .sign { color: var(--update); }
.remove > dt, .remove > .sign { color: var(--remove); } .reject > dt, .reject > .sign { color: var(--reject); }
.totals { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .6rem; margin: .8rem 0 0; }
.totals div { background: var(--raised); border-radius: .5rem; padding: .5rem .75rem; }
.totals dt { font-size: .85rem; font-weight: 600; } .totals dd { margin: 0; font-size: 1.5rem; font-variant-numeric: tabular-nums; }
svg { display: block; width: 100%; }
.bars { display: grid; grid-template-columns: minmax(9rem, max-content) minmax(3.5rem, max-content) minmax(3rem, 1fr); gap: .3rem .75rem; align-items: center; margin: 0; }
.bars > * { margin: 0; min-width: 0; } .bars .n { text-align: right; font-variant-numeric: tabular-nums; }
.bars .note { grid-column: 1 / -1; color: var(--faint); font-size: .9em; padding-left: 1rem; }
.warn { color: var(--update); font-weight: 600; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1rem; font-size: .92em; margin-top: .35rem; }
.legend .sign { font-weight: 700; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; font-size: .88em; color: var(--faint); }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; width: 5rem; }
td:first-child { min-width: 7.5rem; } .counts td:first-child, .counts th:first-child { width: 11rem; }
h2 .quiet { font-weight: 400; }
.sign { display: inline-block; width: 1.1em; font-weight: 700; font-family: ui-monospace, monospace; }
details { margin-top: .9rem; } summary { cursor: pointer; font-weight: 600; }
.sample { margin: .5rem 0 0; padding: .4rem .6rem; background: var(--raised); border-radius: .4rem; }
.sample dl { display: grid; grid-template-columns: minmax(4rem, max-content) 1fr; gap: .1rem .75rem; margin: .2rem 0 0 1em; }
.sample dt { color: var(--faint); min-width: 0; } .sample dd { margin: 0; min-width: 0; }
.pii { color: var(--faint); font-style: italic; }
pre { margin: .4rem 0 0; padding: .5rem .7rem; background: var(--raised); border-radius: .4rem; white-space: pre-wrap; }
pre .add { color: var(--create); } pre .del { color: var(--remove); }
@media (max-width: 32rem) { section { padding: .75rem; } .bars { grid-template-columns: minmax(0, 1fr) max-content; } .bars svg { grid-column: 1 / -1; }
  .counts tr { display: grid; grid-template-columns: minmax(0, 1fr) max-content; border-bottom: 1px solid var(--line); } .counts td, .counts th { border: 0; padding-right: 0; width: auto; min-width: 0 !important; }
  .counts th:nth-child(3), .counts td:empty { display: none; } .counts td:nth-child(3) { grid-column: 1 / -1; padding: 0 0 .3rem 1.4rem; color: var(--faint); }
  .sample dl { grid-template-columns: 1fr; } .sample dd { margin-left: .75rem; } }
@media print { body { font-size: 11px; } main { max-width: none; padding: 0; } section, .sample { break-inside: avoid; } details > * { display: block; } }
`
