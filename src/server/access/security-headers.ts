import type { ServerResponse } from 'node:http';
import type { WebConfig } from '../../config/web-config/web-config.ts';

/** Of every answer; the page and the incident reports have a policy of their own, which is as strict but for what they load. */
const ours = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'deny',
};

/**
 * Sets what tells browsers to be careful with an answer, and what the configuration adds. Not for a browser to remember
 * unless the configuration says so: Strict-Transport-Security would hold for all that this machine serves, on every port.
 */
export function setSecurityHeaders(response: ServerResponse, { headers, tls }: WebConfig): void {
  const given = { ...ours, ...lowered(headers) };
  for (const [name, value] of Object.entries(given)) {
    if (name === 'strict-transport-security' && tls === undefined) continue;
    response.setHeader(name, value);
  }
}

function lowered(headers: WebConfig['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name.toLowerCase(), value]])),
  );
}
