/** Travels in an identifier from the provider that made it to the store, through `DIDManager`, which copies both. */
const CREATION = Symbol('creation')

/** Marks an identifier as new: where the store has it already, storing it is a conflict, and changes nothing. */
export function asCreation<Identifier extends object>(identifier: Identifier): Identifier {
  return { ...identifier, [CREATION]: true }
}

/** Whether an identifier is marked. The mark goes: the caller of `DIDManager` gets the identifier too. */
export function takeCreationMark(identifier: object): boolean {
  return CREATION in identifier && delete identifier[CREATION]
}
