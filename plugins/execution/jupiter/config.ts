import { type Static, Type } from 'typebox'
import { Field, SWAP_FIELDS } from '../../../core/index.ts'

export const JUPITER_CONFIG = Type.Object(
  {
    ...SWAP_FIELDS,
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
  },
  { additionalProperties: false },
)

export type JupiterConfig = Static<typeof JUPITER_CONFIG>
