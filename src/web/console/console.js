/** What a script adds to the pages of the console. Everything works without it. */
(() => {
  /** `/` leads to the search of the page, or the first of its filters, where there is one, unless something is being typed. */
  addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof Element && event.target.closest('input, textarea, select, [contenteditable]')) return;
    const search = document.querySelector('search :is(input, select)');
    if (!search) return;
    event.preventDefault();
    search.focus();
  });
})();
