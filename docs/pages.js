// What the pages do beyond mdBook: copying commands, questions, folds on paper, blocks that scroll by
// keyboard.
// The pages are whole without it. language.js comes before it, and says what it says.
'use strict';

(() => {
  // Copies what is typed in a console block, and neither prompts nor answers.
  const addCopyButton = block => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.textContent = say('Copy');
    button.title = say('Copy the commands');
    button.addEventListener('click', async () => {
      const commands = [...block.querySelectorAll('kbd')].map(typed => typed.textContent);
      const copied = await copy(commands.join('\n') + '\n');
      button.textContent = say(copied ? 'Copied' : 'Cannot copy');
      setTimeout(() => { button.textContent = say('Copy'); }, 1500);
    });
    block.append(button);
  };

  // A page of a file has no clipboard of its own in some browsers; the old way works there.
  const copy = async text => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const area = document.createElement('textarea');
      area.value = text;
      document.body.append(area);
      area.select();
      const copied = document.execCommand('copy');
      area.remove();
      return copied;
    }
  };

  const SCROLLING =
    'main pre, main pre > code, .drawing, main .table-wrapper, main p:has(img)';

  // A block that is wider than the page scrolls with the arrow keys, once the Tab key can reach it.
  const letScroll = () => {
    for (const block of document.querySelectorAll(SCROLLING)) {
      if (block.scrollWidth > block.clientWidth) {
        block.tabIndex = 0;
      } else {
        block.removeAttribute('tabindex');
      }
    }
  };

  // What is folded on the screen is whole on paper.
  const unfold = () => {
    for (const fold of document.querySelectorAll('main details:not([open])')) {
      fold.open = true;
      window.addEventListener('afterprint', () => { fold.open = false; }, { once: true });
    }
  };

  // Says why the chosen option is right or wrong, and which is right: in a place that a screen
  // reader watches.
  const answer = event => {
    event.preventDefault();
    const form = event.target;
    const chosen = form.querySelector('input:checked');
    const verdict = form.querySelector('.verdict');
    if (!chosen) {
      form.querySelector('input').focus();
      return;
    }
    const reason = chosen.closest('.option').querySelector('.reason');
    const right = form.querySelector('.reason.right');
    const reasons = reason === right ? [right] : [reason, right];
    verdict.replaceChildren(...reasons.map(said => said.cloneNode(true)));
  };

  // mdBook's bar is a landmark. What opens the sidebar is a label there, which no key reaches: a
  // button takes its place.
  const nameTheBar = () => {
    document.querySelector('#mdbook-menu-bar')?.setAttribute('role', 'banner');
    const label = document.querySelector('#mdbook-sidebar-toggle');
    const state = document.querySelector('#mdbook-sidebar-toggle-anchor');
    if (!label || !state) {
      return;
    }
    const button = document.createElement('button');
    button.type = 'button';
    button.className = label.className;
    button.title = label.title;
    button.setAttribute('aria-label', label.title);
    button.setAttribute('aria-controls', 'mdbook-sidebar');
    button.append(...label.childNodes);
    const tell = () => button.setAttribute('aria-expanded', state.checked);
    state.addEventListener('change', tell);
    button.addEventListener('click', () => state.click());
    tell();
    label.before(button);
    label.hidden = true;
    label.style.display = 'none';
  };

  nameTheBar();
  for (const form of document.querySelectorAll('form.quiz')) {
    form.classList.add('scripted');
    form.addEventListener('submit', answer);
  }
  document.querySelectorAll('.console').forEach(addCopyButton);
  letScroll();
  window.addEventListener('resize', letScroll);
  window.addEventListener('beforeprint', unfold);
})();
