import { hostname } from 'node:os';
import type { Contradiction } from './contradictions.js';
import type { Values } from './keys.js';
import { parseNatsUrl, type NatsUrl } from './nats-url.js';

/** How this broker joins the others. */
export interface ClusterConfig {
  readonly nats: NatsUrl & {
    /** PEM; null: the system's authorities. With it, TLS is demanded. */
    readonly caFile: string | null;
    readonly credentialsFile: string | null;
  };
  /** The same for all brokers that belong together. */
  readonly name: string;
  readonly brokerName: string;
}

/** Null: this broker is alone. Contradictions have been refused before. */
export function clusterConfig(values: Values): ClusterConfig | null {
  const parsed = parseNatsUrl(values['cluster-nats-url'] ?? '');
  if (values['cluster-nats-url'] === undefined || parsed.kind === 'problem') return null;
  return Object.freeze({
    nats: Object.freeze({
      ...parsed.url,
      caFile: values['cluster-nats-ca-file'] ?? null,
      credentialsFile: values['cluster-nats-credentials-file'] ?? null,
    }),
    name: values['cluster-name'],
    brokerName: values['broker-name'] ?? hostname(),
  });
}

/** What is wrong with the keys of a cluster together. */
export function clusterProblem(values: Values): Contradiction | undefined {
  const key = 'cluster-nats-url';
  const text = values[key];
  if (text === undefined) return withoutUrl(values);
  const parsed = parseNatsUrl(text);
  if (parsed.kind === 'problem') return { key, problem: parsed.problem, remedy: parsed.remedy };
  if (!values['enable-persistence'] || values['persistence-db'] === 'dynamodb')
    return {
      key,
      problem: 'is set, while the state is not in a shared MySQL or PostgreSQL database',
      remedy:
        'set enable-persistence = true, persistence-db and jdbc-connection-url, the same for all brokers; or remove it for a broker that is alone',
    };
  const hasLogin = parsed.url.user !== null || parsed.url.token !== null;
  if (hasLogin && values['cluster-nats-credentials-file'] !== undefined)
    return {
      key: 'cluster-nats-credentials-file',
      problem: 'is set, while cluster-nats-url names a user or a token',
      remedy: 'keep one of the two',
    };
  return undefined;
}

function withoutUrl(values: Values): Contradiction | undefined {
  const keys = ['cluster-nats-ca-file', 'cluster-nats-credentials-file'] as const;
  const key = keys.find((each) => values[each] !== undefined);
  if (key === undefined) return undefined;
  return {
    key,
    problem: 'is set, while cluster-nats-url is not',
    remedy: 'name the NATS servers in cluster-nats-url, or remove it',
  };
}
