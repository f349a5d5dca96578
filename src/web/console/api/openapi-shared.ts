import { API_CODES } from './refusals.ts';

/** RFC 9457, as the API tells it. */
export const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: `As in docs/errors.md; besides: ${Object.keys(API_CODES).join(', ')}.` },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['field', 'message'],
        properties: { field: { type: 'string' }, message: { type: 'string' } },
      },
    },
    retry_after: { type: 'integer', description: 'Seconds.' },
  },
};

/** `in_force` of an answer, as the commands have it in their JSON. */
export const IN_FORCE = {
  type: 'object',
  description: 'Where a change is in force.',
  required: ['confirmed', 'silent', 'ms', 'streams', 'last_stream_ms'],
  properties: {
    confirmed: { type: 'array', items: { type: 'string' }, description: 'Nodes that have it in force.' },
    silent: {
      type: 'array',
      description: 'Nodes that did not answer: each has heard of it by itself, or refuses everything until it has.',
      items: {
        type: 'object',
        required: ['node', 'trust_ms', 'quiet_ms'],
        properties: {
          node: { type: 'string' },
          trust_ms: { type: 'number' },
          quiet_ms: { type: ['number', 'null'] },
        },
      },
    },
    ms: {
      type: ['number', 'null'],
      description: 'From just before the commit until the last of them had it in force.',
    },
    streams: {
      type: ['integer', 'null'],
      description: 'Requests, streams and sockets that were cut; null: not known.',
    },
    last_stream_ms: { type: ['number', 'null'], description: 'When the last of them was cut, counted as `ms`.' },
  },
};
