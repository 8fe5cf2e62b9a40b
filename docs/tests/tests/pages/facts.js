// What the tests want to know of a page, in one answer: lists of texts by their names.
(() => {
  const all = selector => [...document.querySelectorAll(selector)];
  const answered = answer => {
    const copy = answer.cloneNode(true);
    copy.querySelectorAll('.gap').forEach(gap => gap.remove());
    return copy.textContent.split('\n');
  };
  const outsideCode = one => {
    const copy = one.cloneNode(true);
    copy.querySelectorAll('code, pre, kbd, samp, svg').forEach(code => code.remove());
    return copy.textContent;
  };
  const ids = all('[id]').map(one => one.id);
  const visible = one => one.textContent.trim();
  return {
    wildcards: all('.console samp').flatMap(answered)
      .filter(line => line.includes('[..]') || line === '...'),
    notes: all('p.answered:not(.not-run), p.failed').map(note => note.textContent),
    ids,
    // A link to an id that two elements have would lead to the first.
    twice: ids.filter((id, at) => ids.indexOf(id) !== at),
    links: all('a[href], img[src], link[href], script[src]').map(one => one.href || one.src),
    // Marks of Markdown that somebody would read as they are: emphasis, code, links, ids.
    marks: all('main :is(p, li, td, th, h1, h2, h3, legend, label, figcaption)')
      .map(outsideCode).filter(text => /\*\w|\w\*|`|\]\(|\{#/.test(text)),
    headings: all('main :is(h1, h2, h3, h4)[id]').map(one => one.id),
    // Scripts and units that are shown, by the language of their comments.
    comments: all('main :is(code.language-sh, code.language-ini, pre.unit)')
      .flatMap(one => one.textContent.split('\n').filter(line => /^\s*# /.test(line))),
    language: [document.documentElement.lang],
    switcher: all('a.language').map(link => link.href),
    // mdBook's own words, and ours, outside of the text.
    words: [
      ...['title', 'aria-label', 'placeholder'].flatMap(name =>
        all(`[${name}]`).filter(one => !one.closest('main')).map(one => one.getAttribute(name))),
      ...all('button.copy, .blockquote-tag-title, #mdbook-help-popup p').map(visible),
    ],
  };
})()
