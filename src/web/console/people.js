/** What a script adds to lists and acts of the console. Everything works without it; every word comes from the page. */
(() => {
  const WAIT_MS = 180;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];

  // --- Results as they are typed ---------------------------------------------------------------------------------

  function addressOf(form) {
    const query = new URLSearchParams(new FormData(form));
    for (const [name, value] of [...query]) if (value === '') query.delete(name);
    const text = query.toString();
    return text === '' ? form.action : `${form.action}?${text}`;
  }

  function live(form) {
    const results = document.getElementById(form.dataset.live);
    if (!results) return;
    let timer;
    let asked;
    const fetchResults = async () => {
      const address = addressOf(form);
      if (address === asked) return;
      asked = address;
      try {
        const answer = await fetch(address, { headers: { Accept: 'text/html' }, redirect: 'error' });
        const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
        const fresh = page.getElementById(results.id);
        if (asked !== address) return;
        if (!answer.ok || !fresh) throw new TypeError('no results');
        results.replaceChildren(...[...fresh.childNodes].map((node) => document.adoptNode(node)));
        history.replaceState(null, '', address);
      } catch {
        // The form itself says what is wrong, such as a session that has ended.
        if (asked === address) location.assign(address);
      }
    };
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(fetchResults, WAIT_MS);
    };
    form.addEventListener('input', soon);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      clearTimeout(timer);
      void fetchResults();
    });
  }

  // --- Arrow keys ------------------------------------------------------------------------------------------------

  const rowsOf = (table) => all('tbody tr', table).filter((row) => row.querySelector('a'));

  function moved(event) {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const { target } = event;
    if (!(target instanceof HTMLElement)) return;
    const search = document.querySelector('input[type="search"]');
    const row = target.closest('.list tbody tr');
    if (!row && target !== search) return;
    // In a field they are the field's own.
    if (row && target.matches('select, textarea, input:not([type="checkbox"])')) return;
    const table = row ? row.closest('table') : document.querySelector('#results table');
    if (!table || (target === search && event.key === 'ArrowUp')) return;
    const rows = rowsOf(table);
    const next = rows.indexOf(row) + (event.key === 'ArrowDown' ? 1 : -1);
    const above = table.closest('#results') ? search : null;
    const goal = next < 0 ? above : rows[next]?.querySelector('a');
    if (!goal) return;
    event.preventDefault();
    goal.focus();
  }

  // --- Many at once ----------------------------------------------------------------------------------------------

  function pickAll(event) {
    if (!(event.target instanceof HTMLInputElement) || !('pickAll' in event.target.dataset)) return;
    for (const box of all('#results input[type="checkbox"][form]')) box.checked = event.target.checked;
  }

  async function sendOne(form, fields) {
    const answer = await fetch(form.action, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify(fields),
    });
    if (!answer.ok) throw new TypeError('refused');
    return (await answer.json()).outcomes[0];
  }

  function showOutcome(item, { text, failed, link }) {
    const place = item.querySelector('[data-outcome]');
    place.className = failed ? 'tag off' : 'tag on';
    place.textContent = text;
    item.querySelector('input').remove();
    if (!link) return;
    const code = document.createElement('code');
    code.className = 'link';
    code.dir = 'ltr';
    code.textContent = link;
    item.append(code);
  }

  const leave = (form) => HTMLFormElement.prototype.submit.call(form);

  /**
   * One after the other, so that it can be said how far it is. What cannot go on so is sent as the form that is left, which has a
   * page for whatever is wrong: at once where nothing was done, else by the button, since links that were made stand here alone.
   */
  async function sendMany(form) {
    const items = all('li[data-id]:has(input)', form);
    const [box, bar, region] = ['.progress', 'progress', '[role="status"]'].map((each) => form.querySelector(each));
    const buttons = all('.acts > button', form);
    const act = form.elements.namedItem('act').value;
    box.hidden = false;
    region.textContent = form.dataset.doing;
    for (const button of buttons) button.hidden = true;
    let failed = false;
    for (const item of items) {
      try {
        const outcome = await sendOne(form, { act, pick0: item.dataset.id });
        failed ||= outcome.failed;
        showOutcome(item, outcome);
      } catch {
        if (bar.value === 0) return leave(form);
        for (const button of buttons) button.hidden = false;
        form.dataset.left = 'yes';
        region.textContent = form.dataset.failed;
        return undefined;
      }
      bar.value += 1;
    }
    region.textContent = failed ? form.dataset.failed : form.dataset.done;
    for (const link of all('.acts > a', form)) link.textContent = form.dataset.back;
    return undefined;
  }

  // --- Letters, told how far they are ------------------------------------------------------------------------------

  /** Lines of JSON as they come. */
  async function* linesOf(answer) {
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const lines = (rest + value).split('\n');
      rest = lines.pop();
      for (const line of lines) yield JSON.parse(line);
    }
  }

  const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

  function saveLetters(pieces) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob(pieces, { type: 'application/pdf' }));
    link.download = 'letters.pdf';
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }

  /** What cannot go on so is sent as the form that it is, which has a page for whatever is wrong. */
  async function writeLetters(form, button) {
    const [box, bar, region] = ['.progress', 'progress', '[role="status"]'].map((each) => form.querySelector(each));
    const buttons = all('button', form);
    const plainly = () => {
      form.dataset.plainly = 'yes';
      for (const each of buttons) each.disabled = false;
      form.requestSubmit(button);
    };
    const body = new FormData(form, button);
    for (const each of buttons) each.disabled = true;
    box.hidden = false;
    region.textContent = form.dataset.links;
    const pieces = [];
    let begun = false;
    try {
      const answer = await fetch(form.dataset.letters, { method: 'POST', body, redirect: 'error' });
      if (!answer.ok || !answer.headers.get('content-type')?.startsWith('application/x-ndjson')) return plainly();
      let end;
      for await (const line of linesOf(answer)) {
        begun = true;
        const done = line.links ?? line.letters;
        if (done !== undefined) {
          bar.max = line.of * 2;
          bar.value = line.links === undefined ? line.of + done : done;
          region.textContent = `${line.links === undefined ? form.dataset.writing : form.dataset.links}: ${done} / ${line.of}`;
        } else if (line.piece !== undefined) pieces.push(bytesOf(line.piece));
        else end = line.end;
      }
      if (end === 'nobody') return plainly();
      if (end !== 'done') throw new TypeError('broken off');
      saveLetters(pieces);
      region.textContent = form.dataset.done;
    } catch {
      if (!begun) return plainly();
      region.textContent = form.dataset.failed;
    }
    for (const each of buttons) each.disabled = false;
    return undefined;
  }

  // --- Secrets that are shown once -------------------------------------------------------------------------------

  function secret(box) {
    const code = document.getElementById(box.dataset.secret);
    const region = box.querySelector('[role="status"]');
    box.querySelector('[data-copy-secret]').addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(code.textContent);
        region.textContent = box.dataset.copied;
      } catch {
        getSelection().selectAllChildren(code);
        region.textContent = box.dataset.failed;
      }
    });
    box.querySelector('[data-print-page]').addEventListener('click', () => print());
  }

  // Where the navigation is wider than the screen.
  document.querySelector('.places [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  for (const form of all('form[data-live]')) live(form);
  for (const box of all('[data-secret]')) secret(box);
  for (const form of all('form[data-many]'))
    form.addEventListener('submit', (event) => {
      if (form.dataset.left) return;
      event.preventDefault();
      void sendMany(form);
    });
  for (const form of all('form[data-letters]'))
    form.addEventListener('submit', (event) => {
      if (form.dataset.plainly || event.submitter?.value !== 'pdf') {
        delete form.dataset.plainly;
        return;
      }
      event.preventDefault();
      void writeLetters(form, event.submitter);
    });
  addEventListener('keydown', moved);
  addEventListener('change', pickAll);
})();
