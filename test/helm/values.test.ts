import { expect } from 'vitest';
import { testNeeding } from '../real/needs.ts';
import { needs } from './chart-tool.ts';
import { renderText } from './rendered-chart.ts';

const wrong: [argument: string, complaint: string][] = [
  ['discovery.maxTarget=5', "at '/discovery': additional properties 'maxTarget' not allowed"],
  ['replicas=2', "at '': additional properties 'replicas' not allowed"],
  ['podMonitor.enabeld=true', "at '/podMonitor': additional properties 'enabeld' not allowed"],
  ['log.level=verbose', "at '/log/level': value must be one of 'debug', 'info', 'warn', 'error'"],
  ['port=0', "at '/port'"],
  ['port=http', "at '/port'"],
  ['census.types=1001', "at '/census/types'"],
  ['discovery.minAge=10', "at '/discovery/minAge'"],
  ['discovery.minAge=', "at '/discovery/minAge'"],
  ['image.digest=latest', "at '/image/digest'"],
  ['appArmorProfile=Localhost', "at '/appArmorProfile'"],
  ['podMonitor.interval=30 seconds', "at '/podMonitor/interval'"],
  ['serviceMonitor.enabled=maybe', "at '/serviceMonitor/enabled'"],
  ['sidecar.profil=root', "at '/sidecar': additional properties 'profil' not allowed"],
  ['sidecar.runAsUser=shop', "at '/sidecar/runAsUser'"],
  ['kubelet.insecure=true', "at '/kubelet': additional properties 'insecure' not allowed"],
  ['mode=cluster', "at '/mode'"],
  ['storage.hostPath=state', "at '/storage/hostPath'"],
  ['webConfig.existingSecret=Web_Config', "at '/webConfig/existingSecret'"],
  ['webConfig.secret=web', "at '/webConfig': additional properties 'secret' not allowed"],
  ['podMonitor.basicAuth.user.name=x', "at '/podMonitor/basicAuth': additional properties 'user' not allowed"],
  ['networkPolicy.form=x', "at '/networkPolicy': additional properties 'form' not allowed"],
];
for (const [argument, complaint] of wrong) {
  testNeeding(...needs.helm)(`${argument} is refused by name`, () => {
    expect(() => renderText(['--set', argument])).toThrow(complaint);
  });
}
