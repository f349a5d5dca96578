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
export interface Visit {
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

type Handler = (visit: Visit) => void | Promise<void>;

/** Every address of the portal; HEAD is answered as GET, static files stand in assets.ts. */
export const ROUTES: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['GET /', (v) => show(v, 'Welcome', pages.home(v.visitor.name, v.customer))],
  ['GET /orders', (v) => show(v, 'Your orders', pages.orders(v.customer))],
  ['GET /customers', (v) => show(v, 'All customers', pages.customers(staffOnly(v).values()))],
  ['GET /address', (v) => show(v, 'Your address', pages.address(customerOnly(v), v.query.has('saved')))],
  ['POST /address', saveAddress],
  ['GET /upload', (v) => show(v, 'Upload', pages.upload(undefined))],
  ['POST /upload', takeUpload],
  ['GET /download', (v) => show(v, 'Download', pages.download())],
  ['GET /download/catalogue', (v) => sendCatalogue(v.response, v.query.get('mb') ?? '1', v.request.method === 'HEAD')],
  ['GET /clock', (v) => show(v, 'Clock', pages.clock(v.clock.now()), 'clock.js')],
  ['GET /clock/events', (v) => sendClockEvents(v.response, v.clock)],
  ['GET /chat', (v) => show(v, 'Chat', pages.chat(v.chat.history), 'chat.js')],
  ['POST /chat', saySomething],
  ['GET /whoami', (v) => show(v, 'Who am I?', pages.whoami(v.visitor))],
]);

function show(visit: Visit, title: string, body: Html, script?: string): void {
  const { path, visitor, customer } = visit;
  const options = { title, path, name: visitor.name, customer, body };
  sendHtml(visit.response, 200, page(script === undefined ? options : { ...options, script }));
}

function customerOnly(visit: Visit): Customer {
  if (visit.customer === undefined) throw new SallyportError('not-found', 'no customer of that name');
  return visit.customer;
}

function staffOnly(visit: Visit): ReadonlyMap<string, Customer> {
  if (!customerOnly(visit).staff) throw new SallyportError('not-found', 'for staff only');
  return visit.customers;
}

async function saveAddress(visit: Visit): Promise<void> {
  const customer = customerOnly(visit);
  const form = await readForm(visit.request);
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
  seeOther(visit.response, '/address?saved=1');
}

/** A form gets a page, anything else (a script, curl -T) gets JSON. */
async function takeUpload(visit: Visit): Promise<void> {
  const received = await receive(visit.request);
  if (received.fileName === '') sendJson(visit.response, received);
  else show(visit, 'Upload', pages.upload(received));
}

/** The chat without JavaScript. */
async function saySomething(visit: Visit): Promise<void> {
  const form = await readForm(visit.request);
  visit.chat.say(visit.visitor.name, form.get('text') ?? '');
  seeOther(visit.response, '/chat');
}
