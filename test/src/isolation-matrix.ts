/** Names of one tenant's things. */
export interface Owned {
  customerId: string
  did: string
  web: string
  alias: string
  kid: string
  hash: string
  presentationHash: string
  messageId: string
  keyId: string
  /** A DIDComm message that is sealed for the tenant's DID. */
  sealed: string
  /** In everything that the tenant has stored. */
  tag: string
}

export interface MatrixEntry {
  /**
   * `reads` what is named, `lists` what there is, `signs` or opens with a key, `writes` to the tenant; `account`: of a customer,
   * whom an operator names; `open`: the same for everybody; `operator`: no customer's.
   */
  kind: 'reads' | 'lists' | 'signs' | 'writes' | 'account' | 'open' | 'operator'
  args: (owned: Owned) => object
  /** It changes what it names. */
  changes?: boolean
  /** Its answer differs from call to call. */
  random?: boolean
}

const lists = (args: MatrixEntry['args'] = () => ({})): MatrixEntry => ({ kind: 'lists', args })
const reads = (args: MatrixEntry['args'], changes = false): MatrixEntry => ({ kind: 'reads', args, changes })
const signs = (args: MatrixEntry['args']): MatrixEntry => ({ kind: 'signs', args })
const writes = (args: MatrixEntry['args'], random = false): MatrixEntry => ({ kind: 'writes', args, random })
const account = (args: MatrixEntry['args']): MatrixEntry => ({ kind: 'account', args })
const open = (args: MatrixEntry['args'] = () => ({})): MatrixEntry => ({ kind: 'open', args })
const operator: MatrixEntry = { kind: 'operator', args: ({ customerId }) => ({ customerId }) }

const credential = ({ did, tag }: Owned) => ({
  ...{ '@context': ['https://www.w3.org/2018/credentials/v1'], type: ['VerifiableCredential'] },
  ...{ issuer: { id: did }, issuanceDate: '2024-01-01T00:00:00.000Z', credentialSubject: { id: did, name: tag } },
  proof: { type: 'JwtProof2020', jwt: `saved.again.${tag}` },
})

const presentation = (owned: Owned) => ({
  ...{ '@context': ['https://www.w3.org/2018/credentials/v1'], type: ['VerifiablePresentation'] },
  ...{ holder: owned.did, verifiableCredential: [credential(owned)] },
  proof: { type: 'JwtProof2020', jwt: `saved.again.${owned.tag}` },
})

const recipient = { kid: 'x', type: 'X25519', publicKeyHex: '09'.padEnd(64, '0'), kms: 'x' }
/** Sealed for some key; what its bytes are makes no difference. */
const JWE = JSON.stringify({
  protected: Buffer.from('{"enc":"XC20P"}').toString('base64url'),
  ...{ iv: 'AA', ciphertext: 'AA', tag: 'AA' },
  recipients: [
    {
      header: {
        alg: 'ECDH-ES+XC20PKW',
        iv: 'AA',
        tag: 'AA',
        epk: { crv: 'X25519', kty: 'OKP', x: 'CQ'.padEnd(43, 'A') },
      },
      encrypted_key: 'AA',
    },
  ],
})
const plainMessage = (did: string, id: string) =>
  JSON.stringify({ typ: 'application/didcomm-plain+json', id, type: 'x', to: [did], body: {} })
const equals = (column: string, value: string) => ({ where: [{ column, value: [value] }] })

/** Every method that agent.yml exposes, and how tenants stand to it. */
export const MATRIX: Record<string, MatrixEntry> = {
  accountManagerCheckBalances: operator,
  accountManagerClose: operator,
  accountManagerCorrect: operator,
  accountManagerCreate: operator,
  accountManagerCredit: operator,
  accountManagerGet: account(({ customerId }) => ({ customerId })),
  accountManagerGetBalances: account(({ customerId }) => ({ customerId })),
  accountManagerGetStatement: account(({ customerId }) => ({ customerId, network: 'mainnet' })),
  accountManagerList: operator,
  accountManagerListAuditLog: account(({ customerId }) => ({ customerId })),
  accountManagerListTransactions: account(({ customerId }) => ({ customerId })),
  accountManagerRefund: operator,
  accountManagerUpdate: account(({ customerId }) => ({ customerId, name: 'x' })),
  apiKeyManagerCreate: account(({ customerId }) => ({ customerId, name: 'x' })),
  apiKeyManagerGet: account(({ keyId }) => ({ keyId })),
  apiKeyManagerGetBudgetKey: account(({ keyId }) => ({ keyId })),
  apiKeyManagerGetUsage: account(({ keyId }) => ({ keyId })),
  apiKeyManagerImport: operator,
  apiKeyManagerList: account(({ customerId }) => ({ customerId })),
  apiKeyManagerListAuditLog: account(({ keyId }) => ({ keyId })),
  apiKeyManagerReportLeak: operator,
  apiKeyManagerRevoke: account(({ keyId }) => ({ keyId })),
  apiKeyManagerRotate: account(({ keyId }) => ({ keyId })),
  apiKeyManagerUpdate: account(({ keyId }) => ({ keyId, name: 'x' })),
  apiKeyManagerVerify: operator,
  billingManagerDeleteKeyBudget: account(({ keyId }) => ({ keyId, meter: 'did.create' })),
  billingManagerDeleteWebhook: account(({ customerId }) => ({ customerId })),
  billingManagerGetKeyBudgets: account(({ keyId }) => ({ keyId })),
  billingManagerGetUsage: account(({ customerId }) => ({ customerId })),
  billingManagerGetWebhook: account(({ customerId }) => ({ customerId })),
  billingManagerGrantCredit: operator,
  billingManagerListGrants: account(({ customerId }) => ({ customerId })),
  billingManagerListPlans: open(),
  billingManagerListReservations: operator,
  billingManagerQuote: open(),
  billingManagerReserve: operator,
  billingManagerResolveReservation: operator,
  billingManagerSetKeyBudget: account(({ keyId }) => ({ keyId, meter: 'did.create', units: 1 })),
  billingManagerSetPlan: operator,
  billingManagerSetWebhook: account(({ customerId }) => ({ customerId, url: 'https://example.com' })),
  billingManagerSettle: operator,
  billingManagerVerifyBooks: operator,
  billingManagerVoid: operator,
  keyManagerGetKeyManagementSystems: open(),
  keyManagerCreate: writes(() => ({ kms: 'local', type: 'Ed25519' }), true),
  keyManagerGet: reads(({ kid }) => ({ kid })),
  keyManagerDelete: reads(({ kid }) => ({ kid }), true),
  keyManagerImport: writes(({ tag }) => ({
    ...{ kid: `import-of-${tag}`, kms: 'local', type: 'Ed25519', privateKeyHex: '2'.repeat(64) },
  })),
  keyManagerEncryptJWE: open(() => ({ kid: 'x', to: recipient, data: 'x' })),
  keyManagerDecryptJWE: reads(({ kid }) => ({ kid, data: JWE }), true),
  keyManagerSign: signs(({ kid }) => ({ keyRef: kid, data: 'x' })),
  keyManagerSharedSecret: reads(
    ({ kid }) => ({ secretKeyRef: kid, publicKey: { type: 'Secp256k1', publicKeyHex: `02${'79'.repeat(32)}` } }),
    true,
  ),
  keyManagerSignJWT: signs(({ kid }) => ({ kid, data: 'x' })),
  keyManagerSignEthTX: reads(({ kid }) => ({ kid, transaction: { to: `0x${'0'.repeat(40)}` } }), true),
  didManagerGetProviders: open(),
  didManagerFind: lists(({ alias }) => ({ alias })),
  didManagerGet: reads(({ did }) => ({ did })),
  didManagerGetByAlias: reads(({ alias }) => ({ alias, provider: 'did:key' })),
  didManagerCreate: writes(({ tag }) => ({ alias: `made-of-${tag}` }), true),
  didManagerGetOrCreate: writes(({ alias }) => ({ alias }), true),
  didManagerImport: writes(({ tag }) => ({
    ...{ did: `did:test:${tag}`, provider: 'did:key', keys: [], services: [] },
  })),
  didManagerDelete: reads(({ web }) => ({ did: web }), true),
  didManagerSetAlias: reads(({ web, tag }) => ({ did: web, alias: `set-${tag}` }), true),
  didManagerAddKey: reads(({ web, kid }) => ({ did: web, key: { ...recipient, kid } }), true),
  didManagerRemoveKey: reads(({ web, kid }) => ({ did: web, kid }), true),
  didManagerAddService: reads(
    ({ web }) => ({ did: web, service: { id: '#x', type: 'x', serviceEndpoint: 'https://example.com' } }),
    true,
  ),
  didManagerRemoveService: reads(({ web }) => ({ did: web, id: '#x' }), true),
  resolveDid: open(({ did }) => ({ didUrl: did })),
  getDIDComponentById: open(({ did }) => ({ didDocument: { id: did }, didUrl: `${did}#x` })),
  discoverDid: lists(({ tag }) => ({ query: tag })),
  dataStoreSaveMessage: writes(({ tag }) => ({ message: { id: `saved-${tag}`, type: 'x', raw: tag } })),
  dataStoreGetMessage: reads(({ messageId }) => ({ id: messageId })),
  dataStoreDeleteMessage: reads(({ messageId }) => ({ id: messageId }), true),
  dataStoreSaveVerifiableCredential: writes((owned) => ({ verifiableCredential: credential(owned) }), true),
  dataStoreGetVerifiableCredential: reads(({ hash }) => ({ hash })),
  dataStoreDeleteVerifiableCredential: reads(({ hash }) => ({ hash }), true),
  dataStoreSaveVerifiablePresentation: writes((owned) => ({ verifiablePresentation: presentation(owned) }), true),
  dataStoreGetVerifiablePresentation: reads(({ presentationHash }) => ({ hash: presentationHash })),
  dataStoreORMGetIdentifiers: lists(({ did }) => equals('did', did)),
  dataStoreORMGetIdentifiersCount: lists(({ did }) => equals('did', did)),
  dataStoreORMGetMessages: lists(({ did }) => equals('from', did)),
  dataStoreORMGetMessagesCount: lists(({ did }) => equals('from', did)),
  dataStoreORMGetVerifiableCredentialsByClaims: lists(({ hash }) => equals('value', hash)),
  dataStoreORMGetVerifiableCredentialsByClaimsCount: lists(({ tag }) => equals('value', tag)),
  dataStoreORMGetVerifiableCredentials: lists(({ hash }) => equals('hash', hash)),
  dataStoreORMGetVerifiableCredentialsCount: lists(({ hash }) => equals('hash', hash)),
  dataStoreORMGetVerifiablePresentations: lists(({ did }) => equals('holder', did)),
  dataStoreORMGetVerifiablePresentationsCount: lists(({ did }) => equals('holder', did)),
  handleMessage: writes(({ did, tag }) => ({ raw: plainMessage(did, `handled-${tag}`), save: true })),
  packDIDCommMessage: signs(({ did, tag }) => ({
    ...{ packing: 'authcrypt', message: { id: tag, type: 'x', from: did, to: [did], body: {} } },
  })),
  unpackDIDCommMessage: signs(({ sealed }) => ({ message: sealed })),
  sendDIDCommMessage: open(() => ({
    ...{ packedMessage: { message: '{}' }, messageId: 'x', recipientDidUrl: 'did:example:none' },
  })),
  createVerifiableCredential: signs(({ did }) => ({
    credential: { issuer: { id: did }, credentialSubject: { id: 'did:example:a', name: 'x' } },
    proofFormat: 'jwt',
  })),
  createVerifiablePresentation: signs(({ did }) => ({
    presentation: { holder: did, verifier: [], verifiableCredential: [] },
    proofFormat: 'jwt',
  })),
  verifyCredential: open(() => ({ credential: 'a.b.c' })),
  verifyPresentation: open(() => ({ presentation: 'a.b.c' })),
  createSelectiveDisclosureRequest: signs(({ did }) => ({ data: { issuer: did, claims: [{ claimType: 'name' }] } })),
  getVerifiableCredentialsForSdr: lists(({ did }) => ({
    sdr: { claims: [{ claimType: 'name', claimValue: did }] },
    did,
  })),
  validatePresentationAgainstSdr: open(() => ({ presentation: {}, sdr: { claims: [] } })),
}
