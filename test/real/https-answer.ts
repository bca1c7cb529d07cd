import { type RequestOptions, request } from 'node:https';
import type { TLSSocket } from 'node:tls';

/** What a server said over TLS, and the serial number of its certificate. */
export interface HttpsAnswer {
  readonly status: number | undefined;
  readonly body: string;
  readonly serial: string;
}

/** Asks once, over a connection of its own. */
export function get(url: string, options: RequestOptions): Promise<HttpsAnswer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent: false, timeout: 20_000, ...options }, (answer) => {
      let body = '';
      const { serialNumber: serial } = (answer.socket as TLSSocket).getPeerCertificate();
      answer.setEncoding('utf8').on('data', (chunk) => (body += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode, body, serial })).on('error', reject);
    });
    asked.on('error', reject).end();
  });
}
