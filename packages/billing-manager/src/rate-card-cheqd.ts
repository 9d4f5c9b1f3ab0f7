import type { FreeMethodRule, MethodRule, MethodRules } from './method-rule.js'

const READS: FreeMethodRule = { effect: 'pure', free: true }
const ISSUE: MethodRule = { effect: 'pure', meter: 'credential.issue' }

/** Whatever is not said to be plain counts as encrypted, which costs the ledger more. */
function statusList(action: 'create' | 'update', encrypted: string): MethodRule {
  return {
    defaults: { [encrypted]: false },
    when: [
      { args: { [encrypted]: false }, effect: 'ledger', meter: `statusList.${action}` },
      { effect: 'ledger', meter: `statusList.${action}.encrypted` },
    ],
  }
}

const CREATE_LIST = statusList('create', '/encrypted')
const PUBLISH_LIST = statusList('update', '/encrypted')
/** However many credentials it is about, it writes the list once. */
const CHANGE_STATUS = statusList('update', '/publishEncrypted')

/** What cheqd's Veramo plugin (`@cheqd/did-provider-cheqd`) writes to the ledger. */
export const cheqdRates: MethodRules = {
  cheqdCreateIdentifier: { effect: 'ledger', meter: 'did.create', makes: 'did' },
  cheqdUpdateIdentifier: { effect: 'ledger', meter: 'did.update' },
  cheqdDeactivateIdentifier: { effect: 'ledger', meter: 'did.deactivate' },
  // Accreditations and authorisations of a trust registry are resources, told by their types.
  cheqdCreateLinkedResource: {
    when: [
      {
        args: { '/payload/resourceType': 'VerifiableAccreditation*' },
        effect: 'ledger',
        meter: 'trustRegistry.accredit',
      },
      {
        args: { '/payload/resourceType': 'VerifiableAuthorization*' },
        effect: 'ledger',
        meter: 'trustRegistry.authorize',
      },
      { effect: 'ledger', meter: 'resource.create' },
    ],
  },
  cheqdGenerateDidDoc: READS,
  cheqdGenerateDidDocWithLinkedResource: READS,
  cheqdGenerateIdentityKeys: READS,
  cheqdGenerateVersionId: READS,

  cheqdCreateStatusList: CREATE_LIST,
  cheqdCreateStatusList2021: CREATE_LIST,
  cheqdCreateEncryptedStatusList2021: { effect: 'ledger', meter: 'statusList.create.encrypted' },
  cheqdBroadcastStatusList: PUBLISH_LIST,
  cheqdBroadcastStatusList2021: PUBLISH_LIST,
  cheqdGenerateStatusList: READS,
  cheqdGenerateStatusList2021: READS,
  cheqdGenerateEncryptedStatusList2021: READS,

  cheqdIssueCredentialWithStatusList: ISSUE,
  cheqdIssueRevocableCredentialWithStatusList2021: ISSUE,
  cheqdIssueSuspendableCredentialWithStatusList2021: ISSUE,
  cheqdVerifyCredential: READS,
  cheqdVerifyCredentialWithStatusList: READS,
  cheqdVerifyPresentation: READS,
  cheqdVerifyPresentationWithStatusList: READS,
  cheqdVerifyStatusListCredential: READS,
  cheqdCheckCredentialStatus: READS,

  cheqdUpdateCredentialWithStatusList: CHANGE_STATUS,
  cheqdBulkUpdateCredentialsWithStatusList: CHANGE_STATUS,
  cheqdRevokeCredential: CHANGE_STATUS,
  cheqdRevokeCredentials: CHANGE_STATUS,
  cheqdSuspendCredential: CHANGE_STATUS,
  cheqdSuspendCredentials: CHANGE_STATUS,
  cheqdUnsuspendCredential: CHANGE_STATUS,
  cheqdUnsuspendCredentials: CHANGE_STATUS,
  cheqdObservePaymentCondition: READS,
}
