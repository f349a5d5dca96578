/** Follows the record: what is new comes in by itself while the first page is looked at. Without a script there is a link. */
(() => {
  const EVERY_MS = 5000;
  const box = document.querySelector('[data-follow]');
  const results = document.getElementById('results');
  if (!box || !results) return;

  async function look() {
    if (!box.checked || document.hidden || results.contains(document.activeElement)) return;
    try {
      const answer = await fetch(location.href, { headers: { Accept: 'text/html' }, redirect: 'error' });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const fresh = page.getElementById('results');
      if (!answer.ok || !fresh || !box.checked) throw new TypeError('no results');
      results.replaceChildren(...[...fresh.childNodes].map((node) => document.adoptNode(node)));
    } catch {
      // Nothing more is fetched in the background; the page itself says what is wrong when it is asked for.
      box.checked = false;
    }
  }
  setInterval(() => void look(), EVERY_MS);
})();
