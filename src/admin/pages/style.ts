import { createHash } from 'node:crypto';

/** The style of all pages. It is part of each of them, and the one style that their policy lets a browser apply. */
export const style = `
:root{color-scheme:light dark;--page:#f5f6f8;--card:#fff;--text:#1b2028;--dim:#596273;--line:#d9dde4;
--link:#0b57c2;--yes:#14713a;--no:#b3261e;--warn:#8a4b00;--warn-back:#fff4e0;--code:#f0f2f5;--focus:#0b57c2}
@media (prefers-color-scheme:dark){:root{--page:#12151a;--card:#1b2028;--text:#e8ebf0;--dim:#a3adbd;--line:#363d49;
--link:#8ab4f8;--yes:#7ad69b;--no:#ff9b93;--warn:#ffc46b;--warn-back:#33280f;--code:#12151a;--focus:#8ab4f8}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
header,main,footer{max-width:56rem;margin:0 auto;padding:0 1rem}
header{display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:center;justify-content:space-between;
padding-top:.75rem;padding-bottom:.75rem;border-bottom:1px solid var(--line)}
header form{display:flex;flex-wrap:wrap;gap:.25rem .75rem;align-items:center;margin:0}
.brand{font-weight:700;color:inherit;text-decoration:none}
footer{color:var(--dim);font-size:.875rem;padding-top:1rem;padding-bottom:2rem}
h1{font-size:1.5rem;line-height:1.25;margin:1.25rem 0 .5rem}
h1 code{font-size:.9em}
h2{font-size:1.0625rem;margin:0 0 .5rem}
p{margin:.5rem 0}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
section,.row{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:1rem;margin:1rem 0}
.decide{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));align-items:start;margin:1rem 0}
.decide>section{margin:0}
.dim{color:var(--dim)}
code,pre,textarea{font-family:ui-monospace,SFMono-Regular,Consolas,monospace;font-size:.875rem}
code{background:var(--code);border-radius:.25rem;padding:.1em .3em}
pre{background:var(--code);border:1px solid var(--line);border-radius:.375rem;padding:.75rem;margin:.5rem 0;
white-space:pre-wrap;max-height:32rem;overflow:auto}
dl{display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.25rem 1rem;margin:0}
dt{color:var(--dim)}
dd{margin:0;min-width:0;white-space:pre-line}
ul{margin:.25rem 0;padding-left:1.25rem}
.list{list-style:none;padding:0}
.badge{display:inline-block;border:1px solid currentColor;border-radius:1rem;padding:0 .6rem;font-size:.875rem;
font-weight:600;white-space:nowrap}
.pending,.warn{color:var(--warn)}
.granted,.used{color:var(--yes)}
.denied,.revoked,.expired,.cancelled{color:var(--no)}
.notice{background:var(--warn-back);border:1px solid var(--warn);border-radius:.5rem;padding:.5rem 1rem;margin:1rem 0}
.bad{border-color:var(--no)}
label,legend{display:block;font-weight:600;margin:.5rem 0 .25rem}
.option{display:flex;gap:.5rem;align-items:baseline;font-weight:400}
textarea,select{width:100%;font-size:1rem;color:inherit;background:var(--page);border:1px solid var(--dim);
border-radius:.375rem;padding:.5rem}
select{font:inherit}
textarea.code{font-size:.875rem}
button{font:inherit;font-weight:600;color:inherit;background:transparent;border:1px solid var(--dim);
border-radius:.375rem;padding:.5rem 1rem;min-height:2.75rem;cursor:pointer}
.yes,.no{width:100%;margin-top:.75rem;color:#fff}
.yes{background:#14713a;border-color:#14713a}
.no{background:#b3261e;border-color:#b3261e}
.small{min-height:0;padding:.2rem .6rem;font-weight:400}
summary{cursor:pointer;font-weight:600;padding:.25rem 0}
table{width:100%;border-collapse:collapse}
th,td{text-align:left;vertical-align:top;padding:.3rem .75rem .3rem 0;border-bottom:1px solid var(--line)}
th{color:var(--dim);font-weight:400}
td>span{white-space:nowrap}
fieldset{border:1px solid var(--line);border-radius:.375rem;padding:.25rem .75rem .5rem;margin:.75rem 0 0;min-width:0}
fieldset:has([value=once]:checked) .alike{display:none}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem;list-style:none;padding:0}
nav [aria-current]{font-weight:700;color:inherit;text-decoration:none}
@media (max-width:30rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}
h1{font-size:1.25rem}section,.row{padding:.75rem}}
`;

/** How the policy of a page names the style (CSP level 3, hash-source). */
export const styleSource = `'sha256-${createHash('sha256').update(style).digest('base64')}'`;
