import { randomBytes } from 'node:crypto';

// A test that has every `python` of the machine watched also watches those of other runs, which come and go as they
// please. Programs of one name, which no other run has, are told apart from them.

/** The service's name of this run's own programs. */
export const ownService = `own-${randomBytes(4).toString('hex')}`;

/** For the environment of a program, so that it bears the name. */
export const asOwnService = { OTEL_SERVICE_NAME: ownService };

/** For `heapwatch serve`: only these are watched, from their first moment. */
export const watchOwnService = ['--discovery.min-age=0s', `--discovery.include=service=${ownService}`];
