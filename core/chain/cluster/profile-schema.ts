import { type Static, Type } from 'typebox'

const BASE58 = '[1-9A-HJ-NP-Za-km-z]'
const Address = (description: string) => Type.String({ pattern: `^${BASE58}{32,44}$`, description })
const Url = (description: string) => Type.String({ pattern: '^https?://\\S+$', description })

const Limit = (description: string) => Type.Integer({ minimum: 1, maximum: 1_000_000, description })

const Endpoint = Type.Object(
  {
    url: Url('A JSON-RPC endpoint.'),
    requestsPer10s: Type.Optional(
      Limit('Requests in any ten seconds; by default 100 at a public endpoint of Solana, elsewhere no limit.'),
    ),
    perMethodPer10s: Type.Optional(
      Limit('Requests of one method in any ten seconds; by default 40 at a public endpoint, elsewhere no limit.'),
    ),
    hedge: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'Whether a read that takes longer than 95 of 100 is asked of the next endpoint, too; the first answer counts.',
      }),
    ),
  },
  { additionalProperties: false, description: 'A JSON-RPC endpoint and how it is used.' },
)

/**
 * A cluster profile: which network this is, where it is reached, and its address book. Emitted to
 * `schemas/cluster.schema.json`.
 */
export const CLUSTER_PROFILE = Type.Object(
  {
    name: Type.String({
      pattern: '^[a-z][a-z0-9-]{0,31}$',
      description: 'What the network is called here; part of the identity of its tokens.',
    }),
    summary: Type.Optional(Type.String({ description: 'One sentence for people.' })),
    genesisHash: Type.Union([Address('Base58, as `getGenesisHash` answers it.'), Type.Literal('private')], {
      description:
        'Pins the network: an endpoint with another genesis hash is refused. `private` takes any but those of the public networks, for chains that are made anew.',
    }),
    rpcUrls: Type.Array(Type.Union([Url('A JSON-RPC endpoint.'), Endpoint]), {
      minItems: 1,
      maxItems: 8,
      description:
        'Endpoints of this network, in the order they are preferred: the next one answers when one fails or is behind, and two are asked when an expiry has to be proven.',
    }),
    wsUrl: Type.Optional(
      Type.String({ pattern: '^wss?://\\S+$', description: "The WebSocket endpoint; absent, the RPC's own." }),
    ),
    jupiterUrl: Type.Optional(
      Type.String({
        pattern: '^(https?://|\\{rpc\\})\\S*$',
        description: 'Base URL of a Jupiter-compatible API; `{rpc}` is the RPC endpoint in use.',
      }),
    ),
    jito: Type.Optional(
      Type.Object(
        {
          url: Url("The region's block engine, without a path."),
          tipFloorUrl: Url('Where landed tips are told.'),
          validators: Type.Optional(
            Type.Array(Address("Identity of a validator that runs Jito's client."), {
              minItems: 1,
              description: 'Leaders that take bundles: what `sendWhen: jito-leader-near` waits for.',
            }),
          ),
        },
        {
          additionalProperties: false,
          description:
            "Jito's block engine, for trades that nobody may see before they land; absent where there is none.",
        },
      ),
    ),
    explorer: Type.Optional(
      Type.String({
        pattern: '^https?://\\S*\\{signature\\}\\S*$',
        description: 'Link to a transaction; `{signature}` is its signature.',
      }),
    ),
    commitment: Type.Optional(
      Type.Union([Type.Literal('confirmed'), Type.Literal('finalized')], {
        default: 'confirmed',
        description: 'When a transaction counts as landed.',
      }),
    ),
    programs: Type.Optional(
      Type.Record(Type.String({ pattern: '^[a-z][A-Za-z0-9]*$' }), Address('Address of a program or its config.'), {
        description: 'Addresses that venues need, by name, as in `orcaWhirlpool`.',
      }),
    ),
    tokens: Type.Array(
      Type.Object(
        {
          symbol: Type.String({ pattern: '^[A-Za-z0-9.$]{1,16}$', description: 'What users write.' }),
          mint: Address('Address of the mint; of wrapped SOL for SOL.'),
          decimals: Type.Integer({ minimum: 0, maximum: 18, description: 'Decimals of the mint.' }),
          program: Type.Optional(
            Type.Union([Type.Literal('spl-token'), Type.Literal('token-2022')], {
              default: 'spl-token',
              description: 'The token program that owns the mint.',
            }),
          ),
          acceptExtensions: Type.Optional(
            Type.Boolean({
              default: false,
              description:
                'Whether it is traded although its mint has an extension by which others can take, lock or stop what is held, as a permanent delegate (Token-2022).',
            }),
          ),
        },
        { additionalProperties: false, description: 'A token of this network.' },
      ),
      { minItems: 1, description: 'The tokens that can be named by symbol.' },
    ),
  },
  { additionalProperties: false, title: 'Cluster profile', description: 'A Solana network and its address book.' },
)

export type ClusterProfile = Static<typeof CLUSTER_PROFILE>
