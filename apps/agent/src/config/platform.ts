/** The two kinds of host that differ in their paths and in what DCV can do there; macOS counts as linux. */
export type Platform = 'linux' | 'windows';

export function platformOf(nodePlatform: NodeJS.Platform): Platform {
  return nodePlatform === 'win32' ? 'windows' : 'linux';
}

/** Where the configuration file is when nobody says otherwise (administration guide, agent configuration file). */
export function defaultConfigFile(platform: Platform): string {
  return platform === 'windows'
    ? 'C:\\Program Files\\NICE\\DCVSessionManagerAgent\\conf\\agent.conf'
    : '/etc/dcv-session-manager-agent/agent.conf';
}
