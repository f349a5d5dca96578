/**
 * What a script adds to our own pages. Everything else works without it. Every word comes from the page, which has it
 * from the catalogue. Runs as a classic script in the head, after the library of the ceremonies.
 */
(() => {
  const lib = globalThis.SimpleWebAuthnBrowser;
  const root = document.documentElement;
  const passkeys = lib?.browserSupportsWebAuthn() === true;
  // Before the first line is drawn, so that nothing moves afterwards.
  root.classList.add('script');
  if (passkeys) root.classList.add('passkeys');

  const RENEW_MS = 240_000;
  const all = (selector) => [...document.querySelectorAll(selector)];

  function say(region, text, failed) {
    if (!region) return;
    region.classList.toggle('error', failed === true);
    region.textContent = text ?? '';
  }

  async function postJson(address, value, signal) {
    const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };
    return await fetch(address, { method: 'POST', headers, body: JSON.stringify(value), signal });
  }

  // --- Passkey ceremonies ---------------------------------------------------------------------------------------

  /** Sends what was typed before the person had to confirm. */
  function sendKept(id) {
    HTMLFormElement.prototype.submit.call(document.getElementById(id));
  }

  /** A refusal with the name of the sentence that tells of it; `go`: an address to go to instead. */
  class Trouble extends Error {
    constructor(name, go) {
      super(name);
      this.word = name;
      this.go = go;
    }
  }

  /** As the answer will be posted: for nothing else than what the page is for. */
  function askedFor(form) {
    const [purpose, next] = ['purpose', 'next'].map((name) => form.elements.namedItem(name)?.value);
    return purpose === undefined ? {} : { purpose, next };
  }

  async function optionsOf(form) {
    let answer;
    try {
      answer = await postJson(form.dataset.options, askedFor(form));
    } catch {
      throw new Trouble('network');
    }
    const value = await answer.json().catch(() => ({}));
    // Another tab has signed in meanwhile.
    if (answer.ok && value.ok === true) throw new Trouble('expired', value.next);
    if (answer.ok) return value;
    if (value.code === 'step-up-required' && form.dataset.stepUp) throw new Trouble('failed', form.dataset.stepUp);
    if (value.code === 'pending-expired' || value.code === 'sign-in-required') throw new Trouble('expired');
    throw new Trouble('failed');
  }

  /** Which sentence tells of what the browser or the library threw. */
  function wordOf(error) {
    if (error instanceof Trouble) return error.word;
    const name = error?.cause?.name ?? error?.name;
    if (name === 'InvalidStateError') return 'known';
    if (name === 'NotAllowedError' || name === 'AbortError') return 'cancelled';
    if (name === 'SecurityError') return 'security';
    if (name === 'NotSupportedError' || name === 'ConstraintError') return 'unsupported';
    return 'failed';
  }

  async function finish(form, result) {
    if (form.dataset.sends) {
      // Confirmed without leaving the page, which has what was typed.
      const answer = await postJson(form.action, { ...askedFor(form), response: result }).catch(() => undefined);
      if (!answer) throw new Trouble('network');
      if (!answer.ok) throw new Trouble('failed');
      sendKept(form.dataset.sends);
      return;
    }
    form.elements.namedItem('response').value = JSON.stringify(result);
    // Not requestSubmit(): that would begin the ceremony again.
    HTMLFormElement.prototype.submit.call(form);
  }

  async function perform(form) {
    const region = form.querySelector('[role="status"]');
    const button = form.querySelector('button');
    button.setAttribute('aria-disabled', 'true');
    say(region, form.dataset.waiting);
    try {
      const optionsJSON = await optionsOf(form);
      const start = form.dataset.ceremony === 'create' ? lib.startRegistration : lib.startAuthentication;
      await finish(form, await start({ optionsJSON }));
    } catch (error) {
      button.removeAttribute('aria-disabled');
      if (error.go) {
        location.assign(error.go);
        return;
      }
      say(region, form.dataset[wordOf(error)], true);
      button.focus();
      autofill();
    }
  }

  let autofillTimer;

  /** Passkeys among the suggestions of the name field. The challenge is renewed before it ends. */
  async function autofill() {
    const form = document.querySelector('[data-autofill] form[data-ceremony="get"]');
    clearTimeout(autofillTimer);
    if (!form || !passkeys || !(await lib.browserSupportsWebAuthnAutofill())) return;
    autofillTimer = setTimeout(autofill, RENEW_MS);
    try {
      // The library aborts one ceremony when the next begins.
      const optionsJSON = await optionsOf(form);
      finish(form, await lib.startAuthentication({ optionsJSON, useBrowserAutofill: true }));
    } catch {
      // Nobody asked for it, so nobody is told; the button is there.
    }
  }

  function ceremonies() {
    if (!passkeys) return;
    for (const form of all('form[data-ceremony]')) {
      form.addEventListener('submit', (event) => {
        event.preventDefault();
        if (form.querySelector('button').getAttribute('aria-disabled') === 'true') return;
        clearTimeout(autofillTimer);
        perform(form);
      });
    }
    autofill();
    // A page that comes back out of the browser's memory holds a challenge that may have ended.
    addEventListener('pageshow', (event) => {
      if (!event.persisted) return;
      for (const button of all('form[data-ceremony] button')) button.removeAttribute('aria-disabled');
      for (const region of all('form[data-ceremony] [role="status"]')) say(region, '');
      autofill();
    });
  }

  /** A code that confirms without leaving the page, which has what was typed. */
  function confirmer(form) {
    const region = form.querySelector('[role="status"]');
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      const code = form.elements.namedItem('code');
      const purpose = form.elements.namedItem('purpose').value;
      const answer = await postJson(form.action, { purpose, code: code.value }).catch(() => undefined);
      if (answer?.ok) {
        sendKept(form.dataset.sends);
        return;
      }
      say(region, answer?.status === 401 ? form.dataset.wrong : form.dataset.failed, true);
      code.select();
    });
  }

  // --- Waits ----------------------------------------------------------------------------------------------------

  function lengthOf(seconds) {
    const [count, unit] = seconds < 60 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute'];
    return new Intl.NumberFormat(root.lang, { style: 'unit', unit, unitDisplay: 'long' }).format(count);
  }

  /** Counts down; the buttons that would be refused rest meanwhile. */
  function countDown(box) {
    const text = box.querySelector('p');
    const end = performance.now() + Number(box.dataset.wait) * 1000;
    const buttons = all('form.form button[type="submit"], .guide form button[type="submit"]');
    for (const button of buttons) button.disabled = true;
    const shown = box.querySelector('.countdown');
    const tick = () => {
      const left = Math.ceil((end - performance.now()) / 1000);
      if (left > 0) {
        shown.textContent = box.dataset.countdown.replace('{time}', lengthOf(left));
        return;
      }
      clearInterval(timer);
      shown.textContent = '';
      text.textContent = box.dataset.over;
      text.classList.remove('spoken');
      for (const button of buttons) button.disabled = false;
    };
    const timer = setInterval(tick, 500);
    tick();
  }

  // --- Passwords ------------------------------------------------------------------------------------------------

  /** A button beside the label that shows what was typed, here and in the field for the same again. */
  function showButton(input) {
    const inputs = [...input.form.querySelectorAll('input[type="password"]')];
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'text-button show-password';
    button.setAttribute('aria-controls', inputs.map(({ id }) => id).join(' '));
    const set = (shown) => {
      for (const each of inputs) each.type = shown ? 'text' : 'password';
      button.textContent = shown ? input.dataset.hide : input.dataset.show;
    };
    button.addEventListener('click', () => set(input.type === 'password'));
    input.form.addEventListener('submit', () => set(false));
    set(false);
    // In the room that the style sheet keeps for it.
    input.closest('.field').append(button);
  }

  /** How easily the password is guessed, said when the typing pauses. */
  function adviser(input) {
    const region = document.getElementById('advice');
    let timer;
    let asked;
    const ask = async () => {
      asked = new AbortController();
      try {
        const answer = await postJson(input.dataset.advice, { password: input.value }, asked.signal);
        if (!answer.ok) return;
        const { score } = await answer.json();
        region.dataset.score = String(score);
        say(region, input.getAttribute(`data-score-${score}`));
      } catch {
        // Advice only: the server judges whatever is sent.
      }
    };
    input.addEventListener('input', () => {
      clearTimeout(timer);
      asked?.abort();
      if (input.value.length >= 8) {
        timer = setTimeout(ask, 600);
        return;
      }
      delete region.dataset.score;
      say(region, '');
    });
  }

  // --- Recovery codes -------------------------------------------------------------------------------------------

  function textOf(tools) {
    const codes = [...document.getElementById(tools.dataset.codes).querySelectorAll('code')];
    return codes.map((code) => code.textContent).join('\n');
  }

  async function copy(tools) {
    try {
      await navigator.clipboard.writeText(textOf(tools));
      return tools.dataset.copied;
    } catch {
      const range = document.createRange();
      range.selectNodeContents(document.getElementById(tools.dataset.codes));
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      return tools.dataset.failed;
    }
  }

  /** As a file made in the browser: the codes go nowhere else. */
  function save(tools) {
    const text = `${tools.dataset.title}\n\n${textOf(tools)}\n`;
    const address = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
    const link = document.createElement('a');
    link.href = address;
    link.download = tools.dataset.file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    return tools.dataset.saved;
  }

  function codeTools(tools) {
    const region = tools.querySelector('[role="status"]');
    tools.querySelector('[data-copy]').addEventListener('click', async () => say(region, await copy(tools)));
    tools.querySelector('[data-save]').addEventListener('click', () => say(region, save(tools)));
    tools.querySelector('[data-print]').addEventListener('click', () => print());
  }

  // --- The key of an authenticator app -------------------------------------------------------------------------

  function keyCopier(box) {
    const region = box.querySelector('[role="status"]');
    const key = document.getElementById(box.dataset.key);
    box.querySelector('button').addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(key.textContent.replaceAll(' ', ''));
        say(region, box.dataset.copied);
      } catch {
        getSelection().selectAllChildren(key);
        say(region, box.dataset.failed, true);
      }
    });
  }

  // --- More time ------------------------------------------------------------------------------------------------

  function extender(form) {
    const region = form.querySelector('[role="status"]');
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      const answer = await postJson(form.action, {}).catch(() => undefined);
      say(region, answer?.ok ? form.dataset.done : form.dataset.over, !answer?.ok);
    });
  }

  addEventListener('DOMContentLoaded', () => {
    ceremonies();
    for (const box of all('[data-wait]')) countDown(box);
    for (const input of all('input[data-show]')) showButton(input);
    for (const input of all('input[data-advice]')) adviser(input);
    for (const tools of all('[data-codes]')) codeTools(tools);
    for (const box of all('[data-key]')) keyCopier(box);
    for (const form of all('form[data-extend]')) extender(form);
    for (const form of all('form[data-sends]:not([data-ceremony])')) confirmer(form);
  });
})();
