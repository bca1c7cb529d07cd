import { expect, test } from 'vitest';
import {
  duration,
  httpAddress,
  listenAddress,
  processPattern,
  routePath,
  share,
} from '../../src/config/value-types.ts';

test.each([
  [':10148', { port: 10148 }],
  ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
  ['localhost:8080', { host: 'localhost', port: 8080 }],
  ['[::1]:10148', { host: '::1', port: 10148 }],
])('%s is an address to listen on', (text, expected) => {
  expect(listenAddress.schema.parse(text)).toEqual(expected);
});

test.each(['', '10148', ':', ':65536', '::1:10148', 'http://localhost:80', 'localhost:80/', ' :80', '[::1]'])(
  '%j is no address to listen on',
  (text) => {
    expect(listenAddress.schema.safeParse(text).success).toBe(false);
  },
);

test.each([
  ['10s', 10],
  ['500ms', 0.5],
  ['1h30m', 5400],
  ['2m', 120],
  ['1d', 86400],
  ['0s', 0],
])('%s is %d seconds', (text, seconds) => {
  expect(duration(0, 86400).schema.parse(text)).toBe(seconds);
});

test.each(['', '10', '-1s', '1.5s', '30m1h', '1s1s', '2d', 'ten seconds', '1 s'])(
  '%j is no duration up to a day',
  (text) => {
    expect(duration(0, 86400).schema.safeParse(text).success).toBe(false);
  },
);

test.each(['/', 'metrics', '/healthz', '/readyz', '/api/v1/targets', '/a/', '//', '/a b', '/:id', '/*'])(
  '%j is no path for metrics',
  (text) => {
    expect(routePath.schema.safeParse(text).success).toBe(false);
  },
);

test.each([
  ['0.05', 0.05],
  ['1', 1],
  ['.5', 0.5],
])('%s is a share', (text, expected) => {
  expect(share(0.001, 1).schema.parse(text)).toBe(expected);
});

test.each(['', '.', '0', '5%', '1.', '-0.1', '1e-2', '2', 'Infinity', '0x1'])('%j is no share', (text) => {
  expect(share(0.001, 1).schema.safeParse(text).success).toBe(false);
});

test.each([
  ['service=shop-*', { field: 'service', glob: 'shop-*' }],
  ['cgroup=/a=b', { field: 'cgroup', glob: '/a=b' }],
])('%s is a pattern', (text, expected) => {
  expect(processPattern.schema.parse(text)).toEqual(expected);
});

test.each(['', 'name', 'name=', '=x', 'Name=x', 'user=root', 'service*', `name=${'x'.repeat(257)}`])(
  '%j is no pattern',
  (text) => {
    expect(processPattern.schema.safeParse(text).success).toBe(false);
  },
);

test.each(['https://10.0.0.7:10250', 'http://localhost:10255/', 'https://[::1]:10250'])('%s is an address', (text) => {
  expect(httpAddress.schema.parse(text)).toBe(text);
});

test.each(['10.0.0.7:10250', 'ftp://node', 'https://node/pods', 'https://me:word@node', 'https://'])(
  '%s is none',
  (text) => {
    expect(httpAddress.schema.safeParse(text).success).toBe(false);
  },
);
