import { expect, test } from 'vitest';
import { createAuthenticator } from '../../../src/server/access/authenticator.ts';
import type { PasswordCheck } from '../../../src/server/access/password-check.ts';

const users = new Map([
  ['alice', 'hash of secret'],
  ['bob', 'hash of other'],
]);

/** Says that a password is right when the hash tells its name, and remembers what it was asked. */
function fakeCheck(isBusy = () => false) {
  const asked: string[] = [];
  const check: PasswordCheck = {
    isBusy,
    isRight: async ({ password, hash }) => {
      asked.push(`${password} against ${hash}`);
      return hash === `hash of ${password}`;
    },
    close: async () => undefined,
  };
  return { check, asked, authenticator: createAuthenticator(check) };
}

const always = () => true;

test('bcrypt is asked once for each name and password, right or wrong', async () => {
  const { authenticator, asked } = fakeCheck();
  for (const _ of [1, 2, 3]) {
    expect(await authenticator.authenticate({ user: 'alice', password: 'secret' }, users, always)).toBe('right');
    expect(await authenticator.authenticate({ user: 'alice', password: 'wrong' }, users, always)).toBe('wrong');
    expect(await authenticator.authenticate({ user: 'bob', password: 'secret' }, users, always)).toBe('wrong');
  }
  expect(asked).toHaveLength(3);
});

test('who asks at the same time waits for the same answer', async () => {
  const { authenticator, asked } = fakeCheck();
  const twice = [1, 2].map(() => authenticator.authenticate({ user: 'alice', password: 'secret' }, users, always));
  expect(await Promise.all(twice)).toEqual(['right', 'right']);
  expect(asked).toHaveLength(1);
});

test('an unknown user costs what a known one does, and is nobody, whatever its password', async () => {
  const { authenticator, asked } = fakeCheck();
  expect(await authenticator.authenticate({ user: 'mallory', password: 'secret' }, users, always)).toBe('wrong');
  expect(asked).toEqual(['secret against hash of secret']);
  expect(await authenticator.authenticate({ user: '__proto__', password: 'secret' }, users, always)).toBe('wrong');
  expect(asked).toHaveLength(2);
});

test('a user that is removed, added or has a new password is judged by the users of now', async () => {
  const { authenticator } = fakeCheck();
  const ask = (now: ReadonlyMap<string, string>) =>
    authenticator.authenticate({ user: 'alice', password: 'secret' }, now, always);
  expect(await ask(users)).toBe('right');
  // With the hash that an unknown user is compared with.
  expect(await ask(new Map([['bob', 'hash of secret']]))).toBe('wrong');
  expect(await ask(users)).toBe('right');
  expect(await ask(new Map([['alice', 'hash of new']]))).toBe('wrong');
  expect(await ask(new Map())).toBe('wrong');
});

test('a thousand guesses do not drive out what was right', async () => {
  const { authenticator, asked } = fakeCheck();
  await authenticator.authenticate({ user: 'alice', password: 'secret' }, users, always);
  for (let guess = 0; guess < 1000; guess++) {
    await authenticator.authenticate({ user: 'alice', password: `guess ${guess}` }, users, always);
  }
  expect(asked).toHaveLength(1001);
  expect(await authenticator.authenticate({ user: 'alice', password: 'secret' }, users, () => false)).toBe('right');
});

test('when too much has been tried, only what is known is answered', async () => {
  let isBusy = false;
  const { authenticator } = fakeCheck(() => isBusy);
  const ask = (password: string, mayTry = true) =>
    authenticator.authenticate({ user: 'alice', password }, users, () => mayTry);
  await ask('secret');
  await ask('known to be wrong');
  for (const [busy, mayTry] of [
    [true, true],
    [false, false],
  ] as const) {
    isBusy = busy;
    expect(await ask('secret', mayTry)).toBe('right');
    expect(await ask('known to be wrong', mayTry)).toBe('wrong');
    expect(await ask('new', mayTry)).toBe('later');
  }
});

test('a check that fails is no answer, and is asked again', async () => {
  const { check, authenticator } = fakeCheck();
  const { isRight } = check;
  check.isRight = () => Promise.reject(new Error('no thread can be had'));
  const ask = () => authenticator.authenticate({ user: 'alice', password: 'secret' }, users, always);
  await expect(ask()).rejects.toThrow('no thread');
  check.isRight = isRight;
  expect(await ask()).toBe('right');
});
