import type { IncomingMessage, ServerResponse } from 'node:http';
import { SallyportError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Html } from '../lib/html.ts';
import type { ChatRoom } from './chat.ts';
import { sendClockEvents } from './clock-events.ts';
import type { Customer } from './customers.ts';
import { page } from './layout.ts';
import * as pages from './pages.ts';
import { readForm, seeOther, sendHtml, sendJson } from './respond.ts';
import { receive, sendCatalogue } from './transfer.ts';
import type { Visitor } from './verify.ts';

/** One request of a visitor whose assertion has been verified. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly visitor: Visitor;
  /** Absent when the portal has no account of that name. */
  readonly customer: Customer | undefined;
  readonly customers: ReadonlyMap<string, Customer>;
  readonly chat: ChatRoom;
  readonly clock: Clock;
}

type Handler = (exchange: Exchange) => void | Promise<void>;

/** Every address of the portal; HEAD is answered as GET, static files stand in assets.ts. */
export const ROUTES: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['GET /', (e) => show(e, 'Welcome', pages.home(e.visitor.name, e.customer))],
  ['GET /orders', (e) => show(e, 'Your orders', pages.orders(e.customer))],
  ['GET /customers', (e) => show(e, 'All customers', pages.customers(staffOnly(e).values()))],
  ['GET /address', (e) => show(e, 'Your address', pages.address(customerOnly(e), e.query.has('saved')))],
  ['POST /address', saveAddress],
  ['GET /upload', (e) => show(e, 'Upload', pages.upload(undefined))],
  ['POST /upload', takeUpload],
  ['GET /download', (e) => show(e, 'Download', pages.download())],
  ['GET /download/catalogue', (e) => sendCatalogue(e.response, e.query.get('mb') ?? '1', e.request.method === 'HEAD')],
  ['GET /clock', (e) => show(e, 'Clock', pages.clock(e.clock.now()), 'clock.js')],
  ['GET /clock/events', (e) => sendClockEvents(e.response, e.clock)],
  ['GET /chat', (e) => show(e, 'Chat', pages.chat(e.chat.history), 'chat.js')],
  ['POST /chat', saySomething],
  ['GET /whoami', (e) => show(e, 'Who am I?', pages.whoami(e.visitor))],
]);

function show(exchange: Exchange, title: string, body: Html, script?: string): void {
  const { path, visitor, customer } = exchange;
  const options = { title, path, name: visitor.name, customer, body };
  sendHtml(exchange.response, 200, page(script === undefined ? options : { ...options, script }));
}

function customerOnly(exchange: Exchange): Customer {
  if (exchange.customer === undefined) throw new SallyportError('not-found', 'no customer of that name');
  return exchange.customer;
}

function staffOnly(exchange: Exchange): ReadonlyMap<string, Customer> {
  if (!customerOnly(exchange).staff) throw new SallyportError('not-found', 'for staff only');
  return exchange.customers;
}

async function saveAddress(exchange: Exchange): Promise<void> {
  const customer = customerOnly(exchange);
  const form = await readForm(exchange.request);
  const field = (name: string): string => {
    const value = form.get(name)?.trim() ?? '';
    if (value === '' || value.length > 80)
      throw new SallyportError('bad-body', `the field ${name} is missing or too long`);
    return value;
  };
  customer.address = {
    company: field('company'),
    street: field('street'),
    town: field('town'),
    postcode: field('postcode'),
  };
  seeOther(exchange.response, '/address?saved=1');
}

/** A form gets a page, anything else (a script, curl -T) gets JSON. */
async function takeUpload(exchange: Exchange): Promise<void> {
  const received = await receive(exchange.request);
  if (received.fileName === '') sendJson(exchange.response, received);
  else show(exchange, 'Upload', pages.upload(received));
}

/** The chat without JavaScript. */
async function saySomething(exchange: Exchange): Promise<void> {
  const form = await readForm(exchange.request);
  exchange.chat.say(exchange.visitor.name, form.get('text') ?? '');
  seeOther(exchange.response, '/chat');
}
