import type {
  IMessage,
  TClaimsColumns,
  TMessageColumns,
  TPresentationColumns,
  VerifiablePresentation,
} from '@veramo/core-types'
import { credential } from './agents.js'
import type { QueriedColumn } from './random-queries.js'

export const DIDS = ['did:test:ann', 'did:test:bob', 'did:test:Cid']
const DAYS = ['2020-01-01', '2021-06-15', '2022-12-31']
const STORED_DATES = DAYS.flatMap((day) => [`${day} 00:00:00.000`, `${day} 02:00:00.000`])

const pick = <T>(values: readonly T[], index: number): T => values[index % values.length] as T

export const CREDENTIALS = Array.from({ length: 12 }, (_unused, index) =>
  credential(`c${index}`, {
    type: pick([['VerifiableCredential'], ['VerifiableCredential', 'Profile']], index),
    issuer: pick(DIDS, index),
    issuanceDate: `${pick(DAYS, index)}T0${index % 4}:00:00.000Z`,
    expirationDate: index % 3 === 0 ? undefined : `${pick(DAYS, index >> 1)}T00:00:00.000Z`,
    credentialSubject: {
      ...(index % 4 !== 0 && { id: pick(DIDS, index >> 1) }),
      name: pick(['Ann', 'bob', 'Čeněk'], index),
      age: index,
      member: index % 2 === 0,
      address: { city: pick(['Brno', 'Oslo'], index), lines: ['1', "O'Neil"] },
    },
  }),
)

export const PRESENTATIONS: VerifiablePresentation[] = Array.from({ length: 12 }, (_unused, index) => ({
  '@context': pick(
    [['https://www.w3.org/2018/credentials/v1'], ['https://www.w3.org/2018/credentials/v1', 'x']],
    index,
  ),
  type: pick([['VerifiablePresentation'], ['VerifiablePresentation', 'Profile']], index >> 1),
  ...(index % 5 !== 0 && { id: `urn:vp:${index % 7}` }),
  holder: pick(DIDS, index),
  ...(index % 4 !== 0 && { verifier: [pick(DIDS, index >> 1)] }),
  ...(index % 3 !== 0 && { issuanceDate: `${pick(DAYS, index)}T0${index % 4}:00:00.000Z` }),
  ...(index % 2 !== 0 && { expirationDate: `${pick(DAYS, index >> 1)}T00:00:00.000Z` }),
  verifiableCredential: [pick(CREDENTIALS, index)],
  proof: { type: 'JwtProof2020', jwt: `jwt.of.presentation${index}` },
}))

export const MESSAGES: IMessage[] = Array.from({ length: 18 }, (_unused, index) => ({
  id: `m${(index * 7) % 18}`,
  type: pick(['sdr', 'w3c.vp', 'Sdr'], index),
  raw: pick(['raw text', 'Raw', undefined as unknown as string], index >> 1),
  ...(index % 2 === 0 && { createdAt: `${pick(DAYS, index >> 1)}T0${index % 4}:00:00.000Z` }),
  ...(index % 3 !== 0 && { threadId: `t${index % 4}` }),
  ...(index % 4 !== 0 && { from: pick(DIDS, index) }),
  ...(index % 5 !== 0 && { to: pick(DIDS, index >> 1) }),
  ...(index % 3 === 0 && { replyTo: [pick(DIDS, index), 'x'], replyUrl: 'https://example.com/reply' }),
  data: pick([null, { a: [1, { b: null }] }], index),
  metaData: pick([[{ type: 'didComm' }, { type: 'x', value: 'y' }], null], index >> 1),
  ...(index % 6 === 1 && { credentials: [pick(CREDENTIALS, index)] }),
  ...(index % 6 === 2 && { presentations: [pick(PRESENTATIONS, index)] }),
}))

type Columns<Column extends string> = Partial<Record<Column, QueriedColumn>>

const dateColumn = (engine: string): QueriedColumn => ({
  samples: engine === 'postgres' ? STORED_DATES : [...STORED_DATES, 'no date'],
  ...(engine === 'sqlite' && { patterns: ['2020-%', '%'] }),
})

const didColumn: QueriedColumn = {
  samples: [...DIDS, 'nobody'],
  patterns: ['did:test:c%', '%bob', "' OR 1=1 --"],
  sortable: false,
}

export function messageColumns(engine: string): Columns<TMessageColumns> {
  return {
    from: didColumn,
    to: didColumn,
    id: { samples: ['m1', 'm2', 'm9', ''], patterns: ['m_', 'M%'] },
    createdAt: dateColumn(engine),
    threadId: { samples: ['t1', 't2', 't'], patterns: ['t%'] },
    type: { samples: ['sdr', 'Sdr', 'w3c.vp'], patterns: ['sdr', '%vp'] },
    raw: { samples: ['raw text', 'Raw'], patterns: ['raw%'] },
    replyTo: { samples: ['did:test:ann,x', 'did:test:ann'], patterns: ['%,x'] },
    replyUrl: { samples: ['https://example.com/reply'], patterns: ['https%'] },
  }
}

export function presentationColumns(engine: string): Columns<TPresentationColumns> {
  return {
    context: { samples: ['https://www.w3.org/2018/credentials/v1', 'https'], patterns: ['%,x', '%'] },
    type: { samples: ['VerifiablePresentation', 'VerifiablePresentation,Profile'], patterns: ['%profile', '%Profile'] },
    id: { samples: ['urn:vp:1', 'urn:vp:2', 'none'], patterns: ['urn:vp:_', '%1'] },
    holder: didColumn,
    verifier: { ...didColumn, not: false, ops: ['Equal', 'In', 'Like', 'IsNull', undefined] },
    issuanceDate: dateColumn(engine),
    expirationDate: dateColumn(engine),
  }
}

export function claimColumns(engine: string): Columns<TClaimsColumns> {
  return {
    context: { samples: ['https://www.w3.org/2018/credentials/v1', 'a'], patterns: ['%v1'] },
    credentialType: { samples: ['VerifiableCredential', 'VerifiableCredential,Profile'], patterns: ['%Profile'] },
    type: { samples: ['name', 'age', 'address', 'member', 'none'], patterns: ['%e', 'NAME'] },
    value: { samples: ['Ann', 'bob', '3', '10', '1', 'true', 'false', 'x'], patterns: ['%n%', '%Brno%', 'a%'] },
    isObj: { samples: engine === 'postgres' ? ['true', 'false', '1', '0'] : ['1', '0'] },
    issuer: didColumn,
    subject: didColumn,
    issuanceDate: dateColumn(engine),
    expirationDate: dateColumn(engine),
  }
}
