import { expect, test } from 'vitest';
import { ReadFailure } from '../../src/model/failure.ts';
import { createCollector } from '../../src/monitor/collector.ts';
import { createFailureReport, failureOf } from '../../src/monitor/failure-report.ts';
import { createRecordedLog } from './fake-world.ts';

test('a failure is told once per change of state', () => {
  const log = createRecordedLog();
  const report = createFailureReport(log, 'reading', {});
  report.worked();
  report.failed(new ReadFailure('denied', 'not you'));
  report.failed(new ReadFailure('denied', 'still not you'));
  report.failed(new ReadFailure('unreadable', 'nonsense'));
  report.worked();
  report.worked();
  report.failed(new TypeError('bug'));
  expect(log.lines).toEqual([
    'warn reading failed: not you',
    'warn reading failed: nonsense',
    'info reading works again',
    'error reading failed',
  ]);
});

test('a bug of ours is told as one', () => {
  expect(failureOf(new ReadFailure('denied', 'not you'))).toEqual({ kind: 'denied', message: 'not you' });
  expect(failureOf(new TypeError('bug')).message).toMatch(/heapwatch itself failed.*bug/);
});

test('a collector counts its errors by reason', () => {
  const collector = createCollector('census');
  const before = collector.stats();
  collector.failed(new ReadFailure('busy', 'x'));
  collector.failed(new ReadFailure('busy', 'x'));
  collector.failed(new TypeError('bug'));
  collector.ran(0.25);
  expect(collector.stats()).toEqual({ collector: 'census', durationSeconds: 0.25, errors: { busy: 2, internal: 1 } });
  expect(before.errors).toEqual({});
});
