import { readlinkSync } from 'node:fs';
import type { OtlpExport, OtlpLogger } from '../exporters/otlp/otlp-export.ts';
import { readOtlpSettings } from '../exporters/otlp/otlp-settings.ts';
import type { Build } from '../metrics/definition.ts';
import type { Target } from '../model/target.ts';

/** The export by OTLP where the environment asks for it. The SDK is loaded only then: it takes 16 MB. */
export async function loadOtlp(
  environment: NodeJS.ProcessEnv,
  build: Build,
  logger: OtlpLogger,
): Promise<OtlpExport | undefined> {
  const otlp = readOtlpSettings(environment);
  if (!otlp.on) {
    if (otlp.reason !== undefined) logger.warn({}, `nothing is exported by OTLP: ${otlp.reason}`);
    return undefined;
  }
  const { settings } = otlp;
  for (const remark of settings.remarks) logger.warn({}, remark);
  const { createOtlpExport } = await import('../exporters/otlp/otlp-export.ts');
  return createOtlpExport({ settings, build, logger, sharesHostName });
}

/** The name of a host belongs to its UTS namespace, of which containers have their own. */
function sharesHostName({ process: { procfsPath, pid } }: Target): boolean {
  const namespace = (of: number | string) => readlinkSync(`${procfsPath}/${of}/ns/uts`);
  try {
    return namespace('self') === namespace(pid);
  } catch {
    return false; // denied, or it has ended
  }
}
