import { expect, test } from 'vitest';
import { programName } from '../../../src/monitor/discovery/program-name.ts';

test.each([
  [['python3', '/srv/shop/worker.py', '--password', 'secret'], 'python3.11 worker.py'],
  [['python3', '-u', '-W', 'ignore', '-Xdev', 'worker.py'], 'python3.11 worker.py'],
  [['python3', '-X', 'importtime', '--check-hash-based-pycs', 'always', 'worker.py'], 'python3.11 worker.py'],
  [['python3', '-uB', '-OO', 'worker.py', '-c', 'x'], 'python3.11 worker.py'],
  [['python3', '-m', 'gunicorn', 'shop:app'], 'python3.11 gunicorn'],
  [['python3', '-um', 'celery', '-A', 'shop'], 'python3.11 celery'],
  [['python3', '-mhttp.server', '80'], 'python3.11 http.server'],
  [['python3', '-c', 'password = "secret"'], 'python3.11'],
  [['python3', '-Ic', 'password = "secret"', 'worker.py'], 'python3.11'],
  [['python3', '-cpassword="secret"'], 'python3.11'],
  [['python3', '-', 'argument'], 'python3.11'],
  [['python3', '/srv/shop/'], 'python3.11 shop'],
  [['python3'], 'python3.11'],
  [['python3', '-m'], 'python3.11'],
  [['gunicorn: worker [shop] --password secret'], 'python3.11'],
  [[], 'python3.11'],
])('%j is the service %s', (commandLine, expected) => {
  expect(programName('python3.11', commandLine)).toBe(expected);
});

test('other executables are named alone', () => {
  expect(programName('uwsgi', ['uwsgi', 'secret'])).toBe('uwsgi');
});

test.each([
  [['node', '/srv/shop/server.js', '--password', 'secret'], 'node server.js'],
  [['node', '-r', 'dotenv/config', '--import', './tracing.mjs', '--title', 'secret', 'server.js'], 'node server.js'],
  [['node', '--max-old-space-size=300', '--env-file=.env', '--inspect', 'server.js', '-e', 'x'], 'node server.js'],
  [['node', '--enable-source-maps', '--', 'server.js'], 'node server.js'],
  [['node', 'inspect', 'server.js'], 'node server.js'],
  [['node', '/srv/shop/'], 'node shop'],
  [['node', '.', 'secret'], 'node'],
  [['node', '-e', 'password = "secret"'], 'node'],
  [['node', '--eval=password = "secret"', 'server.js'], 'node'],
  [['node', '-p', 'password = "secret"'], 'node'],
  [['node', '-pe', 'password = "secret"'], 'node'],
  [['node', '--run', 'secret'], 'node'],
  [['node', '-', 'secret'], 'node'],
  [['node', '-r'], 'node'],
  [['node'], 'node'],
  [['shop: master --password secret'], 'node'],
  [[], 'node'],
])('%j is the service %s', (commandLine, expected) => {
  expect(programName('node', commandLine)).toBe(expected);
});

test('programs that carry a Node.js of their own are named alone', () => {
  expect(programName('electron', ['electron', 'main.js'])).toBe('electron');
});
