import { hashSync } from 'bcryptjs';
import { expect, onTestFinished, test } from 'vitest';
import { createPasswordCheck } from '../../../src/server/access/password-check.ts';

const builtWorker = new URL('../../../dist/server/access/password-worker.js', import.meta.url);

function startCheck(workerUrl = builtWorker) {
  const check = createPasswordCheck(workerUrl);
  onTestFinished(() => check.close());
  return check;
}

test.each(['2a', '2b', '2y'])('hashes of $%s$ are understood', async (prefix) => {
  const hash = hashSync('pässword', 4).replace(/^\$2b/, `$${prefix}`);
  const check = startCheck();
  expect(await Promise.all(['pässword', 'password'].map((password) => check.isRight({ password, hash })))).toEqual([
    true,
    false,
  ]);
  expect(await check.isRight({ password: 'pässword', hash })).toBe(true);
});

test('the event loop goes on while a password is compared', async () => {
  const hash = hashSync('secret', 12);
  const began = performance.now();
  let last = began;
  let longest = 0;
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);
  onTestFinished(() => clearInterval(timer));
  expect(await startCheck().isRight({ password: 'secret', hash })).toBe(true);
  expect(longest).toBeLessThan((performance.now() - began) / 2);
});

test('more than some may not wait', async () => {
  const hash = hashSync('secret', 4);
  const check = startCheck();
  const answers: Promise<boolean>[] = [];
  while (!check.isBusy() && answers.length < 1000) answers.push(check.isRight({ password: 'secret', hash }));
  expect(answers.length).toBeLessThan(50);
  expect(new Set(await Promise.all(answers))).toEqual(new Set([true]));
  expect(check.isBusy()).toBe(false);
});

test('a worker that cannot start fails those who wait, with the reason', async () => {
  const check = startCheck(new URL('file:///nonexistent/worker.js'));
  const answers = await Promise.allSettled([1, 2].map(() => check.isRight({ password: 'a', hash: 'b' })));
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
