export const USER_AGENT = 'Mozilla/5.0 (Sallyport, check by the operator)';
const PAGE = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

/** Fetch Metadata, which browsers send to servers with TLS. */
function fetched(origin: string, site: string, script: boolean): string[] {
  if (!origin.startsWith('https:')) return [];
  const [mode, dest] = script ? ['cors', 'empty'] : ['navigate', 'document'];
  return ['Sec-Fetch-Site', site, 'Sec-Fetch-Mode', mode ?? '', 'Sec-Fetch-Dest', dest ?? ''];
}

function common(origin: string, accept: string): string[] {
  const fields = ['User-Agent', USER_AGENT, 'Accept', accept, 'Accept-Language', 'en', 'Accept-Encoding', 'identity'];
  return ['Host', new URL(origin).host, ...fields];
}

/** The head by which a browser opens a page of `origin`. `from`: target of the page that leads there; null: somebody typed it. */
export function navigationHead(origin: string, from: string | null): string[] {
  const referer = from === null ? [] : ['Referer', `${origin}${from}`];
  return [...common(origin, PAGE), ...referer, ...fetched(origin, from === null ? 'none' : 'same-origin', false)];
}

/** The head by which a browser sends a form of the page `from`, or a script there what it has gathered; its body is another's. */
export function sendingHead(origin: string, from: string, script: boolean): string[] {
  const context = ['Origin', origin, 'Referer', `${origin}${from}`];
  return [...common(origin, script ? '*/*' : PAGE), ...context, ...fetched(origin, 'same-origin', script)];
}
