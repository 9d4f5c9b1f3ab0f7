export { CallEffects, type StoredThing } from './call-effects.js'
export { DataStore } from './data-store.js'
export { DataStoreDiscoveryProvider } from './data-store-discovery-provider.js'
export { DataStoreORM } from './data-store-orm.js'
export type { DidDocument } from './did-document.js'
export { GuardedDIDCommTransport, type GuardedDIDCommTransportOptions } from './did-comm-transport.js'
export { DIDStore } from './did-store.js'
export { dataStoreErrorDefinitions, dataStoreErrors } from './errors.js'
export { ethrDidResolver, type EthrNetworks } from './ethr-did-resolver.js'
export { guardedContexts } from './guarded-contexts.js'
export { guardedDIDComm, MESSAGING_PATH, type GuardedDIDCommOptions } from './guarded-did-comm.js'
export { readHostedDid, type HostedPlace } from './hosted-did.js'
export { HostedWebDIDProvider, type HostedWebDIDProviderOptions } from './hosted-web-did-provider.js'
export {
  importVeramoStore,
  type ImportedTable,
  type ImportProgress,
  type OpenedPrivateKey,
  type VeramoImportOptions,
  type VeramoSource,
} from './import-veramo-store.js'
export { KeyStore } from './key-store.js'
export type { AdmissionLimits, MessageOrigin } from './message-admission.js'
export { DIDCommMessageDates } from './message-dates.js'
export { MessageInbox, type KeyCustody, type MessageInboxOptions } from './message-inbox.js'
export { PrivateKeyStore } from './private-key-store.js'
export type { ReceivedMessage } from './receive-message.js'
export type { CustomerGate } from './save-received-message.js'
export { Entities, migrations } from './typeorm/tables.js'
export { webDidResolver, type WebDidResolverOptions } from './web-did-resolver.js'
