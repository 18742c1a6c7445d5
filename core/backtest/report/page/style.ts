/** The look of a report: one column of cards, light and dark, figures in columns of equal width. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f6f4; --card: #ffffff; --edge: #e4e3df; --ink: #16181d; --soft: #6a6f7a; --faint: #9aa0ab;
  --gain: #0b8a6a; --loss: #cf2f4a; --strategy: #2f5bea; --hold: #8a919e; --dca: #c98310; --grid: #efeeeb;
  --gain-rgb: 11, 138, 106; --loss-rgb: 207, 47, 74;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0e1014; --card: #15181e; --edge: #252a33; --ink: #e9ebef; --soft: #98a0ad; --faint: #6b7380;
    --gain: #2fbf97; --loss: #f0627a; --strategy: #6f93ff; --hold: #7d8694; --dca: #e0a440; --grid: #1d2129;
    --gain-rgb: 47, 191, 151; --loss-rgb: 240, 98, 122;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 14px/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%;
}
main { max-width: 1180px; margin: 0 auto; padding: 32px 20px 48px; display: grid; gap: 16px; grid-template-columns: minmax(0, 1fr); }
h1 { font-size: 22px; line-height: 1.25; font-weight: 650; letter-spacing: -0.01em; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 13px; font-weight: 620; margin: 0; }
p { margin: 0; }
a { color: inherit; }
code { font: 12px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
.soft { color: var(--soft); }
.gain { color: var(--gain); }
.loss { color: var(--loss); }
.card { background: var(--card); border: 1px solid var(--edge); border-radius: 12px; padding: 18px 20px; min-width: 0; }
.head p { font-size: 12.5px; }
.head { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: baseline; justify-content: space-between; margin-bottom: 12px; }
header { display: grid; gap: 6px; padding: 0 2px 6px; }
header .facts { display: flex; flex-wrap: wrap; gap: 2px 18px; color: var(--soft); }
.hero { display: grid; grid-template-columns: minmax(230px, 300px) minmax(0, 1fr); gap: 20px 32px; }
.hero .result { font-size: 40px; line-height: 1.1; font-weight: 660; letter-spacing: -0.025em; white-space: nowrap; }
.hero dl { margin: 14px 0 0; display: grid; gap: 4px; }
.hero dl div { display: flex; justify-content: space-between; gap: 12px; }
.hero dt { color: var(--soft); }
.hero dd { margin: 0; }
.tiles { display: grid; grid-template-columns: repeat(5, minmax(0, 1fr)); gap: 18px 16px; align-content: center; border-left: 1px solid var(--edge); padding-left: 32px; }
.tile { min-width: 0; }
.tile .name { color: var(--soft); font-size: 12px; }
.tile .value { font-size: 19px; line-height: 1.3; font-weight: 600; letter-spacing: -0.01em; white-space: nowrap; }
.tile .value small { font-size: 12px; font-weight: 500; color: var(--soft); letter-spacing: 0; }
.tile .note { color: var(--faint); font-size: 11.5px; line-height: 1.35; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; color: var(--soft); font-size: 12.5px; }
.legend span { display: inline-flex; align-items: center; gap: 6px; }
.legend i { width: 14px; height: 3px; border-radius: 2px; background: currentColor; }
.legend b { color: var(--ink); font-weight: 560; }
.key-strategy i { color: var(--strategy); } .key-hold i { color: var(--hold); } .key-dca i { color: var(--dca); }
.key-drawdown i { color: var(--loss); }
.chart { height: 440px; margin: 0 -8px -6px; position: relative; }
.chart.tall { height: 500px; }
.wide { overflow-x: auto; margin: 0 -20px; padding: 0 20px; }
table { border-collapse: collapse; width: 100%; font-size: 13px; }
th { text-align: right; font-weight: 500; color: var(--soft); padding: 4px 10px; white-space: nowrap; border-bottom: 1px solid var(--edge); }
td { text-align: right; padding: 5px 10px; white-space: nowrap; border-bottom: 1px solid var(--grid); }
tr:last-child > td { border-bottom: 0; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
th.left, td.left { text-align: left; }
tr.sub td { color: var(--soft); padding-top: 14px; border-bottom-color: var(--edge); }
td.name { font-weight: 560; white-space: normal; overflow-wrap: anywhere; min-width: 110px; }
.months { table-layout: fixed; min-width: 760px; }
.months th:first-child { width: 52px; } .months th:last-child { width: 88px; text-align: right; }
.months td, .months th { text-align: center; padding: 6px 4px; }
.months td:first-child, .months th:first-child { text-align: left; }
.months td.month { border-radius: 5px; border: 2px solid var(--card); background-clip: padding-box; }
.months td.total { font-weight: 620; text-align: right; }
.pair { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 16px; align-items: start; }
.bar { display: flex; height: 10px; border-radius: 5px; overflow: hidden; background: var(--grid); margin: 2px 0 12px; }
.bar i { display: block; height: 100%; }
.swatch { display: inline-block; width: 8px; height: 8px; border-radius: 2px; margin-right: 8px; }
.c1 { background: #2f5bea; } .c2 { background: #7d5be6; } .c3 { background: #12a594; } .c4 { background: #cf2f4a; }
ul.notes { margin: 0; padding: 0; list-style: none; display: grid; gap: 6px; }
ul.notes li { padding-left: 18px; position: relative; }
ul.notes li::before { content: ""; position: absolute; left: 2px; top: 0.55em; width: 7px; height: 7px; border-radius: 50%; background: var(--dca); }
details > summary { cursor: pointer; font-size: 13px; font-weight: 620; }
details[open] > summary { margin-bottom: 12px; }
.terms { display: grid; grid-template-columns: minmax(120px, max-content) minmax(0, 1fr); gap: 6px 20px; margin: 0; font-size: 13px; }
.terms dt { color: var(--soft); }
.terms dd { margin: 0; overflow-wrap: anywhere; }
footer { color: var(--faint); font-size: 12px; display: grid; gap: 4px; padding: 4px 2px; }
@media (max-width: 940px) {
  .hero { grid-template-columns: minmax(0, 1fr); }
  .tiles { border-left: 0; padding-left: 0; border-top: 1px solid var(--edge); padding-top: 18px; grid-template-columns: repeat(auto-fill, minmax(132px, 1fr)); }
  .pair { grid-template-columns: minmax(0, 1fr); }
}
@media (max-width: 560px) {
  main { padding: 20px 12px 32px; gap: 12px; }
  .card { padding: 16px; }
  .wide { margin: 0 -16px; padding: 0 16px; }
  .chart, .chart.tall { height: 340px; }
  .hero .result { font-size: 34px; }
  .terms { grid-template-columns: minmax(0, 1fr); gap: 0; }
  .terms dd { margin-bottom: 8px; }
}
@media print { body { background: none; } .card { break-inside: avoid; } }
`
