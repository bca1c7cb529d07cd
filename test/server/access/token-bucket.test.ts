import { expect, test } from 'vitest';
import { TokenBucket } from '../../../src/server/access/token-bucket.ts';

test('what is spent comes in again with time, up to the most', () => {
  const bucket = new TokenBucket(10, 2, 100);
  expect(bucket.secondsUntil(10, 100)).toBe(0);
  bucket.spend(10, 100);
  expect(bucket.secondsUntil(1, 100)).toBe(0.5);
  expect(bucket.secondsUntil(1, 100.5)).toBe(0);
  expect(bucket.secondsUntil(11, 1000)).toBe(0.5);
});

test('what was overspent has to come in first', () => {
  const bucket = new TokenBucket(10, 0.5, 0);
  bucket.spend(15, 0);
  expect(bucket.secondsUntil(0, 0)).toBe(10);
  expect(bucket.secondsUntil(0, 10)).toBe(0);
});

test('only what is there is taken, and taken once', () => {
  const bucket = new TokenBucket(1, 0.5, 0);
  expect(bucket.take(1, 0)).toBe(0);
  expect(bucket.take(1, 0)).toBe(2);
  expect(bucket.take(1, 1)).toBe(1);
  expect(bucket.take(1, 2)).toBe(0);
});
