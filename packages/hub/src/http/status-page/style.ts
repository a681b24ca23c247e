/** The page's only style sheet: it stands in the page, and its hash in the page's policy. */
export function styleOf(color: string): string {
  return `:root{color-scheme:light dark;--text:#1a1a1a;--soft:#555;--back:#fff;--card:#f4f5f7;--line:#c9ccd1;--link:#0b4f9e;--warn:#fff4d6;--warn-line:#8a6100}
@media(prefers-color-scheme:dark){:root{--text:#f1f1f1;--soft:#b8bcc2;--back:#15171a;--card:#202327;--line:#4a4f57;--link:#8cbcff;--warn:#3a2f10;--warn-line:#e0b44c}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text);font:1.0625rem/1.55 system-ui,sans-serif;overflow-wrap:anywhere}
header{background:${color};color:#fff;padding:.75rem 1rem}
header>div,main,footer{max-width:44rem;margin:0 auto}
header>div{display:flex;align-items:center;gap:.75rem;flex-wrap:wrap}
header img{max-height:2.5rem;max-width:12rem}
header p{margin:0;font-weight:600;margin-right:auto}
nav{display:flex;gap:.25rem}
nav a,nav span{color:#fff;padding:.4rem .6rem;min-height:1.5rem}
nav span{font-weight:600;text-decoration:none}
main,footer{padding:1rem}
h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0}
h2{font-size:1.15rem;margin:2rem 0 .5rem}
section.card>h2{margin-top:0}
h3{font-size:1rem;margin:0 0 .25rem}
a{color:var(--link)}
a:focus-visible,button:focus-visible,input:focus-visible{outline:3px solid currentColor;outline-offset:2px}
.soft{color:var(--soft);margin:0}
.where{font-size:1.25rem;font-weight:600;margin:0}
.banner{background:var(--warn);border-left:.35rem solid var(--warn-line);padding:.75rem 1rem;margin:1rem 0}
.card{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:1rem;margin:.75rem 0}
dl{margin:0}
dt{color:var(--soft);font-size:.95rem;margin-top:.75rem}
dt:first-child{margin-top:0}
dd{margin:0}
ul{list-style:none;padding:0;margin:0}
.amount{font-weight:600}
.note{white-space:pre-line}
.button,button{display:inline-block;background:${color};color:#fff;border:1px solid #fff;border-radius:.4rem;padding:.7rem 1.1rem;font:inherit;font-weight:600;text-decoration:none;margin:.25rem .5rem .25rem 0;cursor:pointer}
label{display:block;font-weight:600;margin:1rem 0 .25rem}
input{font:inherit;width:100%;max-width:20rem;padding:.6rem;border:1px solid var(--soft);border-radius:.4rem;background:var(--back);color:var(--text)}
footer{color:var(--soft);border-top:1px solid var(--line);margin-top:2rem}
footer ul li{padding:.15rem 0}
@media print{:root{color-scheme:light;--text:#000;--soft:#333;--back:#fff;--card:#fff;--line:#888;--link:#000;--warn:#fff;--warn-line:#000}
header{background:none;color:#000;border-bottom:2px solid #000}nav,button,form{display:none}
.button{background:none;color:#000;border-color:#000}.button::after{content:" (" attr(href) ")";font-weight:400;font-size:.8rem}
.card{break-inside:avoid}h2{break-after:avoid}}
`
}
