import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, type Side, spawnOn } from './rig.ts';

const PROGRAM = '/usr/sbin/nginx';

export const hasNginx = (): boolean => spawnSync(PROGRAM, ['-v']).status === 0;

/** One worker, kept-alive connections to app and auth server, no log, and buffers that hold the largest body. */
export async function startNginx(name: string, folder: string, upstream: number, auth?: Side): Promise<Side> {
  mkdirSync(folder, { recursive: true });
  const own = mkdtempSync(join(folder, 'nginx-'));
  const port = await freePort();
  const asRoot = process.getuid?.() === 0 ? 'user root root;' : '';
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${own}/${kind};`);
  const check = auth === undefined ? '' : 'auth_request /auth;';
  const ask = `location = /auth {
      internal;
      proxy_pass http://auth/auth;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Content-Length "";
      proxy_pass_request_body off;
    }`;
  writeFileSync(
    join(own, 'nginx.conf'),
    `daemon off; worker_processes 1; pid ${own}/pid; error_log ${own}/error.log; ${asRoot}
events { worker_connections 1024; }
http {
  access_log off; keepalive_requests 100000000; keepalive_timeout 75s; ${paths.join(' ')}
  upstream app { server 127.0.0.1:${upstream}; keepalive 128; keepalive_requests 100000000; }
  ${auth === undefined ? '' : `upstream auth { server 127.0.0.1:${auth.port}; keepalive 128; keepalive_requests 100000000; }`}
  server {
    listen 127.0.0.1:${port};
    location / {
      ${check}
      proxy_pass http://app; proxy_http_version 1.1; proxy_buffers 16 8k;
      proxy_set_header Connection ""; proxy_set_header Host $host; proxy_set_header X-Forwarded-For $remote_addr;
    }
    ${auth === undefined ? '' : ask}
  }
}
`,
  );
  const child = spawnOn(0, [PROGRAM, '-p', own, '-e', `${own}/start.log`, '-c', join(own, 'nginx.conf')], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return { name, port, process: child, ...(auth === undefined ? {} : { helper: auth.process }) };
}
