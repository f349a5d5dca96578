import { Agent, createServer } from 'node:http';
import express from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';

/** express + http-proxy-middleware as its users set it up, with kept-alive connections to the app. `bare`: without Express. */
const [port, upstream, bare] = process.argv.slice(2);
const proxy = createProxyMiddleware({
  target: `http://127.0.0.1:${upstream}`,
  agent: new Agent({ keepAlive: true, maxSockets: 128 }),
});
const server =
  bare === 'bare'
    ? createServer((request, response) => void proxy(request, response))
    : createServer(express().use(proxy));
server.keepAliveTimeout = 75_000;
server.listen(Number(port), '127.0.0.1', () => process.send?.('ready'));
process.on('disconnect', () => process.exit());
