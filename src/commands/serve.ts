import { join } from 'node:path';
import { type FastifyBaseLogger, fastify } from 'fastify';
import { startCensusTaker } from '../census/worker-census-taker.ts';
import { readSettings } from '../config/read-settings.ts';
import { type Settings, settingTable } from '../config/settings.ts';
import { version } from '../config/version.ts';
import { readWebConfig, type UsableWebConfig } from '../config/web-config/read-web-config.ts';
import { incidentJson, parseIncidentSummary } from '../exporters/json/incident-json.ts';
import { systemClock } from '../monitor/clock.ts';
import { createKubeletPods } from '../monitor/discovery/kubelet-pods.ts';
import type { KubernetesOptions } from '../monitor/discovery/kubernetes-names.ts';
import type { Logger } from '../monitor/logger.ts';
import { createMonitor } from '../monitor/monitor.ts';
import { type EvidenceStore, openEvidenceStore } from '../recorder/evidence-store.ts';
import { openIncidentStore } from '../recorder/incident-store.ts';
import { runtimes } from '../runtimes/index.ts';
import { app } from '../server/app.ts';
import { incidentReport } from '../server/report/incident-report.ts';
import { ListenFailure, listen } from './listening.ts';
import { createLog } from './log.ts';
import { loadOtlp } from './otlp.ts';
import { scrapeConfig, startupReport, storageRemark } from './startup-report.ts';
import { openWeb } from './web.ts';
import { reportMistakes } from './wrong-usage.ts';

/** `heapwatch serve`: watches and serves until SIGTERM or SIGINT. Answers the exit code. */
export async function serve(args: readonly string[]): Promise<number> {
  const parsed = readSettings(settingTable, args, process.env);
  if (!parsed.ok) return reportMistakes('serve', parsed.mistakes);
  const { webConfigFile } = parsed.values;
  const web = webConfigFile === undefined ? undefined : readWebConfig(webConfigFile);
  if (web?.ok === false) return reportMistakes('serve', web.mistakes);
  const stopped = stopSignal();
  const service = await createService(parsed.values, web);
  try {
    const host = await listen(service.server, parsed.values.listenAddress);
    const { tls, users } = service.web.access.config();
    process.stdout.write(`heapwatch ${version} answers at ${tls ? 'https' : 'http'}://${host}\n`);
    await Promise.race([service.monitor.start(), stopped]);
    process.stdout.write(startupReport(service.monitor.latest()));
    process.stdout.write(storageRemark(parsed.values.storagePath));
    process.stdout.write(
      scrapeConfig(host, parsed.values.telemetryPath, { tls: tls?.clientAuth, password: users.size > 0 }),
    );
    service.otlp?.start(service.monitor);
    await stopped;
    return 0;
  } catch (error) {
    if (!(error instanceof ListenFailure)) throw error;
    process.stderr.write(`heapwatch serve: ${error.message}\n`);
    return 1;
  } finally {
    await service.close();
  }
}

async function createService(settings: Settings, webConfig: UsableWebConfig | undefined) {
  const log = createLog({ level: settings.logLevel, format: settings.logFormat });
  const optIns = { jvmAttach: settings.jvmAttach === 'on' };
  const censusTaker = settings.censusEnabled ? startCensusTaker({ optIns }) : undefined;
  const incidentStore = openIncidentStore(
    settings.storagePath === undefined ? undefined : join(settings.storagePath, 'incidents'),
    { json: incidentJson, report: incidentReport, summary: parseIncidentSummary },
  );
  const otlp = await loadOtlp(process.env, { version, nodeVersion: process.version }, log);
  const monitor = createMonitor({
    procfsPath: settings.procfsPath,
    runtimes,
    ...(censusTaker && { censusTaker }),
    pace: testPace(),
    include: settings.include,
    exclude: settings.exclude,
    kubernetes: kubernetesOptions(settings, log),
    minAgeSeconds: settings.minAgeSeconds,
    maxTargets: settings.maxTargets,
    exportedTypes: settings.censusTypes,
    censusBudget: settings.censusBudget,
    maxSeries: settings.maxSeries,
    ...(settings.storagePath !== undefined && { storagePath: settings.storagePath }),
    ...(settings.recordPath !== undefined && { recordPath: settings.recordPath }),
    incidentStore,
    ...evidenceOption(settings),
    watchLogs: settings.logWatch,
    ...(otlp && { otherParts: [otlp] }),
    logger: log,
  });
  const web = openWeb(webConfig, log);
  const server = fastify({
    ...web.options,
    // At info fastify would log every scrape, and its addresses, which we print.
    loggerInstance: log.child({}, { level: settings.logLevel === 'error' ? 'error' : 'warn' }) as FastifyBaseLogger,
    forceCloseConnections: true,
  });
  const { telemetryPath, webApi: api, compat } = settings;
  server.register(app, {
    web: web.access,
    source: monitor,
    history: monitor,
    incidents: incidentStore,
    telemetryPath,
    compat,
    api,
    version,
  });
  const close = async () => {
    await server.close();
    await web.close();
    await otlp?.close();
    await monitor.close();
    await censusTaker?.close();
  };
  return { server, web, monitor, otlp, close };
}

/** Where the names of pods come from. */
function kubernetesOptions(settings: Settings, logger: Logger): Omit<KubernetesOptions, 'procfsPath'> {
  const { rootfsPath, kubelet: url, kubeletInsecureTls: insecureTls } = settings;
  const { kubernetesNamespace: namespace, kubernetesPod: pod, kubernetesContainer: container } = settings;
  return {
    rootfsPath,
    ownPod: { ...(namespace && { namespace }), ...(pod && { pod }), ...(container && { container }) },
    ...(url && { kubelet: createKubeletPods({ url, insecureTls, clock: systemClock, logger }) }),
  };
}

function evidenceOption({ evidenceJvm, storagePath }: Settings): { evidenceStore?: EvidenceStore } {
  if (evidenceJvm === 'off' || storagePath === undefined) return {};
  return { evidenceStore: openEvidenceStore(join(storagePath, 'evidence')) };
}

/** Resolves at the first SIGTERM or SIGINT; the second ends the process as it always does. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
}

/** Divides every duration, so that tests run hours in minutes; no setting of a user's. */
function testPace(): number {
  const pace = Number(process.env.HEAPWATCH_TEST_PACE);
  return pace > 0 ? pace : 1;
}
