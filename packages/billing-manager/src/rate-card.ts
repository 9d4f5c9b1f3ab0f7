import { cheqdRates } from './rate-card-cheqd.js'
import type { FreeMethodRule, MethodRule, MethodRules } from './method-rule.js'

const READS: FreeMethodRule = { effect: 'pure', free: true }
const WRITES: FreeMethodRule = { effect: 'stored', free: true }

/** A DID of cheqd is written on its ledger; of any other method it is stored, or not even that. */
const CREATE_DID: MethodRule = {
  defaults: { '/provider': 'did:key' },
  when: [
    { args: { '/provider': 'did:cheqd*' }, effect: 'ledger', meter: 'did.create', makes: 'did' },
    { effect: 'stored', meter: 'did.create', makes: 'did' },
  ],
}

/** Free but for DIDs that a ledger keeps. */
const UPDATE_DID: MethodRule = {
  when: [
    { args: { '/did': 'did:cheqd:*' }, effect: 'ledger', meter: 'did.update' },
    { args: { '/did': 'did:ethr:*' }, effect: 'ledger', meter: 'did.update' },
    WRITES,
  ],
}

const ISSUE: MethodRule = { effect: 'pure', meter: 'credential.issue' }

const veramoRates: MethodRules = {
  resolveDid: READS,
  getDIDComponentById: READS,
  discoverDid: READS,

  keyManagerGetKeyManagementSystems: READS,
  keyManagerCreate: WRITES,
  keyManagerGet: READS,
  keyManagerDelete: WRITES,
  keyManagerImport: WRITES,
  keyManagerEncryptJWE: READS,
  keyManagerDecryptJWE: READS,
  keyManagerSign: READS,
  keyManagerSharedSecret: READS,
  keyManagerSignJWT: READS,
  keyManagerSignEthTX: READS,

  didManagerGetProviders: READS,
  didManagerFind: READS,
  didManagerGet: READS,
  didManagerGetByAlias: READS,
  didManagerCreate: CREATE_DID,
  didManagerGetOrCreate: CREATE_DID,
  didManagerImport: WRITES,
  didManagerDelete: WRITES,
  didManagerSetAlias: WRITES,
  didManagerUpdate: UPDATE_DID,
  didManagerAddKey: UPDATE_DID,
  didManagerRemoveKey: UPDATE_DID,
  didManagerAddService: UPDATE_DID,
  didManagerRemoveService: UPDATE_DID,

  dataStoreSaveMessage: WRITES,
  dataStoreGetMessage: READS,
  dataStoreDeleteMessage: WRITES,
  dataStoreSaveVerifiableCredential: WRITES,
  dataStoreGetVerifiableCredential: READS,
  dataStoreDeleteVerifiableCredential: WRITES,
  dataStoreSaveVerifiablePresentation: WRITES,
  dataStoreGetVerifiablePresentation: READS,
  dataStoreORMGetIdentifiers: READS,
  dataStoreORMGetIdentifiersCount: READS,
  dataStoreORMGetMessages: READS,
  dataStoreORMGetMessagesCount: READS,
  dataStoreORMGetVerifiableCredentials: READS,
  dataStoreORMGetVerifiableCredentialsCount: READS,
  dataStoreORMGetVerifiableCredentialsByClaims: READS,
  dataStoreORMGetVerifiableCredentialsByClaimsCount: READS,
  dataStoreORMGetVerifiablePresentations: READS,
  dataStoreORMGetVerifiablePresentationsCount: READS,

  createVerifiableCredential: ISSUE,
  createVerifiablePresentation: READS,
  listUsableProofFormats: READS,
  verifyCredential: READS,
  verifyPresentation: READS,
  checkCredentialStatus: READS,
  credentialStatusTypes: READS,
  credentialStatusGenerate: WRITES,
  credentialStatusUpdate: { effect: 'ledger', meter: 'statusList.update' },

  createSelectiveDisclosureRequest: READS,
  getVerifiableCredentialsForSdr: READS,
  validatePresentationAgainstSdr: READS,
  // It issues a credential for each of a name, a picture and an address.
  createProfilePresentation: { effect: 'pure', meter: 'credential.issue', units: 3 },

  handleMessage: WRITES,
  getDIDCommMessageMediaType: READS,
  packDIDCommMessage: READS,
  unpackDIDCommMessage: READS,
  sendDIDCommMessage: WRITES,
  sendMessageDIDCommAlpha1: WRITES,

  isMediateDefaultGrantAll: READS,
  mediationManagerSaveMediationPolicy: WRITES,
  mediationManagerRemoveMediationPolicy: WRITES,
  mediationManagerGetMediationPolicy: READS,
  mediationManagerListMediationPolicies: READS,
  mediationManagerSaveMediation: WRITES,
  mediationManagerGetMediation: READS,
  mediationManagerGetAllMediations: READS,
  mediationManagerRemoveMediation: WRITES,
  mediationManagerIsMediationGranted: READS,
  mediationManagerAddRecipientDid: WRITES,
  mediationManagerGetRecipientDid: READS,
  mediationManagerListRecipientDids: READS,
  mediationManagerRemoveRecipientDid: WRITES,
}

const studioRates: MethodRules = {
  accountManagerCheckBalances: WRITES,
  accountManagerClose: WRITES,
  accountManagerCorrect: WRITES,
  accountManagerCreate: WRITES,
  accountManagerCredit: WRITES,
  accountManagerGet: READS,
  accountManagerGetBalances: READS,
  accountManagerGetStatement: READS,
  accountManagerList: READS,
  accountManagerListAuditLog: READS,
  accountManagerListTransactions: READS,
  accountManagerRefund: WRITES,
  accountManagerRequestTestnetFunds: WRITES,
  accountManagerUpdate: WRITES,

  apiKeyManagerCreate: WRITES,
  apiKeyManagerGet: READS,
  apiKeyManagerGetBudgetKey: READS,
  apiKeyManagerGetUsage: READS,
  apiKeyManagerImport: WRITES,
  apiKeyManagerList: READS,
  apiKeyManagerListAuditLog: READS,
  apiKeyManagerReportLeak: WRITES,
  apiKeyManagerRevoke: WRITES,
  apiKeyManagerRotate: WRITES,
  apiKeyManagerUpdate: WRITES,
  apiKeyManagerVerify: READS,

  billingManagerGetUsage: READS,
  billingManagerGrantCredit: WRITES,
  billingManagerListGrants: READS,
  billingManagerListPlans: READS,
  billingManagerQuote: READS,
  billingManagerReserve: WRITES,
  billingManagerSetPlan: WRITES,
  billingManagerSettle: WRITES,
  billingManagerVerifyBooks: READS,
  billingManagerVoid: WRITES,
  billingManagerListReservations: READS,
  billingManagerResolveReservation: WRITES,
  billingManagerSetKeyBudget: WRITES,
  billingManagerGetKeyBudgets: READS,
  billingManagerDeleteKeyBudget: WRITES,
  billingManagerSetWebhook: WRITES,
  billingManagerGetWebhook: READS,
  billingManagerDeleteWebhook: WRITES,

  custodyManagerCancelJob: WRITES,
  custodyManagerContinue: WRITES,
  custodyManagerExportKey: READS,
  custodyManagerGetJob: READS,
  custodyManagerGetMode: READS,
  custodyManagerPrepare: WRITES,
  custodyManagerRotateEncryptionKey: WRITES,
  custodyManagerSetMode: WRITES,
  custodyManagerShredTenant: WRITES,
}

/**
 * What each method of Veramo 7, of cheqd's plugin and of our own leaves behind, and what it costs. Name it first in
 * `methods`, and rules of your own after it: they take the place of these. A method that gives away what is not the
 * customer's (such as `cheqdTransactSendTokens`) is not on it.
 */
export const rateCard: MethodRules = { ...veramoRates, ...studioRates, ...cheqdRates }
