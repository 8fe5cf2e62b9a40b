// The language of a page: the way to the same place in the other one, and mdBook's own words in
// Spanish.
//
// mdBook has no texts but English ones. What has no Spanish word here stays English.
'use strict';

const SPANISH = {
  'Auto': 'Automático',
  'Light': 'Claro',
  'Rust': 'Óxido',
  'Coal': 'Carbón',
  'Navy': 'Azul marino',
  'Cannot copy': 'No se pudo copiar',
  'Change theme': 'Cambiar los colores',
  'Copied': 'Copiado',
  'Copy': 'Copiar',
  'Copy the commands': 'Copiar los comandos',
  'Copy to clipboard': 'Copiar',
  'Copied!': 'Copiado',
  'Keyboard shortcuts': 'Atajos de teclado',
  'Next chapter': 'Capítulo siguiente',
  'Page navigation': 'Navegación',
  'Previous chapter': 'Capítulo anterior',
  'Print this book': 'Imprimir este libro',
  'Search (`/`)': 'Buscar (`/`)',
  'Search this book ...': 'Buscar en este libro…',
  'Submit search': 'Buscar',
  'Table of contents': 'Índice',
  'Themes': 'Colores',
  'Toggle Searchbar': 'Mostrar u ocultar la búsqueda',
  'Toggle Table of Contents': 'Mostrar u ocultar el índice',
  'Note': 'Nota',
  'Tip': 'Consejo',
  'Important': 'Importante',
  'Warning': 'Advertencia',
  'Caution': 'Cuidado',
  'to navigate between chapters': 'para cambiar de capítulo',
  'to search in the book': 'para buscar en el libro',
  'to show this help': 'para mostrar esta ayuda',
  'to hide this help': 'para cerrar esta ayuda',
  'Press': 'Pulsa',
  'or': 'o',
};

const isSpanish = document.documentElement.lang === 'es';

// What is said in the language of the page.
const say = english => (isSpanish && SPANISH[english]) || english;

(() => {
  // mdBook's words, where they stand: in the attributes of its buttons, and in a few elements.
  const translate = () => {
    for (const attribute of ['title', 'aria-label', 'placeholder']) {
      for (const element of document.querySelectorAll(`[${attribute}]`)) {
        element.setAttribute(attribute, say(element.getAttribute(attribute)));
      }
    }
    const places =
      '#mdbook-theme-list button, .mdbook-help-title, #mdbook-help-popup p, .blockquote-tag-title';
    for (const element of document.querySelectorAll(places)) {
      for (const node of element.childNodes) {
        if (node.nodeType === Node.TEXT_NODE) {
          const word = node.textContent.trim();
          node.textContent = node.textContent.replace(word, say(word));
        }
      }
    }
  };

  // The search says how much it found, in English.
  const translateFound = () => {
    const header = document.querySelector('#mdbook-searchresults-header');
    if (!header) {
      return;
    }
    const forms = [
      [/^No search results for '(.*)'\.$/s, 'Nada encontrado de «$1».'],
      [/^(\d+) search results? for '(.*)':$/s, 'Resultados de «$2»: $1'],
    ];
    const translate = () => {
      for (const [english, spanish] of forms) {
        if (english.test(header.textContent)) {
          header.textContent = header.textContent.replace(english, spanish);
        }
      }
    };
    translate();
    new MutationObserver(translate).observe(header, { childList: true });
  };

  // The last heading that the reader has come to, by its id, which is the same in both languages.
  const here = () => {
    const headings = [...document.querySelectorAll('main :is(h1, h2, h3, h4)[id]')];
    const passed = headings.filter(heading => heading.getBoundingClientRect().top < 120);
    const isAtTop = window.scrollY < 10;
    return isAtTop || !passed.length ? location.hash : `#${passed.pop().id}`;
  };

  // A link to this page in the other language. The English book is one directory above the
  // Spanish one.
  const addSwitcher = () => {
    const bar = document.querySelector('.right-buttons');
    if (!bar || typeof path_to_root === 'undefined') {
      return;
    }
    const depth = path_to_root.split('/').length;
    const page = location.pathname.split('/').slice(-depth).join('/') || 'index.html';
    const address = path_to_root + (isSpanish ? '../' : 'es/') + page;
    const link = document.createElement('a');
    link.className = 'language';
    link.textContent = isSpanish ? 'EN' : 'ES';
    link.lang = link.hreflang = isSpanish ? 'en' : 'es';
    link.title = isSpanish ? 'EN: in English' : 'ES: en español';
    link.setAttribute('aria-label', link.title);
    link.href = address + location.hash;
    const keepPlace = () => { link.href = address + here(); };
    link.addEventListener('click', keepPlace);
    link.addEventListener('auxclick', keepPlace);
    bar.prepend(link);
  };

  if (isSpanish) {
    translate();
    translateFound();
  }
  addSwitcher();
})();
