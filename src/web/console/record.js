/** Follows the record: what is new comes in by itself while the first page is looked at. Without a script there is a link. */
(() => {
  const MOST_ROWS = 200;
  const box = document.querySelector('[data-follow]');
  const said = document.querySelector('[data-followed]');
  const results = document.getElementById('results');
  if (!box || !said || !results) return;

  let stream = null;
  let arrived = 0;
  /** What came in while the page was looked at anew; null: it is not. */
  let waiting = null;

  const tell = (text) => {
    if (said.textContent !== text) said.textContent = text;
  };

  function close(why = '') {
    stream?.close();
    stream = null;
    waiting = null;
    if (why === '') return;
    // The page itself says what is wrong when it is asked for.
    box.checked = false;
    tell(why);
  }

  const numbers = (body) => [...body.rows].map((row) => Number(row.dataset.id));

  /** At its place by its number, once; what is older than all that is shown belongs to another page. */
  function put({ seq, row }) {
    const body = results.querySelector('tbody');
    if (!body) return void look();
    const shown = numbers(body);
    if (shown.includes(seq) || seq < Math.min(...shown)) return;
    const table = new DOMParser().parseFromString(`<table><tbody>${row}</tbody></table>`, 'text/html');
    const made = table.querySelector('tr');
    if (!made) return;
    const before = [...body.rows].find((each) => Number(each.dataset.id) < seq) ?? null;
    body.insertBefore(document.adoptNode(made), before);
    if (body.rows.length > MOST_ROWS && !body.lastElementChild.contains(document.activeElement)) body.deleteRow(-1);
    arrived += 1;
    const { locale } = document.querySelector('[data-zone]')?.dataset ?? {};
    tell(`${box.dataset.arrived} ${new Intl.NumberFormat(locale ?? document.documentElement.lang).format(arrived)}`);
  }

  /** The page as it is now: from here on nothing is left out. */
  async function look() {
    if (waiting !== null) return;
    waiting = [];
    try {
      const answer = await fetch(location.href, { headers: { Accept: 'text/html' }, redirect: 'error' });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const fresh = page.getElementById('results');
      if (!answer.ok || !fresh) throw new TypeError('no results');
      if (stream === null) return;
      if (!results.contains(document.activeElement))
        results.replaceChildren(...[...fresh.childNodes].map((node) => document.adoptNode(node)));
      const late = waiting ?? [];
      waiting = null;
      if (results.querySelector('tbody')) for (const entry of late) put(entry);
    } catch {
      close(box.dataset.over);
    }
  }

  function open() {
    if (stream !== null || !box.checked || document.hidden) return;
    stream = new EventSource(box.dataset.follow);
    stream.addEventListener('open', () => void look());
    stream.addEventListener('entry', ({ data }) => {
      const entry = JSON.parse(data);
      if (waiting === null) put(entry);
      else waiting.push(entry);
    });
    stream.addEventListener('many', () => tell(box.dataset.many));
    stream.addEventListener('error', () => {
      // It takes itself up again, unless it was told no.
      if (stream?.readyState === EventSource.CLOSED) close(box.dataset.over);
    });
  }

  box.addEventListener('change', () => {
    tell('');
    arrived = 0;
    if (box.checked) open();
    else close();
  });
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) close();
    else open();
  });
  addEventListener('pagehide', () => close());
})();
