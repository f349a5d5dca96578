import { setTimeout as sleep } from 'node:timers/promises';
import { type Chromium, type Message, Stuck } from './chromium.ts';

/** A page is done when nothing has been asked for so long; one that never ends is waited for no longer than the last; ms. */
const [QUIET_MS, LONG_MS, MOST_MS, STEP_MS] = [250, 1500, 12_000, 40];

/** Nobody is there to be asked: pages that ask again and again would have the browser do nothing else. */
const UNASKED = "window.alert = () => {}; window.confirm = () => true; window.prompt = (_, text) => text ?? '';";

/** What a browser of its own shows: one page, with cookies and storage that no other has. */
export class Tab {
  readonly #browser: Chromium;
  readonly #session: string;
  readonly #context: string;
  readonly #open = new Set<string>();
  #last = 0;
  #page = '';
  readonly #deaf: () => void;

  private constructor(browser: Chromium, context: string, session: string) {
    this.#browser = browser;
    this.#context = context;
    this.#session = session;
    this.#deaf = browser.listen((message) => this.#heard(message));
  }

  static async open(browser: Chromium): Promise<Tab> {
    const { browserContextId } = await browser.send('Target.createBrowserContext', { disposeOnDetach: true });
    const { targetId } = await browser.send('Target.createTarget', { url: 'about:blank', browserContextId });
    const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true });
    const tab = new Tab(browser, String(browserContextId), String(sessionId));
    for (const domain of ['Page', 'Runtime', 'Network']) await tab.#send(`${domain}.enable`);
    await tab.#send('Page.addScriptToEvaluateOnNewDocument', { source: UNASKED });
    await tab.#send('Network.setBypassServiceWorker', { bypass: true });
    await browser.send('Browser.setDownloadBehavior', { behavior: 'deny', browserContextId });
    tab.#page = String(targetId);
    await browser.send('Target.setDiscoverTargets', { discover: true });
    return tab;
  }

  #send(method: string, params: Readonly<Record<string, unknown>> = {}) {
    return this.#browser.send(method, params, this.#session);
  }

  #heard({ sessionId, method = '', params = {} }: Message): void {
    if (method === 'Target.targetCreated') this.#opened(params['targetInfo']);
    if (sessionId !== this.#session) return;
    const id = String(params['requestId']);
    if (method === 'Network.requestWillBeSent') this.#open.add(id);
    if (method === 'Network.loadingFinished' || method === 'Network.loadingFailed') this.#open.delete(id);
    if (method.startsWith('Network.') || method.startsWith('Page.frame')) this.#last = Date.now();
    // Nobody is there to answer: what asks before somebody leaves is agreed to.
    if (method === 'Page.javascriptDialogOpening')
      this.#send('Page.handleJavaScriptDialog', { accept: true }).catch(() => {});
  }

  /** What a page opens beside itself is closed: nobody looks there, and there may be no end of it. */
  #opened(target: unknown): void {
    if (typeof target !== 'object' || target === null) return;
    const { browserContextId, targetId, type } = target as Readonly<Record<string, unknown>>; // the protocol's own form
    if (type === 'page' && browserContextId === this.#context && this.#page !== '' && targetId !== this.#page)
      this.#browser.send('Target.closeTarget', { targetId }).catch(() => {});
  }

  /** What an expression comes to in the page; undefined when the page has gone meanwhile. */
  async evaluate(expression: string): Promise<unknown> {
    try {
      const { result } = await this.#send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
      return (result as { readonly value?: unknown } | undefined)?.value; // the protocol's own form
    } catch (error) {
      if (error instanceof Stuck) throw error;
      return undefined;
    }
  }

  /** Opens an address and waits until it is done. */
  async go(url: string): Promise<void> {
    this.#last = Date.now();
    await this.#send('Page.navigate', { url });
    await this.settled();
  }

  /** Types into what has the focus. */
  async type(text: string): Promise<void> {
    await this.#send('Input.insertText', { text });
  }

  async enter(): Promise<void> {
    const key = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13, text: '\r' };
    await this.#send('Input.dispatchKeyEvent', { type: 'keyDown', ...key });
    await this.#send('Input.dispatchKeyEvent', { type: 'keyUp', ...key });
  }

  /** Waits until the page asks for nothing more. */
  async settled(): Promise<void> {
    const began = Date.now();
    this.#last = Math.max(this.#last, began);
    while (Date.now() - began < MOST_MS) {
      await sleep(STEP_MS);
      const quiet = Date.now() - this.#last;
      if (quiet > LONG_MS || (quiet > QUIET_MS && this.#open.size === 0)) return;
    }
  }

  /** Waits until something holds in the page, for at most so long; whether it did. */
  async until(expression: string, ms: number): Promise<boolean> {
    for (const began = Date.now(); ; await sleep(2 * STEP_MS)) {
      if ((await this.evaluate(expression)) === true) return true;
      if (Date.now() - began > ms) return false;
    }
  }

  async close(): Promise<void> {
    this.#deaf();
    await this.#browser.send('Target.disposeBrowserContext', { browserContextId: this.#context }).catch(() => {});
  }
}
