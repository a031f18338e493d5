import { Option, type Command } from 'commander';

/** What may stand before every command; ours also takes it after the command. */
export interface CommonOptions {
  readonly conf?: string;
  readonly brokerUrl?: string;
  readonly authServerUrl?: string;
  readonly caBundle?: string;
  /** false after `--no-verify-ssl`. */
  readonly verifySsl: boolean;
  readonly outputFormat?: string;
  readonly debug?: true;
  /** false after `--no-token-cache`. */
  readonly tokenCache: boolean;
  readonly strict?: true;
}

function commonOptions(): Option[] {
  return [
    new Option('--conf <file>', 'configuration file'),
    new Option('--broker-url <url>', 'URL of the broker, such as https://broker.example.com:8443'),
    new Option('--auth-server-url <url>', 'URL that gives access tokens; also --auth-server'),
    new Option('--ca-bundle <file>', 'CA certificates to trust (.pem)'),
    new Option('--no-verify-ssl', 'trust any certificate; discouraged'),
    new Option('--output-format <format>', 'json, or table for people (default: json)'),
    new Option('--debug', 'tell on the standard error what is done'),
    new Option('--no-token-cache', 'keep no access token between two runs'),
    new Option('--strict', 'exit with 254 also when only some entry was refused (UnsuccessfulList)'),
  ];
}

export function addCommonOptions(program: Command): void {
  for (const option of commonOptions()) program.addOption(option);
}

/** People put them behind the command, too. They are told of in the help of the program only. */
export function addHiddenCommonOptions(command: Command): void {
  for (const option of commonOptions()) command.addOption(option.hideHelp());
}

/** What was given behind the command counts more than what stands before it. */
export function commonOptionsOf(command: Command): CommonOptions {
  const before = command.parent;
  const given = commonOptions().map((option) => {
    const name = option.attributeName();
    const isBehind = command.getOptionValueSource(name) === 'cli';
    return [name, isBehind ? command.getOptionValue(name) : before?.getOptionValue(name)] as const;
  });
  return Object.fromEntries(given) as unknown as CommonOptions;
}
