import { type Html, html } from '../lib/html.ts';
import type { Said } from './chat.ts';
import { type Customer, type Order, pounds } from './customers.ts';
import type { Received } from './transfer.ts';
import type { Visitor } from './verify.ts';

export function home(name: string, customer: Customer | undefined): Html {
  if (customer === undefined) {
    return html`<p>Welcome ${name}.</p>
<p class="notice">Harbour &amp; Sons has no customer of the name <strong>${name}</strong>: this sample portal knows alice, bob and admin.
All pages work for you too, save those with a customer’s data.</p>`;
  }
  if (customer.staff) return html`<p>Welcome ${name}, you are staff: <a href="/customers">all customers</a>.</p>`;
  const open = customer.orders.filter((order) => order.status !== 'delivered').length;
  return html`<p>Welcome ${name}, your orders: ${open} open, ${customer.orders.length - open} delivered.</p>
${orderTable(customer.orders)}
<p class="notice">The office is closed on Good Friday. Orders placed before noon on Thursday leave with the evening van.</p>`;
}

export function orders(customer: Customer | undefined): Html {
  if (customer === undefined || customer.orders.length === 0) return html`<p>There are no orders on this account.</p>`;
  return orderTable(customer.orders);
}

function orderTable(list: readonly Order[]): Html {
  const rows = list.map(
    (order) =>
      html`<tr><td>${order.number}</td><td>${order.date}</td><td>${order.goods}</td><td>${order.status}</td><td class="sum">${pounds(order.total)}</td></tr>`,
  );
  return html`<div class="scroll"><table>
<thead><tr><th>Order</th><th>Date</th><th>Goods</th><th>Status</th><th>Total</th></tr></thead>
<tbody>${rows}</tbody>
</table></div>`;
}

export function customers(all: Iterable<Customer>): Html {
  const rows = [...all].map(
    (c) =>
      html`<tr><td>${c.number}</td><td>${c.name}</td><td>${c.address.company}</td><td>${c.address.town}</td><td class="sum">${c.orders.length}</td></tr>`,
  );
  return html`<div class="scroll"><table>
<thead><tr><th>Number</th><th>Account</th><th>Company</th><th>Town</th><th>Orders</th></tr></thead>
<tbody>${rows}</tbody>
</table></div>`;
}

export function address(customer: Customer, saved: boolean): Html {
  const { company, street, town, postcode } = customer.address;
  return html`${saved && html`<p class="notice" role="status">Saved. Your goods go to ${company}, ${street}, ${town}, ${postcode}.</p>`}
<form method="post" action="/address" class="sheet">
<label>Company <input name="company" value="${company}" maxlength="80" required autocomplete="organization"></label>
<label>Street <input name="street" value="${street}" maxlength="80" required autocomplete="street-address"></label>
<label>Town <input name="town" value="${town}" maxlength="80" required autocomplete="address-level2"></label>
<label>Postcode <input name="postcode" value="${postcode}" maxlength="80" required autocomplete="postal-code"></label>
<button>Save address</button>
</form>`;
}

export function upload(received: Received | undefined): Html {
  return html`${
    received !== undefined &&
    html`<div class="notice" role="status"><p>Received ${received.fileName === '' ? 'a file' : received.fileName}: ${received.bytes} bytes.</p>
<p>SHA-256 <code>${received.sha256}</code></p></div>`
  }
<p>Send us your drawing or order list. Any size; it is counted, not kept.</p>
<form method="post" action="/upload" enctype="multipart/form-data" class="sheet">
<label>File <input type="file" name="file" required></label>
<button>Upload</button>
</form>`;
}

export function download(): Html {
  return html`<p>The catalogue as one file. Choose how thick it shall be.</p>
<form method="get" action="/download/catalogue" class="sheet">
<label>Size in MB <input name="mb" type="number" min="1" max="4096" value="10" required></label>
<button>Download</button>
</form>`;
}

export function clock(now: number): Html {
  return html`<p>Time at the harbour office, as told once a second:</p>
<p class="clock"><time id="clock">${new Date(now).toISOString()}</time></p>
<p id="clock-state" role="status"></p>`;
}

export function chat(said: readonly Said[]): Html {
  const lines = said.map(
    (one) => html`<li><span class="meta">${one.at.slice(11, 19)} ${one.who}</span> ${one.text}</li>`,
  );
  return html`<ol id="said" class="said" aria-live="polite">${lines}</ol>
<form id="say" method="post" action="/chat" class="sheet">
<label>Your message <input name="text" maxlength="500" required autocomplete="off"></label>
<button>Say</button>
</form>
<p id="chat-state" role="status"></p>`;
}

const CLAIMS: readonly (readonly [claim: string, meaning: string])[] = [
  ['iss', 'who says so: the public address of this portal, as Sallyport knows it'],
  ['aud', 'for which app it was said; another app refuses it'],
  ['sub', 'the account’s id, which never changes'],
  ['name', 'the account’s name, by which this portal finds the customer'],
  ['realm', 'the namespace of the account'],
  ['sid', 'public id of the session, good for looking up the audit trail and for nothing else'],
  [
    'amr',
    'what was proven (RFC 8176): pwd a password, otp a one-time code, user and swk a passkey, mfa more than one kind',
  ],
  ['acr', 'how strong that is taken together'],
  ['auth_time', 'when it was proven'],
  ['iat', 'when this assertion was made; more than 60 seconds ago is refused'],
  ['nbf', 'not valid before'],
  ['exp', 'not valid after'],
  ['jti', 'the assertion’s own number'],
];
const TIMES: ReadonlySet<string> = new Set(['auth_time', 'iat', 'nbf', 'exp']);

export function whoami(visitor: Visitor): Html {
  const known = new Map(CLAIMS);
  const names = [...known.keys(), ...Object.keys(visitor.claims).filter((claim) => !known.has(claim))];
  const rows = names
    .filter((claim) => visitor.claims[claim] !== undefined)
    .map(
      (claim) =>
        html`<tr><th scope="row">${claim}</th><td>${shown(claim, visitor.claims[claim])}</td><td>${known.get(claim)}</td></tr>`,
    );
  return html`<p>With this request came the header <code>Sallyport-Assertion</code>. Its signature, type, issuer, audience, age and
completeness have been checked against Sallyport’s public keys; this is what it says.</p>
<div class="scroll"><table class="claims">
<thead><tr><th>Claim</th><th>Value</th><th>Meaning</th></tr></thead>
<tbody>${rows}</tbody>
</table></div>
<p>The assertion itself stays between Sallyport and the portal: it is never shown to a browser.
Verifiers for your own app are in <code>docs/verify</code>.</p>`;
}

function shown(claim: string, value: unknown): string {
  if (TIMES.has(claim) && typeof value === 'number' && Number.isSafeInteger(value) && Math.abs(value) < 8.64e12) {
    return new Date(value * 1000).toISOString();
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}
