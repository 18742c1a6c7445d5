import { Type } from 'typebox'
import { Field } from '../../../core/index.ts'

export const JUPITER_PRICE_CONFIG = Type.Object(
  {
    pair: Field.pair({ description: 'Which price, as in `SOL/USDC`: quote tokens per one base token.' }),
    size: Field.amount({
      description:
        'The trade whose price it is, in either token of the pair, as in `1 SOL`: what you will trade, about.',
    }),
    every: Field.duration({
      default: '10s',
      description: 'How often to ask. Each time takes two quotes: mind the rate limit of the API.',
    }),
    staleAfter: Field.duration({
      default: '1m',
      description: 'Without a newer quote for so long there is no price: a notice is given instead.',
    }),
    maxLagSlots: Type.Integer({
      default: 50,
      minimum: 1,
      maximum: 10_000,
      description: 'How many slots a quote may be behind the chain; 50 are 20 seconds. Beyond, it is stale.',
    }),
    maxSpreadBps: Type.Integer({
      default: 200,
      minimum: 1,
      maximum: 10_000,
      description: 'The most that selling and buying may be apart, in basis points. Beyond, there is no price.',
    }),
    apiKey: Type.Optional(
      Type.String({ minLength: 1, description: 'API key, as in `${secret.JUPITER_API_KEY}`: raises the rate limit.' }),
    ),
    url: Type.Optional(
      Type.String({ pattern: '^https?://', description: "Base URL of the API; absent, the cluster's own." }),
    ),
  },
  { additionalProperties: false },
)
