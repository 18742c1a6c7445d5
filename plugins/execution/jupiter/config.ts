import { type Static, Type } from 'typebox'
import { Field } from '../../../core/index.ts'

export const JUPITER_CONFIG = Type.Object(
  {
    slippageBps: Type.Integer({
      default: 50,
      minimum: 1,
      maximum: 5_000,
      description: 'How much less than quoted the transaction accepts, in basis points, where the intent does not say.',
    }),
    priorityFee: Type.Integer({
      default: 10_000,
      minimum: 0,
      description: 'Priority fee in micro-lamports per compute unit.',
    }),
    onlyDirectRoutes: Type.Boolean({
      default: false,
      description: 'Whether to use one pool only, never two in a row.',
    }),
    maxAccounts: Type.Optional(
      Type.Integer({
        minimum: 8,
        maximum: 64,
        description: 'The most accounts a route may name. Fewer fit more easily.',
      }),
    ),
    dexes: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        minItems: 1,
        description: "Only these exchanges, by the API's labels, as in `Whirlpool`.",
      }),
    ),
    excludeDexes: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), { minItems: 1, description: 'Never these exchanges.' }),
    ),
    apiKey: Type.Optional(
      Type.String({ minLength: 1, description: 'API key, as in `${secret.JUPITER_API_KEY}`: raises the rate limit.' }),
    ),
    url: Type.Optional(
      Type.String({ pattern: '^https?://', description: "Base URL of the API; absent, the cluster's own." }),
    ),
    timeout: Field.duration({ default: '10s', description: 'How long to wait for an answer.' }),
    concurrency: Type.Integer({
      default: 4,
      minimum: 1,
      maximum: 256,
      description: 'How many orders may be on their way at once.',
    }),
  },
  { additionalProperties: false },
)

export type JupiterConfig = Static<typeof JUPITER_CONFIG>
