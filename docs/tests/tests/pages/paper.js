// What is wrong with this page on paper: a list of texts.
(() => {
  const all = selector => [...document.querySelectorAll(selector)];
  const wrong = [];
  const isShown = one => one.getClientRects().length > 0;
  const say = (what, one) => wrong.push(`${what}: ${one.outerHTML.slice(0, 120)}`);
  // How light a colour is, from 0 to 255; none where there is no colour.
  const light = colour => {
    const [red, green, blue, opaque = 1] = colour.match(/[\d.]+/g).map(Number);
    return opaque === 0 ? null : 0.3 * red + 0.59 * green + 0.11 * blue;
  };
  for (const one of all('html, body, main, main *').filter(isShown)) {
    const style = getComputedStyle(one);
    const ground = light(style.backgroundColor);
    if (ground !== null && ground < 200) {
      say('dark ground', one);
    }
    if (one.textContent.trim() && !one.closest('svg') && light(style.color) > 150) {
      say('pale words', one);
    }
  }
  for (const one of all('main pre, main code, main table, main svg, main img').filter(isShown)) {
    const { right } = one.getBoundingClientRect();
    const isCut = one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== 'visible';
    if (right > document.documentElement.clientWidth + 1 || isCut) {
      say('cut', one);
    }
  }
  all('main details:not([open])').filter(isShown).forEach(one => say('folded', one));
  all('form.quiz .reason').forEach(one => isShown(one) || say('no reason', one));
  all('main button').filter(isShown).forEach(one => say('a button', one));
  if (!all('form.quiz .reason').length || !all('main svg').length) {
    wrong.push('no questions or no pictures');
  }
  return wrong;
})()
