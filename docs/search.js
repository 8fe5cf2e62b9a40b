// The search: its words without accents and without the signs around them, and none left out.
//
// mdBook's own index has neither `--since` nor así: it drops the commonest words of English, and
// what its trimming makes of others. Its texts are all in the index, so a better one is made of
// them when somebody searches for the first time.
'use strict';

(() => {
  if (typeof elasticlunr === 'undefined') {
    return;
  }
  const SEPARATORS = /[\s\-=(){}[\],;:|"'`«»“”<>/]+/;
  const EDGES = /^[^\p{L}\p{N}%_$@]+|[^\p{L}\p{N}_]+$/gu;

  // Who types funcion also finds función.
  const plain = word => word.normalize('NFD').replace(/\p{Mark}/gu, '');

  const stem = elasticlunr.stemmer;
  // The same for a word of a text and for one that is searched for; mdBook marks by it, too.
  const trimmed = word => plain(word.toLowerCase()).replace(EDGES, '');
  const key = word => stem(trimmed(word));
  elasticlunr.stemmer = key;

  const search = elasticlunr.Index.prototype.search;
  const indexes = new WeakMap();

  const indexOf = original => {
    elasticlunr.tokenizer.setSeperator(SEPARATORS);
    const index = new elasticlunr.Index();
    index.pipeline.add(key);
    original.getFields().forEach(field => index.addField(field));
    index.setRef('id');
    for (const text of Object.values(original.documentStore.docs)) {
      index.addDoc(text, false);
    }
    return index;
  };

  elasticlunr.Index.prototype.search = function (words, options) {
    if (!indexes.has(this)) {
      indexes.set(this, indexOf(this));
    }
    return search.call(indexes.get(this), words, options);
  };

  // Where the address holds a word, it may have been searched for before this program came. mdBook
  // searches for no word twice in a row, so another one is between.
  const bar = document.querySelector('#mdbook-searchbar');
  if (window.search?.index && bar) {
    const word = bar.value;
    for (const searched of [`${word} ${word}`, word]) {
      bar.value = searched;
      bar.dispatchEvent(new KeyboardEvent('keyup'));
    }
  }
})();
