// Exit 0 when the Sallyport of this machine can serve, 1 when it cannot or does not answer within 4 seconds.
//   node health.mjs [PORT]     default 8443; TLS or not, whichever it speaks
import http from 'node:http';
import https from 'node:https';

const port = Number(process.argv[2] ?? 8443);

function ask(client) {
  return new Promise((resolve, reject) => {
    // The certificate is not checked: it names the public host, and this asks 127.0.0.1 whether anybody is at home.
    // Nothing secret is sent, and nothing that comes back is believed but the status.
    const request = client.get(
      {
        host: '127.0.0.1',
        port,
        path: '/.sallyport/health',
        rejectUnauthorized: false,
        agent: false,
        signal: AbortSignal.timeout(2000),
      },
      (response) => resolve(response.resume().statusCode),
    );
    request.on('error', reject);
  });
}

const status = await ask(https)
  .catch(() => ask(http))
  .catch(() => 0);
process.exit(status === 200 ? 0 : 1);
