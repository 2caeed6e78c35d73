import { createHash } from 'node:crypto';

/** Upstreams that a page can show alone. */
export const MOST_UPSTREAMS = 20;

const outcomes = ['answered', 'blocked', 'failed', 'cancelled', 'delivered', 'open'];
const unticked = (name: string) => `body:has(#f-${name}:not(:checked)) .e-${name}`;
/** What a tick takes away, without a script: whatever has its class. */
const filters = [
  ...outcomes.map((name) => unticked(`o-${name}`)),
  ...Array.from({ length: MOST_UPSTREAMS }, (_, index) => unticked(`u-${index}`)),
  'body:has(#f-only-masked:checked) .exchange:not(.masked)',
  'body:has(#f-only-held:checked) .exchange:not(.held)',
  'body:has(#f-calls:checked) .exchange:not(.call)',
].join(',\n');

/** The style of the page; the one that its policy lets a browser apply. */
export const pageStyle = `
:root{color-scheme:light dark;--page:#f5f6f8;--card:#fff;--text:#1b2028;--dim:#596273;--line:#d9dde4;--link:#0b57c2;
--yes:#14713a;--no:#b3261e;--warn:#8a4b00;--mask:#5b3fb0;--mask-back:#eee9fb;--odd:#8a2a79;--code:#f0f2f5;--note:#fff4e0}
@media (prefers-color-scheme:dark){:root{--page:#12151a;--card:#1b2028;--text:#e8ebf0;--dim:#a3adbd;--line:#363d49;
--link:#8ab4f8;--yes:#7ad69b;--no:#ff9b93;--warn:#ffc46b;--mask:#c3b2ff;--mask-back:#2c2547;--odd:#f2a3e2;--code:#12151a;
--note:#33280f}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
body>header,main,footer{max-width:64rem;margin:0 auto;padding:0 1rem}
h1{font-size:1.5rem;line-height:1.25;margin:1.25rem 0 .5rem}
h2{font-size:1rem;font-weight:600;margin:0;display:inline}
p{margin:.5rem 0}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
code,pre{font-family:ui-monospace,SFMono-Regular,Consolas,monospace;font-size:.875rem}
pre{background:var(--code);border:1px solid var(--line);border-radius:.375rem;padding:.5rem .75rem;margin:.25rem 0;
white-space:pre-wrap;max-height:28rem;overflow:auto}
.dim{color:var(--dim);font-size:.875rem}
dl{display:grid;grid-template-columns:minmax(5rem,max-content) 1fr;gap:.15rem 1rem;margin:0}
dt{color:var(--dim)}
dd{margin:0;min-width:0}
.outcomes{margin:.75rem 0;padding-left:1.25rem}
.notice{background:var(--note);border:1px solid var(--warn);border-radius:.5rem;padding:.5rem 1rem;margin:1rem 0}
.filters{margin-bottom:.5rem}
.filters>summary{cursor:pointer;font-weight:600;padding:.5rem 0}
fieldset{border:1px solid var(--line);border-radius:.375rem;padding:.25rem .75rem .5rem;margin:.5rem 0;display:flex;
flex-wrap:wrap;gap:.25rem 1.25rem}
legend{font-weight:600}
label{display:flex;gap:.4rem;align-items:baseline}
ol{list-style:none;margin:0;padding:0}
.within{margin:0;padding:.4rem .9rem;border-top:1px solid var(--line);font-size:.875rem}
.pause{color:var(--dim);font-size:.875rem;padding:.25rem 0 .25rem 1.25rem;border-left:2px dotted var(--line);margin-left:1rem}
.exchange{background:var(--card);border:1px solid var(--line);border-left:.3rem solid var(--line);border-radius:.5rem;
margin:.5rem 0;content-visibility:auto;contain-intrinsic-size:auto 4rem}
.exchange.masked{border-left-color:var(--mask)}
.exchange.held{border-left-color:var(--warn)}
.exchange.e-o-blocked{border-left-color:var(--no)}
.exchange.e-o-failed{border-left-color:var(--odd)}
.exchange>details>summary{cursor:pointer;padding:.6rem .9rem;display:block}
.exchange>details>summary::-webkit-details-marker{display:none}
.title{display:flex;flex-wrap:wrap;gap:.15rem .6rem;align-items:baseline}
.title .took{margin-left:auto}
.no{color:var(--dim);font-variant-numeric:tabular-nums}
.badge{display:inline-block;border:1px solid currentColor;border-radius:1rem;padding:0 .55rem;font-size:.8125rem;
font-weight:600;white-space:nowrap}
.answered,.delivered{color:var(--yes)}
.blocked{color:var(--no)}
.failed{color:var(--odd)}
.held,.cancelled,.open{color:var(--warn)}
.exchange.held,.exchange.masked{color:inherit}
.badge.masked{color:var(--mask)}
svg{display:block;width:100%;height:.3rem;margin-top:.35rem}
svg .all{fill:var(--line)}
svg .own{fill:var(--link)}
.steps{padding:.25rem .9rem .75rem;border-top:1px solid var(--line)}
.step{display:grid;grid-template-columns:5rem 9.5rem minmax(0,1fr);gap:0 .75rem;padding:.3rem 0}
.step+.step{border-top:1px solid color-mix(in srgb,var(--line) 50%,transparent)}
.gap{color:var(--dim);text-align:right;font-variant-numeric:tabular-nums;font-size:.875rem}
.way{color:var(--dim);font-size:.875rem}
.lead{font-weight:600}
.t-plain .lead{font-weight:400}
.t-masked .lead{color:var(--mask)}
.t-held .lead{color:var(--warn)}
.t-blocked .lead{color:var(--no)}
.t-failed .lead{color:var(--odd)}
.part{margin:.25rem 0}
.part>dl{grid-template-columns:minmax(3rem,max-content) 1fr}
.part summary{cursor:pointer;color:var(--dim)}
mark{background:var(--mask-back);color:var(--mask);border-radius:.2rem;padding:0 .15rem}
.original{border:1px dashed var(--warn);border-radius:.375rem;padding:.25rem .75rem;margin:.25rem 0}
footer{color:var(--dim);font-size:.875rem;padding-top:1rem;padding-bottom:2rem}
${filters}{display:none}
@media (max-width:40rem){.step{grid-template-columns:1fr auto;gap:0 .5rem}.step .gap{order:2}.step .what{grid-column:1/-1;order:3}
h1{font-size:1.25rem}.title .took{margin-left:0}dl{grid-template-columns:1fr;gap:0}
.part>dl{gap:0 .75rem}dd{margin-bottom:.35rem}}
@media print{.filters{display:none}.exchange{break-inside:avoid-page;content-visibility:visible}pre{max-height:none}
details::details-content{content-visibility:visible;block-size:auto}}
`;

/** How the policy of the page names its style (CSP level 3, hash-source). */
export const pageStyleSource = `'sha256-${createHash('sha256').update(pageStyle).digest('base64')}'`;
