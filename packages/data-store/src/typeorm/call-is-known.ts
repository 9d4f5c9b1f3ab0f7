/** Most rows are never asked for by their call: those that no metered call stored are left out of the index. */
export const CALL_IS_KNOWN = '"callId" IS NOT NULL'
